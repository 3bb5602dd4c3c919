"""The cases of obligations, answered: each situation is judged by the obligation it stands under.

A case is a situation by value (`kernel.obligations.situation`) with what the law says of it:

    id                    its name
    expect                none (nothing arises), open, overdue, met, met_late or ended
    of                    which of several in a row, 1 for the first (default: the last)
    last_on               the last day in time, as a civil day in `in_zone`
    gap_from, gap_until   the days from which and until which it should have been met and was not
    relies_on_extensions  extensions that the notes do not support well enough are relied on
    each_place            the case holds in each of these places
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.kernel.days import date_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NEVER
from arrears.kernel.obligations.rules import Obligation
from arrears.kernel.obligations.situation import readable_situation, told_of
from arrears.kernel.obligations.standing import Obligations, Standing, obligations_of
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.obligations.loading import shipped_obligations
from arrears.rulepacks.obligations.reading import ObligationsFile
from arrears.rulepacks.obligations.values import CASE, NO_OBLIGATION
from arrears.rulepacks.zones import ZONES

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ObligationAnswer:
    """What a case expects and what the engine says, in the same words when they agree."""

    id: str
    rule: Obligation
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered


@dataclass(frozen=True, slots=True)
class ObligationFault:
    """What is wrong with the situation that a case tells."""

    id: str
    rule: Obligation
    error: BadInput

    @property
    def what(self) -> str:
        return self.error.what


def answer_obligation_cases(files: Sequence[ObligationsFile] | None = None) -> list[ObligationAnswer]:
    """Every case of the files (the shipped ones if none are given) with the engine's answer.

    Raises `BadInput` naming every case whose situation cannot be read.
    """
    answers, faults = try_obligation_cases(shipped_obligations() if files is None else files)
    if faults:
        first = faults[0]
        told = "\n".join(f"{each.rule.id}: case {each.id}: {each.what}" for each in faults)
        key = f"case {first.id}"
        raise BadInput("obligations.bad_case", told, hint=first.error.hint, rule=first.rule.id, key=key)
    return answers


def try_obligation_cases(
    files: Sequence[ObligationsFile],
) -> tuple[list[ObligationAnswer], list[ObligationFault]]:
    """The answers to the cases that can be asked, in order, and what is wrong with the others."""
    answers: list[ObligationAnswer] = []
    faults: list[ObligationFault] = []
    for rule, case in (each for file in files for each in file.cases):
        situation = {key: told for key, told in case.items() if key not in CASE}
        wrong = readable_situation(situation, ZONES)[2]
        faults += (ObligationFault(str(case["id"]), rule, error) for error in wrong)
        if not wrong:
            answers += (_answer(rule, each) for each in _in_each_place(case))
    return answers, faults


def _in_each_place(case: Case) -> Iterator[Case]:
    for place in case.get("each_place", ()):
        trigger = {**case["trigger"], "places": [place]}
        yield {**case, "id": f"{case['id']}/{place}", "trigger": trigger}
    if "each_place" not in case:
        yield case


def _answer(rule: Obligation, case: Case) -> ObligationAnswer:
    situation = {key: told for key, told in case.items() if key not in CASE}
    told, at = told_of(situation, ZONES)
    extending = frozenset([rule.id]) if case.get("relies_on_extensions") else frozenset()
    found = obligations_of(told, [rule], at=at, zones=ZONES, calendars=CALENDARS, extending=extending)
    answered = _answered(found, case, told.zones[0])
    return ObligationAnswer(str(case["id"]), rule, _expected(case), answered)


def _expected(case: Case) -> str:
    told = {key: case[key] for key in ("last_on", "gap_from", "gap_until") if key in case}
    return _text(str(case["expect"]), told)


def _answered(found: Obligations, case: Case, zone: str) -> str:
    row = case.get("of", len(found)) - 1
    if not 0 <= row < len(found):
        return NO_OBLIGATION
    from_at, until_at = found.gap(row) or (NEVER, NEVER)
    instants = {"last_on": int(found.not_after_at[row]), "gap_from": from_at, "gap_until": until_at}
    told = {key: _day(instant, zone) for key, instant in instants.items() if key in case}
    return _text(name_of(Standing(int(found.standing[row]))), told)


def _text(standing: str, told: Mapping[str, object]) -> str:
    return " ".join([standing, *(f"{key} {value}" for key, value in told.items())])


def _day(instant: int, zone: str) -> object:
    return "never" if instant == NEVER else date_of(int(ZONES[zone].day(np.array([instant]))[0]))
