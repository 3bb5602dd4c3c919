"""A past period lived day by day under one law and strategy, by the functions of the nightly run.

Every contact planned for a day is taken to be made at its instant and not answered. What came of
it is kept as columns, without an object per loan, contact or refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import TypeVar

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NO_DATE, Codes, Column, Facts, Instants
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.living import attempts_of, made_before, steps_of, with_made
from arrears.kernel.planning.past import seen_on, without_own_deeds
from arrears.kernel.planning.plan import DayPlan, plan_day
from arrears.kernel.planning.segments import ladder_of
from arrears.kernel.planning.strategy import Strategy


class Fate(IntEnum):
    """What became of a due step on one day; of its candidates' fates, the first here."""

    TOLD = 0  # in a contact made on this day
    WAITS = 1  # its contact could begin on a later day, whose run plans it anew
    NO_CAPACITY = 2  # nobody had time for the call
    OTHER_CONTACT = 3  # the person had another contact on this day
    REFUSED = 4


_FATES = np.array(
    [Fate.WAITS, Fate.WAITS, Fate.REFUSED, Fate.OTHER_CONTACT, Fate.OTHER_CONTACT, Fate.NO_CAPACITY]
)
"""`Fate` by `Outcome` of a candidate that is not told on the day."""
assert len(_FATES) == len(Outcome), "every outcome has a fate"


@dataclass(frozen=True, slots=True)
class LivedDues:
    """Due steps: one row per day and due step.

    on           the day
    row          the loan's row in the facts
    step         position in the strategy
    fate         `Fate`
    contact      row of `LivedContacts`, -1 where it was not told
    passed_over  steps of the ladder that it passed over for good, 0 where it was not told
    """

    on: Codes
    row: Rows
    person: Codes
    recipient_kind: Codes
    step: Codes
    fate: Codes
    contact: Rows
    passed_over: Codes


@dataclass(frozen=True, slots=True)
class LivedContacts:
    """Contacts made: one row each, whatever the number of loans told in it."""

    on: Codes
    at: Instants
    step: Codes
    channel: Codes
    person: Codes
    recipient_kind: Codes


@dataclass(frozen=True, slots=True)
class Refusals:
    """A row per refused candidate and rule that refused it: row of `LivedDues`, place in `Law.rules`."""

    due: Rows
    channel: Codes
    rule: Codes


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of days `[from_on, until_on)` under one law and strategy.

    `loans` are the ids of the facts' loans. `ladder` has a row per day and a column per loan: the
    number of the ladder it was on. `late_days` adds up the days that open loans were late.
    """

    law: Law
    strategy: Strategy
    from_on: int
    until_on: int
    loans: Codes
    dues: LivedDues
    contacts: LivedContacts
    refusals: Refusals
    ladder: Column
    late_days: int


def live_period(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    *,
    from_on: int,
    until_on: int,
    closed_on: Codes | None = None,
) -> Lived:
    """Live the days `[from_on, until_on)` of one lender's loans; as `live_beside` with one side."""
    return live_beside(facts, [(law, strategy)], from_on=from_on, until_on=until_on, closed_on=closed_on)[0]


def live_beside(
    facts: Facts,
    sides: Sequence[tuple[Law, Strategy]],
    *,
    from_on: int,
    until_on: int,
    closed_on: Codes | None = None,
    told: Callable[[int], None] = lambda _day: None,
) -> list[Lived]:
    """Live the days `[from_on, until_on)` of one lender's loans once for each side.

    `facts` are those known now, of one lender; what they keep of the period is said in
    `kernel.planning.past`. `closed_on` is the day each loan was closed, `NO_DATE` where it was
    not; without it, a loan closed now counts as closed throughout. `told` is called after each
    day. What is overdue is computed once a day: no contact changes it.
    """
    assert from_on <= until_on, (from_on, until_on)
    if closed_on is None:
        closed_on = np.where(facts["loan"]["is_closed"], from_on - 1, NO_DATE)
    zones = sides[0][0].zones
    zone = zones[facts.zones[facts["lender"]["zone"][0]]]
    facts = without_own_deeds(facts, zone, from_on)
    living = [_Side(facts, law, strategy, zone, from_on) for law, strategy in sides]
    starts = zone.first_instant(np.arange(from_on, until_on + 1)).tolist()
    for day in range(from_on, until_on):
        start, end = starts[day - from_on], starts[day - from_on + 1]
        arrears = arrears_of(seen_on(facts, day, start, closed_on), day, zones)
        for side in living:
            side.live(day, seen_on(side.facts, day, start, closed_on), arrears, (start, end))
        told(day)
    return [side.lived() for side in living]


class _Side:
    """The facts as one side makes them, and the columns of the days lived so far."""

    def __init__(self, facts: Facts, law: Law, strategy: Strategy, zone: ZoneSegments, from_on: int) -> None:
        self.facts, self.law, self.strategy = facts, law, strategy
        self.zone, self.from_on = zone, from_on
        self.dues: list[LivedDues] = []
        self.contacts: list[LivedContacts] = []
        self.refusals: list[Refusals] = []
        self.ladders: list[Codes] = []
        self.due_count = self.contact_count = self.late_days = 0

    def live(self, day: int, seen: Facts, arrears: Mapping[str, Column], span: tuple[int, int]) -> None:
        """Plan one day from what it has seen, and make what is planned for it; `span` is its instants."""
        start, end = span
        plan = plan_day(seen, self.law, self.strategy, arrears, on=day, at=start)
        made = made_before(plan, end)
        attempts, step = attempts_of(plan, made), steps_of(plan, made)
        self.facts = with_made(self.facts, self.strategy, self.zone, attempts, step)
        self._keep(plan, made)
        self.ladders.append(ladder_of(seen, self.strategy, arrears, start).astype(np.int16))
        self.late_days += int((arrears["is_late"] & ~seen["loan"]["is_closed"]).sum())

    def _keep(self, plan: DayPlan, made: Rows) -> None:
        """Add the columns of one day, of which these contacts were made."""
        dues = _dues(plan, made, self.contact_count)
        self.dues.append(dues)
        self.contacts.append(_contacts(plan, made))
        self.refusals.append(_refusals(plan, self.due_count))
        self.due_count += len(dues.on)
        self.contact_count += len(made)

    def lived(self) -> Lived:
        return Lived(
            law=self.law,
            strategy=self.strategy,
            from_on=self.from_on,
            until_on=self.from_on + len(self.ladders),
            loans=self.facts["loan"]["loan"],
            dues=_joined(LivedDues, self.dues),
            contacts=_joined(LivedContacts, self.contacts),
            refusals=_joined(Refusals, self.refusals),
            ladder=np.array(self.ladders, np.int16).reshape(
                len(self.ladders), len(self.facts["loan"]["loan"])
            ),
            late_days=self.late_days,
        )


def _dues(plan: DayPlan, made: Rows, first_contact: int) -> LivedDues:
    due, size = plan.due, len(plan.due)
    number = np.full(len(plan.contacts) + 1, -1)
    number[made] = first_contact + np.arange(len(made))
    of_candidate = number[plan.choice.contact]
    fate = np.full(size, int(Fate.REFUSED))
    of_each = np.where(of_candidate >= 0, Fate.TOLD, _FATES[plan.choice.outcome])
    np.minimum.at(fate, plan.proposals.due, of_each)
    contact = np.full(size, -1)
    np.maximum.at(contact, plan.proposals.due, of_candidate)
    return LivedDues(
        on=np.full(size, plan.on),
        row=due.row,
        person=due.person,
        recipient_kind=due.recipient_kind,
        step=due.step,
        fate=fate,
        contact=contact,
        passed_over=np.where(contact >= 0, due.last - due.first, 0),
    )


def _contacts(plan: DayPlan, made: Rows) -> LivedContacts:
    lead, candidates = plan.contacts.lead[made], plan.proposals.candidates
    return LivedContacts(
        on=np.full(len(made), plan.on),
        at=plan.contacts.not_before_at[made],
        step=plan.contacts.step[made],
        channel=candidates["channel"][lead],
        person=candidates["person"][lead],
        recipient_kind=candidates["recipient_kind"][lead],
    )


def _refusals(plan: DayPlan, first_due: int) -> Refusals:
    row, rule = plan.refusing(np.arange(len(plan.proposals)))
    channel = plan.proposals.candidates["channel"][row]
    return Refusals(first_due + plan.proposals.due[row], channel, rule)


_Columns = TypeVar("_Columns", LivedDues, LivedContacts, Refusals)


def _joined(kind: type[_Columns], parts: list[_Columns]) -> _Columns:
    """The columns of all days, in the order of the days."""
    return kind(*(_column(parts, column.name) for column in fields(kind)))


def _column(parts: Sequence[object], name: str) -> Column:
    return np.concatenate([np.empty(0, np.int64), *(getattr(part, name) for part in parts)])
