"""One pack file, read and checked: every mistake names the file, the rule and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.kernel.law.counts import COUNTED, SCOPES
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS, REQUIRED
from arrears.kernel.law.matching import CODED_FIELDS, FIELDS
from arrears.kernel.law.rules import EFFECT_OF, Effect, Rule, Strength
from arrears.kernel.vocabulary import code_of
from arrears.rulepacks.zones import ZONES

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
CERTAINTIES = ("A", "B", "C", "D")

_PACK_KEYS = {"jurisdiction", "reference_zone", "applies_to", "rule", "exception", "silence"}
_RULE_KEYS = {
    "id",
    "kind",
    "match",
    "params",
    "strength",
    "effect",
    "citation",
    "certainty",
    "about",
    "releases_by",
    "lifts",
    "in_force_from",
    "in_force_until",
    "case",
}
_REQUIRED_KEYS = ("id", "kind", "citation", "certainty", "about")

_PARAMS: Mapping[str, tuple[set[str], set[str]]] = {  # kind -> (required, optional)
    "hours": ({"from", "to"}, {"to_inclusive", "weekdays"}),
    "count": ({"scope", "counts", "max", "unit", "length"}, set()),
    "require": ({"fact"}, set()),
    "one_reply": ({"within_hours"}, set()),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "scope": SCOPES,
    "counts": tuple(COUNTED),
    "unit": ("civil_days", "hours"),
    "fact": tuple(REQUIRED),
}


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: rules, exceptions, their cases, and what the law is known to be silent on."""

    path: Path
    jurisdiction: str
    applies_to: tuple[str, ...]
    rules: tuple[Rule, ...]
    exceptions: tuple[Rule, ...]
    cases: tuple[tuple[Rule, Mapping[str, Any]], ...]
    silences: tuple[Mapping[str, Any], ...]


def read_pack(path: Path) -> Pack:
    """The pack in a TOML file; raises `BadInput` for anything it may not say."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("law.not_toml", f"{path.name}: not valid TOML: {error}.") from None
    return _Reader(path, told).pack()


class _Reader:
    def __init__(self, path: Path, told: Mapping[str, Any]) -> None:
        self.path, self.told = path, told
        self.cases: list[tuple[Rule, Mapping[str, Any]]] = []

    def pack(self) -> Pack:
        self._known(self.told, _PACK_KEYS, "the file")
        for key in ("jurisdiction", "reference_zone"):
            if key not in self.told:
                raise self._bad("the file", key, "is missing")
        if self.told["reference_zone"] not in ZONES:
            raise self._bad("the file", "reference_zone", "is not an IANA zone")
        return Pack(
            self.path,
            self.told["jurisdiction"],
            tuple(self.told.get("applies_to", ())),
            tuple(self._rule(each, KINDS) for each in self.told.get("rule", ())),
            tuple(self._rule(each, EXCEPTION_KINDS) for each in self.told.get("exception", ())),
            tuple(self.cases),
            tuple(self.told.get("silence", ())),
        )

    def _rule(self, told: Mapping[str, Any], kinds: Mapping[str, Any]) -> Rule:
        name = str(told.get("id", "a rule without id"))
        self._known(told, _RULE_KEYS, name)
        for key in _REQUIRED_KEYS:
            if not told.get(key):
                raise self._bad(name, key, "is missing")
        self._check(name, told, kinds)
        is_exception = kinds is EXCEPTION_KINDS
        strength = self._strength(name, told)
        certainty = told["certainty"]
        rule = Rule(
            id=name,
            kind=told["kind"],
            jurisdiction=self.told["jurisdiction"],
            match=self._match(name, told.get("match", {})),
            params=dict(told.get("params", {})),
            strength=strength,
            effect=self._effect(name, told, strength),
            citation=told["citation"],
            certainty=certainty,
            is_uncertain=certainty in ("C", "D") if is_exception else certainty == "D",
            about=dict(told["about"]),
            releases_by=told.get("releases_by", ""),
            lifts=tuple(told.get("lifts", ())),
            in_force_from=self._date(name, told, "in_force_from"),
            in_force_until=self._date(name, told, "in_force_until"),
            reference_zone=self.told["reference_zone"],
        )
        self.cases += [(rule, case) for case in told.get("case", ())]
        return rule

    def _check(self, name: str, told: Mapping[str, Any], kinds: Mapping[str, Any]) -> None:
        if told["kind"] not in kinds:
            raise self._bad(name, "kind", f"must be one of {', '.join(kinds)}")
        if told["certainty"] not in CERTAINTIES:
            raise self._bad(name, "certainty", f"must be one of {', '.join(CERTAINTIES)}")
        missing = [lang for lang in LANGUAGES if not told["about"].get(lang)]
        if missing:
            raise self._bad(name, "about", f"has no text in {missing[0]}")
        if (kinds is EXCEPTION_KINDS) != bool(told.get("lifts")):
            raise self._bad(name, "lifts", "belongs to every exception and to no rule")
        self._params(name, told["kind"], told.get("params", {}))

    def _params(self, name: str, kind: str, params: Mapping[str, Any]) -> None:
        required, optional = _PARAMS.get(kind, (set(), set()))
        for key in sorted(required - set(params)):
            raise self._bad(name, f"params.{key}", "is missing")
        for key in sorted(set(params) - required - optional):
            raise self._bad(name, f"params.{key}", f"is unknown to the kind {kind!r}")
        for key, value in params.items():
            if key in _CHOICES and value not in _CHOICES[key]:
                raise self._bad(name, f"params.{key}", f"must be one of {', '.join(_CHOICES[key])}")
            if key in ("max", "length", "within_hours") and (type(value) is not int or value < 1):
                raise self._bad(name, f"params.{key}", "must be a whole number of at least 1")
            if key in ("from", "to") and not _is_time_of_day(value):
                raise self._bad(name, f"params.{key}", "must be a time of day, 08:00 to 24:00")
            if key == "weekdays" and not set(value) <= set(range(1, 8)):
                raise self._bad(name, "params.weekdays", "must be numbers from 1 (Monday) to 7")

    def _match(self, name: str, told: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
        match = {"place_or_law": list(self.told.get("applies_to", ())), **told}
        for key, names in match.items():
            if key not in FIELDS:
                raise self._bad(name, f"match.{key}", f"must be one of {', '.join(FIELDS)}")
            if key in CODED_FIELDS:
                for each in names:
                    try:
                        code_of(CODED_FIELDS[key][1], each)
                    except KeyError as error:
                        raise self._bad(name, f"match.{key}", str(error.args[0])) from None
        return {key: tuple(names) for key, names in match.items() if names}

    def _strength(self, name: str, told: Mapping[str, Any]) -> Strength:
        try:
            return Strength(told.get("strength", "must_not"))
        except ValueError:
            words = ", ".join(each.value for each in Strength)
            raise self._bad(name, "strength", f"must be one of {words}") from None

    def _effect(self, name: str, told: Mapping[str, Any], strength: Strength) -> Effect:
        if "effect" not in told:
            return EFFECT_OF[strength]
        try:
            return Effect[str(told["effect"]).upper()]
        except KeyError:
            raise self._bad(name, "effect", "must be hard, overridable or flag") from None

    def _date(self, name: str, told: Mapping[str, Any], key: str) -> date | None:
        value = told.get(key)
        if value is not None and type(value) is not date:
            raise self._bad(name, key, "must be a date, 2025-02-28")
        return value

    def _known(self, told: Mapping[str, Any], known: set[str], where: str) -> None:
        for key in told:
            if key not in known:
                raise self._bad(where, key, f"is not a key; known: {', '.join(sorted(known))}")

    def _bad(self, rule: str, key: str, what: str) -> BadInput:
        return BadInput(
            "law.bad_pack",
            f"{self.path.parent.name}/{self.path.name}: {rule}: {key} {what}.",
            file=self.path.name,
            rule=rule,
            key=key,
        )


def _is_time_of_day(text: object) -> bool:
    parts = str(text).split(":")
    if len(parts) != 2 or not all(part.isdigit() and len(part) == 2 for part in parts):
        return False
    minutes = int(parts[0]) * 60 + int(parts[1])
    return int(parts[1]) < 60 and minutes <= 24 * 60
