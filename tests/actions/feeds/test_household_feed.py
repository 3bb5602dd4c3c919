"""Households in the file of loans: taken in, changed, left, and never guessed from what is not said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.feeds import deliveries
from arrears.actions.households import find_household, place_in_household
from arrears.store import models
from arrears.store.crypto import keyring
from arrears.store.locks import scope_keys
from tests.actions.feeds.books import AT, LOAN, a_book, deliver, faults, load
from tests.actions.feeds.people import id_of
from tests.builders import a_lender

pytestmark = pytest.mark.django_db
L1 = {**LOAN, "household_ref": "H1"}
L2 = {**L1, "loan_ref": "L2", "person_ref": "C2"}


@pytest.fixture(autouse=True)
def lender(db, tmp_path):
    lender = a_lender()
    a_book(tmp_path, loans=3)
    return lender


def key_of(lender, household):
    return None if household is None else keyring().household_key(lender.pk, household)


def history(person_ref):
    return list(
        models.HouseholdMember.objects.filter(person=id_of(person_ref))
        .order_by("from_at")
        .values_list("household_key", "from_at")
    )


def test_borrowers_are_of_the_household_that_the_file_says(tmp_path, lender):
    report = load(tmp_path, "loans", [L1, L2])

    assert report.counts == {"added": 0, "changed": 0, "unchanged": 2, "households_changed": 2}
    assert history("C1") == history("C2") == [(key_of(lender, "H1"), AT)]
    row = models.HouseholdMember.objects.first()
    assert (row.actor.name, row.recorded_at, row.lender_id) == ("staff:anna", AT, lender.pk)


def test_it_is_the_household_that_the_command_line_says(tmp_path, lender):
    load(tmp_path, "loans", [L1])

    place = {"lender": lender.pk, "person": id_of("C1"), "actor": "staff:anna"}
    at = AT + timedelta(days=1)
    assert not place_in_household(household_ref="H1", at=at, **place)
    assert place_in_household(household_ref="H2", at=at, **place)
    assert load(tmp_path, "loans", [L1, L2], days=2).counts["households_changed"] == 2
    assert find_household(id_of("C1")) == key_of(lender, "H1")


def test_a_new_loan_brings_its_borrower_into_his_household(tmp_path, lender):
    load(tmp_path, "persons", [{"person_ref": "C9"}])
    load(tmp_path, "loans", [{**L1, "loan_ref": "L9", "person_ref": "C9"}], days=1)

    assert history("C9") == [(key_of(lender, "H1"), AT + timedelta(days=1))]


def test_a_change_keeps_what_was_and_an_empty_cell_is_of_none(tmp_path, lender):
    for days, household in enumerate(["H1", "H2", "H2", "", ""]):
        load(tmp_path, "loans", [{**L1, "household_ref": household}], days=days)

    assert history("C1") == [
        (key_of(lender, "H1"), AT),
        (key_of(lender, "H2"), AT + timedelta(days=1)),
        (None, AT + timedelta(days=3)),
    ]


def test_who_is_of_none_and_told_so_has_no_history(tmp_path):
    report = load(tmp_path, "loans", [{**L1, "household_ref": ""}])

    assert (report.counts["households_changed"], history("C1")) == (0, [])


def test_a_file_without_the_field_says_nothing_and_nobody_leaves(tmp_path, lender):
    load(tmp_path, "loans", [L1, L2])
    report = load(tmp_path, "loans", [{**LOAN, "risk": "B"}], days=1, is_full=True)

    assert report.counts == {"added": 0, "changed": 1, "unchanged": 0, "left_out": 2}
    assert [find_household(id_of(ref)) for ref in ("C1", "C2")] == [key_of(lender, "H1")] * 2


def test_who_is_left_out_of_a_full_file_stays_where_he_is(tmp_path, lender):
    load(tmp_path, "loans", [L1, L2])
    load(tmp_path, "loans", [{**L1, "household_ref": "H2"}], days=1, is_full=True)

    assert [find_household(id_of(ref)) for ref in ("C1", "C2")] == [
        key_of(lender, "H2"),
        key_of(lender, "H1"),
    ]


def test_the_same_rows_again_change_nothing_whatever_the_file(tmp_path):
    load(tmp_path, "loans", [L1, L2])
    again = deliver(tmp_path, "loans", [L1, L2], days=1)
    reordered = load(tmp_path, "loans", [L2, L1], days=2)

    assert again.state == "already_imported"
    assert reordered.counts == {"added": 0, "changed": 0, "unchanged": 2, "households_changed": 0}
    assert models.HouseholdMember.objects.count() == 2


def test_two_files_at_one_instant_are_two_changes(tmp_path, lender):
    load(tmp_path, "loans", [L1])
    load(tmp_path, "loans", [{**L1, "household_ref": "H2"}])

    assert [key for key, _ in history("C1")] == [key_of(lender, "H1"), key_of(lender, "H2")]


@pytest.mark.parametrize("other", ["H2", ""])
def test_loans_of_one_borrower_that_say_different_households_are_rejected(tmp_path, lender, other):
    second = {**L1, "loan_ref": "L7", "household_ref": other}
    report = load(tmp_path, "loans", [L1, second, L2])

    reason = "is not what another row says of the same borrower"
    assert sorted(faults(report)) == [(2, "household_ref", reason), (3, "household_ref", reason)]
    assert {each.value for each in report.rejects} == {""}
    assert history("C1") == []
    assert find_household(id_of("C2")) == key_of(lender, "H1")
    assert not models.Loan.objects.filter(source_ref="L7").exists()


def test_loans_of_one_borrower_that_say_the_same_household_are_one_change(tmp_path):
    report = load(tmp_path, "loans", [L1, {**L1, "loan_ref": "L7"}])

    assert (report.rows_rejected, report.counts["households_changed"]) == (0, 1)
    assert len(history("C1")) == 1


@pytest.mark.parametrize(
    ("household", "reason"),
    [
        ("H" * 65, "is longer than 64 characters"),
        ("a\u202eb", "contains an invisible character that can change how text reads"),
        ("-1", "must begin with a letter or a digit"),
    ],
)
def test_a_number_that_cannot_be_is_named_and_nothing_of_its_row_is_stored(tmp_path, household, reason):
    bad = {**L1, "loan_ref": "L7", "household_ref": household}
    report = load(tmp_path, "loans", [bad, L2])

    assert faults(report) == [(2, "household_ref", reason)]
    assert history("C1") == []
    assert not models.Loan.objects.filter(source_ref="L7").exists()


def test_a_row_rejected_for_another_reason_moves_nobody(tmp_path):
    report = load(tmp_path, "loans", [{**L1, "currency": "USD"}, L2])

    assert (report.rows_rejected, history("C1")) == (1, [])


def test_a_strict_file_with_a_bad_row_moves_nobody(tmp_path):
    report = deliver(tmp_path, "loans", [{**L1, "currency": "USD"}, L2], strict=True)

    assert (report.state, models.HouseholdMember.objects.count()) == ("refused", 0)


def test_the_gate_waits_for_the_borrowers_who_move_and_for_their_new_household(tmp_path, lender, monkeypatch):
    locked = []
    lock = deliveries.lock_scopes
    monkeypatch.setattr(deliveries, "lock_scopes", lambda keys: (locked.extend(keys), lock(keys)))

    load(tmp_path, "loans", [L1, {**L2, "household_ref": ""}])

    assert set(locked) == set(scope_keys(persons=[id_of("C1")], households=[key_of(lender, "H1")]))


def test_a_dry_run_says_who_would_move_and_moves_nobody(tmp_path):
    report = deliver(tmp_path, "loans", [L1, L2], dry_run=True)

    assert (report.files[0].counts["households_changed"], models.HouseholdMember.objects.count()) == (2, 0)


def test_a_mapping_says_which_column_is_the_household(tmp_path, lender):
    mapping = tmp_path / "loans.toml"
    columns = {**{name: name for name in LOAN}, "household_ref": "Haushalt"}
    named = "\n".join(f'{name} = {{ column = "{column}" }}' for name, column in columns.items())
    mapping.write_text(f'feed = "loans"\n[fields]\n{named}\n', encoding="utf-8")

    load(tmp_path, "loans", [{**LOAN, "Haushalt": " H1 "}], mapping=str(mapping))

    assert find_household(id_of("C1")) == key_of(lender, "H1")
