"""Ageing and roll rates of a lender's books: as known now, as known then, by funder, over time."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from arrears.actions.ageing import NO_FUNDER, get_ageing
from arrears.actions.ageing_series import get_ageing_series
from arrears.actions.rolls import get_rolls
from arrears.kernel.errors import BadInput
from arrears.kernel.money import Money
from arrears.store import models
from tests.builders import (
    LONG_AGO,
    NOW,
    TODAY,
    a_lender,
    a_loan,
    a_payment,
    a_person,
    a_product,
    a_schedule,
    a_statement,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = NOW + 5 * DAY


def a_scheduled_loan(lender, *, overdue_days, **columns):
    loan = a_loan(lender, a_person(lender), **columns)
    a_schedule(loan, TODAY - overdue_days * DAY, TODAY + 60 * DAY)
    return loan


def counts(rows):
    return {row.name: row.loans for row in rows if row.loans}


def ageing(lender, on=TODAY, *, known_at=LATER, **asked):
    return get_ageing(lender_id=lender.pk, on=on, known_at=known_at, **asked)


def rolled(lender, from_on, to_on, **asked):
    report = get_rolls(lender_id=lender.pk, from_on=from_on, to_on=to_on, known_at=LATER, **asked)
    return {
        (*([name] if name else []), roll.from_bucket, roll.to_bucket): (roll.loans, roll.of_from)
        for name, roll in report.rolls
    }


def test_computed_and_reported_loans_stand_in_one_report():
    lender = a_lender()
    a_scheduled_loan(lender, overdue_days=40)
    a_loan(lender, a_person(lender), overdue_days=40, as_of_on=TODAY)
    a_statement(a_loan(lender, a_person(lender)), TODAY - 25 * DAY)

    report = ageing(lender)

    assert counts(report.ageing.buckets) == {"1-29": 1, "30-59": 2}
    assert report.ageing.late.overdue == (Money(100_000 + 391_300 + 50_000, "TWD"),)
    assert (report.computed, report.ageing.total.loans) == (2, 3)


def test_the_figure_of_a_day_as_known_then_and_as_known_now():
    lender = a_lender()
    loan = a_scheduled_loan(lender, overdue_days=10)
    a_payment(loan, TODAY - DAY, amount_minor=100_000, recorded_at=NOW + DAY)

    assert ageing(lender, known_at=NOW).ageing.late.loans == 1
    assert ageing(lender, known_at=LATER).ageing.late.loans == 0


def test_each_product_is_counted_in_its_own_buckets():
    lender = a_lender()
    a_product(lender, "months", buckets="months")
    a_product(lender, "own", buckets="1-7/8+")
    a_scheduled_loan(lender, overdue_days=35, product="months")
    a_scheduled_loan(lender, overdue_days=7, product="own")
    a_scheduled_loan(lender, overdue_days=7, product="card")

    by_product = {names: row.loans for names, row in ageing(lender, by=["product", "bucket"]).groups}
    in_days = counts(ageing(lender, buckets="days").ageing.buckets)

    assert by_product == {("card", "1-29"): 1, ("months", "M2"): 1, ("own", "1-7"): 1}
    assert in_days == {"1-29": 2, "30-59": 1}


def test_a_loan_of_two_funders_counts_with_each_by_its_share():
    lender = a_lender()
    loan = a_scheduled_loan(lender, overdue_days=10)
    a_scheduled_loan(lender, overdue_days=10)
    for name, share in (("Bank A", "0.3"), ("Trust B", "0.7")):
        organisation = models.Organisation.objects.create(
            lender=lender, kind="funder", name=name, recorded_at=LONG_AGO
        )
        models.LoanFunder.objects.create(
            lender_id=lender.pk,
            loan=loan,
            organisation=organisation,
            share=Decimal(share),
            recorded_at=LONG_AGO,
        )

    rows = {names[0]: row for names, row in ageing(lender, by=["funder"]).groups}

    assert {name: (row.loans, row.overdue[0].minor) for name, row in rows.items()} == {
        NO_FUNDER: (1, 100_000),
        "Bank A": (1, 30_000),
        "Trust B": (1, 70_000),
    }


def test_a_product_or_bands_that_are_none_are_named():
    lender = a_lender()

    with pytest.raises(BadInput, match="No loan is of the product 'boat'"):
        ageing(lender, product="boat")
    with pytest.raises(BadInput, match=r"'1-5/7\+' does not end in 6\+"):
        ageing(lender, buckets="1-5/7+")


def test_over_time_every_day_has_every_bucket():
    lender = a_lender()
    a_scheduled_loan(lender, overdue_days=35)

    series = get_ageing_series(
        lender_id=lender.pk, from_on=TODAY - 36 * DAY, to_on=TODAY, every="week", known_at=LATER
    )

    assert series.days == tuple(TODAY - n * 7 * DAY for n in (5, 4, 3, 2, 1, 0))
    assert series.late == ("1-29", "30-59")
    found = {(point.on, point.bucket): point.loans for point in series.points}
    assert [found[day, "1-29"] for day in series.days] == [0, 1, 1, 1, 1, 0]
    assert [found[day, "30-59"] for day in series.days] == [0, 0, 0, 0, 0, 1]


def test_days_the_wrong_way_round_are_refused():
    with pytest.raises(BadInput, match="lies before"):
        get_ageing_series(
            lender_id=a_lender().pk, from_on=TODAY, to_on=TODAY - DAY, every="day", known_at=LATER
        )


def test_loans_roll_from_bucket_to_bucket_and_every_row_adds_up():
    lender = a_lender()
    a_scheduled_loan(lender, overdue_days=45)
    cured = a_scheduled_loan(lender, overdue_days=45)
    a_payment(cured, TODAY - DAY, amount_minor=100_000, recorded_at=LONG_AGO)
    a_scheduled_loan(lender, overdue_days=10)
    a_scheduled_loan(lender, overdue_days=45, closed_on=TODAY)

    found = rolled(lender, TODAY - 30 * DAY, TODAY)

    assert found == {
        ("current", "1-29"): (1, 1),
        ("1-29", "current"): (1, 3),
        ("1-29", "30-59"): (1, 3),
        ("1-29", "(closed)"): (1, 3),
    }


def test_a_loan_that_became_known_later_is_new():
    lender = a_lender()
    a_scheduled_loan(lender, overdue_days=45)
    young = a_loan(lender, a_person(lender), recorded_at=NOW + DAY)
    a_schedule(young, TODAY - 40 * DAY, recorded_at=NOW + DAY)

    then = rolled(lender, TODAY - DAY, TODAY + 3 * DAY, as_then_known=True)
    now = rolled(lender, TODAY - DAY, TODAY + 3 * DAY)

    assert then == {("(new)", "30-59"): (1, 1), ("30-59", "30-59"): (1, 1)}
    assert now == {("30-59", "30-59"): (2, 2)}


def test_products_roll_apart():
    lender = a_lender()
    a_scheduled_loan(lender, overdue_days=45, product="card")
    a_scheduled_loan(lender, overdue_days=10, product="loan")

    found = rolled(lender, TODAY - 30 * DAY, TODAY, by_product=True)

    assert found == {("card", "1-29", "30-59"): (1, 1), ("loan", "current", "1-29"): (1, 1)}
