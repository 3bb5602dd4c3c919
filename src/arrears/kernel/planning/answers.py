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
from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, Facts
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import HORIZON, Binding
from arrears.kernel.planning.answer import Answer, Question, Reason, Route, Value, in_order, missing
from arrears.kernel.planning.circumstances import (
    Reach,
    about_paying,
    borrower_of,
    others_liable,
    paid_since,
    reach,
    standing_hold,
)
from arrears.kernel.planning.credit_record import credit_record, no_report, not_late
from arrears.kernel.planning.forecast import Forecast, Line
from arrears.kernel.planning.hypothetical import call_bindings, third_person_bindings
from arrears.kernel.planning.ladder import next_reach
from arrears.kernel.planning.reachability import ELECTRONIC, in_vain
from arrears.kernel.planning.segments import ladder_of
from arrears.kernel.planning.strategy import Step, Strategy, Track
from arrears.kernel.vocabulary import ArrearsSource, Channel, Stops, name_of

__all__ = ["Answer", "Question", "Reason", "Route", "Standpoint", "Value", "four_answers"]

TO_THE_HOME = frozenset({Channel.LETTER, Channel.VISIT})
BY_TELEPHONE = frozenset({Channel.CALL})

_WHEN_LATE: Mapping[Question, tuple[str, ...]] = {
    Question.NOTICE: ("pay", "plan", "talk", "look", "update_contact"),
    Question.LETTER_HOME: ("update_contact",),
    Question.CALL: ("talk", "switch_off"),
}
_WHEN_NOT: Mapping[Question, tuple[str, ...]] = {
    Question.NOTICE: ("look", "update_contact", "switch_off"),
    Question.LETTER_HOME: ("update_contact",),
    Question.CALL: ("switch_off", "verify"),
}
_CAN_BRING: Mapping[str, str] = {
    "opt_in": "switch_on",
    "suits_again": "tell_hours",
    "contact_point": "update_contact",
    "place": "tell_place",
}
"""Missing fact -> what the borrower himself can do about it."""


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
        borrower = borrower_of(self.facts, self.loan)
        return [
            line
            for line in self.forecast.lines
            if self.loan in line.loans and line.channel in channels and line.person == borrower
        ]


def four_answers(seen: Standpoint, routes: Sequence[Route]) -> tuple[Answer, ...]:
    """The answers in the order of `Question`: the first question has two."""
    arrears = seen.arrears()
    return (
        _by_channels(seen, arrears, Question.NOTICE, frozenset(ELECTRONIC)),
        _by_channels(seen, arrears, Question.LETTER_HOME, TO_THE_HOME),
        _by_channels(seen, arrears, Question.CALL, BY_TELEPHONE),
        _third_persons(seen),
        credit_record(seen.facts, seen.loan, seen.at, arrears, routes),
    )


def _by_channels(
    seen: Standpoint, arrears: Mapping[str, int], question: Question, channels: frozenset[Channel]
) -> Answer:
    """Whether a step through these channels will reach the borrower in the forecast's days."""
    if bool(seen.facts["loan"]["is_closed"][seen.row]):
        return Answer(question, Value.NO, (Reason("closed"),), ("verify",))
    value, reasons = _will_be_made(seen, arrears, channels)
    if question is Question.CALL and any(each.code == "no_step" for each in reasons):
        reasons = (*reasons, *_refused_anyway(seen))
    if arrears["is_late"]:
        reasons = (*reasons, *_around(seen, arrears, question, channels, value))
    return Answer(question, value, reasons, _can_do(seen, question, arrears, reasons))


def _will_be_made(
    seen: Standpoint, arrears: Mapping[str, int], channels: frozenset[Channel]
) -> tuple[Value, tuple[Reason, ...]]:
    """What the forecast says of these channels, and why."""
    lines = seen.lines(channels)
    planned = [line for line in lines if line.is_planned]
    if planned:
        return _planned_ahead(seen, arrears, planned)
    if not arrears["is_known"]:
        return Value.NOT_KNOWN, (no_report(),)
    if not arrears["is_late"]:
        return Value.NO, (not_late(arrears),)
    if not _has_step(seen, channels):
        return Value.NO, (Reason("no_step"),)
    return _refused(lines) if lines else (Value.NO, (_nothing_left(seen),))


def _planned_ahead(
    seen: Standpoint, arrears: Mapping[str, int], planned: Sequence[Line]
) -> tuple[Value, tuple[Reason, ...]]:
    """Yes; but a step for arrears that are still to come is taken only if they come."""
    if arrears["is_late"]:
        return Value.YES, tuple(_planned(seen, line) for line in planned)
    is_sure = [seen.strategy.steps[line.step_for(seen.loan)].track is Track.BEFORE_DUE for line in planned]
    reasons = tuple(
        _planned(seen, line, "planned" if sure else "if_unpaid")
        for line, sure in zip(planned, is_sure, strict=True)
    )
    return Value.YES if any(is_sure) else Value.ONLY_IF, (not_late(arrears), *reasons)


def _planned(seen: Standpoint, line: Line, code: str = "planned") -> Reason:
    step = seen.strategy.steps[line.step_for(seen.loan)]
    facts: dict[str, int | str] = {"on": line.on, "from_at": line.from_at, "step": step.id}
    return Reason(code, facts={**facts, "channel": name_of(Channel(line.channel))})


def _has_step(seen: Standpoint, channels: frozenset[Channel]) -> bool:
    return any(not channels.isdisjoint(step.channels) for step in seen.steps())


def _refused(lines: Iterable[Line]) -> tuple[Value, tuple[Reason, ...]]:
    """Value and reasons of the due step that is nearest to being permitted."""
    line = min(lines, key=lambda each: (each.from_at, each.on))
    if line.from_at < NEVER:
        return Value.NO, (Reason("not_before", facts={"from_at": line.from_at}), *_of(line.bindings))
    lasting = [each for each in line.bindings if each.release.kind != "time"]
    if not lasting:
        beyond = Reason("no_time_ahead", facts={"days": HORIZON // DAY})
        return Value.NO, (beyond, *_of(line.bindings))
    is_final = any(each.release.kind == "nothing" for each in lasting)
    return Value.NEVER if is_final else Value.ONLY_IF, _of(lasting)


def _of(bindings: Iterable[Binding]) -> tuple[Reason, ...]:
    return tuple(Reason("law_refuses", each.rule, each.release) for each in bindings)


def _refused_anyway(seen: Standpoint) -> tuple[Reason, ...]:
    """What would stand in the way of a call today, though nobody plans one."""
    return tuple(
        Reason("law_refuses_anyway", each.rule, each.release)
        for each in call_bindings(seen.facts, seen.law, seen.loan, seen.at)
        if each.release.kind != "time"
    )


def _around(
    seen: Standpoint,
    arrears: Mapping[str, int],
    question: Question,
    channels: frozenset[Channel],
    value: Value,
) -> tuple[Reason, ...]:
    """What stands around a late loan and bears on the answer: a hold, a payment, nobody reached."""
    reasons: list[Reason] = []
    stops = Stops.CALLS if question is Question.CALL else Stops.NOTICES
    hold = standing_hold(seen.facts, seen.loan, seen.at, stops)
    if hold is not None and _has_step(seen, channels):
        reasons.append(Reason("held", release=hold.release, facts={"hold": name_of(hold.reason)}))
    paid_on = paid_since(seen.facts, seen.loan, arrears["reported_on"])
    if paid_on is not None and arrears["source"] == ArrearsSource.REPORTED and _has_step(seen, channels):
        facts = {"paid_on": paid_on, "reported_on": arrears["reported_on"]}
        reasons.append(Reason("paid_since", release=missing("report"), facts=facts))
    if question is not Question.CALL:
        borrower = borrower_of(seen.facts, seen.loan)
        reached = reach(seen.facts, borrower, seen.at, seen.strategy.reachability)
        if reached is not Reach.REACHED:
            reasons.append(Reason(f"unreached_{name_of(reached)}"))
    reasons += _in_vain(seen, question)
    if question is Question.NOTICE and value is not Value.YES:
        reasons.append(Reason("still_there"))
    return tuple(reasons)


def _in_vain(seen: Standpoint, question: Question) -> list[Reason]:
    """A reason per address at which what the question is about is tried in vain."""
    if question not in (Question.NOTICE, Question.CALL):
        return []
    person, is_call = borrower_of(seen.facts, seen.loan), question is Question.CALL
    found = in_vain(seen.facts, person, seen.at, seen.strategy.reachability)
    return [
        Reason(
            f"in_vain_{name_of(each.miss)}",
            facts={
                "address": name_of(each.kind),
                "count": each.count,
                "since_at": each.since_at,
                "until_at": each.until_at,
            },
        )
        for each in found
        if (each.channel is Channel.CALL) is is_call
    ]


def _can_do(
    seen: Standpoint, question: Question, arrears: Mapping[str, int], reasons: Sequence[Reason]
) -> tuple[str, ...]:
    """What is useful now, given why; nobody is asked to pay what is on hold, or again."""
    codes = {reason.code for reason in reasons}
    if not arrears["is_known"]:
        return in_order(["look"])
    found = set(_WHEN_LATE[question] if arrears["is_late"] else _WHEN_NOT[question])
    named = [reason for reason in reasons if reason.code != "law_refuses_anyway"]
    waited_for = [reason.release.fact for reason in named if reason.release is not None]
    found |= {_CAN_BRING[fact] for fact in waited_for if fact in _CAN_BRING}
    if any(code.startswith("unreached_") for code in codes):
        found.add("look")
    if any(code.startswith("in_vain_") for code in codes):
        found.add("update_contact")
    if "held" in codes:
        found.add("ask_hold")
    if "pay" in found:
        found = found - {"pay"} | about_paying(seen.facts, seen.loan, seen.at, arrears)
    return in_order(found)


def _nothing_left(seen: Standpoint) -> Reason:
    """Why a late loan has no line: its next step lies beyond the forecast, or it has none."""
    facts = seen.forecast.facts
    columns = arrears_of(facts, seen.on, seen.law.zones)
    coming = next_reach(facts, columns, seen.strategy, on=seen.on, at=seen.at)
    mine = np.flatnonzero((coming.row == seen.row) & (coming.person == borrower_of(facts, seen.loan)))
    if len(mine) == 0:
        return Reason("all_steps_foretold" if seen.is_told_before else "all_steps_done")
    first = mine[np.argmin(coming.on[mine])]
    name = seen.strategy.steps[int(coming.step[first])].id
    return Reason("step_later", facts={"step": name, "on": int(coming.on[first])})


def _third_persons(seen: Standpoint) -> Answer:
    """Never where every kind of third person is refused for good, else on what it depends."""
    found = third_person_bindings(seen.facts, seen.law, seen.loan, seen.at)
    reasons = _of({each.rule.id: each for kind in found for each in kind}.values())
    also = others_liable(seen.facts, seen.loan, seen.on)
    can_do = in_order(["tell_us", "verify"])
    if not all(found):
        no = (Reason("only_borrower"), *also, *reasons)
        return Answer(Question.THIRD_PERSONS, Value.NO, no, can_do)
    is_final = all(any(each.release.kind == "nothing" for each in kind) for kind in found)
    value = Value.NEVER if is_final else Value.ONLY_IF
    told = (*reasons, *also, Reason("no_address_book"))
    return Answer(Question.THIRD_PERSONS, value, told, can_do)
