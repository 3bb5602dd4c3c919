"""People with loans by schedule, lived through nightly runs, with a log of what was said to whom.

10  borrower of loans 1 and 2, and guarantor of loan 3
11  owes loan 1 with him until a day
12  guarantees loans 1 and 2, from a day on
13  borrower of loan 3
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.unreached import Limit, Miss, Reachability
from arrears.kernel.planning.plan import DayPlan, plan_day
from arrears.kernel.planning.strategy import (
    LADDER_TRACKS,
    CatchUp,
    Ladder,
    Segment,
    Step,
    Strategy,
    Tone,
    Track,
)
from arrears.kernel.vocabulary import Arrival, Channel, NoticeKind, PointKind, Purpose, RecipientKind, Stops
from tests.kernel.planning.book import Book
from tests.kernel.planning.world import (
    AMOUNT,
    APP,
    DEAD,
    EMAIL,
    HOLD,
    HOURS,
    OPT_OUT,
    World,
    a_law,
    a_rule,
    midnight,
)

BORROWER, CO_BORROWER, GUARANTOR = RecipientKind.BORROWER, RecipientKind.CO_BORROWER, RecipientKind.GUARANTOR
BEGAN_ON = 20_000
FIRM_FROM = 1500
"""From so much overdue on a loan climbs the second ladder."""
LIMITS = Reachability((Limit(Channel.EMAIL, Miss.FAILED, 2, 365),), retry_after_days=3650)
"""Two e-mails in a row that did not arrive, however far apart in a life."""
LAW = a_law(
    a_rule("t.unreached", "unreached", reachability=LIMITS), rules=(HOURS, HOLD, OPT_OUT, DEAD, AMOUNT)
)
"""No rule of this law spaces contacts: what is not repeated here, the ladder alone does not repeat."""


class Party(NamedTuple):
    loan: int
    person: int
    kind: RecipientKind
    from_on: int = 0
    until_on: int = 10**6


PARTIES = (
    Party(1, 10, BORROWER),
    Party(2, 10, BORROWER),
    Party(3, 13, BORROWER),
    Party(1, 11, CO_BORROWER, until_on=BEGAN_ON + 45),
    Party(1, 12, GUARANTOR),
    Party(2, 12, GUARANTOR, from_on=BEGAN_ON + 20),
    Party(3, 10, GUARANTOR),
)
POINTS = {10: ((APP, 100), (EMAIL, 101)), 11: ((EMAIL, 110),), 12: ((EMAIL, 120),), 13: ((APP, 130),)}


class Told(NamedTuple):
    """What one contact said about one loan; `due_on` is the day a reminder was about."""

    on: int
    loan: int
    person: int
    kind: int
    step: Step
    channel: int
    due_on: int | None


@dataclass
class Life:
    """The world, what oracle and kernel know of it alike, and what has been said."""

    strategy: Strategy
    world: World
    books: dict[int, Book]
    on: int = BEGAN_ON
    log: list[Told] = field(default_factory=list)
    held: dict[int, dict] = field(default_factory=dict)  # loan -> its open hold

    def pay(self, loan: int, amount: int, on: int) -> None:
        self.world.pay(loan, on, amount=amount)
        self.books[loan].payments.append((on, amount))

    def reverse(self, payment: int) -> None:
        row = self.world.payments.pop(payment)
        self.books[row["loan"]].payments.remove((row["value_on"], row["amount_minor"]))

    def hold(self, loan: int, from_on: int) -> None:
        self.world.hold(loan, stops=Stops.NOTICES | Stops.AGEING, from_at=midnight(from_on))
        self.held[loan] = self.world.holds[-1]
        self.books[loan].pauses.append((from_on, NEVER))

    def release(self, loan: int) -> None:
        self.held.pop(loan)["until_at"] = midnight(self.on)
        first, _ = self.books[loan].pauses.pop()
        self.books[loan].pauses.append((first, self.on))

    def parties(self) -> list[Party]:
        """Who owes what today."""
        return [each for each in PARTIES if each.from_on <= self.on < each.until_on]

    def comes(self, value: int, sign: Arrival) -> None:
        """What became of an e-mail, before the run of the day."""
        self.world.came(value, Channel.EMAIL, sign, midnight(self.on) - 1_000 + len(self.world.arrivals))

    def is_in_vain(self, value: int) -> bool:
        """The last two e-mails did not arrive."""
        signs = [row["sign"] for row in self.world.arrivals if row["value"] == value]
        return len(signs) > 1 and set(signs[-2:]) == {Arrival.FAILED}

    def is_unreachable(self, person: int) -> bool:
        """No electronic address is alive, switched on and reached."""
        switched_off = {row["value"] for row in self.world.opt_outs}
        return not any(
            point["person"] == person
            and point["kind"] != PointKind.POSTAL
            and not (point["kind"] == EMAIL and self.is_in_vain(point["value"]))
            and point["dead_from_at"] == NEVER
            and point["value"] not in switched_off
            for point in self.world.points
        )

    def plan(self, world: World | None = None) -> DayPlan:
        facts = (world or self.world).facts()
        arrears = arrears_of(facts, self.on, LAW.zones)
        return plan_day(facts, LAW, self.strategy, arrears, on=self.on, at=midnight(self.on))

    def make(self, plan: DayPlan, *, but: int = -1) -> list[list[Told]]:
        """Make every contact of a plan, `but` this one; what each of them said."""
        contacts = [self._said(plan, n) for n in range(len(plan.contacts)) if n != but]
        for said in contacts:
            self.log.extend(said)
            for told in said:
                self.world.step_done(told.loan, told.step, told.on, person=told.person)
        return contacts

    def _said(self, plan: DayPlan, contact: int) -> list[Told]:
        c, members = plan.proposals.candidates, plan.joined(contact)
        at, lead = int(plan.contacts.not_before_at[contact]), plan.contacts.lead[contact]
        assert midnight(self.on) <= at < midnight(self.on + 1)
        person, value, channel = (int(c[name][lead]) for name in ("person", "value", "channel"))
        self.world.attempt(at, person, value, Channel(channel), set(c["loan"][members].tolist()))
        steps = [self.strategy.steps[position] for position in plan.proposals.step[members]]
        loans, kinds = c["loan"][members].tolist(), c["recipient_kind"][members].tolist()
        return [
            Told(self.on, loan, person, kind, step, channel, self._reminded_of(loan, step))
            for loan, kind, step in zip(loans, kinds, steps, strict=True)
        ]

    def _reminded_of(self, loan: int, step: Step) -> int | None:
        coming = self.books[loan].coming(self.on)
        return coming.due_on if coming and step.track is Track.BEFORE_DUE else None


def a_life(strategy: Strategy, *, every: int = 30, tolerance: int = 0, grace: int = 0) -> Life:
    """Six installments of 1000 on every loan, the first ones 5, 7 and 9 days after the beginning."""
    world, books = World(), {}
    for person, points in POINTS.items():
        world.person(person, *points, (PointKind.POSTAL, 900 + person))
    for party in PARTIES:
        if party.kind is BORROWER:
            world.loan(party.loan, party.person)
            world.terms(party.loan, tolerance=tolerance, grace=grace)
            due_on = [BEGAN_ON + 3 + 2 * party.loan + every * n for n in range(6)]
            for day in due_on:
                world.installment(party.loan, day)
            books[party.loan] = Book([(day, 1000) for day in due_on], tolerance=tolerance, grace=grace)
        else:
            world.also(*party[:3], from_on=party.from_on, until_on=party.until_on)
    return Life(strategy, world, books)


RANKS = {Track.BEFORE_DUE: (1, 2), Track.ARREARS: (11, 12, 13, 14), Track.REPORTING: (21, 22)}
OFFSETS = {Track.BEFORE_DUE: (-12, 0), Track.ARREARS: (0, 14), Track.REPORTING: (0, 20)}
RECIPIENTS = (
    (BORROWER,),
    (BORROWER,),
    (BORROWER, CO_BORROWER),
    (BORROWER, CO_BORROWER, GUARANTOR),
    (GUARANTOR,),
)


@st.composite
def strategies(draw: st.DrawFn) -> Strategy:
    """Two ladders; a step of one rank has its id in every version, wherever it stands."""
    ladders = tuple(Ladder(name, tuple(draw(steps(name)))) for name in ("standard", "firm"))
    segments = (Segment("firm", overdue_from={"TWD": FIRM_FROM}),)
    return Strategy("test", "v", ladders, segments, reachability=LIMITS)


@st.composite
def steps(draw: st.DrawFn, ladder: str) -> list[Step]:
    return [each for track in LADDER_TRACKS for each in draw(steps_of(track, ladder))]


@st.composite
def steps_of(draw: st.DrawFn, track: Track, ladder: str) -> list[Step]:
    ranks = sorted(draw(st.sets(st.sampled_from(RANKS[track]), min_size=int(track is Track.ARREARS))))
    size = len(ranks)
    offsets = sorted(draw(st.sets(st.integers(*OFFSETS[track]), min_size=size, max_size=size)))
    return [
        draw(a_rung(f"{ladder}-{rank}", rank, offset, track))
        for rank, offset in zip(ranks, offsets, strict=True)
    ]


@st.composite
def a_rung(draw: st.DrawFn, name: str, rank: int, offset: int, track: Track) -> Step:
    is_paper = track is Track.ARREARS and draw(st.integers(0, 3)) == 0
    channels = st.sampled_from([(Channel.IN_APP, Channel.EMAIL), (Channel.EMAIL, Channel.IN_APP)])
    catch_up = draw(st.sampled_from(CatchUp))
    return Step(
        id=name,
        rank=rank,
        offset_days=offset,
        channels=(Channel.LETTER,) if is_paper else draw(channels),
        notice=NoticeKind.DUE_REMINDER if track is Track.BEFORE_DUE else NoticeKind.PAYMENT_REMINDER,
        purpose=Purpose.COLLECT,
        window_days=1,
        catch_up=catch_up,
        tone=draw(st.sampled_from([Tone.PLAIN, Tone.FORMAL])),
        track=track,
        recipients=draw(st.sampled_from(RECIPIENTS)),
        only_if_unreachable=is_paper,
        has_legal_force=catch_up is CatchUp.IN_ORDER and draw(st.booleans()),
    )
