"""Rules of content, read from `<jurisdiction>/content.toml`: every mistake names file, rule and key.

Rules of content say what a text may tell; they permit and refuse no time, and no contact pack
holds them. A case of a rule is answered by that rule alone (`arrears.actions.content`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.content.stated import FACTS, MATCHED, TRUTHS
from arrears.kernel.law.rules import BY_DAY, BY_LOAN
from arrears.rulepacks import values
from arrears.rulepacks.mistakes import Spot
from arrears.rulepacks.strict import THE_FILE, StrictReader, Told, Unread, toml_of
from arrears.rulepacks.values import Check

FILE = "content.toml"
_FOLDER = Path(__file__).parent

_fact = values.one_of(sorted(FACTS))
_truth = values.one_of(sorted(TRUTHS))
_MATCH: Mapping[str, Check] = {
    **{name: values.several(values.one_of(names)) for name, names in MATCHED.items()},
    "place": values.several(values.place),
}
_LISTS: Mapping[str, Check] = {
    "requires": values.several(_fact),
    "forbids": values.several(_fact),
    "only": values.several(_fact),
    "when": values.several(_truth),
}
_RULE: Mapping[str, Check] = {
    "id": values.text,
    "citation": values.text,
    "certainty": values.one_of(values.CERTAINTIES),
    "about": values.in_every_language,
    "in_force_from": values.civil_date,
    "in_force_until": values.civil_date,
    "in_force_by": values.one_of((BY_DAY, BY_LOAN)),
    **_LISTS,
}
_FILE: Mapping[str, Check] = {"jurisdiction": values.text}
_REQUIRED = ("id", "citation", "certainty", "about")
_CASE: Mapping[str, Check] = {
    "id": values.text,
    "expect": values.one_of(("pass", "refuse")),
    "text": values.text,
    "language": values.one_of(values.LANGUAGES),
    "says": values.several(_fact),
    "true": values.several(_truth),
    "false": values.several(_truth),
    "on": values.civil_date,
    "opened_on": values.civil_date,
    "words": values.text,
}
_EACH: Mapping[str, Check] = {**_MATCH, "says": values.several(_fact), "lacks": values.several(_fact)}
"""What a case may go through one by one."""


@dataclass(frozen=True, slots=True)
class ContentPack:
    """One file: the rules of content of a jurisdiction, and their cases as told."""

    path: Path
    jurisdiction: str
    rules: tuple[ContentRule, ...]
    cases: tuple[tuple[ContentRule, Told], ...]


@cache
def shipped_content() -> tuple[ContentPack, ...]:
    """The rules of content of every jurisdiction, `house` among them, by name."""
    return tuple(read_content(path) for path in sorted(_FOLDER.glob(f"*/{FILE}")))


def read_content(path: Path) -> ContentPack:
    """The rules in one file; raises BadInput for all it may not say."""
    return content_of(path, toml_of(path))


def content_of(path: Path, told: Told) -> ContentPack:
    """The rules told by these values; `path` is where they came from."""
    return ContentReader(path, told).right()


class ContentReader(StrictReader[ContentPack]):
    """Reads rules of content."""

    code = "law.bad_content"

    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[ContentRule, Told]] = []

    def read(self) -> ContentPack | None:
        self.known(self.told, (*_FILE, "rule"), THE_FILE)
        self.required(self.told, ("jurisdiction", "rule"), THE_FILE, _FILE)
        self.checked(self.told, _FILE, THE_FILE)
        self.is_head_sound = not self.mistakes
        read = (self._rule(*each) for each in self.entries("rule"))
        rules = tuple(rule for rule in read if rule is not None)
        if not self.is_head_sound:
            return None
        return ContentPack(self.path, self.told["jurisdiction"], rules, tuple(self.cases))

    def _rule(self, name: str, told: Told, spot: Spot) -> ContentRule | None:
        before = len(self.mistakes)
        self._check_rule(told, spot)
        is_sound = len(self.mistakes) == before
        cases = [case for case, at in self.tables(told, "case", spot) if self._is_case(case, at)]
        if not is_sound or not self.is_head_sound:
            self.unread.append(Unread("rule", told))
            return None
        rule = self._built(name, told)
        self.cases += [(rule, case) for case in cases]
        return rule

    def _built(self, name: str, told: Told) -> ContentRule:
        return ContentRule(
            id=name,
            jurisdiction=self.told["jurisdiction"],
            match={field: tuple(names) for field, names in told.get("match", {}).items()},
            **{key: tuple(told.get(key, ())) for key in _LISTS},
            unless={fact: tuple(truths) for fact, truths in told.get("unless", {}).items()},
            citation=told["citation"],
            certainty=told["certainty"],
            about=dict(told["about"]),
            in_force_from=told.get("in_force_from"),
            in_force_until=told.get("in_force_until"),
            in_force_by=told.get("in_force_by", BY_DAY),
        )

    def _check_rule(self, told: Told, spot: Spot) -> None:
        self.known(told, (*_RULE, "match", "unless", "case"), spot)
        self.required(told, _REQUIRED, spot, _RULE)
        self.checked(told, _RULE, spot)
        match, at = self.table(told, "match", spot)
        self.known(match, tuple(_MATCH), at)
        self.checked(match, _MATCH, at)
        if not any(key in told for key in ("requires", "forbids", "only")):
            what = "is missing, and so are forbids and only: one must be there"
            self.mistakes.note(spot, "requires", what)
        self._check_unless(told, spot)
        self.dates_in_order(told, spot)

    def _check_unless(self, told: Told, spot: Spot) -> None:
        unless, at = self.table(told, "unless", spot)
        if not _LISTS["forbids"](told.get("forbids", ["debt"])):
            self.known(unless, told.get("forbids", ()), at)
        self.checked(unless, dict.fromkeys(unless, values.several(_truth)), at)
        certainty = told.get("certainty")
        if unless and certainty in values.CERTAINTIES and is_uncertain(str(certainty)):
            what = "is a permission, which needs a rule of certainty A or B"
            self.mistakes.note(spot, "unless", what)

    def _is_case(self, told: Told, spot: Spot) -> bool:
        before = len(self.mistakes)
        self.known(told, (*_CASE, *_MATCH, "values", "each"), spot)
        self.required(told, ("id", "expect"), spot, _CASE)
        self.checked(told, {**_CASE, **_MATCH}, spot)
        self.table(told, "values", spot)
        each, at = self.table(told, "each", spot)
        self.known(each, tuple(_EACH), at)
        self.checked(each, _EACH, at)
        if "text" in told and "language" not in told:
            what = f"is missing, which the text of {told.get('id', 'a case without id')} needs"
            self.mistakes.note(spot, "language", what, "Add the language of the text.")
        return len(self.mistakes) == before
