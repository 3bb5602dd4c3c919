"""A list of decisions that relied on a figure that is another one now, and of no others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.restatements import list_relied
from arrears.store import models
from tests.actions.lives import morning_of
from tests.actions.sending import ACTOR, LAW, SAMPLE, a_writing_lender
from tests.builders import (
    LONG_AGO,
    NOW,
    TODAY,
    a_hold,
    a_loan,
    a_payment,
    a_person,
    a_schedule,
    an_actor,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)
LATER = NOW + 5 * DAY


def a_decided_loan():
    """Four days late at the end of yesterday; today's run planned its first step."""
    lender = a_writing_lender()
    loan = a_loan(lender, a_person(lender, points=("app_inbox",)))
    a_schedule(loan, TODAY - 5 * DAY, TODAY + 25 * DAY)
    at = morning_of(TODAY, hour=0)
    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=LAW, actor=ACTOR, at=at)
    return lender, loan


def relied(lender):
    return list_relied(lender_id=lender.pk, since=LONG_AGO, known_at=LATER)


def test_nothing_is_listed_while_nothing_came_later():
    lender, _ = a_decided_loan()

    assert relied(lender) == []


def test_a_payment_dated_back_lists_the_decision_with_both_figures():
    lender, loan = a_decided_loan()
    a_payment(loan, TODAY - 2 * DAY, amount_minor=100_000, recorded_at=NOW + DAY)

    (found,) = relied(lender)

    assert (found.loan_ref, found.use, found.outcome, found.contact) == (
        loan.source_ref,
        "plan",
        "planned",
        "planned",
    )
    assert (found.then.is_late, found.then.past_due_days, found.then.overdue_minor) == (True, 4, 100_000)
    assert (found.now.is_late, found.now.past_due_days, found.now.overdue_minor) == (False, 0, 0)
    assert [(each.kind, each.effective_on) for each in found.changes] == [("payment", TODAY - 2 * DAY)]


def test_a_payment_of_the_day_itself_restates_nothing():
    lender, loan = a_decided_loan()
    a_payment(loan, TODAY, amount_minor=100_000, recorded_at=NOW + DAY)

    assert relied(lender) == []


def test_a_reversal_of_an_old_payment_and_a_new_schedule_are_named():
    lender, loan = a_decided_loan()
    payment = a_payment(loan, TODAY - 10 * DAY, amount_minor=40_000, recorded_at=LONG_AGO)
    models.Reversal.objects.create(
        lender_id=lender.pk,
        payment=payment,
        reversed_on=TODAY,
        reason="returned",
        actor_id=an_actor(),
        recorded_at=NOW + DAY,
    )
    a_schedule(loan, TODAY - 8 * DAY, version=2, recorded_at=NOW + 2 * DAY)

    (found,) = relied(lender)

    assert [each.kind for each in found.changes] == ["reversal", "schedule"]
    assert (found.now.past_due_days, found.now.overdue_minor) == (7, 100_000)


def test_a_hold_taken_back_and_one_on_an_area_restate_the_days_they_paused():
    lender, _ = a_decided_loan()
    was = b_hold(area="TW", lender_id=lender.pk, recorded_at=NOW + DAY)
    (paused,) = relied(lender)
    b_hold(
        area="TW",
        lender_id=lender.pk,
        stops_ageing=False,
        stops_notices=True,
        from_at=NOW + 2 * DAY,
        recorded_at=NOW + 2 * DAY,
        supersedes=was,
    )

    assert (paused.then.delinquent_days, paused.now.delinquent_days) == (4, 2)
    assert [(each.kind, each.effective_on) for each in paused.changes] == [("hold", TODAY - 3 * DAY)]
    assert relied(lender) == []


def b_hold(**columns):
    return a_hold(**{"stops_ageing": True, "from_at": NOW - 3 * DAY, **columns})


def test_what_was_decided_stays_as_it_was():
    lender, loan = a_decided_loan()
    before = list(models.Decision.objects.values())
    a_payment(loan, TODAY - 2 * DAY, amount_minor=100_000, recorded_at=NOW + DAY)

    relied(lender)

    assert list(models.Decision.objects.values()) == before


def test_a_change_of_another_loan_lists_nothing():
    lender, _ = a_decided_loan()
    other = a_loan(lender, a_person(lender), product="card")
    a_schedule(other, TODAY - 40 * DAY)
    a_payment(other, TODAY - 2 * DAY, amount_minor=100_000, recorded_at=NOW + DAY)

    assert relied(lender) == []
