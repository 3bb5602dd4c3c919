"""What a borrower said of hours binds wherever a contact is decided, foretold or explained."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.plans import show_plan
from arrears.kernel.days import date_of, datetime_of
from arrears.rulepacks import load_law
from arrears.store.models import PlannedContact
from arrears.strategies import load_strategy
from tests.actions.lives import morning_of
from tests.actions.test_forecasts import foretold, planned
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person, an_inconvenience

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
NOON = NOW + timedelta(hours=2)
"""In Taipei on the same day, the 14th of July 2026, a Tuesday."""


def a_late_loan(*, points=("app_inbox", "email"), **said):
    person = a_person(a_lender(), points=points)
    loan = a_loan(person.lender, person, overdue_days=4)
    an_inconvenience(person, **said)
    return loan


def test_the_run_plans_the_contact_for_the_hour_from_which_it_suits():
    loan = a_late_loan(start_local_minutes=0)

    run_day(
        lender=loan.lender_id,
        on=TODAY,
        strategy=SAMPLE,
        law=LAW,
        actor="program:test",
        at=morning_of(TODAY, hour=7),
    )

    assert [row.not_before_at for row in PlannedContact.objects.all()] == [NOON]


def test_the_plan_shows_it_and_the_rule_that_bound_it():
    loan = a_late_loan()

    shown = show_plan(who=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOW, lender=None)

    assert [contact.not_before_at for contact in shown.contacts] == [NOON]


def test_the_forecast_passes_over_the_days_that_do_not_suit():
    weekdays_but_friday = 0b1101111
    loan = a_late_loan(weekdays=weekdays_but_friday, start_local_minutes=0, end_local_minutes=1440)

    first = planned(foretold(loan).nothing_changes)[0]

    assert first[0].isoformat() == "2026-07-17"
    assert first[2].isoformat() == "2026-07-17T00:00:00+00:00"


def test_the_explanation_names_the_rule_by_which_a_contact_waits():
    loan = a_late_loan()

    found = explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOW, on=None, lender=None)

    line = found.forecast.lines[0]
    assert (date_of(line.on), datetime_of(line.from_at)) == (TODAY, NOON)
    assert "house.inconvenient" in [binding.rule.id for binding in line.bindings]
