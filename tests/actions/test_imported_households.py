"""Households in the wide report: taken in with the borrower, by the rules of the file of loans."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.households import find_household
from arrears.store import models
from arrears.store.crypto import keyring
from tests.actions.importing.builders import A_ROW, MAPPING, a_row, csv_text
from tests.actions.importing.stored import AT, load, person_of
from tests.builders import a_lender

pytestmark = pytest.mark.django_db
WITH_HOUSEHOLD = MAPPING.replace("[fields]\n", '[fields]\nhousehold_ref = { column = "household" }\n')


@pytest.fixture(autouse=True)
def lender(db):
    return a_lender()


def told(tmp_path, *rows, **options):
    """A report whose rows say a household."""
    text = csv_text(rows, columns=(*A_ROW, "household"))
    return load(tmp_path, text, mapping=WITH_HOUSEHOLD, **options)


def of(number, household, **changes):
    return {**a_row(number, **changes), "household": household}


def households(*refs):
    return [find_household(person_of(ref).pk) for ref in refs]


def history(ref):
    rows = models.HouseholdMember.objects.filter(person=person_of(ref)).order_by("from_at")
    return list(rows.values_list("household_key", "from_at"))


def test_new_borrowers_are_of_the_household_that_the_report_says(tmp_path, lender):
    told(tmp_path, of(1, "H1"), of(2, "H1"), of(3, ""))

    key = keyring().household_key(lender.pk, "H1")
    assert households("L1", "L2", "L3") == [key, key, None]
    assert history("L1") == [(key, AT)]
    assert history("L3") == []


def test_a_later_report_moves_and_takes_out_and_keeps_what_was(tmp_path, lender):
    for days, household in enumerate(["H1", "H1", "H2", ""]):
        told(tmp_path, of(1, household, name=f"n{days}"), days=days)

    keys = [keyring().household_key(lender.pk, ref) for ref in ("H1", "H2")]
    assert history("L1") == [
        (keys[0], AT),
        (keys[1], AT + timedelta(days=2)),
        (None, AT + timedelta(days=3)),
    ]


def test_a_report_without_the_field_says_nothing_and_nobody_leaves(tmp_path):
    told(tmp_path, of(1, "H1"))
    load(tmp_path, [a_row(1, name="another")], days=1)

    assert len(history("L1")) == 1
    assert households("L1") != [None]


def test_an_older_report_moves_nobody(tmp_path):
    told(tmp_path, of(1, "H1"))
    told(tmp_path, of(1, "H2", as_of="2026-01-31", since="2025-12-31"), days=1)

    assert len(history("L1")) == 1


def test_rows_that_put_one_borrower_into_two_households_are_rejected(tmp_path):
    told(tmp_path, of(1, "H1"))
    report = told(tmp_path, of(1, "H1"), {**of(1, "H2"), "loan": "L9"}, of(2, "H1"), days=1)

    assert report.rows_rejected == 2
    assert len(history("L1")) == 1
    assert not models.Loan.objects.filter(source_ref="L9").exists()


def test_a_number_that_cannot_be_is_named_and_nothing_of_its_row_is_stored(tmp_path):
    report = told(tmp_path, of(1, "-1"), of(2, "H1"))

    (reject,) = report.rejects
    assert (reject.line, reject.field, reject.reason) == (
        *(2, "household_ref", "must begin with a letter or a digit"),
    )
    assert not models.Loan.objects.filter(source_ref="L1").exists()


def test_a_household_is_nowhere_in_the_clear(tmp_path):
    told(tmp_path, of(1, "unmistakable"))

    stored = repr(list(models.HouseholdMember.objects.values()) + list(models.AuditEntry.objects.values()))
    assert "unmistakable" not in stored
