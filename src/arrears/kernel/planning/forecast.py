"""What will happen to one borrower in the coming days, by the same functions as the nightly run.

The walk lives the days on which something can change and jumps over the others. It assumes
that every planned contact is made at its instant and not answered, that a run takes place on
every day, that nothing new is reported and, when the books are up to date now, that they stay
so. Given that, each dated line is what the run of that day will decide.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER, NO_DATE, Codes, Column, Facts, Instants
from arrears.kernel.law.candidates import take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Binding, solve
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.assumed import Attempts
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.ladder import next_reach
from arrears.kernel.planning.living import (
    attempts_of,
    made_before,
    steps_of,
    with_books_through,
    with_made,
)
from arrears.kernel.planning.plan import DayPlan, plan_day
from arrears.kernel.planning.refusals import Refusals, refusals_of
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.planning.supposing import Coming, with_coming
from arrears.kernel.planning.turning import turning_days

FORECAST_DAYS = 30
DutiesOn = Callable[[Facts, Sequence["Line"], int, int], tuple[Duties, int]]
"""The duties that a run finds, and the next day on which it may find others though nothing new happens.

Asked with the facts of the run, the contacts foretold for the days before it, its day and its instant.
"""
_BOOKS_NEVER_END = 10**6  # a day beyond every calendar


@dataclass(frozen=True, slots=True)
class Line:
    """One dated line: a contact that will be made, or a due step that will be refused.

    on         day of the run that decides it (and, for a contact, of the contact itself)
    step       position in the strategy; of a contact about several loans that of the leading one
    loans      loans it is about, ascending
    person     the recipient, and in `recipient_kind` what he is to these loans
    channel    the channel used, or the one nearest to being permitted
    from_at    planned: the instant it starts from. Refused: the first instant at which it
               could start while nothing new happens, NEVER if there is none
    until_at   planned: it starts strictly before this; refused: NEVER
    point      the contact point used, or the one nearest to being permitted; NO_ID if none
    bindings   the rules that move or refuse it, those that refuse first
    steps      of a contact about several loans the step of each; empty where they are all `step`
    """

    on: int
    step: int
    loans: tuple[int, ...]
    person: int
    recipient_kind: int
    channel: int
    is_planned: bool
    from_at: int
    until_at: int
    point: int
    bindings: tuple[Binding, ...]
    steps: tuple[int, ...] = ()

    def step_for(self, loan: int) -> int:
        """The step of its own that this loan takes with the contact."""
        return self.steps[self.loans.index(loan)] if self.steps else self.step


@dataclass(frozen=True, slots=True)
class Pending:
    """A contact already planned or under way, which no further run will decide.

    `is_reserved`: the gate has let it out; until then the gate has still to decide.
    """

    line: Line
    value: int
    is_reserved: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """Dated lines of `[on, until_on)`, and the days that were looked at to find them.

    `are_books_assumed`: the walk assumed that the books stay complete; otherwise they are
    behind now, and the lines say so until they catch up. `facts` are those at its end, the
    foretold contacts among them.
    """

    on: int
    until_on: int
    lines: tuple[Line, ...]
    days_walked: tuple[int, ...]
    are_books_assumed: bool
    facts: Facts = field(repr=False, compare=False)

    def told_about(self, loan: int) -> bool:
        """Whether a contact about the loan is foretold."""
        return any(line.is_planned and loan in line.loans for line in self.lines)

    def since(self, day: int) -> Forecast:
        """Only what lies on this day or after it."""
        return replace(self, on=day, lines=tuple(line for line in self.lines if line.on >= day))


def forecast(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    *,
    on: int,
    at: int,
    pending: Sequence[Pending] = (),
    busy: Codes | None = None,
    days: int = FORECAST_DAYS,
    coming: Sequence[Coming] = (),
    duties: DutiesOn | None = None,
) -> Forecast:
    """The lines of the contacts `pending`, and of `days` days from day `on`.

    `on` is the first day whose run is still to come. `facts` hold the loans of one lender with
    one borrower (or a few). `at` is the instant of asking: nothing is planned before it. What is
    `coming` is known from its day on. `duties` are planned beside the steps of the ladders.
    """
    walk = _Walk(facts, law, strategy, at, busy=busy, coming=coming, duties=duties)
    walk.assume(pending)
    walked: list[int] = []
    lines = [one.line for one in pending]
    day = on
    while day < on + days:
        walked.append(day)
        lines.extend(walk.live(day))
        day = walk.next_day(day)
    return Forecast(
        on,
        on + days,
        tuple(_without_repeats(lines)),
        tuple(walked),
        walk.are_books_assumed,
        walk.facts,
    )


class _Walk:
    """The facts as they will be, day by day."""

    def __init__(
        self,
        facts: Facts,
        law: Law,
        strategy: Strategy,
        at: int,
        *,
        busy: Codes | None,
        coming: Sequence[Coming],
        duties: DutiesOn | None,
    ) -> None:
        self.facts, self.law, self.strategy = facts, law, strategy
        self.at, self.busy, self.coming, self.duties = at, busy, coming, duties
        self.made: list[Line] = []  # the contacts of the days lived, and those that stood already
        lender = facts["lender"]
        self.zone: ZoneSegments = law.zones[facts.zones[lender["zone"][0]]]
        through_on = int(lender["payments_complete_through_on"].min())
        today = int(self.zone.day(np.array([at]))[0])
        self.are_books_assumed = through_on != NO_DATE and through_on >= today - 1
        self.released_on: list[int] = []
        self.refused: dict[tuple[int, ...], bytes] = {}  # (step, person, loan): the rules told last
        self.turning: list[int] | None = None  # contacts change none of these days either
        self.arrears: Mapping[str, Column] = {}  # of the day lived last; contacts change none of it

    def assume(self, pending: Sequence[Pending]) -> None:
        """Contacts that stand already are made at their instants."""
        for one in pending:
            attempts = Attempts(
                at=np.array([one.line.from_at]),
                person=np.array([one.line.person]),
                value=np.array([one.value]),
                channel=np.array([one.line.channel]),
                loan_row=np.zeros(len(one.line.loans), np.int64),
                loan=np.array(one.line.loans, np.int64),
            )
            step = np.array([one.line.step_for(loan) for loan in one.line.loans])
            self.facts = with_made(self.facts, self.strategy, self.zone, attempts, step)
            self.made.append(one.line)

    def live(self, day: int) -> Iterator[Line]:
        """The lines of one day; its contacts become facts for the days after it."""
        start, end = self.zone.first_instant(np.array([day, day + 1])).tolist()
        at = max(start, self.at)
        self._let_come(day)
        self.arrears = arrears_of(self.facts, day, self.law.zones)
        plan = plan_day(
            self._with_books(day - 1),
            self.law,
            self.strategy,
            self.arrears,
            on=day,
            at=at,
            busy=self.busy,
            duties=self._duties(day, at),
        )
        today = made_before(plan, end)
        made, step = attempts_of(plan, today), steps_of(plan, today)
        self.facts = with_made(self.facts, self.strategy, self.zone, made, step)
        told = plan.joined_to(today)
        for row in told.tolist():
            who = (int(plan.proposals.candidates[name][row]) for name in ("person", "loan"))
            self.refused.pop((int(plan.proposals.step[row]), *who), None)
        lines = [_planned(plan, int(contact)) for contact in today]
        self.made += lines
        if lines and self.duties is not None:  # what was said may give rise to something, or meet it
            self.released_on.append(day + 1)
        yield from lines
        yield from self._refused(plan, told, at)

    def _duties(self, day: int, at: int) -> Duties | None:
        if self.duties is None:
            return None
        found, next_on = self.duties(self.facts, self.made, day, at)
        self.released_on.append(next_on)
        return found

    def _let_come(self, day: int) -> None:
        come = [each for each in self.coming if each.on <= day]
        self.coming = [each for each in self.coming if each.on > day]
        self.facts = with_coming(self.facts, come)
        if come or self.turning is None:
            self.turning = turning_days(self.facts, self.zone, day, self.strategy.reachability)

    def next_day(self, day: int) -> int:
        """The next day on which a run could decide anything else."""
        found = [*self.released_on, *self._reach_days(day), *(each.on for each in self.coming)]
        if self.turning is not None:
            found += self.turning[bisect_right(self.turning, day) :][:1]
        self.released_on = []
        return min((each for each in found if each > day), default=NEVER)

    def _refused(self, plan: DayPlan, told: Rows, at: int) -> Iterator[Line]:
        """A line per due step that the law refuses today, and the day it is released."""
        rows = np.flatnonzero(plan.choice.outcome != Outcome.JOINED)
        rows = rows[~np.isin(plan.proposals.due[rows], plan.proposals.due[told])]
        if len(rows) == 0:
            return
        found = refusals_of(plan, rows, self._earliest(plan, rows, at))
        self._note_releases(plan, found)
        for n in np.flatnonzero(found.is_refused).tolist():
            line_of = tuple(int(getattr(plan.due, name)[found.due[n]]) for name in ("step", "person", "loan"))
            if self.refused.get(line_of) != found.rules[n]:
                self.refused[line_of] = found.rules[n]
                yield _refusal(plan, found, n)

    def _earliest(self, plan: DayPlan, rows: Rows, at: int) -> Instants:
        """The first instants permitted if the books stay as assumed."""
        candidates = take(plan.proposals.candidates, rows)
        facts = self._with_books(_BOOKS_NEVER_END)
        return solve(facts, self.law, candidates, np.full(len(rows), at)).from_at

    def _note_releases(self, plan: DayPlan, found: Refusals) -> None:
        """Remember the first days whose windows hold the instant a refusal ends."""
        if not np.all(found.is_refused):
            self.released_on.append(plan.on + 1)
        ends = found.is_refused & (found.from_at < NEVER)
        windows = self.strategy.of_steps("window_days")[plan.due.step[found.due[ends]]]
        released_on = self.zone.day(found.from_at[ends]) - windows + 1
        self.released_on.extend(np.unique(np.maximum(released_on, plan.on + 1)).tolist())

    def _with_books(self, through_on: int) -> Facts:
        return with_books_through(self.facts, through_on) if self.are_books_assumed else self.facts

    def _reach_days(self, day: int) -> Iterator[int]:
        """The first day on which somebody could reach his next step."""
        at = int(self.zone.first_instant(np.array([day + 1]))[0])
        coming = next_reach(self.facts, self.arrears, self.strategy, on=day, at=max(at, self.at))
        if len(coming.on):
            yield max(int(coming.on.min()), day + 1)


def _planned(plan: DayPlan, contact: int) -> Line:
    lead, told = int(plan.contacts.lead[contact]), plan.joined(contact)
    candidates = plan.proposals.candidates
    told = told[np.argsort(candidates["loan"][told])]
    step, steps = int(plan.contacts.step[contact]), tuple(plan.proposals.step[told].tolist())
    return Line(
        on=plan.on,
        step=step,
        loans=tuple(candidates["loan"][told].tolist()),
        person=int(candidates["person"][lead]),
        recipient_kind=int(candidates["recipient_kind"][lead]),
        channel=int(candidates["channel"][lead]),
        is_planned=True,
        from_at=int(plan.contacts.not_before_at[contact]),
        until_at=int(plan.contacts.not_after_at[contact]),
        point=int(candidates["point"][lead]),
        bindings=tuple(plan.choice.solution.reasons(lead)),
        steps=() if set(steps) == {step} else steps,
    )


def _refusal(plan: DayPlan, found: Refusals, n: int) -> Line:
    """The refusal of the candidate nearest to being permitted, of all that serve the step."""
    due, nearest = found.due[n], int(found.nearest[n])
    return Line(
        on=plan.on,
        step=int(plan.due.step[due]),
        loans=(int(plan.due.loan[due]),),
        person=int(plan.due.person[due]),
        recipient_kind=int(plan.due.recipient_kind[due]),
        channel=int(plan.proposals.candidates["channel"][nearest]),
        is_planned=False,
        from_at=int(found.from_at[n]),
        until_at=NEVER,
        point=int(plan.proposals.candidates["point"][nearest]),
        bindings=tuple(plan.choice.solution.reasons(nearest)),
    )


def _without_repeats(lines: Sequence[Line]) -> Iterator[Line]:
    """Leave out a refusal that only repeats, for the same rules, the last one of its step."""
    last: dict[tuple[int, int, tuple[int, ...]], object] = {}
    for line in lines:
        key = (line.step, line.person, line.loans)
        told = (line.is_planned, frozenset(each.rule.id for each in line.bindings))
        if line.is_planned or last.get(key) != told:
            yield line
        last[key] = told
