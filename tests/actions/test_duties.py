"""Notices that the law wants given: planned beside the ladder, sent once, and proved."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.gate import gate_due
from arrears.actions.obligations import NextStep, list_open
from arrears.actions.plans import show_plan
from arrears.actions.telling import tell
from arrears.kernel.planning.strategy import Track
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy, read_strategy
from tests.actions.lives import SAMPLE_TEXT, deliver, morning_of
from tests.actions.sending import a_writing_lender, for_all
from tests.builders import (
    NA,
    NOW,
    TODAY,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_person,
    a_watermark,
    an_opt_out,
)
from tests.builders.requests import a_measure, a_notice_proof

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
DAY = timedelta(days=1)
TELLS = SAMPLE_TEXT.replace('notice = "payment_reminder"', 'notice = "negative_data"')
STEP_TELLS = read_strategy(TELLS.replace('["in_app"]', '["email"]'), file="tells.toml")
STEP = "duties:negative_data"


def run(lender, on=TODAY, *, strategy=SAMPLE):
    """The night of a day; on a later one the books are complete through the day before."""
    if on != TODAY:
        a_watermark(lender, payments_complete_through_on=on - DAY, recorded_at=morning_of(on) - DAY)
    return run_day(
        lender=lender.pk, on=on, strategy=strategy, law=LAW, actor="program:test", at=morning_of(on)
    )


def a_report_coming(lender, *, points=("app_inbox", "email"), in_days=5, overdue_days=10, **columns):
    """A loan of Na's that is late, and will be reported: (person, loan)."""
    na = a_person(lender, NA, points=points)
    loan = a_loan(lender, na, overdue_days=overdue_days, governing_law="CN", **columns)
    effect = None if in_days is None else NOW + in_days * DAY
    a_measure(loan, decided_at=NOW - DAY, takes_effect_at=effect)
    return na, loan


def open_at(lender, at):
    return list_open(lender_id=lender.pk, at=at, known_at=at)


def move_on(state):
    """The only attempt reaches this state."""
    attempt = models.Attempt.objects.get()
    at = attempt.state_at + timedelta(minutes=5)
    models.Attempt.objects.filter(pk=attempt.pk).update(state=state, state_at=at)


def planned():
    rows = models.PlannedContactLoan.objects.filter(planned_contact__state="planned").order_by("id")
    return [(row.step, row.planned_contact.channel) for row in rows]


def test_what_the_law_wants_told_goes_before_the_step_of_the_ladder():
    lender = a_lender()
    a_report_coming(lender)

    summary = run(lender)

    assert planned() == [(STEP, "in_app")]
    contact = models.PlannedContact.objects.get()
    assert (contact.notice, contact.purpose, contact.tone) == (
        "negative_data",
        "notice_required_by_law",
        "formal",
    )
    served = models.PlannedContactLoan.objects.get()
    assert (served.track, served.episode_start_on) == (name_of(Track.DUTY), TODAY - DAY)
    decision = models.Decision.objects.get(planned_contact_id=contact.pk)
    assert (decision.step, decision.outcome) == (STEP, "planned")
    assert summary.counts["ladders"]["duties"] == {"due": 1, "loans_told": 1}


def test_a_notice_that_was_sent_is_not_sent_again_while_its_proof_is_awaited():
    lender = a_lender()
    a_report_coming(lender)
    run(lender)
    contact = models.PlannedContact.objects.get()

    deliver(contact)
    run(lender, TODAY + DAY)

    assert (STEP, "in_app") not in planned()
    assert [each.rule.id for each in open_at(lender, NOW + DAY)] == ["cn.cr.prenotice"]


def test_a_delivered_notice_fulfils_the_obligation():
    lender = a_lender()
    a_report_coming(lender)
    run(lender)

    deliver(models.PlannedContact.objects.get())
    move_on("delivered")

    assert open_at(lender, NOW + DAY) == []


def test_a_notice_that_came_back_is_planned_again_by_another_way():
    lender = a_lender()
    na, _ = a_report_coming(lender, points=("email",))
    run(lender)
    deliver(models.PlannedContact.objects.get())
    move_on("undelivered")
    a_contact_point(na, "app_inbox")

    run(lender, TODAY + DAY)

    assert planned() == [(STEP, "in_app")]


def test_a_step_of_the_ladder_that_says_the_same_says_it_for_the_duty():
    lender = a_lender()
    a_report_coming(lender)

    run(lender, strategy=STEP_TELLS)

    assert planned() == [("app-message", "email")]


def test_paper_is_planned_only_where_nothing_electronic_is_permitted_in_time():
    lender = a_lender()
    na, _ = a_report_coming(lender, points=("email", "postal"))

    run(lender)
    by_mail = planned()
    an_opt_out(person=na, channel="email", from_at=NOW - DAY)
    run(lender, TODAY + DAY)

    assert by_mail == [(STEP, "email")]
    assert planned() == [(STEP, "letter")]


def test_a_loan_without_such_a_duty_climbs_its_ladder_as_before():
    lender = a_lender()
    a_report_coming(lender)
    na = a_person(lender, NA, points=("app_inbox",))
    a_loan(lender, na, overdue_days=10, governing_law="CN")

    run(lender)

    assert sorted(planned()) == [("app-message", "in_app"), (STEP, "in_app")]


def test_the_plan_of_one_person_shows_the_duty_and_its_ways():
    lender = a_lender()
    _, loan = a_report_coming(lender)

    shown = show_plan(who=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOW)

    assert [(each.step.id, each.channel.name) for each in shown.contacts] == [(STEP, "IN_APP")]
    assert {each.step.id: [way.channel.name for way in each.ways] for each in shown.due}[STEP] == [
        "IN_APP",
        "EMAIL",
        "SMS",
    ]


def test_the_gate_gives_what_is_owed_and_its_text_and_nothing_that_was_given_meanwhile():
    lender = a_writing_lender()
    na, _ = a_report_coming(lender)
    other_na, other = a_report_coming(lender)
    run(lender)
    a_notice_proof(other, other_na, "delivered", NOW - timedelta(hours=1), notice="negative_data")

    gated = gate_due(
        channel="in_app", laws=for_all(LAW), strategies=for_all(SAMPLE), limit=10, actor="program:test"
    )

    assert (gated.due, gated.cleared, gated.cancelled) == (2, 1, 1)
    attempt = models.Attempt.objects.get()
    assert (attempt.person_id, attempt.notice) == (na.pk, "negative_data")
    ended = models.PlannedContact.objects.get(state="cancelled")
    assert (ended.person_id, ended.end_reason) == (other_na.pk, "not_owed")


def test_the_borrower_reads_that_a_notice_the_law_requires_is_planned():
    lender = a_lender()
    _, loan = a_report_coming(lender)
    run(lender)

    told = tell(explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=morning_of(TODAY)), "en")

    assert "a notice that the law requires" in json.dumps(told)


def test_one_message_tells_of_every_loan_that_the_law_wants_told_of():
    lender = a_lender()
    na, first = a_report_coming(lender, in_days=9)
    second = a_loan(lender, na, overdue_days=20, governing_law="CN")
    a_measure(second, decided_at=NOW - DAY, takes_effect_at=NOW + 3 * DAY)

    run(lender)

    contact = models.PlannedContact.objects.get()
    served = models.PlannedContactLoan.objects.filter(planned_contact=contact).order_by("loan_id")
    assert [(row.loan_id, row.step) for row in served] == [(first.pk, STEP), (second.pk, STEP)]


def test_a_duty_that_cannot_be_met_leaves_the_ladder_as_it_is():
    lender = a_lender()
    na, loan = a_report_coming(lender, points=("app_inbox",))
    a_hold(person=na, stops_notices=True)

    run(lender)

    assert planned() == []
    (found,) = open_at(lender, NOW)
    assert (found.next_step, found.loan_ref) == (NextStep.RESOLVE, loan.source_ref)
    assert "house.hold" in {ban.binding.rule.id for ban in found.reach.bans}
