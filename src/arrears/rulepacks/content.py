"""Rules of content, read from `<jurisdiction>/content.toml`: every mistake names file, rule and key.

Rules of content say what a text may tell; they permit and refuse no time, and no contact pack
holds them. A case of a rule is answered by that rule alone (`arrears.actions.content`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.content.stated import FACTS, MATCHED, TRUTHS
from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import BY_DAY, BY_LOAN
from arrears.rulepacks import values
from arrears.rulepacks.values import Check

FILE = "content.toml"
Told = Mapping[str, Any]
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
_EACH = ("says", "lacks", *_MATCH)
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
    """The rules in one file; raises BadInput for anything it may not say."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("law.not_toml", f"{_name(path)}: not valid TOML: {error}.") from None
    return content_of(path, told)


def content_of(path: Path, told: Told) -> ContentPack:
    """The rules told by these values; `path` is where they came from."""
    bad = _Complaint(path)
    bad.unknown(told, ("jurisdiction", "rule"), "the file")
    bad.missing(told, ("jurisdiction", "rule"), "the file")
    pairs = [(_rule(each, told["jurisdiction"], bad), each.get("case", [])) for each in told["rule"]]
    for number, (rule, _) in enumerate(pairs):
        if rule.id in {earlier.id for earlier, _ in pairs[:number]}:
            raise bad(rule.id, "id", "stands twice in this file")
    cases = tuple((rule, _case(each, rule.id, bad)) for rule, told_cases in pairs for each in told_cases)
    return ContentPack(path, told["jurisdiction"], tuple(rule for rule, _ in pairs), cases)


def _rule(told: Told, jurisdiction: str, bad: _Complaint) -> ContentRule:
    name = str(told.get("id", "a rule without id"))
    bad.unknown(told, (*_RULE, "match", "unless", "case"), name)
    bad.missing(told, _REQUIRED, name)
    bad.wrong(told, _RULE, name)
    match = told.get("match", {})
    bad.unknown(match, tuple(_MATCH), name, "match.")
    bad.wrong(match, _MATCH, name, "match.")
    _check_demands(told, name, bad)
    return ContentRule(
        id=name,
        jurisdiction=jurisdiction,
        match={field: tuple(names) for field, names in match.items()},
        **{key: tuple(told.get(key, ())) for key in _LISTS},
        unless={fact: tuple(truths) for fact, truths in told.get("unless", {}).items()},
        citation=told["citation"],
        certainty=told["certainty"],
        about=dict(told["about"]),
        in_force_from=told.get("in_force_from"),
        in_force_until=told.get("in_force_until"),
        in_force_by=told.get("in_force_by", BY_DAY),
    )


def _check_demands(told: Told, name: str, bad: _Complaint) -> None:
    if not any(key in told for key in ("requires", "forbids", "only")):
        raise bad(name, "requires", "is missing, and so are forbids and only: one must be there")
    unless = told.get("unless", {})
    bad.unknown(unless, told.get("forbids", ()), name, "unless.")
    bad.wrong(unless, dict.fromkeys(unless, values.several(_truth)), name, "unless.")
    if unless and is_uncertain(told["certainty"]):
        raise bad(name, "unless", "is a permission, which needs a rule of certainty A or B")
    start, end = told.get("in_force_from"), told.get("in_force_until")
    if start and end and end <= start:
        raise bad(name, "in_force_until", "must be later than in_force_from")
    if "in_force_by" in told and not start and not end:
        raise bad(name, "in_force_by", "needs a date to go by")


def _case(told: Told, name: str, bad: _Complaint) -> Told:
    bad.unknown(told, (*_CASE, *_MATCH, "values", "each"), name, "case.")
    bad.missing(told, ("id", "expect"), name, "case.")
    bad.wrong(told, {**_CASE, **_MATCH}, name, "case.")
    each = told.get("each", {})
    bad.unknown(each, _EACH, name, "case.each.")
    bad.wrong(each, {**_MATCH, "says": _LISTS["forbids"], "lacks": _LISTS["forbids"]}, name, "case.each.")
    if "text" in told and "language" not in told:
        raise bad(name, "case.language", f"is missing, which the text of {told['id']} needs")
    return told


class _Complaint:
    """Makes the errors of one file, and makes them where a table is not as it should be."""

    def __init__(self, path: Path) -> None:
        self.file = _name(path)

    def __call__(self, rule: str, key: str, what: str) -> BadInput:
        return BadInput(
            "law.bad_content", f"{self.file}: {rule}: {key} {what}.", file=self.file, rule=rule, key=key
        )

    def unknown(self, told: Told, known: Collection[str], where: str, prefix: str = "") -> None:
        for key in told:
            if key not in known:
                raise self(where, prefix + key, f"is not a key here; known: {', '.join(sorted(known))}")

    def missing(self, told: Told, keys: Collection[str], where: str, prefix: str = "") -> None:
        for key in keys:
            if key not in told:
                raise self(where, prefix + key, "is missing")

    def wrong(self, told: Told, checks: Mapping[str, Check], where: str, prefix: str = "") -> None:
        for key, complaint in _complaints(told, checks):
            raise self(where, prefix + key, complaint)


def _complaints(told: Told, checks: Mapping[str, Callable[[Any], str]]) -> Iterator[tuple[str, str]]:
    for key, check in checks.items():
        complaint = check(told[key]) if key in told else ""
        if complaint:
            yield key, complaint


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
