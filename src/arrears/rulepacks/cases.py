"""The packs' own cases, answered by the solver: each case is judged by its jurisdiction alone.

Drafts are switched on for it, so that their cases say what they would do.

A case is a situation by value (`kernel.law.situation`) with what the law says of it:

    id            its name
    expect        allow, flag, overridable or refuse; all but `allow` by the rule it stands under
                  (under an exception: by a rule that the exception lifts)
    next_local    the first permitted instant, as wall time in `in_zone`
    released_by   the fact that would release the refusal
    alone         true: the other rules of the jurisdiction, which would answer alike, are left out
    varied        keys of the situation (`channel`, `recipient.kind`) with values: it is asked once for each
                  value of each key, all else as it is, and has to be answered alike every time
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from arrears.kernel.days import datetime_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NEVER, Facts, Instants
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.rules import Law, Rule
from arrears.kernel.law.situation import readable_situations
from arrears.kernel.law.solver import Result, Solution, solve
from arrears.kernel.law.told import moment_of
from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks.loading import load_law, shipped
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.values import CASE, lists_of_names
from arrears.rulepacks.zones import ZONES

Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """What a case expects and what the engine says, in the same words when they agree."""

    id: str
    rule: Rule
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered


@dataclass(frozen=True, slots=True)
class CaseFault:
    """What is wrong with the situation that a case tells."""

    id: str
    rule: Rule
    error: BadInput

    @property
    def what(self) -> str:
        """The fault without the number of the situation, which no case has."""
        return self.error.what.partition(": ")[2]


Answers = tuple[list[CaseAnswer], list[CaseFault]]


def answer_cases(packs: Sequence[Pack] | None = None) -> list[CaseAnswer]:
    """Every case of the packs (the shipped ones if none are given) with the engine's answer.

    Raises `BadInput` naming every case whose situation cannot be read.
    """
    every = shipped() if packs is None else packs
    jurisdictions = dict.fromkeys(pack.jurisdiction for pack in every)
    return [answer for name in jurisdictions for answer in _answers_of(name, every)]


def _answers_of(jurisdiction: str, packs: Sequence[Pack]) -> list[CaseAnswer]:
    cases = cases_of(jurisdiction, packs)
    is_house = jurisdiction == HOUSE
    adopted = () if is_house else (jurisdiction,)
    law = load_law(adopted, switched_on=drafts_of(cases), packs=packs, with_house=is_house)
    answers, faults = answers_under(law, cases)
    if faults:
        first = faults[0]
        told = "\n".join(f"{each.rule.id}: case {each.id}: {each.what}" for each in faults)
        key = f"case {first.id}"
        raise BadInput("law.bad_case", told, hint=first.error.hint, rule=first.rule.id, key=key)
    return answers


def cases_of(jurisdiction: str, packs: Sequence[Pack]) -> list[tuple[Rule, Case]]:
    return [case for pack in packs if pack.jurisdiction == jurisdiction for case in pack.cases]


def drafts_of(cases: Sequence[tuple[Rule, Case]]) -> frozenset[str]:
    """The drafts among the rules of cases, which are switched on to answer them."""
    return frozenset(rule.id for rule, _ in cases if rule.is_draft)


def answers_under(law: Law, cases: Sequence[tuple[Rule, Case]]) -> Answers:
    """The answers to the cases whose situation can be read, in order, and what is wrong with the others."""
    told = [(rule, case, *each) for rule, case in cases for each in situations_of(case)]
    facts, candidates, at, wrong = readable_situations([situation for *_, situation in told], ZONES)
    faults = [
        CaseFault(str(told[number][1]["id"]), told[number][0], error)
        for number in sorted(wrong)
        for error in wrong[number]
    ]
    unreadable = {id(told[number][1]) for number in wrong}
    ways: dict[int, list[tuple[int, str]]] = {}  # by case, the rows it is asked in and how each differs
    asked = (each for number, each in enumerate(told) if number not in wrong)
    for row, (_, case, how, _) in enumerate(asked):
        ways.setdefault(id(case), []).append((row, how))
    asking = _Asking(law, facts, candidates, at)
    return [
        asking.answered(*each, ways[id(each[1])]) for each in cases if id(each[1]) not in unreadable
    ], faults


def situations_of(case: Case) -> Iterator[tuple[str, Case]]:
    """The situations of a case, each with what it varies in, if it does."""
    told = {key: case[key] for key in case if key not in CASE}
    varied = case.get("varied", {})
    if not varied or lists_of_names(varied):
        yield "", told
        return
    for key, values in varied.items():
        for value in values:
            yield f" with {key} {value}", _with(told, key, value)


def _with(told: Case, key: str, value: str) -> Case:
    table, _, name = key.rpartition(".")
    if not table:
        return {**told, name: value}
    stated = told.get(table, {})
    return {**told, table: {**stated, name: value}} if isinstance(stated, Mapping) else told


Ways = Sequence[tuple[int, str]]
"""The rows that a case is asked in, each with what it varies in."""


@dataclass(frozen=True)
class _Asking:
    """All that is asked of a law, one row for each way of each case."""

    law: Law
    facts: Facts
    candidates: Candidates
    at: Instants

    @cached_property
    def together(self) -> Solution:
        return solve(self.facts, self.law, self.candidates, self.at)

    def answered(self, rule: Rule, case: Case, ways: Ways) -> CaseAnswer:
        """The answer in whichever way it differs first from what is expected, if in any."""
        expected = _expected(rule, case)
        for solution, place, how in self._ways(rule, case, ways):
            answered = _answered(solution, place, rule, case)
            if answered != expected:
                return CaseAnswer(str(case["id"]), rule, expected, answered + how)
        return CaseAnswer(str(case["id"]), rule, expected, expected)

    def _ways(self, rule: Rule, case: Case, ways: Ways) -> Iterator[tuple[Solution, int, str]]:
        if not case.get("alone", False):
            yield from ((self.together, row, how) for row, how in ways)
            return
        rows = np.array([row for row, _ in ways])
        alone = solve(self.facts, _only(self.law, rule), take(self.candidates, rows), self.at[rows])
        yield from ((alone, place, how) for place, (_, how) in enumerate(ways))


def _only(law: Law, rule: Rule) -> Law:
    """The law without all rules but those that the case is about."""
    return replace(law, rules=tuple(each for each in law.rules if each.id in _about(rule)))


def _expected(rule: Rule, case: Case) -> str:
    told = [str(case["expect"])]
    if case["expect"] != "allow":
        told.append(f"by {' or '.join(_about(rule))}")
    if "next_local" in case:
        told.append(f"until {_text(moment_of(case['next_local'], case['in_zone'], ZONES))}")
    if "released_by" in case:
        told.append(f"released by {case['released_by']}")
    return " ".join(told)


def _answered(solution: Solution, row: int, rule: Rule, case: Case) -> str:
    answer = Result(int(solution.result[row])).name.lower()
    reasons = {each.rule.id: each.release.fact for each in solution.reasons(row) if each.is_now}
    named = list(reasons)
    if answer == "allow" and solution.flags(row):
        answer, named = "flag", [each.id for each in solution.flags(row)]
    told = [answer]
    if answer != "allow":
        told.append(f"by {_of_interest(named, rule)}")
    if "next_local" in case:
        told.append(f"until {_text(int(solution.from_at[row]))}")
    if "released_by" in case:
        told.append(f"released by {reasons.get(rule.id) or 'no fact'}")
    return " ".join(told)


def _of_interest(named: Sequence[str], rule: Rule) -> str:
    """The rules the case is about, if one of them is among those named; else all of those."""
    about = _about(rule)
    return " or ".join(about) if set(about) & set(named) else ", ".join(named)


def _about(rule: Rule) -> tuple[str, ...]:
    """The rules that a case is about: under an exception those that it lifts."""
    return rule.lifts or (rule.id,)


def _text(instant: int) -> str:
    return "never" if instant == NEVER else datetime_of(instant).isoformat()
