"""The four questions of a late borrower, answered in codes and facts; no prose.

1. Will I be sent a notice, and (apart) will a letter come to my home?
2. Will they call me?
3. Will they contact my family, my employer, the people in my phone book?
4. Will it show on my credit record?

Each answer has one of five values and the reasons for it. The first three rest on the forecast
and on what the law says of a contact nobody plans; the fourth on the reporting routes that the
lender has stated: a route not stated is *not known*, never *no*.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.facts import NEVER, Facts
from arrears.kernel.law.rules import Law, Release, Rule
from arrears.kernel.law.solver import Binding
from arrears.kernel.planning.forecast import Forecast, Line
from arrears.kernel.planning.hypothetical import call_bindings, third_person_bindings
from arrears.kernel.planning.ladder import next_reach
from arrears.kernel.planning.segments import ladder_of
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.kernel.vocabulary import ArrearsSource, Channel, Stops

ELECTRONIC = frozenset({Channel.IN_APP, Channel.EMAIL, Channel.SMS, Channel.PUSH})
TO_THE_HOME = frozenset({Channel.LETTER, Channel.VISIT})
BY_TELEPHONE = frozenset({Channel.CALL})


class Question(IntEnum):
    NOTICE = 0
    LETTER_HOME = 1
    CALL = 2
    THIRD_PERSONS = 3
    CREDIT_RECORD = 4


class Value(IntEnum):
    YES = 0
    NO = 1
    ONLY_IF = 2
    NOT_KNOWN = 3
    NEVER = 4


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an answer is what it is.

    code     one of the names under `reason` in the answer texts
    rule     the rule that says so, with its citation and certainty; None where no law speaks
    release  what would change it, None where the reason itself is no refusal
    facts    the values its sentence is made of: days, instants and names, never personal ones
    """

    code: str
    rule: Rule | None = None
    release: Release | None = None
    facts: Mapping[str, int | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """One question answered. `can_do` are codes of what the borrower can do now."""

    question: Question
    value: Value
    reasons: tuple[Reason, ...]
    can_do: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One institution behind a loan, and what it has stated about reporting.

    `is_reported` is None while nobody has stated it; `bureau` is empty where none is named.
    """

    institution: str
    is_reported: bool | None
    bureau: str = ""


@dataclass(frozen=True, slots=True)
class Standpoint:
    """What the answers about one loan are made from.

    `is_told_before`: a contact about it is foretold for a day before `on`.
    """

    facts: Facts
    law: Law
    strategy: Strategy
    forecast: Forecast
    loan: int
    on: int
    at: int
    is_told_before: bool = False

    @property
    def row(self) -> int:
        """The loan's row in the facts."""
        return int(self.facts["loan"]["loan"].searchsorted(self.loan))

    def arrears(self) -> dict[str, int]:
        """The loan's own row of `arrears_of`."""
        columns = arrears_of(self.facts, self.on, self.law.zones)
        return {name: int(column[self.row]) for name, column in columns.items()}

    def steps(self) -> tuple[Step, ...]:
        """The steps of the ladder that the loan climbs."""
        arrears = arrears_of(self.facts, self.on, self.law.zones)
        ladder = ladder_of(self.facts, self.strategy, arrears, self.at)
        return self.strategy.ladders[int(ladder[self.row])].steps

    def lines(self, channels: frozenset[Channel]) -> list[Line]:
        """Dated lines to the borrower about the loan through these channels."""
        borrower = int(self.facts["loan"]["borrower"][self.row])
        return [
            line
            for line in self.forecast.lines
            if self.loan in line.loans and line.channel in channels and line.person == borrower
        ]


def four_answers(seen: Standpoint, routes: Sequence[Route]) -> tuple[Answer, ...]:
    """The answers in the order of `Question`: the first question has two."""
    arrears = seen.arrears()
    return (
        _by_channels(seen, arrears, Question.NOTICE, ELECTRONIC, "pay", "talk", "update_contact"),
        _by_channels(seen, arrears, Question.LETTER_HOME, TO_THE_HOME, "update_contact"),
        _call(seen, arrears),
        _third_persons(seen),
        _credit_record(seen, arrears, routes),
    )


def _by_channels(
    seen: Standpoint,
    arrears: Mapping[str, int],
    question: Question,
    channels: frozenset[Channel],
    *can_do: str,
) -> Answer:
    """Whether a step through these channels will reach the borrower in the forecast's days."""
    if (settled := _nothing_is_due(seen, arrears)) is not None:
        return Answer(question, *settled)
    if channels.isdisjoint(channel for step in seen.steps() for channel in step.channels):
        return Answer(question, Value.NO, (Reason("no_step"),), can_do)
    lines = seen.lines(channels)
    planned = [line for line in lines if line.is_planned]
    if planned:
        return Answer(question, Value.YES, tuple(_planned(seen, line) for line in planned), can_do)
    if lines:
        value, reasons = _refused(lines)
        return Answer(question, value, reasons, (*_remedies(reasons), *can_do))
    return Answer(question, Value.NO, (_nothing_left(seen),), can_do)


def _nothing_is_due(seen: Standpoint, arrears: Mapping[str, int]) -> tuple[Value, tuple[Reason, ...]] | None:
    if bool(seen.facts["loan"]["is_closed"][seen.row]):
        return Value.NO, (Reason("closed"),)
    if not arrears["is_known"]:
        return Value.NOT_KNOWN, (Reason("no_report"),)
    if not arrears["is_late"]:
        return Value.NO, (_not_late(arrears),)
    return None


def _not_late(arrears: Mapping[str, int]) -> Reason:
    """As the newest report says, or as the books themselves show."""
    if arrears["source"] == ArrearsSource.REPORTED:
        return Reason("not_late", facts={"reported_on": arrears["reported_on"]})
    return Reason("not_overdue")


def _planned(seen: Standpoint, line: Line) -> Reason:
    step = seen.strategy.steps[line.step]
    facts: dict[str, int | str] = {"on": line.on, "from_at": line.from_at, "step": step.id}
    return Reason("planned", facts={**facts, "channel": Channel(line.channel).name.lower()})


def _refused(lines: Iterable[Line]) -> tuple[Value, tuple[Reason, ...]]:
    """Value and reasons of the due step that is nearest to being permitted."""
    line = min(lines, key=lambda each: (each.from_at, each.on))
    if line.from_at < NEVER:
        return Value.NO, (Reason("not_before", facts={"from_at": line.from_at}), *_of(line.bindings))
    lasting = [each for each in line.bindings if each.release.kind != "time"]
    is_final = any(each.release.kind == "nothing" for each in lasting)
    return Value.NEVER if is_final else Value.ONLY_IF, _of(lasting)


def _of(bindings: Iterable[Binding]) -> tuple[Reason, ...]:
    return tuple(Reason("law_refuses", each.rule, each.release) for each in bindings)


def _remedies(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """What the borrower himself can do about the facts that are missing."""
    named = {"opt_in": "switch_on", "contact_point": "update_contact", "place": "tell_place"}
    missing = [reason.release.fact for reason in reasons if reason.release is not None]
    return tuple(dict.fromkeys(named[fact] for fact in missing if fact in named))


def _nothing_left(seen: Standpoint) -> Reason:
    """Why a late loan has no line: its next step lies beyond the forecast, or it has none."""
    facts = seen.forecast.facts
    columns = arrears_of(facts, seen.on, seen.law.zones)
    coming = next_reach(facts, columns, seen.strategy, on=seen.on, at=seen.at)
    mine = np.flatnonzero((coming.row == seen.row) & (coming.person == facts["loan"]["borrower"][seen.row]))
    if len(mine) == 0:
        return Reason("all_steps_foretold" if seen.is_told_before else "all_steps_done")
    first = mine[np.argmin(coming.on[mine])]
    name = seen.strategy.steps[int(coming.step[first])].id
    return Reason("step_later", facts={"step": name, "on": int(coming.on[first])})


def _call(seen: Standpoint, arrears: Mapping[str, int]) -> Answer:
    answer = _by_channels(seen, arrears, Question.CALL, BY_TELEPHONE, "talk", "switch_off")
    if any(reason.code == "no_step" for reason in answer.reasons):
        bindings = call_bindings(seen.facts, seen.law, seen.loan, seen.at)
        also = [
            Reason("law_refuses_anyway", each.rule, each.release)
            for each in bindings
            if each.release.kind != "time"
        ]
        return Answer(answer.question, answer.value, (*answer.reasons, *also), answer.can_do)
    return answer


def _third_persons(seen: Standpoint) -> Answer:
    """Never where every kind of third person is refused for good, else on what it depends."""
    found = third_person_bindings(seen.facts, seen.law, seen.loan, seen.at)
    reasons = _of({each.rule.id: each for kind in found for each in kind}.values())
    can_do = ("tell_us", "verify")
    if not all(found):
        return Answer(Question.THIRD_PERSONS, Value.NO, (Reason("only_borrower"), *reasons), can_do)
    is_final = all(any(each.release.kind == "nothing" for each in kind) for kind in found)
    value = Value.NEVER if is_final else Value.ONLY_IF
    return Answer(Question.THIRD_PERSONS, value, (*reasons, Reason("no_address_book")), can_do)


def _credit_record(seen: Standpoint, arrears: Mapping[str, int], routes: Sequence[Route]) -> Answer:
    """From the stated routes alone; one bureau is enough for yes, one silence for not known."""
    reasons = [_of_route(route) for route in routes]
    silent = tuple(reason for reason in reasons if reason.code == "not_stated")
    reporting = tuple(reason for reason in reasons if reason.code in ("reports", "reports_unnamed"))
    remedies = ("pay", "plan", "correct_record")
    if reporting and arrears["is_late"]:
        paused = _reporting_paused(seen)
        value = Value.ONLY_IF if paused else Value.YES
        return Answer(Question.CREDIT_RECORD, value, (*paused, *reporting, *silent), remedies)
    if reporting:
        told = (_not_late(arrears), *reporting, *silent)
        return Answer(Question.CREDIT_RECORD, Value.NO, told, remedies)
    if silent or not routes:
        unknown = silent or (Reason("no_institution_stated"),)
        return Answer(Question.CREDIT_RECORD, Value.NOT_KNOWN, unknown, ("ask_lender", *remedies))
    return Answer(Question.CREDIT_RECORD, Value.NO, tuple(reasons), ("correct_record",))


def _reporting_paused(seen: Standpoint) -> tuple[Reason, ...]:
    """Why nothing is reported for now: the hold on reporting that stands longest, if any."""
    hold, borrower = seen.facts["hold"], seen.facts["loan"]["borrower"][seen.row]
    is_mine = (hold["loan"] == seen.loan) | (hold["person"] == borrower)
    stands = is_mine & (hold["from_at"] <= seen.at) & (seen.at < hold["until_at"])
    until = hold["until_at"][stands & ((hold["stops"] & int(Stops.FURNISHING)) != 0)]
    if len(until) == 0:
        return ()
    last = int(until.max())
    release = Release("time", "", last) if last < NEVER else Release("fact", "hold_end", NEVER)
    return (Reason("reporting_paused", release=release),)


def _of_route(route: Route) -> Reason:
    facts: dict[str, int | str] = {"institution": route.institution}
    if route.is_reported is None:
        return Reason("not_stated", facts=facts)
    if not route.is_reported:
        return Reason("reports_nowhere", facts=facts)
    if not route.bureau:
        return Reason("reports_unnamed", facts=facts)
    return Reason("reports", facts={**facts, "bureau": route.bureau})
