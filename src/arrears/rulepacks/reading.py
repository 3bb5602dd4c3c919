"""One pack file, read and checked: every mistake names the file, the rule and the key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS
from arrears.kernel.law.rules import BY_DAY, EFFECT_OF, Effect, Rule, Strength
from arrears.rulepacks import values
from arrears.rulepacks.mistakes import Spot
from arrears.rulepacks.strict import THE_FILE, StrictReader, Told, Unread, file_name, toml_of

_REQUIRED_KEYS = ("id", "kind", "citation", "certainty", "about")
_OTHER_KEYS = ("kind", "match", "params", "case")
_FILE: Mapping[str, values.Check] = {
    "jurisdiction": values.text,
    "reference_zone": values.zone,
    "applies_to": values.several(values.place),
}
_SILENCE: Mapping[str, values.Check] = {"on": values.text, "about": values.text}


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
    """The pack in a TOML file; raises `BadInput` for all it may not say."""
    return pack_of(path, toml_of(path))


def pack_of(path: Path, told: Told) -> Pack:
    """The pack told by these values; `path` is where they came from."""
    return PackReader(path, told).right()


class PackReader(StrictReader[Pack]):
    """Reads rules of contact and their exceptions."""

    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[Rule, Told]] = []

    def read(self) -> Pack | None:
        self.known(self.told, (*_FILE, "rule", "exception", "silence"), THE_FILE)
        self.required(self.told, ("jurisdiction", "reference_zone"), THE_FILE, _FILE)
        self.checked(self.told, _FILE, THE_FILE)
        self.is_head_sound = not self.mistakes
        rules, exceptions = (self._rules(key) for key in ("rule", "exception"))
        silences = tuple(self._silence(*each) for each in self.tables(self.told, "silence", THE_FILE))
        if not self.is_head_sound:
            return None
        places = tuple(self.told.get("applies_to", ()))
        return Pack(
            self.path, self.told["jurisdiction"], places, rules, exceptions, tuple(self.cases), silences
        )

    def _rules(self, key: str) -> tuple[Rule, ...]:
        read = (self._rule(key, *each) for each in self.entries(key))
        return tuple(rule for rule in read if rule is not None)

    def _rule(self, key: str, name: str, told: Told, spot: Spot) -> Rule | None:
        before = len(self.mistakes)
        self._check_rule(told, spot, is_exception=key == "exception")
        is_sound = len(self.mistakes) == before
        cases = [case for case, at in self.tables(told, "case", spot) if self._is_case(case, at)]
        if not is_sound or not self.is_head_sound:
            self.unread.append(Unread(key, told))
            return None
        rule = self._built(name, told)
        self.cases += [(rule, case) for case in cases]
        return rule

    def _built(self, name: str, told: Told) -> Rule:
        certainty = told["certainty"]
        strength = Strength(told.get("strength", "must_not"))
        return Rule(
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

    def _check_rule(self, told: Told, spot: Spot, *, is_exception: bool) -> None:
        own = values.EXCEPTION if is_exception else values.RULE
        kinds = EXCEPTION_KINDS if is_exception else KINDS
        checks = {**values.BOTH, **own, "kind": values.one_of(tuple(kinds))}
        self.known(told, (*checks, *_OTHER_KEYS), spot)
        required = (*_REQUIRED_KEYS, *values.EXCEPTION) if is_exception else _REQUIRED_KEYS
        self.required(told, required, spot, checks)
        self.checked(told, checks, spot)
        params, at = self.table(told, "params", spot)
        if not checks["kind"](told.get("kind")):
            self._params(told["kind"], params, at)
        match, at = self.table(told, "match", spot)
        self.known(match, tuple(values.MATCH), at)
        self.checked(match, values.MATCH, at)
        self.dates_in_order(told, spot)

    def _params(self, kind: str, params: Told, spot: Spot) -> None:
        checks = values.PARAMS.get(kind, {})
        self.known(params, tuple(checks), spot)
        optional = values.OPTIONAL_PARAMS.get(kind, frozenset())
        self.required(params, [key for key in checks if key not in optional], spot, checks)
        self.checked(params, checks, spot)
        if kind == "hours" and "from" in params and params["from"] == params.get("to"):
            self.mistakes.note(spot, "to", "is the time of params.from; all day is 00:00 to 24:00")
        if kind == "count" and "unit" in params and ("length" in params) == (params["unit"] == "ever"):
            what = "is not a key of the unit ever" if "length" in params else "is missing"
            self.mistakes.note(spot, "length", what)

    def _match(self, told: Told) -> Mapping[str, tuple[str, ...]]:
        """The rule's own fields, and the places of the file where the rule names none itself."""
        places = self.told.get("applies_to", ())
        everywhere = {"place_or_law": places} if places else {}
        return {key: tuple(names) for key, names in {**everywhere, **told.get("match", {})}.items()}

    def _is_case(self, case: Told, spot: Spot) -> bool:
        """Its own keys are checked here; what it tells of the situation, when it is answered."""
        before = len(self.mistakes)
        self.required(case, ("id", "expect"), spot, values.CASE)
        self.checked(case, values.CASE, spot)
        if "next_local" in case and "in_zone" not in case:
            what = f"is missing, which next_local of {case.get('id', 'a case without id')} needs"
            self.mistakes.note(spot, "in_zone", what, "Add the zone of its wall time.")
        return len(self.mistakes) == before

    def _silence(self, told: Told, spot: Spot) -> Told:
        at = spot.of("a silence")
        self.known(told, tuple(_SILENCE), Spot(at.rule, at.steps))
        self.required(told, tuple(_SILENCE), Spot(at.rule, at.steps), _SILENCE)
        self.checked(told, _SILENCE, Spot(at.rule, at.steps))
        return told
