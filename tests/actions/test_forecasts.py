"""What if: foretold from a real database, then really done, and the days lived by the nightly run."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.forecasts import Kind, Supposition, foretell
from arrears.actions.holds import place_hold
from arrears.actions.payments import post_payment
from arrears.actions.telling_forecasts import tell_forecast
from arrears.kernel.days import date_of, datetime_of
from arrears.kernel.errors import ArrearsError, NotFound
from arrears.locale.notices import LANGUAGES
from arrears.rulepacks import load_law
from arrears.store.models import Hold, Payment, PlannedContact, PlannedContactLoan
from arrears.strategies import load_strategy
from tests.actions.lives import deliver, morning_of
from tests.builders import (
    NOW,
    TODAY,
    a_lender,
    a_loan,
    a_person,
    a_schedule,
    a_simulation,
    a_watermark,
)

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW, ACTOR = load_strategy("sample"), load_law(), "program:test"
DAY = timedelta(days=1)


def foretold(loan, supposition=None, *, at=NOW, days=90):
    return foretell(
        loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=at, days=days, supposition=supposition
    )


def a_scheduled_loan(lender, *due_on: date):
    loan = a_loan(lender, a_person(lender, points=("app_inbox", "email")))
    a_schedule(loan, *due_on)
    return loan


def a_reported_loan(lender, **columns):
    return a_loan(lender, a_person(lender, points=("app_inbox", "email")), overdue_days=4, **columns)


def planned(forecast):
    return [
        (date_of(line.on), SAMPLE.steps[line.step].id, datetime_of(line.from_at))
        for line in forecast.lines
        if line.is_planned
    ]


def lived(loan):
    served = PlannedContactLoan.objects.filter(loan=loan, planned_contact__state="sent")
    columns = ("planned_contact__planned_for_on", "step", "planned_contact__not_before_at")
    return list(served.order_by("planned_contact__planned_for_on").values_list(*columns))


def live(lender, days, happens):
    """Days from today on, each with what happens in its morning, its run, and its contacts made."""
    for day in range(days):
        on = TODAY + day * DAY
        at = morning_of(on, hour=7)
        a_watermark(lender, payments_complete_through_on=on - DAY, recorded_at=at)
        happens(on, at)
        run_day(lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor=ACTOR, at=at)
        for contact in PlannedContact.objects.filter(state="planned"):
            deliver(contact)


def test_a_supposed_payment_that_is_really_posted_leads_to_the_contacts_that_were_foretold():
    a_simulation()
    lender = a_lender()
    loan = a_scheduled_loan(lender, TODAY - 2 * DAY, TODAY + 28 * DAY)
    pays_on = TODAY + 3 * DAY
    seen = foretold(loan, Supposition(Kind.PAY_OVERDUE, pays_on), at=morning_of(TODAY, hour=7), days=45)

    def happens(on, at):
        if on == pays_on:
            post_payment(
                loan=loan.pk,
                source_ref="P-1",
                amount_minor=seen.supposed.amount_minor,
                value_on=on,
                actor=ACTOR,
                at=at,
            )

    live(lender, 45, happens)

    assert seen.supposed.amount_minor == 100_000
    steps = [(on, step) for on, step, _ in planned(seen.if_supposed)]
    assert steps == [
        (TODAY + DAY, "app-message"),
        (TODAY + 31 * DAY, "app-message"),
        (TODAY + 35 * DAY, "email"),
    ]
    assert planned(seen.if_supposed) == lived(loan)
    assert planned(seen.nothing_changes) != lived(loan)


def test_a_supposed_hold_that_is_really_placed_leads_to_the_contacts_that_were_foretold():
    a_simulation()
    lender = a_lender()
    loan = a_reported_loan(lender)
    first, last = TODAY + 2 * DAY, TODAY + 12 * DAY
    supposition = Supposition(Kind.HOLD, first, until_on=last, reason="dispute", stops=("notices", "ageing"))
    seen = foretold(loan, supposition, at=morning_of(TODAY, hour=7), days=30)

    def happens(on, at):
        if on == first:
            place_hold(
                lender=lender.pk,
                loan=loan.pk,
                reason="dispute",
                shown_reason="You dispute it.",
                stops=("notices", "ageing"),
                from_at=morning_of(first, hour=0),
                until_at=morning_of(last, hour=0),
                actor=ACTOR,
                at=at,
            )

    live(lender, 30, happens)

    steps = [(on, step) for on, step, _ in planned(seen.if_supposed)]
    assert steps == [(TODAY, "app-message"), (TODAY + 12 * DAY, "email")]
    assert planned(seen.if_supposed) == lived(loan)


def test_a_payment_on_a_reported_loan_is_foretold_to_wait_for_the_next_report():
    loan = a_reported_loan(a_lender(), overdue_minor=None)

    seen = foretold(loan, Supposition(Kind.PAY_OVERDUE, TODAY + DAY))

    assert (seen.supposed.amount_minor, seen.supposed.waits_for_report) == (None, True)
    last = seen.if_supposed.lines[-1]
    assert not last.is_planned
    assert "house.payment-since-report" in [each.rule.id for each in last.bindings]


def test_a_contact_planned_for_today_is_asked_about_again_with_the_payment():
    lender = a_lender()
    loan = a_scheduled_loan(lender, TODAY - 4 * DAY)
    a_watermark(lender, payments_complete_through_on=TODAY - DAY, recorded_at=morning_of(TODAY, hour=1))
    at = morning_of(TODAY, hour=2)
    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=LAW, actor=ACTOR, at=at)

    seen = foretold(loan, Supposition(Kind.PAY_OVERDUE, TODAY), at=morning_of(TODAY, hour=3))

    assert [on for on, _, _ in planned(seen.nothing_changes)] == [TODAY, TODAY + 4 * DAY]
    assert planned(seen.if_supposed) == []


def test_asking_stores_nothing():
    lender = a_lender()
    loan = a_scheduled_loan(lender, TODAY - 4 * DAY)

    foretold(loan, Supposition(Kind.PAY_OFF, TODAY))
    foretold(loan, Supposition(Kind.HOLD, TODAY, reason="plan"))

    assert not Payment.objects.exists()
    assert not Hold.objects.exists()
    assert not PlannedContact.objects.exists()


YESTERDAY, LATER = TODAY - DAY, TODAY + 90 * DAY
BAD = [
    (Supposition(Kind.PAY, TODAY, amount="-5"), "payment.amount"),
    (Supposition(Kind.PAY, TODAY, amount="5.001"), "payment.amount"),
    (Supposition(Kind.PAY, TODAY, amount="1,000"), "payment.amount"),
    (Supposition(Kind.PAY, TODAY, amount="0.00"), "payment.amount"),
    (Supposition(Kind.PAY, TODAY, amount="1000.01"), "forecast.more_than_owed"),
    (Supposition(Kind.PAY, YESTERDAY, amount="5"), "forecast.day_is_over"),
    (Supposition(Kind.PAY, LATER, amount="5"), "forecast.day_not_foretold"),
    (Supposition(Kind.PAY_OVERDUE, TODAY), "forecast.nothing_overdue"),
    (Supposition(Kind.HOLD, TODAY, until_on=TODAY, reason="plan"), "hold.ends_before_it_begins"),
    (Supposition(Kind.HOLD, TODAY, reason="mood"), "hold.word"),
    (Supposition(Kind.HOLD, TODAY, reason="plan", stops=()), "hold.stops_nothing"),
    (Supposition(Kind.HOLD, TODAY, reason="plan", stops=("dunning",)), "hold.word"),
]


@pytest.mark.parametrize(("supposition", "code"), BAD)
def test_what_cannot_be_supposed_is_refused_in_words(supposition, code):
    loan = a_scheduled_loan(a_lender(), TODAY + 5 * DAY)

    with pytest.raises(ArrearsError) as raised:
        foretold(loan, supposition)

    assert raised.value.code == code


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_forecast_of_no_days_or_of_years_is_refused(days):
    with pytest.raises(ArrearsError, match="A forecast is of 1 to 366 days"):
        foretold(a_scheduled_loan(a_lender(), TODAY), days=days)


def test_paying_off_needs_a_schedule_with_something_open():
    lender = a_lender()
    paid = a_scheduled_loan(lender, TODAY - 4 * DAY)
    post_payment(
        loan=paid.pk, source_ref="P-1", amount_minor=100_000, value_on=TODAY - DAY, actor=ACTOR, at=NOW
    )

    for loan, code in ((a_reported_loan(lender), "forecast.no_schedule"), (paid, "forecast.nothing_open")):
        with pytest.raises(ArrearsError) as raised:
            foretold(loan, Supposition(Kind.PAY_OFF, TODAY))
        assert raised.value.code == code


def test_an_unknown_loan_is_not_found():
    a_lender()

    with pytest.raises(NotFound, match="There is no loan with the number 1"):
        foretell(loan_ref="1", strategy=SAMPLE, law=LAW, at=NOW)


SUPPOSITIONS = [
    None,
    Supposition(Kind.PAY, TODAY, amount="12.50"),
    Supposition(Kind.PAY_OVERDUE, TODAY + DAY),
    Supposition(Kind.PAY_OFF, TODAY + DAY),
    Supposition(Kind.HOLD, TODAY, until_on=TODAY + 9 * DAY, reason="hardship"),
    Supposition(Kind.HOLD, TODAY, reason="deceased", of_borrower=True),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("supposition", SUPPOSITIONS)
def test_every_supposition_is_told_as_one_object_in_every_language(supposition, language):
    loan = a_scheduled_loan(a_lender(), TODAY - 2 * DAY)

    told = json.loads(json.dumps(tell_forecast(foretold(loan, supposition), language)))

    assert (told["language"], told["until_on"]) == (language, (TODAY + 90 * DAY).isoformat())
    assert (told["supposed"] is None) is (supposition is None)
    assert [each["on"] for each in told["dates"]] == sorted({each["on"] for each in told["dates"]})
    assert all(told["assumed"])
    assert told["not_stored"]
    assert told["not_legal_advice"]
    if supposition is not None:
        assert told["supposed"]["said"]
        assert told["supposed"]["kind"] == supposition.kind.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_payment_of_unknown_amount_is_told_as_such(language):
    loan = a_reported_loan(a_lender(), overdue_minor=None)

    told = tell_forecast(foretold(loan, Supposition(Kind.PAY_OVERDUE, TODAY)), language)

    assert told["supposed"]["amount_minor"] is None
    assert "TWD" not in told["supposed"]["said"]
    assert len(told["assumed"]) == 4, "that the payment waits for the next report is said"
