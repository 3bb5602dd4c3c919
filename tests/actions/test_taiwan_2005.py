"""Thirty thousand real customers of September 2005, taken in as their file states them."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from arrears.actions.ageing import get_ageing
from arrears.actions.importing.mapping import find_mapping
from arrears.actions.imports import import_reported
from arrears.actions.lenders import create_lender
from arrears.kernel.money import Money
from arrears.store import models
from tests.actions.importing.stored import everything, row_counts
from tests.builders import a_simulation, no_autovacuum

FILE = Path(__file__).parents[2] / "../shared/data/credit_card_clients_taiwan_2005.csv"
AT = datetime(2005, 10, 2, 23, 0, tzinfo=UTC)
ON = date(2005, 9, 30)
CLASSES = {
    ("unused", 0): 2759,
    ("paid_in_full", 0): 5686,
    ("minimum_paid", 0): 14737,
    ("late", 1): 3688,
    ("late", 2): 2667,
    ("late", 3): 322,
    ("late", 4): 76,
    ("late", 5): 26,
    ("late", 6): 11,
    ("late", 7): 9,
    ("late", 8): 19,
}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.is_file(), reason="the file of 30,000 customers is not beside the checkout"),
]


def import_it(**options):
    return import_reported(
        file=FILE, mapping=find_mapping("taiwan_card_2005"), lender=None, actor="staff:anna", at=AT, **options
    )


@pytest.fixture
def lender():
    no_autovacuum()
    a_simulation(AT)
    return create_lender(name="示範銀行", country="TW", zone="Asia/Taipei", actor="staff:anna", at=AT)


def test_every_row_is_accepted_exactly_and_once(lender):
    report = import_it(strict=True)

    assert (report.state, report.rows_read, report.rows_accepted, report.rows_rejected) == (
        *("stored", 30_000, 30_000, 0),
    )
    assert_amounts_are_exact()
    assert_ageing_is_what_the_file_states(lender)
    before, counts = everything(), row_counts()
    assert import_it().state == "already_imported"
    assert everything() == before
    assert counts == {
        "person": 30_000,
        "person_key": 30_000,
        "person_detail": 30_000,
        "zone_evidence": 30_000,
        "contact_point": 60_000,
        "contact_scope": 90_000,
        "contact_point_past": 0,
        "loan": 30_000,
        "loan_past": 0,
        "loan_party": 30_000,
        "reported_arrears": 30_000,
        "import_file": 1,
    }


def assert_amounts_are_exact():
    reports = models.ReportedArrears.objects.values_list(
        "loan__source_ref", "statement_minor", "overdue_minor"
    )
    stored = {ref: (statement, overdue) for ref, statement, overdue in reports}
    in_exponents = 0
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert stored[row["ID"]] == (Decimal(row["BILL_AMT1"]) * 100, None)
            in_exponents += any("e+" in cell for cell in row.values())
    assert in_exponents == 4_224


def assert_ageing_is_what_the_file_states(lender):
    ageing = get_ageing(lender_id=lender.id, on=ON, known_at=AT).ageing

    assert {(row.name, row.months_late): row.loans for row in ageing.classes} == CLASSES
    assert {
        row.months_late: row.late_without_balance for row in ageing.classes if row.late_without_balance
    } == {1: 1_689}
    assert {row.name: row.loans for row in ageing.buckets} == {
        "1-29": 0,
        "30-59": 3688,
        "60-89": 2667,
        "90+": 463,
    }
    assert ageing.total.statements == (Money(153_669_992_700, "TWD"),)
    assert (ageing.total.customers, ageing.unreported) == (30_000, 0)
    by_status = Counter(models.ReportedArrears.objects.values_list("status", flat=True))
    assert by_status["late"] == ageing.late.loans == 6_818


def test_nobody_is_late_before_the_first_report(lender):
    import_it()

    report = get_ageing(lender_id=lender.id, on=date(2005, 9, 29), known_at=AT)

    assert (report.ageing.classes, report.ageing.unreported) == ((), 30_000)
    assert (report.first_on, report.reported_on) == (ON, None)
