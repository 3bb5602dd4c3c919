"""A loan with a schedule through the whole day: planned, explained, told its own figure, and let go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.payments import post_payment
from arrears.actions.telling import tell
from arrears.kernel.days import date_of
from arrears.kernel.planning.answers import Question, Value
from arrears.store.crypto import ciphers_of, keyring
from arrears.store.models import Attempt, Decision, Message, PlannedContact
from tests.actions.lives import morning_of
from tests.actions.sending import ACTOR, LAW, SAMPLE, a_writing_lender, gate, move_clock, states
from tests.builders import (
    NOW,
    TODAY,
    a_loan,
    a_person,
    a_product,
    a_schedule,
    a_simulation,
    a_statement,
    a_watermark,
)

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def a_scheduled_loan(lender, *due_on: date, **columns):
    """Ten years of nothing but this schedule; its borrower has an inbox and an e-mail address."""
    loan = a_loan(lender, a_person(lender, points=("app_inbox", "email")), **columns)
    a_schedule(loan, *due_on)
    return loan


def run(lender, on=TODAY):
    return run_day(lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor=ACTOR, at=morning_of(on, hour=0))


def explained(loan):
    return explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOW)


def text_of(message: Message) -> str:
    person = Attempt.objects.get(pk=message.attempt_id).person_id
    cipher = ciphers_of(keyring(), [person])[person]
    return cipher.decrypt("body", bytes(message.body_encrypted))


def test_a_schedule_makes_a_loan_late_without_any_report():
    lender = a_writing_lender()
    late = a_scheduled_loan(lender, TODAY - 4 * DAY, TODAY + 26 * DAY)
    a_scheduled_loan(lender, TODAY, TODAY + 30 * DAY)

    run(lender)

    (decision,) = Decision.objects.filter(outcome="planned")
    assert (decision.loan_id, decision.step) == (late.pk, "app-message")
    assert decision.episode_start_on == TODAY - 3 * DAY


def test_grace_of_the_product_keeps_the_first_step_back():
    lender = a_writing_lender()
    a_product(lender, grace_days=3)
    a_scheduled_loan(lender, TODAY - 4 * DAY)

    run(lender)

    assert PlannedContact.objects.count() == 0


def test_the_notice_names_what_is_overdue_and_the_day_the_books_go_to():
    a_simulation()
    lender = a_writing_lender()
    loan = a_scheduled_loan(lender, TODAY - 4 * DAY, TODAY + 26 * DAY)
    post_payment(
        loan=loan.pk, source_ref="P-1", amount_minor=25_000, value_on=TODAY - DAY, actor=ACTOR, at=NOW
    )
    run(lender)

    gate()

    (message,) = Message.objects.all()
    assert "新臺幣750.00元" in text_of(message)
    assert states() == {"reserved": 1}


def test_a_payment_in_full_that_comes_after_the_run_stops_the_contact():
    a_simulation()
    lender = a_writing_lender()
    loan = a_scheduled_loan(lender, TODAY - 4 * DAY, TODAY + 26 * DAY)
    run(lender)
    post_payment(loan=loan.pk, source_ref="P-1", amount_minor=100_000, value_on=TODAY, actor=ACTOR, at=NOW)
    move_clock(hours=1)

    gate()

    assert states() == {"cancelled": 1}


def test_nobody_is_contacted_while_the_books_are_behind():
    lender = a_writing_lender()
    a_watermark(lender, payments_complete_through_on=TODAY - 2 * DAY)
    loan = a_scheduled_loan(lender, TODAY - 4 * DAY)

    run(lender)

    (refused,) = Decision.objects.filter(loan_id=loan.pk, outcome="refused")
    assert "house.books" in [each["rule"] for each in refused.reasons]


def test_what_falls_due_in_the_coming_days_is_foretold():
    loan = a_scheduled_loan(a_writing_lender(), TODAY + 5 * DAY)

    found = explained(loan)

    first = found.forecast.lines[0]
    step = SAMPLE.steps[first.step]
    assert date_of(first.on) == TODAY + 5 * DAY + step.offset_days * DAY
    notice = found.answers[Question.NOTICE]
    assert notice.value == Value.ONLY_IF, "it comes only if what falls due is not paid"
    assert [reason.code for reason in notice.reasons] == ["not_overdue", "if_unpaid", "if_unpaid"]


def test_the_explanation_says_that_the_figure_is_computed():
    loan = a_scheduled_loan(a_writing_lender(), TODAY - 4 * DAY, TODAY + 26 * DAY)

    told = tell(explained(loan), "en")["arrears"]

    assert told["said"] == (
        "Overdue since 10 July 2026: 4 days past due, 4 of them counting towards reminders."
        " Computed from the schedule or statements and the payments in the books."
        " Overdue: TWD 1,000.00."
    )


def test_a_card_is_late_with_the_minimum_of_its_statement():
    lender = a_writing_lender()
    loan = a_loan(lender, a_person(lender, points=("app_inbox",)))
    a_statement(loan, TODAY - 24 * DAY)

    run(lender)

    assert Decision.objects.get(outcome="planned").loan_id == loan.pk
