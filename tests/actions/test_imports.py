"""A file is stored whole or not at all; the same file twice changes nothing; news supersedes."""

from __future__ import annotations

import csv
from datetime import date, timedelta

import pytest

from arrears.actions.lenders import create_lender
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from arrears.store.personal import erase_person
from tests.actions.importing.builders import MAPPING, NOT_LATE, a_row, csv_text, rows
from tests.actions.importing.stored import (
    AT,
    everything,
    load,
    name_of_borrower,
    person_of,
    points_of,
    reports_of,
    row_counts,
)
from tests.builders import a_lender

pytestmark = pytest.mark.django_db
JAPAN = {"place": "JP", "zone": "Asia/Tokyo"}


@pytest.fixture(autouse=True)
def lender(db):
    return a_lender()


def test_a_row_becomes_a_person_a_loan_and_a_report(tmp_path, lender):
    report = load(tmp_path, [a_row()])

    assert (report.state, report.rows_accepted, report.rows_rejected) == ("stored", 1, 0)
    loan = models.Loan.objects.get()
    person = person_of("L1")
    assert (loan.source_ref, loan.product, loan.debt_kind, loan.governing_law) == (
        *("L1", "card", "credit_card", "TW"),
    )
    assert (loan.currency, loan.closed_on, loan.contact_group) == ("TWD", None, person.id)
    assert (person.language, person.contact_group) == ("zh-Hant", person.id)
    assert reports_of("L1") == [(date(2026, 2, 28), "late", 120_000, 500_050)]
    assert models.ReportedArrears.objects.get().overdue_since_on == date(2026, 1, 31)
    assert models.ZoneEvidence.objects.values_list("place", "zone", "source").get() == (
        *("TW", "Asia/Taipei", "address"),
    )
    assert name_of_borrower("L1") == "林怡君"
    assert points_of("L1") == {
        "app_inbox": "box-C1",
        "email": "c1@customers.example",
        "mobile": "+886912345678",
    }


def test_personal_data_is_nowhere_in_the_clear(tmp_path):
    load(tmp_path, [a_row(name="Unmistakable", email="unmistakable@customers.example")])

    assert "unmistakable" not in repr(everything()).lower()
    assert "C1" not in repr(everything())


def test_everybody_and_every_address_has_a_scope_to_be_locked(tmp_path):
    load(tmp_path, rows(2))

    scopes = set(models.ContactScope.objects.values_list("kind", "key"))
    assert scopes == {("person", key) for key in models.Person.objects.values_list("id", flat=True)} | {
        ("value", key) for key in models.ContactPoint.objects.values_list("value_key", flat=True)
    }


def test_the_same_file_twice_changes_nothing_and_says_so(tmp_path):
    load(tmp_path, rows(3))
    before = everything()

    report = load(tmp_path, rows(3), days=1)

    assert (report.state, report.imported_at) == ("already_imported", AT)
    assert everything() == before


def test_the_same_rows_in_another_file_change_nothing_about_the_loans(tmp_path):
    load(tmp_path, rows(3))
    before = row_counts()

    report = load(tmp_path, rows(3)[::-1], days=1)

    assert (report.state, report.counts["rows_unchanged"]) == ("stored", 3)
    assert row_counts() == before | {"import_file": 2}


def test_the_next_days_file_adds_reports_and_overwrites_none(tmp_path):
    load(tmp_path, [a_row()])

    load(tmp_path, [a_row(as_of="2026-03-01", **NOT_LATE)], days=1)

    assert reports_of("L1") == [
        (date(2026, 2, 28), "late", 120_000, 500_050),
        (date(2026, 3, 1), "paid_in_full", None, 500_050),
    ]


def test_a_corrected_report_supersedes_and_the_old_one_stays(tmp_path):
    load(tmp_path, [a_row()])

    report = load(tmp_path, [a_row(overdue="900")], days=1)

    assert report.counts["reports_corrected"] == 1
    assert reports_of("L1") == [(date(2026, 2, 28), "late", 90_000, 500_050)]
    assert models.ReportedArrears.objects.count() == 2


def test_a_report_may_be_corrected_again_and_again(tmp_path):
    for day, overdue in enumerate(("900", "800", "900")):
        load(tmp_path, [a_row(overdue=overdue), a_row(2, name=str(day))], days=day)

    assert reports_of("L1")[0][2] == 90_000
    assert models.ReportedArrears.objects.filter(loan__source_ref="L1").count() == 3


def test_contact_details_of_a_later_file_supersede_and_the_old_ones_are_kept(tmp_path):
    load(tmp_path, [a_row()])

    report = load(tmp_path, [a_row(as_of="2026-03-01", email="new@customers.example", name="林怡")], days=1)

    assert report.counts["people_changed"] == 1
    assert points_of("L1")["email"] == "new@customers.example"
    assert points_of("L1", is_retired=True) == {"email": "c1@customers.example"}
    assert name_of_borrower("L1") == "林怡"
    assert models.ContactPointPast.objects.count() == 1


def test_an_address_that_comes_back_is_the_same_contact_point(tmp_path):
    load(tmp_path, [a_row()])
    before = models.ContactPoint.objects.get(kind="email").id

    load(tmp_path, [a_row(as_of="2026-03-01", email="new@customers.example")], days=1)
    load(tmp_path, [a_row(as_of="2026-03-02", email="C1@customers.example")], days=2)

    (point,) = models.ContactPoint.objects.filter(kind="email", retired_at=None)
    assert point.id == before


def test_an_address_left_empty_is_retired_and_one_not_mapped_stays(tmp_path):
    load(tmp_path, [a_row()])
    without = "\n".join(line for line in MAPPING.splitlines() if not line.startswith("mobile"))

    load(tmp_path, [a_row(as_of="2026-03-01", email="", mobile="")], days=1, mapping=without)

    assert points_of("L1") == {"app_inbox": "box-C1", "mobile": "+886912345678"}


def test_an_address_the_borrower_gave_himself_is_left_alone(tmp_path):
    load(tmp_path, [a_row()])
    models.ContactPoint.objects.filter(kind="email").update(
        source="reserved_by_borrower", recorded_at=AT + timedelta(hours=1)
    )

    load(tmp_path, [a_row(as_of="2026-03-01", email="")], days=1)

    assert points_of("L1")["email"] == "c1@customers.example"


def test_a_person_who_moves_is_no_longer_taken_to_be_where_he_was(tmp_path):
    load(tmp_path, [a_row(place="US-NY", zone="America/New_York", currency="USD")])
    moved = a_row(place="US-NY", zone="America/Denver", currency="USD", as_of="2026-03-01")

    load(tmp_path, [moved], days=1)

    first, second = models.ZoneEvidence.objects.order_by("id")
    assert (second.zone, second.supersedes_id) == ("America/Denver", first.id)


def test_an_older_file_adds_its_report_and_changes_nothing_else(tmp_path):
    load(tmp_path, [a_row(as_of="2026-03-01", **NOT_LATE)])

    load(tmp_path, [a_row(email="old@customers.example", closed="yes", since="2026-01-01")], days=1)

    assert [day for day, *_ in reports_of("L1")] == [date(2026, 2, 28), date(2026, 3, 1)]
    assert points_of("L1")["email"] == "c1@customers.example"
    assert models.Loan.objects.get().closed_on is None


def test_a_loan_is_closed_on_the_day_first_reported_and_may_open_again(tmp_path):
    load(tmp_path, [a_row()])
    for day, closed in enumerate(("yes", "yes", "no"), 1):
        load(tmp_path, [a_row(as_of=f"2026-03-0{day}", closed=closed, **NOT_LATE)], days=day)
        expected = date(2026, 3, 1) if closed == "yes" else None
        assert models.Loan.objects.get().closed_on == expected

    assert models.LoanPast.objects.count() == 2


def test_a_file_imported_at_the_very_same_instant_is_a_later_version_all_the_same(tmp_path):
    load(tmp_path, [a_row()])

    load(tmp_path, [a_row(closed="yes", email="new@customers.example")])

    assert models.Loan.objects.get().closed_on == date(2026, 2, 28)


def test_a_person_with_two_loans_is_stored_once(tmp_path):
    second = a_row(2, customer="C1", email="c1@customers.example")

    load(tmp_path, [a_row(1), second])
    load(tmp_path, [a_row(3, customer="C1", email="c1@customers.example")], days=1)

    assert models.Person.objects.count() == 1
    assert models.Loan.objects.count() == 3
    assert set(models.Loan.objects.values_list("contact_group", flat=True)) == {person_of("L1").id}


def test_nothing_of_a_bad_row_is_stored(tmp_path):
    report = load(tmp_path, [a_row(1), a_row(2, email="@"), a_row(3, status="?")])

    assert (report.state, report.rows_accepted, report.rows_rejected) == ("stored", 1, 2)
    assert list(models.Loan.objects.values_list("source_ref", flat=True)) == ["L1"]
    assert models.Person.objects.count() == 1


def test_strict_refuses_the_whole_file_for_one_bad_row(tmp_path):
    before = everything()

    report = load(tmp_path, [a_row(1), a_row(2, email="@")], strict=True)

    assert (report.state, report.rows_rejected) == ("refused", 1)
    assert everything() == before


def test_a_file_of_bad_rows_only_is_refused(tmp_path):
    before = everything()

    assert load(tmp_path, rows(3, status="?")).state == "refused"
    assert everything() == before


def test_a_dry_run_stores_nothing_and_tells_the_same(tmp_path):
    before = everything()

    report = load(tmp_path, [a_row(1), a_row(2, email="@")], dry_run=True)

    assert (report.state, report.rows_accepted, report.rejected_fields) == ("checked", 1, {"email": 1})
    assert everything() == before


def test_every_bad_field_is_in_the_rejects_file(tmp_path):
    rejects = tmp_path / "rejects.csv"

    load(tmp_path, [a_row(1), a_row(2, email="=@", closed="?"), a_row(1)], rejects_to=rejects)

    with rejects.open(newline="", encoding="utf-8") as file:
        told = [(row["row"], row["field"], row["value"]) for row in csv.DictReader(file)]
    assert told == [
        ("3", "email", "'=@"),
        ("3", "closed", "?"),
        ("2", "loan_ref", "L1"),
        ("4", "loan_ref", "L1"),
    ]


def test_the_rejects_of_a_strict_refusal_are_written_too(tmp_path):
    load(tmp_path, [a_row(1), a_row(2, email="@")], strict=True, rejects_to=tmp_path / "r.csv")

    assert len((tmp_path / "r.csv").read_text().splitlines()) == 2


def test_rows_that_contradict_what_is_on_file_are_rejected(tmp_path):
    load(tmp_path, rows(4))
    person = person_of("L4")
    erase_person(person.id, at=AT)
    news = [
        a_row(1, currency="USD", as_of="2026-03-01"),
        a_row(2, customer="C3", email="c3@customers.example", as_of="2026-03-01"),
        a_row(3, as_of="2026-03-01"),
        a_row(4, as_of="2026-03-01"),
    ]

    report = load(tmp_path, news, days=1)

    assert [(reject.line, reject.field) for reject in report.rejects] == [
        (2, "currency"),
        (3, "person_ref"),
        (5, "person_ref"),
    ]
    assert report.rows_accepted == 1


def test_a_country_without_a_pack_is_refused_unless_declared_house_only(tmp_path):
    assert load(tmp_path, [a_row(1, **JAPAN)]).state == "refused"

    assert load(tmp_path, [a_row(1, **JAPAN)], house_only=("jp",)).state == "stored"
    with pytest.raises(BadInput, match="no country"):
        load(tmp_path, rows(1), house_only=("Japan",))


def test_the_books_are_complete_through_the_latest_day_declared(tmp_path):
    create_lender(name="Fresh Bank", country="TW", zone="Asia/Taipei", actor="staff:anna", at=AT)
    through = "payments_complete_through_on = 2026-02-27\n[fields]"
    mapping = MAPPING.replace("[fields]", through, 1)

    load(tmp_path, rows(1), lender="Fresh Bank", mapping=mapping)
    load(tmp_path, rows(2), lender="Fresh Bank", days=1, complete_through_on=date(2026, 3, 1))
    load(tmp_path, rows(3), lender="Fresh Bank", days=2, complete_through_on=date(2026, 2, 1))

    declared = models.Watermark.objects.filter(lender__name="Fresh Bank").order_by("id")
    assert [each.payments_complete_through_on for each in declared] == [date(2026, 2, 27), date(2026, 3, 1)]


def test_books_cannot_be_complete_through_a_day_to_come(tmp_path):
    with pytest.raises(BadInput, match="complete through"):
        load(tmp_path, rows(1), complete_through_on=date(2026, 3, 3))


def test_an_import_leaves_an_entry_in_the_audit_trail_without_personal_data(tmp_path):
    load(tmp_path, rows(2))

    entry = models.AuditEntry.objects.get(what="import.stored")
    assert entry.facts["reports_added"] == 2
    assert entry.subjects == {"import_file": [models.ImportFile.objects.get().id]}


def test_a_lender_that_is_not_recorded_is_refused(tmp_path, lender):
    with pytest.raises(NotFound, match="Nobody Bank"):
        load(tmp_path, rows(1), lender="Nobody Bank")
    other = a_lender(name="Another Bank")
    with pytest.raises(BadInput, match="more than one"):
        load(tmp_path, rows(1))
    assert load(tmp_path, rows(1), lender="Another Bank").state == "stored"
    assert load(tmp_path, rows(1), lender=lender.pk).state == "stored"
    assert models.Loan.objects.filter(lender=other).count() == 1


def test_two_lenders_may_use_the_same_numbers(tmp_path, lender):
    a_lender(name="Another Bank")

    load(tmp_path, rows(2), lender=lender.pk)
    load(tmp_path, rows(2), lender="Another Bank")

    assert models.Person.objects.count() == 4


@pytest.mark.parametrize("content", ["", csv_text([]), "a,b\n1,2\n", csv_text(rows(1)).replace(",", ";")])
def test_a_file_that_cannot_be_used_at_all_stores_nothing(tmp_path, content):
    before = everything()

    with pytest.raises(BadInput):
        load(tmp_path, content)

    assert everything() == before


def test_a_file_that_changes_between_checking_and_storing_stores_nothing(tmp_path):
    before = everything()

    def grow(stage, _rows):
        if stage == "checked":
            with (tmp_path / "in.csv").open("a") as file:
                file.write(csv_text([a_row(9)]).splitlines()[1] + "\n")

    with pytest.raises(Conflict):
        load(tmp_path, rows(2), advance=grow)

    assert everything() == before


def test_a_file_of_several_chunks_is_one_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("arrears.actions.importing.reading.ROWS_PER_CHUNK", 2)
    shared = {"customer": "C1", "email": "c1@customers.example"}
    content = [a_row(1), a_row(2), a_row(3, **shared), a_row(4), a_row(2), a_row(6, **shared)]

    report = load(tmp_path, content)

    assert (report.rows_accepted, report.rows_rejected) == (4, 2)
    assert models.Person.objects.count() == 2
    assert models.Loan.objects.count() == 4
