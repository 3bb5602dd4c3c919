"""Several loans of one person: one contact a run, the same told together, nothing forgotten."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import plan_day
from arrears.kernel.planning.strategy import CatchUp, Strategy, Tone
from arrears.kernel.vocabulary import Channel, PointKind, RecipientKind, Stops
from tests.kernel.planning.builders import a_step, a_strategy_of
from tests.kernel.planning.world import APP, EMAIL, PER_ADDRESS, World, a_law, midnight

ON = 20_000
LAW = a_law(PER_ADDRESS)
BOTH = (RecipientKind.BORROWER, RecipientKind.GUARANTOR)
MOST = 2
"""Contacts a day that the law permits to one address."""


@dataclass
class Household:
    """Persons 10 and 11, who may share an address, and what is held."""

    strategy: Strategy
    world: World
    held: set[int]
    said: list[tuple[int, int, int, str]] = field(default_factory=list)  # day, person, loan, step

    def run(self, on):
        facts = self.world.facts()
        plan = plan_day(facts, LAW, self.strategy, arrears_of(facts, on, LAW.zones), on=on, at=midnight(on))
        return Run(plan, facts, self.strategy)

    def make(self, run, on):
        for contact in range(len(run.plan.contacts)):
            members, lead = run.plan.joined(contact), run.plan.contacts.lead[contact]
            c = run.plan.proposals.candidates
            person, value, channel = (int(c[name][lead]) for name in ("person", "value", "channel"))
            at = int(run.plan.contacts.not_before_at[contact])
            self.world.attempt(at, person, value, Channel(channel), set(c["loan"][members].tolist()))
            for member in members:
                step = self.strategy.steps[run.plan.proposals.step[member]]
                self.world.step_done(int(c["loan"][member]), step, on, person=person)
                self.said.append((on, person, int(c["loan"][member]), step.id))


@dataclass(frozen=True)
class Run:
    plan: object
    facts: object
    strategy: Strategy

    def saying(self, row):
        """What a candidate would say, where, and as what the recipient is addressed."""
        c, step = self.plan.proposals.candidates, self.strategy.steps[self.plan.proposals.step[row]]
        names = ("person", "notice", "purpose", "channel", "point", "recipient_kind")
        return (*(int(c[name][row]) for name in names), step.tone)


@st.composite
def households(draw):
    steps = tuple(
        a_step(
            n,
            offset,
            catch_up=draw(st.sampled_from(CatchUp)),
            channel=draw(st.sampled_from([(Channel.IN_APP,), (Channel.EMAIL, Channel.IN_APP)])),
            tone=draw(st.sampled_from([Tone.PLAIN, Tone.FORMAL])),
            recipients=draw(st.sampled_from([BOTH, BOTH[:1]])),
        )
        for n, offset in enumerate(sorted(draw(st.sets(st.integers(0, 6), min_size=1, max_size=3))), 1)
    )
    world = World()
    world.person(10, (APP, 100), (EMAIL, 101))
    world.person(11, (APP, 110), (EMAIL, draw(st.sampled_from([101, 111]))))
    held = set()
    for loan in range(1, draw(st.integers(2, 5))):
        borrower = draw(st.sampled_from([10, 10, 11]))
        world.loan(loan, borrower)
        world.report(loan, ON - 9, since=ON - draw(st.integers(0, 9)))
        if draw(st.booleans()):
            world.also(loan, 21 - borrower, RecipientKind.GUARANTOR)
        if draw(st.integers(0, 3)) == 0:
            world.hold(loan, stops=Stops.NOTICES)
            held.add(loan)
    return Household(a_strategy_of(*steps), world, held)


@settings(max_examples=60, deadline=None)
@given(households())
def test_one_contact_a_person_a_run_says_the_same_about_every_loan_and_nothing_about_a_held_one(household):
    run = household.run(ON)
    plan, c = run.plan, run.plan.proposals.candidates

    leads = c["person"][plan.contacts.lead].tolist()
    assert len(leads) == len(set(leads))
    for contact in range(len(plan.contacts)):
        members = plan.joined(contact)
        assert len({run.saying(row) for row in members}) == 1
        assert not set(c["loan"][members].tolist()) & household.held
        same = [
            row
            for row in range(len(plan.proposals))
            if run.saying(row) == run.saying(plan.contacts.lead[contact])
            and int(c["loan"][row]) not in household.held
        ]
        assert same == members.tolist(), "what says the same at the same place is told together"


@settings(max_examples=60, deadline=None)
@given(households())
def test_a_shared_address_is_used_no_more_often_than_one_persons_would_be(household):
    for on in range(ON, ON + 3):
        household.make(household.run(on), on)

    used = Counter(
        (row["value"], (row["at"] - midnight(0)) // (midnight(1) - midnight(0)))
        for row in household.world.contacts
    )
    assert max(used.values(), default=0) <= MOST


@settings(max_examples=40, deadline=None)
@given(households())
def test_every_due_step_is_told_or_passed_over_within_as_many_days_as_there_are_steps_to_tell(household):
    """A person hears one thing a day: nobody waits longer than all there is to say takes."""
    world, steps = household.world, household.strategy.steps
    owed = len(steps) * (len(world.loans) + len(world.parties))
    last = ON + steps[-1].offset_days + owed

    for on in range(ON, last + 1):
        household.make(household.run(on), on)

    due = household.run(last + 1).plan.due
    assert {int(loan) for loan in due.loan} <= household.held
    told = {(person, loan) for _, person, loan, _ in household.said}
    everybody = {(who, loan) for loan, who in world.loans.items() if BOTH[0] in kinds(steps)}
    everybody |= {(row["person"], row["loan"]) for row in world.parties if BOTH[1] in kinds(steps)}
    assert told == {(who, loan) for who, loan in everybody if loan not in household.held}


def kinds(steps):
    return {kind for step in steps for kind in step.recipients}


def one_of_each(**other):
    """Two loans of one person, both at a first step; the second loan's ladder is `other`."""
    world = World()
    world.person(10, (APP, 100), (EMAIL, 101))
    for loan in (1, 2):
        world.loan(loan, 10)
        world.report(loan, ON, since=ON - 3 - loan)
    strategy = a_strategy_of(a_step(1, 4), a_step(2, 5, **other))
    world.step_done(2, a_step(1, 4), ON - 1)
    return Household(strategy, world, set()).run(ON).plan


def outcome_of(plan, loan):
    return Outcome(plan.choice.outcome[plan.proposals.candidates["loan"] == loan][0])


def test_two_loans_at_steps_that_say_the_same_are_told_in_one_contact():
    plan = one_of_each()

    assert [outcome_of(plan, loan) for loan in (1, 2)] == [Outcome.JOINED, Outcome.PLANNED]


def test_another_tone_channel_or_kind_of_recipient_is_another_contact():
    for other in ({"tone": Tone.FORMAL}, {"channel": Channel.EMAIL}):
        plan = one_of_each(**other)

        assert [outcome_of(plan, loan) for loan in (1, 2)] == [Outcome.OTHER_CONTACT, Outcome.PLANNED]


def test_who_borrows_one_loan_and_guarantees_another_is_told_of_them_apart():
    world = World()
    world.person(10, (APP, 100))
    world.person(11, (APP, 110))
    for loan, borrower in ((1, 10), (2, 11)):
        world.loan(loan, borrower)
        world.report(loan, ON, since=ON - 4)
    world.also(2, 10, RecipientKind.GUARANTOR)

    household = Household(a_strategy_of(a_step(1, 4, recipients=BOTH)), world, set())
    for on in (ON, ON + 1, ON + 2):
        household.make(household.run(on), on)

    assert sorted(household.said) == [(ON, 10, 1, "s1"), (ON, 11, 2, "s1"), (ON + 1, 10, 2, "s1")]


def test_two_recipients_with_one_number_share_its_count():
    world = World()
    for person in (10, 11, 12):
        world.person(person, (PointKind.MOBILE, 500))
        world.loan(person, person)
        world.report(person, ON, since=ON - 4)

    household = Household(a_strategy_of(a_step(1, 4, channel=Channel.SMS)), world, set())
    household.make(household.run(ON), ON)
    household.make(household.run(ON + 1), ON + 1)

    assert [on - ON for on, *_ in household.said] == [0, 0, 1]
    assert {person for _, person, *_ in household.said} == {10, 11, 12}


def test_a_guarantor_who_is_on_file_twice_is_told_once():
    world = World()
    world.person(10, (APP, 100))
    world.person(11, (APP, 110))
    world.loan(1, 10)
    world.report(1, ON, since=ON - 4)
    world.also(1, 11, RecipientKind.GUARANTOR)
    world.also(1, 11, RecipientKind.GUARANTOR, from_on=ON - 100, until_on=ON + 100)

    household = Household(a_strategy_of(a_step(1, 4, recipients=BOTH)), world, set())
    run = household.run(ON)
    household.make(run, ON)

    assert run.plan.due.person.tolist() == [10, 11]
    assert sorted(household.said) == [(ON, 10, 1, "s1"), (ON, 11, 1, "s1")]
