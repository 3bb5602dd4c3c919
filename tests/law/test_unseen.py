"""Cases written from the sources alone, before the packs were read: both ways of asking answer them alike."""

from __future__ import annotations

import tomllib
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from arrears.kernel.days import datetime_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Effect
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Solution, solve
from arrears.kernel.law.told import moment_of
from arrears.rulepacks.loading import load_law
from arrears.rulepacks.zones import ZONES
from tests.api.asking import System
from tests.builders import a_lender

TOLD = tomllib.loads(Path(__file__).with_name("unseen.toml").read_text(encoding="utf-8"))
CASES = {case["id"]: case for case in TOLD["case"]}
_OWN = ("id", "why", "like", "expect", "by", "ends", "of")


def told_of(case: dict[str, Any]) -> dict[str, Any]:
    """The situation: the case's own keys before those of what it is like."""
    like = {key: value for key, value in TOLD["like"][case["like"]].items() if key not in _OWN}
    own = {key: value for key, value in case.items() if key not in _OWN}
    return {**like, **own}


def jurisdiction_of(case: dict[str, Any]) -> str:
    return str(TOLD["like"][case["like"]]["of"])


@cache
def solution(*, with_house: bool) -> Solution:
    facts, candidates, at = situation_facts([told_of(case) for case in CASES.values()], ZONES)
    return solve(facts, load_law(with_house=with_house), candidates, at)


def in_the_way(case: dict[str, Any]) -> dict[str, tuple[Effect, str]]:
    """The rules of the case's jurisdiction that refuse it now, with their effect and end."""
    row = list(CASES).index(case["id"])
    return {
        each.rule.id: (each.rule.effect, ended(each.from_at))
        for each in solution(with_house=True).reasons(row)
        if each.is_now and each.rule.jurisdiction == jurisdiction_of(case)
    }


def ended(at: int) -> str:
    return "never" if at == NEVER else datetime_of(at).isoformat()


def verdict(case: dict[str, Any], refusing: dict[str, tuple[Effect, str]]) -> str:
    if case["expect"] == "refuse":
        return "refuse" if any(effect is Effect.HARD for effect, _ in refusing.values()) else "allow"
    return "refused" if refusing else "allow"


def end_expected(case: dict[str, Any]) -> str:
    return ended(moment_of(case["ends"], told_of(case)["in_zone"], ZONES))


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["expect"] != "flag"])
def test_the_law_says_what_its_source_says(name):
    case = CASES[name]

    refusing = in_the_way(case)

    assert (verdict(case, refusing), set(case.get("by", ())) - set(refusing)) == (case["expect"], set())
    if "ends" in case:
        assert refusing[case["by"][0]][1] == end_expected(case)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case["expect"] == "flag"])
def test_what_is_only_marked_is_marked(name):
    row = list(CASES).index(name)

    assert {rule.id for rule in solution(with_house=False).flags(row)} >= set(CASES[name]["by"])


def test_every_like_is_of_a_case_and_no_case_has_a_key_that_is_not_read():
    assert {case["like"] for case in CASES.values()} == set(TOLD["like"])
    assert len(CASES) == len(TOLD["case"])


@pytest.mark.django_db
def test_the_api_answers_the_same_to_all_of_them_at_once():
    items = [{"id": name, "situation": told_of(case)} for name, case in CASES.items()]

    answers = System(a_lender()).decide(*items)

    for (name, case), item in zip(CASES.items(), answers, strict=True):
        told = {
            each["rule"]: (each["is_overridable"], until(each["from"]))
            for each in item["answer"]["bindings"]
            if each["is_now"] and each["jurisdiction"] == jurisdiction_of(case)
        }
        expected = {
            rule: (effect is Effect.OVERRIDABLE, end) for rule, (effect, end) in in_the_way(case).items()
        }
        assert told == expected, name


def until(told: str | None) -> str:
    return "never" if told is None else datetime.fromisoformat(told).isoformat()
