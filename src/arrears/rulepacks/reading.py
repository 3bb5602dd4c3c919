"""One pack file, read and checked: every mistake names the file, the rule and the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS
from arrears.kernel.law.rules import BY_DAY, EFFECT_OF, Effect, Rule, Strength
from arrears.rulepacks import values
from arrears.rulepacks.strict import StrictReader, Told, file_name, toml_of
from arrears.rulepacks.zones import ZONES

_PACK_KEYS = ("jurisdiction", "reference_zone", "applies_to", "rule", "exception", "silence")
_REQUIRED_KEYS = ("id", "kind", "citation", "certainty", "about")
_OTHER_KEYS = ("kind", "match", "params", "case")
_SILENCE_KEYS = ("on", "about")


@dataclass(frozen=True, slots=True)
class Pack:
    """One file: rules, exceptions, their cases, and what the law is known to be silent on."""

    path: Path
    jurisdiction: str
    applies_to: tuple[str, ...]
    rules: tuple[Rule, ...]
    exceptions: tuple[Rule, ...]
    cases: tuple[tuple[Rule, Told], ...]
    silences: tuple[Told, ...]

    @property
    def name(self) -> str:
        return file_name(self.path)


def read_pack(path: Path) -> Pack:
    """The pack in a TOML file; raises `BadInput` for anything it may not say."""
    return pack_of(path, toml_of(path))


def pack_of(path: Path, told: Told) -> Pack:
    """The pack told by these values; `path` is where they came from."""
    return _Reader(path, told).pack()


class _Reader(StrictReader):
    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[Rule, Told]] = []

    def pack(self) -> Pack:
        self._check_pack()
        return Pack(
            self.path,
            self.told["jurisdiction"],
            tuple(self.told.get("applies_to", ())),
            tuple(self._rule(each, is_exception=False) for each in self._tables("rule")),
            tuple(self._rule(each, is_exception=True) for each in self._tables("exception")),
            tuple(self.cases),
            tuple(self._silence(each) for each in self._tables("silence")),
        )

    def _check_pack(self) -> None:
        self._known(self.told, _PACK_KEYS, "the file")
        self._required(self.told, ("jurisdiction", "reference_zone"), "the file")
        checks = {"jurisdiction": values.text, "applies_to": values.several(values.place)}
        self._checked(self.told, checks, "the file")
        zone = self.told["reference_zone"]
        if not isinstance(zone, str) or zone not in ZONES:
            raise self._bad("the file", "reference_zone", "is not an IANA zone")

    def _rule(self, told: Told, *, is_exception: bool) -> Rule:
        name = str(told.get("id", "a rule without id"))
        self._check_rule(name, told, is_exception)
        certainty = told["certainty"]
        strength = Strength(told.get("strength", "must_not"))
        rule = Rule(
            id=name,
            kind=told["kind"],
            jurisdiction=self.told["jurisdiction"],
            match=self._match(told),
            params=dict(told.get("params", {})),
            strength=strength,
            effect=Effect[told["effect"].upper()] if "effect" in told else EFFECT_OF[strength],
            citation=told["citation"],
            certainty=certainty,
            is_uncertain=is_uncertain(certainty),
            about=dict(told["about"]),
            is_draft=told.get("draft", False),
            releases_by=told.get("releases_by", ""),
            lifts=tuple(told.get("lifts", ())),
            in_force_from=told.get("in_force_from"),
            in_force_until=told.get("in_force_until"),
            in_force_by=told.get("in_force_by", BY_DAY),
            reference_zone=self.told["reference_zone"],
        )
        self.cases += [(rule, self._case(name, case)) for case in self._tables("case", told, name)]
        return rule

    def _check_rule(self, name: str, told: Told, is_exception: bool) -> None:
        own = values.EXCEPTION if is_exception else values.RULE
        kinds = EXCEPTION_KINDS if is_exception else KINDS
        checks = {**values.BOTH, **own, "kind": values.one_of(tuple(kinds))}
        self._known(told, (*checks, *_OTHER_KEYS), name)
        self._required(told, (*_REQUIRED_KEYS, *values.EXCEPTION) if is_exception else _REQUIRED_KEYS, name)
        self._checked(told, checks, name)
        self._params(name, told["kind"], self._table("params", told, name))
        match = self._table("match", told, name)
        self._known(match, tuple(values.MATCH), name, "match.")
        self._checked(match, values.MATCH, name, "match.")
        start, end = told.get("in_force_from"), told.get("in_force_until")
        if start and end and end <= start:
            raise self._bad(name, "in_force_until", "must be later than in_force_from")
        if "in_force_by" in told and not start and not end:
            raise self._bad(name, "in_force_by", "needs a date to go by")

    def _params(self, name: str, kind: str, params: Told) -> None:
        checks = values.PARAMS.get(kind, {})
        self._known(params, tuple(checks), name, "params.")
        optional = values.OPTIONAL_PARAMS.get(kind, frozenset())
        self._required(params, [key for key in checks if key not in optional], name, "params.")
        self._checked(params, checks, name, "params.")
        if kind == "hours" and params["from"] == params["to"]:
            raise self._bad(name, "params.to", "is the time of params.from; all day is 00:00 to 24:00")
        if kind == "count" and ("length" in params) == (params["unit"] == "ever"):
            what = "is not a key of the unit ever" if "length" in params else "is missing"
            raise self._bad(name, "params.length", what)

    def _match(self, told: Told) -> Mapping[str, tuple[str, ...]]:
        """The rule's own fields, and the places of the file where the rule names none itself."""
        places = self.told.get("applies_to", ())
        everywhere = {"place_or_law": places} if places else {}
        return {key: tuple(names) for key, names in {**everywhere, **told.get("match", {})}.items()}

    def _case(self, name: str, case: Told) -> Told:
        """Its own keys are checked here; what it tells of the situation, when it is answered."""
        self._required(case, ("id", "expect"), name, "case.")
        self._checked(case, values.CASE, name, "case.")
        if "next_local" in case and "in_zone" not in case:
            raise self._bad(name, "case.in_zone", f"is missing, which next_local of {case['id']} needs")
        return case

    def _silence(self, told: Told) -> Told:
        self._known(told, _SILENCE_KEYS, "a silence")
        self._required(told, _SILENCE_KEYS, "a silence")
        return told
