"""What a file of tables may not say: every mistake names the file, the entry and the key."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from arrears.kernel.errors import BadInput
from arrears.rulepacks.tables import answer_table_cases, ask, read_tables, tables_of

FILE = Path("test/tables.toml")
ABOUT = {"en": "Text.", "zh-Hans": "文本。", "zh-Hant": "文字。"}


def an_entry(**told):
    entry = {
        "id": "t.keep",
        "kind": "keep",
        "params": {"records": ["message"], "starts": "record_on", "years": 2},
        "citation": "Act 1",
        "certainty": "A",
        "about": ABOUT,
        **told,
    }
    return {key: value for key, value in entry.items() if value is not None}


def refused(*entries, **told):
    with pytest.raises(BadInput) as caught:
        tables_of(FILE, {"jurisdiction": "test", "entry": list(entries), **told})
    return caught.value


@pytest.mark.parametrize(
    ("told", "key"),
    [
        ({"citation": None}, "citation"),
        ({"about": {"en": "Text."}}, "about"),
        ({"certainty": "E"}, "certainty"),
        ({"kind": "wish"}, "kind"),
        ({"colour": "red"}, "colour"),
        ({"rule": "u.other"}, "rule"),
        ({"applies_to": ["China"]}, "applies_to"),
        ({"match": {"debt_kind": ["house"]}}, "match.debt_kind"),
        ({"match": {"weekday": [1]}}, "match.weekday"),
        ({"params": {"records": ["message"], "starts": "record_on"}}, "params"),
        ({"params": {"records": ["letter"], "starts": "record_on", "years": 2}}, "params.records"),
        ({"params": {"records": ["message"], "starts": "birth", "years": 2}}, "params.starts"),
        ({"params": {"records": ["message"], "starts": "record_on", "years": -1}}, "params.years"),
        ({"params": {"records": ["message"], "starts": "record_on", "moons": 2}}, "params.moons"),
        ({"in_force_from": date(2026, 1, 2), "in_force_until": date(2026, 1, 2)}, "in_force_until"),
        ({"case": [{"id": "x", "expect": "perhaps"}]}, "case.expect"),
        ({"case": [{"id": "x", "expect": "stays", "on": date(2026, 1, 2)}]}, "case.record"),
        ({"case": [{"id": "x", "expect": "stays", "record": "message"}]}, "case.on"),
        (
            {"case": [{"id": "x", "expect": "stays", "record": "message", "on": 3}]},
            "case.on",
        ),
        (
            {"case": [{"id": "x", "expect": "stays", "record": "message", "on": date.max, "rate_bps": 1}]},
            "case.rate_bps",
        ),
    ],
)
def test_a_mistake_in_an_entry_is_named(told, key):
    error = refused(an_entry(**told))

    assert error.code == "law.bad_pack"
    assert (error.facts["file"], error.facts["rule"], error.facts["key"]) == (
        "test/tables.toml",
        "t.keep",
        key,
    )


def test_business_days_need_the_calendar_they_are_counted_by():
    params = {"starts": "received_on", "business_days": 5}

    assert refused(an_entry(kind="deadline", params=params)).facts["key"] == "params.calendar"
    assert refused(an_entry(kind="deadline", params={"starts": "received_on"})).facts["key"] == "params"


def test_a_mistake_in_the_file_is_named(tmp_path):
    assert refused(colour="red").facts["key"] == "colour"
    assert refused(applies_to=[]).facts["key"] == "applies_to"
    bad = tmp_path / "tables.toml"
    bad.write_text("entry = [")
    with pytest.raises(BadInput) as caught:
        read_tables(bad)
    assert caught.value.code == "law.not_toml"


def test_a_case_that_claims_a_wrong_day_does_not_hold():
    case = {"id": "x", "record": "message", "record_on": date(2024, 1, 1), "on": date(2026, 1, 1)}
    wrong = {**case, "expect": "stays", "date": date(2026, 1, 2)}

    (answer,) = answer_table_cases(
        [tables_of(FILE, {"jurisdiction": "t", "entry": [an_entry(case=[wrong])]})]
    )

    assert (answer.expected, answer.answered) == ("stays date 2026-01-02", "stays date 2026-01-01")


def test_a_question_by_value_is_answered():
    facts = {"on": date(2026, 7, 14), "reference_bps": 300, "rate_bps": 1600, "claimed_minor": 16_000}

    answer = ask("cn.rate.private", facts)

    assert (answer.word, answer.beyond) == ("unlawful", 4_000)


def test_a_question_that_cannot_be_read_is_refused_by_name():
    with pytest.raises(BadInput) as unknown:
        ask("cn.no.such", {"on": date(2026, 7, 14)})
    assert unknown.value.code == "law.no_entry"

    for facts, key in (({"rate_bps": 1600}, "on"), ({"on": date(2026, 7, 14), "rate_bps": 16.5}, "rate_bps")):
        with pytest.raises(BadInput) as caught:
            ask("tw.rate", facts)
        assert (caught.value.facts["rule"], caught.value.facts["key"]) == ("tw.rate", key)
