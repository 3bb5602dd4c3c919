"""What is personal stands nowhere in the clear: not in a temporary table, a real one, the audit or a log."""

from __future__ import annotations

import pytest
from django.db import connection

from arrears.actions.feeds import deliveries
from arrears.cli.imports import print_rejects
from arrears.store import models
from tests.actions.feeds.books import LOAN, PERSON, a_book, load
from tests.actions.feeds.people import CONTACT, EMAIL, MOBILE, OPT_OUT
from tests.builders import ANA, MING, NA, a_lender

pytestmark = pytest.mark.django_db
CAST = (MING, NA, ANA)
SECRETS = (
    *(who.name for who in CAST),
    *(value for who in CAST for value in who.values.values() if value not in ("ming", "lina", "ana")),
    *("912345678", "13812345678", "2125550123", "secret-inbox", "C-secret", "house-secret"),
)
POINTS = [
    {"person_ref": ref, "kind": kind, "value": value, "country": who.place[:2], "source": "contract"}
    for ref, who in (("C-secret-1", MING), ("C2", NA), ("C3", ANA))
    for kind, value in {**who.values, "app_inbox": f"secret-inbox-{ref}"}.items()
]


def stored() -> str:
    """Every row of every table that this session sees, temporary ones too, as text."""
    texts = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND relnamespace IN (pg_my_temp_schema(), 'public'::regnamespace)"
        )
        for (table,) in cursor.fetchall():
            with cursor.copy(f"COPY (SELECT * FROM {table}) TO STDOUT") as copy:
                texts.append(table + "\n" + b"".join(bytes(block) for block in copy).decode())
    return "\n".join(texts)


@pytest.fixture
def dumps(db, tmp_path, monkeypatch):
    """All that is stored at the end of each delivery, before its temporary tables go."""
    a_lender()
    a_book(tmp_path, loans=3)
    seen: list[str] = []
    advance = deliveries.advance_watermark

    def look_and_advance(**declared):
        seen.append(stored())
        advance(**declared)

    monkeypatch.setattr(deliveries, "advance_watermark", look_and_advance)
    load(tmp_path, "persons", [{**PERSON, "person_ref": "C-secret-1", "name": MING.name}])
    return seen


def found_in(text: str) -> list[str]:
    """The secrets that stand in it, as they are or as the bytes of a bytea."""
    return [each for each in SECRETS if each in text or each.encode().hex() in text]


def test_no_address_name_or_number_is_stored_in_the_clear(tmp_path, dumps, caplog):
    caplog.set_level("DEBUG")
    load(tmp_path, "contact_points", POINTS)
    load(tmp_path, "preferences", [{**OPT_OUT, "person_ref": ""} | _address(each) for each in POINTS[:1]])
    load(
        tmp_path,
        "contacts",
        [
            {**CONTACT, "person_ref": "C-secret-1"}
            | _address(POINTS[1])
            | {"channel": "sms", "network_result": ""}
        ],
    )

    load(tmp_path, "loans", [{**LOAN, "household_ref": "house-secret-1"}])

    assert len(dumps) == 5
    assert "feed_1_keys" in dumps[-2]
    assert "contact_point\n" in dumps[1]
    assert [found_in(dump) for dump in dumps] == [[], [], [], [], []]
    assert found_in(caplog.text) == []
    assert models.AuditEntry.objects.filter(what="import.stored").count() == 8


def _address(row):
    return {name: row[name] for name in ("kind", "value", "country")}


def test_rejects_are_shown_without_what_stands_in_them_and_written_for_the_lender_alone(
    tmp_path, dumps, capsys
):
    report = load(
        tmp_path,
        "contact_points",
        [
            EMAIL,
            {**MOBILE, "country": ""},
            {**MOBILE, "person_ref": "C-secret-9"},
            {**EMAIL, "kind": "fax"},
            {**EMAIL, "value": MING.name * 200},
            {**EMAIL, "value": f"{MING.name}\u202e"},
            {**EMAIL, "source": MING.name},
        ],
        rejects_to=tmp_path / "rejects.csv",
    )
    print_rejects(report.rejects, report.rows_rejected, tmp_path / "rejects.csv")

    assert report.rows_rejected == 6
    assert found_in(dumps[-1]) == []
    shown = capsys.readouterr()
    assert "has no country code" in shown.out + shown.err
    assert found_in(shown.out + shown.err) == []
    assert MING.name in (tmp_path / "rejects.csv").read_text(encoding="utf-8")
