"""Every small change that somebody could make to a value of a rule of content by mistake."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from arrears.kernel.content.stated import MATCHED

Told = dict[str, Any]
_LISTS = ("requires", "forbids", "only", "when")
_OTHER = {"requires": "check_code", "forbids": "other_terms", "only": "other_terms", "when": "employer_asked"}


def content_mutants(told: Told) -> Iterator[tuple[str, Told]]:
    """(what was changed, a file of the one changed rule) for each change; rules are judged alone."""
    for rule in told["rule"]:
        for what, changed in _rule_mutants(rule):
            yield f"{rule['id']} {what}", {**told, "rule": [changed]}


def _rule_mutants(rule: Told) -> Iterator[tuple[str, Told]]:
    for key in (key for key in _LISTS if key in rule):
        for changed in _lists(rule[key], _OTHER[key]):
            yield f"{key} {rule[key]} -> {changed}", {**rule, key: changed}
    for field, names in rule.get("match", {}).items():
        others = {name: each for name, each in rule["match"].items() if name != field}
        yield f"match.{field} left out", {**rule, "match": others}
        for changed in _lists(names, "AQ" if field == "place" else _unlike(field, names)):
            yield f"match.{field} {names} -> {changed}", {**rule, "match": {**rule["match"], field: changed}}
    for fact, truths in rule.get("unless", {}).items():
        kept = {name: each for name, each in rule["unless"].items() if name != fact}
        yield f"unless.{fact} left out", {**rule, "unless": kept}
        for changed in _lists(truths, "request_refused"):
            yield (
                f"unless.{fact} {truths} -> {changed}",
                {**rule, "unless": {**rule["unless"], fact: changed}},
            )
    if "in_force_from" in rule:
        yield "always in force", {key: value for key, value in rule.items() if key != "in_force_from"}
        for days in (-1, 1):
            yield (
                f"in force {days} days off",
                {
                    **rule,
                    "in_force_from": rule["in_force_from"] + timedelta(days=days),
                },
            )


def _lists(names: list[str], other: str) -> list[list[str]]:
    """The list without each entry, and with another in the place of each."""
    places = range(len(names))
    shorter = [[*names[:n], *names[n + 1 :]] for n in places if len(names) > 1]
    return [*shorter, *([*names[:n], other, *names[n + 1 :]] for n in places if other not in names)]


def _unlike(field: str, names: list[str]) -> str:
    return next(name for name in reversed(MATCHED[field]) if name not in names)
