"""From what comes back to the next way: bounces, failed texts, calls nobody takes, an inbox nobody opens."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.gate import cleared_contacts, gate_due
from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.receipts import SENDER, late_answer, settle_receipts, store_receipt
from arrears.actions.sending import Sending, send_due
from arrears.channels.in_app.channel import InAppChannel
from arrears.channels.in_app.reads import read_mark
from arrears.channels.registry import Servers
from arrears.kernel.law.unreached import Limit, Miss, Reachability
from arrears.kernel.planning.strategy import CatchUp
from arrears.kernel.vocabulary import Channel, NoticeKind
from arrears.store import clock, models
from arrears.strategies.reachability import RULE
from tests.actions.sending import ACTOR, LAW, a_writing_lender, for_all, move_clock
from tests.actions.test_handing_over import Provider
from tests.actions.test_receipts import about
from tests.builders import NOW, TODAY, a_contact_point, a_loan, a_person, a_watermark, an_attempt
from tests.kernel.planning.builders import a_step, a_strategy_of

pytestmark = pytest.mark.django_db(transaction=True)

LIMITS = Reachability(
    (
        Limit(Channel.EMAIL, Miss.FAILED, 2, 60),
        Limit(Channel.SMS, Miss.FAILED, 2, 60),
        Limit(Channel.CALL, Miss.UNANSWERED, 2, 3),
        Limit(Channel.IN_APP, Miss.SILENT, 2, 5),
    )
)


def a_ladder(*channels, letter_at=None):
    """A step every four days from the third on, by these channels; a letter to the unreachable last."""
    steps = [
        a_step(n, 4 * n - 1, channel=each, catch_up=CatchUp.LATEST, window_days=2)
        for n, each in enumerate(channels, start=1)
    ]
    if letter_at is not None:
        paper = a_step(
            *(len(steps) + 1, letter_at),
            channel=Channel.LETTER,
            catch_up=CatchUp.LATEST,
            window_days=2,
            only_if_unreachable=True,
        )
        steps.append(replace(paper, notice=NoticeKind.OVERDUE_NOTICE))
    return a_strategy_of(*steps, reachability=LIMITS)


class Life:
    """One borrower, three days late at first, and the days of his lender."""

    def __init__(self, strategy, *points):
        self.strategy, self.lender = strategy, a_writing_lender(language="en")
        person = a_person(self.lender, points=())
        self.points = {kind: a_contact_point(person, kind) for kind in points}
        self.loan = a_loan(self.lender, person, overdue_days=3)
        self.day = 0

    def morning(self, day):
        """Plan the day that lies so many days after the first; which channels are planned."""
        move_clock(days=day - self.day)
        self.day = day
        on = TODAY + timedelta(days=day)
        a_watermark(self.lender, payments_complete_through_on=on - timedelta(days=1), recorded_at=clock.now())
        run_day(lender=self.lender.pk, on=on, strategy=self.strategy, law=LAW, actor=ACTOR, at=clock.now())
        planned = models.PlannedContact.objects.filter(planned_for_on=on, state="planned")
        return sorted(planned.values_list("channel", flat=True))

    def send(self, channel):
        """(attempt, its text) of the one contact due through the channel, handed over."""
        gated = gate_due(
            channel=channel,
            laws=for_all(LAW),
            strategies=for_all(self.strategy),
            limit=10,
            actor=ACTOR,
        )
        (attempt,) = gated.attempts
        body = cleared_contacts([attempt])[attempt].body
        if channel == "email":
            hand_over_reserved(Provider(), worker="w1", actor=ACTOR)
        else:
            sending = Sending(for_all(LAW), for_all(self.strategy), Servers(), 10, is_until_empty=True)
            send_due(sending, actor=ACTOR)
        return models.Attempt.objects.get(pk=attempt), body

    def explained(self):
        return explain(loan_ref=self.loan.source_ref, strategy=self.strategy, law=LAW, at=clock.now())


def comes_back(attempt, content, provider):
    store_receipt(channel=attempt.channel, provider=provider, content=content, at=clock.now())
    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"matched": 1}


def bounces_softly(attempt):
    """A full mailbox: the address stays alive."""
    comes_back(attempt, about(attempt, "failed", "5.2.2"), "smtp")


def is_not_delivered(attempt):
    comes_back(attempt, late_answer(attempt.pk, "undelivered"), SENDER)


def test_two_bounces_lead_to_a_text_message_that_asks_for_an_address_and_two_of_those_to_a_letter():
    messages = (Channel.EMAIL, Channel.SMS)
    life = Life(a_ladder(*[messages] * 5, letter_at=23), "email", "mobile", "postal")
    for day in (0, 4):
        assert life.morning(day) == ["email"]
        attempt, body = life.send("email")
        assert "電子信箱" not in body
        bounces_softly(attempt)

    for day in (8, 12):
        assert life.morning(day) == ["sms"]
        attempt, body = life.send("sms")
        assert body.endswith("您的電子信箱已失效，請告知新的。")
        is_not_delivered(attempt)

    assert life.morning(16) == []
    told = life.explained()
    assert {refused.rules for refused in told.refused} == {(RULE,)}
    assert "in_vain_failed" in {reason.code for reason in told.answers[0].reasons}
    assert life.morning(20) == ["letter"]
    assert life.points["email"].dead_from_at is None


def test_a_message_that_arrives_ends_it_and_the_request_with_it():
    messages = (Channel.EMAIL, Channel.SMS)
    life = Life(a_ladder(*[messages] * 4), "email", "mobile")
    for day in (0, 4):
        life.morning(day)
        attempt, _ = life.send("email")
        bounces_softly(attempt)
    a_contact_point(life.points["email"].person, "email", value="new@borrower.example")

    assert life.morning(8) == ["email"]

    attempt, body = life.send("email")
    assert attempt.value_key != life.points["email"].value_key
    assert "電子信箱" not in body


def test_an_inbox_that_nobody_opens_is_left_out_until_it_is_opened():
    life = Life(a_ladder(*[(Channel.IN_APP, Channel.EMAIL)] * 4), "app_inbox", "email")
    for day in (0, 4):
        assert life.morning(day) == ["in_app"]
        attempt, _ = life.send("in_app")

    assert life.morning(12) == ["email"]

    comes_back(attempt, read_mark(attempt.pk), InAppChannel.provider)
    assert models.Message.objects.get(attempt=attempt).read_at == clock.now()
    assert life.morning(13) == ["in_app"]


def test_a_message_opened_again_stays_read_since_the_first_time():
    life = Life(a_ladder(Channel.IN_APP), "app_inbox")
    life.morning(0)
    attempt, _ = life.send("in_app")
    comes_back(attempt, read_mark(attempt.pk), InAppChannel.provider)
    first = clock.now()
    move_clock(hours=1)

    store_receipt(
        channel="in_app", provider=InAppChannel.provider, content=read_mark(attempt.pk), at=clock.now()
    )

    assert settle_receipts(actor=ACTOR, at=clock.now()) == {"duplicate": 1}
    assert models.Message.objects.get(attempt=attempt).read_at == first
    attempt.refresh_from_db()
    assert attempt.state == "delivered"


@pytest.mark.parametrize(("days", "channel"), [((4, 0), "sms"), ((2, 0), "call"), ((4,), "call")])
def test_calls_that_nobody_took_over_days_are_followed_by_a_message(days, channel):
    life = Life(a_ladder((Channel.CALL, Channel.SMS)), "mobile")
    for before in days:
        at = NOW - timedelta(days=before + 11)
        an_attempt(
            life.loan,
            life.points["mobile"],
            origin="reported",
            channel="call",
            at=at,
            recorded_at=at,
            network_result="rang_out",
            is_conversation=False,
            outcome_recorded_at=at,
        )

    assert life.morning(0) == [channel]
