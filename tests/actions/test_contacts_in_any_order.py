"""Calls, replies, plans, payments, opt-outs, refusals, holds, revocations and clocks, in any order.

No count is broken, nobody is contacted after he refused, and the ladder is neither skipped nor
hurried. Every contact that is cleared is held against plain Python (`any_order.told`).
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import ClassVar

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from arrears.actions.agreed_hours import record_agreed_hours, withdraw_agreed_hours
from arrears.actions.answered_before import Numbered
from arrears.actions.days import run_day
from arrears.actions.gate import gate_due
from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.holds import end_hold, place_hold
from arrears.actions.opt_outs import lift_opt_out, record_opt_out, stop_by_message
from arrears.actions.payments import post_payment
from arrears.actions.reported import Made, Outcome, report_contact
from arrears.actions.reservations import Reservation, reserve_contact
from arrears.actions.sweeping import sweep
from arrears.actions.wanted import Wanted
from arrears.actions.weekly_hours import WeeklyHours
from arrears.channels.base import Accepted, Channel
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from arrears.kernel.vocabulary import Channel as ChannelKind
from arrears.kernel.vocabulary import NoticeKind
from arrears.store import clock, models
from tests.actions.any_order.told import (
    INSTALLMENT,
    NUMBER_SPAN,
    PER_NUMBER,
    TAIPEI,
    Contact,
    Held,
    Switch,
    Told,
)
from tests.actions.sending import ACTOR, a_cap, a_writing_lender, law_with, move_clock
from tests.builders import (
    LONG_AGO,
    TODAY,
    a_contact_point,
    a_loan,
    a_person,
    a_product,
    a_refusal,
    a_schedule,
    a_watermark,
)
from tests.effort import effort
from tests.kernel.planning.builders import a_step, a_strategy_of

NUMBER_RULE = a_cap(
    "test.number", scope="value", most=PER_NUMBER, hours=int(NUMBER_SPAN.total_seconds()) // 3600
)
BOUND = law_with(NUMBER_RULE)
STEPS = {
    1: (1, ChannelKind.SMS, NoticeKind.PAYMENT_REMINDER),
    2: (2, ChannelKind.CALL, NoticeKind.CALL_TASK),
    3: (3, ChannelKind.EMAIL, NoticeKind.OVERDUE_NOTICE),
    4: (5, ChannelKind.IN_APP, NoticeKind.PAYMENT_REMINDER),
    5: (6, ChannelKind.CALL, NoticeKind.CALL_TASK),
}
LADDER = a_strategy_of(
    *(
        replace(a_step(n, offset, channel=channel, window_days=2), notice=notice)
        for n, (offset, channel, notice) in STEPS.items()
    )
)
OFFSETS = {step.id: step.offset_days for step in LADDER.steps}
CHANNELS = ("in_app", "sms", "email", "call")
ANSWERS = {
    "taken": Accepted("1"),
    "refused": ChannelRefused("test.refused", "No."),
    "away": ChannelUnavailable("test.away", "Away."),
    "unsure": ChannelUnsure("test.unsure", "Silence."),
}
PEOPLE, LOANS = st.integers(0, 2), st.integers(0, 3)
ANY_CHANNEL = st.sampled_from([None, *CHANNELS])


class Answering(Channel):
    """A channel of any name whose provider answers every contact alike."""

    provider, per_second = "test", 50

    def __init__(self, name, answer):
        super().__init__(clock.now)
        self.name, self.answer = name, answer

    def _hand_over(self, contact):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    def check(self):
        pass

    def close(self):
        pass


class Contacts(RuleBasedStateMachine):
    """Three people with four loans; the first two share a number and an e-mail address."""

    seen: ClassVar[Counter[str]] = Counter()

    @initialize(late=st.lists(st.integers(0, 7), min_size=4, max_size=4))
    def begin(self, late):
        self.lender = a_writing_lender()
        a_product(self.lender)
        self.told, self.number, self.opt_outs, self.holds, self.consents = Told(), 0, {}, {}, {}
        self.people = [self.a_borrower(n) for n in range(3)]
        owners = [self.people[n] for n in (0, 1, 2, 0)]
        self.loans = [self.a_late_loan(owner, days) for owner, days in zip(owners, late, strict=True)]

    def a_borrower(self, n):
        person = a_person(self.lender)
        for kind, value in {
            "app_inbox": f"user-{n}",
            "mobile": "0912345678" if n < 2 else "0987654321",
            "email": "both@example.org" if n < 2 else "one@example.org",
        }.items():
            a_contact_point(person, kind, value=value)
        return person

    def a_late_loan(self, owner, days):
        loan = a_loan(self.lender, owner)
        due = [TODAY - timedelta(days=days), TODAY + timedelta(days=5)]
        a_schedule(loan, *due, principal_minor=INSTALLMENT)
        self.told.due[loan.pk] = due
        return loan

    def numbered(self, call):
        self.number += 1
        return Numbered(self.lender.pk, "dialler", call, f"r{self.number}", {})

    @property
    def today(self):
        return clock.now().astimezone(TAIPEI).date()

    # -- what our programs do ------------------------------------------------------------------

    def run(self):
        known = {
            "payments_complete_through_on": self.today - timedelta(days=1),
            "contacts_known_from_on": LONG_AGO.date(),
        }
        a_watermark(self.lender, recorded_at=clock.now(), **known)
        run_day(lender=self.lender.pk, on=self.today, strategy=LADDER, law=BOUND, actor=ACTOR, at=clock.now())

    @rule(
        hour=st.sampled_from([0, 8, 9, 21]),
        days=st.integers(1, 3),
        is_run=st.sampled_from([True, True, False]),
    )
    def days_pass(self, hour, days, is_run):
        morning = datetime.combine(self.today + timedelta(days=days), time(hour), TAIPEI)
        clock.set_simulated(morning)
        if is_run:
            self.run()

    @rule()
    def the_day_is_run(self):
        self.run()

    @rule(minutes=st.sampled_from([1, 4, 6, 30, 240]))
    def minutes_pass(self, minutes):
        move_clock(minutes=minutes)

    @rule(channel=st.sampled_from(CHANNELS), limit=st.sampled_from([1, 500]))
    def contacts_are_cleared(self, channel, limit):
        gate_due(
            channel=channel,
            laws={self.lender.pk: BOUND},
            strategies={self.lender.pk: LADDER},
            limit=limit,
            actor=ACTOR,
        )
        self.look()

    @rule(channel=st.sampled_from(CHANNELS), answer=st.sampled_from(["taken", "taken", *ANSWERS]))
    def what_is_cleared_is_handed_over(self, channel, answer):
        hand_over_reserved(Answering(channel, ANSWERS[answer]), worker="w1", actor=ACTOR)
        self.look()

    @rule(channel=st.sampled_from(CHANNELS))
    def everything_due_is_sent(self, channel):
        self.contacts_are_cleared(channel, 500)
        self.what_is_cleared_is_handed_over(channel, "taken")

    @rule(days=st.integers(1, 2))
    def days_pass_as_they_should(self, days):
        for _ in range(days):
            self.days_pass(hour=9, days=1, is_run=True)
            for channel in CHANNELS:
                self.everything_due_is_sent(channel)

    @rule()
    def what_was_left_behind_is_swept(self):
        sweep(actor=ACTOR)
        self.look()

    # -- what others do ------------------------------------------------------------------------

    @rule(loan=LOANS)
    def a_dialler_asks_for_a_call(self, loan):
        wanted = Wanted(self.loans[loan].source_ref, "call", "call_task", "collect")
        asked = Reservation(self.numbered("reservation"), wanted, timedelta(minutes=20))
        reserve_contact(asked, law=BOUND, actor=ACTOR)
        self.look()

    @rule(loan=LOANS, channel=st.sampled_from(["call", "sms"]))
    def somebody_else_reports_a_contact(self, loan, channel):
        reported = self.numbered("contact")
        made = Made(
            at=clock.now(), channel=channel, loan_refs=[self.loans[loan].source_ref], person_ref=None,
            direction="out", purpose="collect", notice=None, recipient_kind=None, kind=None, value=None,
        )  # fmt: skip
        report_contact(reported, made, Outcome("delivered"), actor=ACTOR)
        self.look(is_ours=False)

    @rule(who=PEOPLE, channel=ANY_CHANNEL)
    def somebody_opts_out(self, who, channel):
        told = {
            "lender": self.lender.pk,
            "person": self.people[who].pk,
            "channel": channel,
            "told_by": "call",
        }
        number = record_opt_out(**told, actor=ACTOR, at=clock.now())
        self.opt_outs[number] = Switch(self.people[who].pk, None, channel)
        self.told.switches.append(self.opt_outs[number])

    @precondition(lambda self: self.told.counted)
    @rule(data=st.data())
    def somebody_answers_that_it_shall_stop(self, data):
        contact = self.told.counted[data.draw(st.sampled_from(sorted(self.told.counted)))]
        stop_by_message(attempt=contact.id, told_by="reply", actor=ACTOR, at=clock.now())
        if contact.value is not None:
            self.told.switches.append(Switch(None, contact.value, contact.channel))

    @precondition(lambda self: self.opt_outs)
    @rule(data=st.data())
    def an_opt_out_is_taken_back(self, data):
        number = data.draw(st.sampled_from(sorted(self.opt_outs)))
        move_clock(seconds=1)
        lift_opt_out(opt_out=number, told_by="call", actor=ACTOR, at=clock.now())
        self.opt_outs.pop(number).is_on = False

    @rule(who=st.sampled_from([2]))
    def somebody_refuses_for_good(self, who):
        if self.people[who].pk not in self.told.refused:
            at = clock.now()
            a_refusal(self.people[who], from_at=at, recorded_at=at)
            self.told.refused.add(self.people[who].pk)

    @rule(
        loan=LOANS,
        of_person=st.booleans(),
        stops=st.sampled_from([("notices", "calls"), ("calls",), ("ageing",)]),
    )
    def a_hold_is_placed(self, loan, of_person, stops):
        row = self.loans[loan]
        person = next(each.pk for n, each in enumerate(self.people) if n == (0, 1, 2, 0)[loan])
        on = {"person": person} if of_person else {"loan": row.pk}
        number = place_hold(
            lender=self.lender.pk, **on, reason="dispute", shown_reason="We look into it.", stops=stops,
            actor=ACTOR, at=clock.now(),
        )  # fmt: skip
        self.holds[number] = Held(on.get("person"), on.get("loan"), frozenset(stops))
        self.told.holds.append(self.holds[number])

    @precondition(lambda self: self.holds)
    @rule(data=st.data())
    def a_hold_ends(self, data):
        number = data.draw(st.sampled_from(sorted(self.holds)))
        move_clock(seconds=1)
        end_hold(hold=number, actor=ACTOR, at=clock.now())
        self.holds.pop(number).is_on = False

    @rule(who=PEOPLE)
    def somebody_agrees_to_the_evening(self, who):
        person = self.people[who].pk
        if person not in self.consents:
            self.consents[person] = record_agreed_hours(
                lender=self.lender.pk, person=person, hours=WeeklyHours(127, 20 * 60, 22 * 60),
                form="electronic", actor=ACTOR, at=clock.now(),
            )  # fmt: skip
            self.told.late_hours.add(person)

    @precondition(lambda self: self.consents)
    @rule(data=st.data())
    def the_agreement_is_revoked(self, data):
        person = data.draw(st.sampled_from(sorted(self.consents)))
        move_clock(seconds=1)
        withdraw_agreed_hours(consent=self.consents.pop(person), actor=ACTOR, at=clock.now())
        self.told.late_hours.discard(person)

    @rule(loan=LOANS, times=st.sampled_from([1, 1, 2]))
    def a_payment_comes(self, loan, times):
        row, amount = self.loans[loan], INSTALLMENT * times
        if self.told.paid.get(row.pk, 0) + amount > 2 * INSTALLMENT:
            return
        self.number += 1
        post_payment(
            loan=row.pk, source_ref=f"P{self.number}", amount_minor=amount, value_on=self.today,
            actor=ACTOR, at=clock.now(),
        )  # fmt: skip
        self.told.paid[row.pk] = self.told.paid.get(row.pk, 0) + amount

    # -- what is held against what was told ------------------------------------------------------

    def look(self, *, is_ours=True):
        """Hold every new contact against what was told, and keep what counts from now on."""
        for attempt in models.Attempt.objects.filter(lender=self.lender).order_by("id"):
            contact = Contact(attempt.pk, attempt.at, attempt.person_id, attempt.value_key, attempt.channel)
            if attempt.pk not in self.told.counted and attempt.state != "not_sent":
                if is_ours:
                    self.seen[attempt.channel] += 1
                    loans = self.served(attempt)
                    assert list(self.told.against(contact, loans)) == [], (contact, loans)
                self.told.counted[attempt.pk] = contact
            if attempt.state == "not_sent":
                self.told.counted.pop(attempt.pk, None)
        self.look_at_ladders()

    def served(self, attempt):
        """loan -> the offset of the step that the attempt serves; 1 for what another system reserved."""
        rows = models.PlannedContactLoan.objects.filter(
            planned_contact=attempt.planned_contact_id, is_live=True
        )
        planned = {row.loan_id: OFFSETS[row.step] for row in rows}
        told = models.AttemptLoan.objects.filter(attempt=attempt).values_list("loan_id", flat=True)
        return {loan: planned.get(loan, 0) for loan in told}

    def look_at_ladders(self):
        done = defaultdict(list)
        for row in models.StepRecord.objects.filter(lender=self.lender, outcome="done").order_by("id"):
            done[row.loan_id, row.episode_start_on].append((row.rank, row.done_on, row.step))
        passed = set(
            models.StepRecord.objects.filter(lender=self.lender)
            .exclude(outcome="done")
            .values_list("loan_id", "episode_start_on", "rank")
        )
        for (loan, episode), steps in done.items():
            ranks = [rank for rank, _, _ in steps]
            assert ranks == sorted(set(ranks)), f"loan {loan} climbed {ranks}"
            lower = {rank for rank in range(1, ranks[-1]) if (loan, episode, rank) not in passed}
            assert lower <= set(ranks), f"loan {loan} skipped to {ranks}"
            for (_, before_on, before), (_, after_on, after) in pairwise(steps):
                assert (after_on - before_on).days >= OFFSETS[after] - OFFSETS[before], f"loan {loan} hurried"

    def teardown(self):
        call_command("flush", verbosity=0, interactive=False, inhibit_post_migrate=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.slow
def test_no_order_of_events_breaks_a_promise():
    Contacts.seen.clear()

    run_state_machine_as_test(
        Contacts,
        settings=settings(
            max_examples=effort(8, 300),
            stateful_step_count=effort(20, 50),
            deadline=None,
            suppress_health_check=[
                HealthCheck.too_slow,
                HealthCheck.filter_too_much,
                HealthCheck.data_too_large,
            ],
        ),
    )

    sys.stdout.write(f"cleared: {dict(Contacts.seen)}\n")
    assert Contacts.seen, "nobody was ever contacted"
