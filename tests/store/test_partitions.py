"""Decisions and receipts are kept by month, and none is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from arrears.store import models
from arrears.store.copying import copy_rows, next_ids
from arrears.store.partitions import BY_MONTH, ensure_month, ensure_months
from tests import builders as b

pytestmark = pytest.mark.django_db
THEN = datetime(2031, 7, 14, tzinfo=UTC)
"""In a month that nothing else makes: what tests that commit have made is there for ever."""
LAST_INSTANT = datetime(2031, 8, 1, tzinfo=UTC) - timedelta(microseconds=1)


@pytest.fixture
def loan():
    lender = b.a_lender()
    return b.a_loan(lender, b.a_person(lender))


def _kept_in():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, decided_at FROM decision ORDER BY decided_at")
        return cursor.fetchall()


def test_a_decision_is_kept_in_the_month_of_its_instant_in_utc(loan):
    ensure_month("decision", THEN)
    ensure_month("decision", THEN)

    b.a_decision(loan, b.a_person(loan.lender), decided_at=LAST_INSTANT)
    b.a_decision(loan, b.a_person(loan.lender), decided_at=LAST_INSTANT + timedelta(microseconds=1))

    assert _kept_in() == [
        ("decision_2031_07", LAST_INSTANT),
        ("decision_default", LAST_INSTANT + timedelta(microseconds=1)),
    ]


def test_a_month_that_began_in_the_default_partition_stays_there(loan):
    b.a_decision(loan, b.a_person(loan.lender), decided_at=THEN)

    ensure_month("decision", THEN)
    b.a_decision(loan, b.a_person(loan.lender), decided_at=THEN)

    assert [table for table, _ in _kept_in()] == ["decision_default", "decision_default"]


def test_the_months_to_come_are_made_for_every_table_even_at_the_end_of_january():
    ensure_months(datetime(2027, 1, 31, tzinfo=UTC))

    with connection.cursor() as cursor:
        for table in BY_MONTH:
            cursor.execute(
                "SELECT to_regclass(%s), to_regclass(%s)", [f"{table}_2027_01", f"{table}_2027_02"]
            )
            assert None not in cursor.fetchone()


def test_rows_are_copied_under_numbers_reserved_before(loan):
    ids = next_ids(models.Decision, 3).tolist()
    assert len(set(ids)) == 3
    assert next_ids(models.Person, 0).tolist() == []
    columns = ["source_ref", "lender_id", "loan_id", "amount_minor", "value_on", "actor_id", "recorded_at"]

    copy_rows(
        models.Payment,
        columns,
        [(f"P{n}", loan.lender_id, loan.pk, n, b.TODAY, b.an_actor(), b.NOW) for n in (1, 2)],
    )

    assert list(models.Payment.objects.order_by("pk").values_list("source_ref", "value_on")) == [
        ("P1", b.TODAY),
        ("P2", b.TODAY),
    ]
