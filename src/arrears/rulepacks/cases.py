"""The packs' own cases, answered by the solver: each case is judged by its jurisdiction alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from arrears.kernel.days import datetime_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.kernel.law.told import moment_of
from arrears.rulepacks.loading import HOUSE, load_cases, load_law
from arrears.rulepacks.zones import ZONES

_OF_CASE = ("id", "expect", "next_local")


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What a case expects and what the engine says; `expected` and `answered` as written."""

    id: str
    rule: Rule
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered


def answer_cases() -> list[CaseAnswer]:
    """Every shipped case with the engine's answer, in pack order."""
    return [answer_case(rule, case) for rule, case in load_cases()]


def answer_case(rule: Rule, case: Mapping[str, Any]) -> CaseAnswer:
    """One case under the packs of its rule's jurisdiction (`house` only for house rules)."""
    is_house = rule.jurisdiction == HOUSE
    law = load_law(() if is_house else (rule.jurisdiction,), with_house=is_house)
    situation = {key: value for key, value in case.items() if key not in _OF_CASE}
    facts, candidates, at = situation_facts([situation], ZONES)
    solution = solve(facts, law, candidates, at)
    answered = Result(int(solution.result[0])).name.lower()
    if answered == "allow" and solution.flags(0):
        answered = "flag"
    expected = str(case["expect"])
    if "next_local" in case:
        expected += f" until {_text(moment_of(case['next_local'], case['in_zone'], ZONES))}"
        answered += f" until {_text(int(solution.from_at[0]))}"
    return CaseAnswer(str(case["id"]), rule, expected, answered)


def _text(instant: int) -> str:
    return "never" if instant == NEVER else datetime_of(instant).isoformat()
