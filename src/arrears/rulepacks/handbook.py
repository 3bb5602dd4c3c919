"""The handbook of the packs: every rule in plain words, for somebody who reads law and no Python.

One page per jurisdiction, made from the packs alone; `arrears law docs` writes them.
"""

from __future__ import annotations

import textwrap
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.kernel.law.kinds import EXCEPTION_KINDS, KINDS, RELEASED_BY
from arrears.kernel.law.rules import Effect, Rule
from arrears.rulepacks import coverage
from arrears.rulepacks.loading import HOUSE, list_jurisdictions, shipped
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.values import CASE

CERTAINTY = {
    "A": "the text of the source was read",
    "B": "read in an official summary, a report or a law firm's note",
    "C": "known well, and not read in the source",
    "D": "known, and to be checked before it is relied on",
}
_STRENGTH = {
    "must_not": "must not (严禁、不得)",
    "shall_not": "shall not (不应)",
    "should_not": "should not (不宜)",
    "presume": "presumed to be unlawful beyond it",
}
_EFFECT = {
    Effect.HARD: "the contact is refused",
    Effect.OVERRIDABLE: "the contact is refused unless a named approver records why not",
    Effect.FLAG: "the contact is permitted and marked",
}
_HEADS = {
    "cn": "Mainland China",
    "eu": "European Union",
    "hk": "Hong Kong",
    "house": "The lender's own policy",
    "in": "India",
    "sg": "Singapore",
    "tw": "Taiwan",
    "uk": "United Kingdom",
    "us": "United States",
}
_INTRODUCTION = """\
Made from the packs by `arrears law docs`; do not edit. This is not legal advice: have a lawyer of the
country review it before relying on it. A rule refuses *time*; what it does not speak of is left to the other
rules, and `house` always speaks."""


def handbook() -> Mapping[str, str]:
    """Every page of the shipped packs, by the name of its file."""
    packs = shipped()
    return {**pages(packs), "coverage.md": coverage.page(shipped_coverage())}


def shipped_coverage() -> coverage.Coverage:
    """How far the shipped files of every kind encode the law."""
    packs, beside = shipped(), [each for name in (HOUSE, *list_jurisdictions()) for each in _beside(name)]
    entries = [rule.id for pack in packs for rule in (*pack.rules, *pack.exceptions)]
    cases = [str(case["id"]) for pack in packs for _, case in pack.cases]
    entries += [each["id"] for section in beside for each in section.entries]
    cases += [str(case["id"]) for section in beside for each in section.entries for case in each["case"]]
    return coverage.coverage_of(entries, cases)


@dataclass(frozen=True, slots=True)
class _Section:
    """The entries of one file beside the packs, as they are told."""

    title: str
    entries: tuple[Mapping[str, Any], ...]


_WIDTH = 120
_SECTIONS = {
    "content.toml": "What a notice must and may not say",
    "obligations.toml": "What must be told or answered, and by when",
    "tables.toml": "Periods, caps and other tables",
}


def _beside(jurisdiction: str) -> Iterator[_Section]:
    for name, title in _SECTIONS.items():
        path = Path(__file__).parent / jurisdiction / name
        if path.exists():
            told = tomllib.loads(path.read_text(encoding="utf-8"))
            tables = (each for each in told.values() if isinstance(each, list))
            yield _Section(title, tuple(row for table in tables for row in table if "case" in row))


def pages(packs: Sequence[Pack]) -> Mapping[str, str]:
    """The text of each page, by the name of its file; `README.md` is the list of the others."""
    by_jurisdiction: dict[str, list[Pack]] = {}
    for pack in packs:
        by_jurisdiction.setdefault(pack.jurisdiction, []).append(pack)
    found = {f"{name}.md": _text(_page(name, own)) for name, own in by_jurisdiction.items()}
    return {"README.md": _text(_contents(by_jurisdiction)), **found}


def _text(lines: Iterator[str]) -> str:
    """The lines as one text, the long ones broken where that changes nothing."""
    return "".join(f"{_broken(line)}\n" for line in lines)


def _broken(line: str) -> str:
    if len(line) <= _WIDTH or line.startswith(("|", "#")):
        return line
    indent = "  " if line.startswith("*") else ""
    return textwrap.fill(
        line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _contents(packs: Mapping[str, Sequence[Pack]]) -> Iterator[str]:
    yield from ("# The law as it is encoded", "", _INTRODUCTION, "")
    yield from ("| | rules | exceptions | cases |", "|---|--:|--:|--:|")
    for name, own in sorted(packs.items()):
        sizes = [sum(len(of) for of in each) for each in zip(*(_parts(pack) for pack in own), strict=True)]
        yield f"| [{_HEADS.get(name, name)}]({name}.md) | " + " | ".join(map(str, sizes)) + " |"
    yield from ("", "What of the law is encoded and what is not, and why: [coverage.md](coverage.md).")


def _parts(pack: Pack) -> tuple[Sequence[Any], Sequence[Any], Sequence[Any]]:
    return pack.rules, pack.exceptions, pack.cases


def _page(name: str, packs: Sequence[Pack]) -> Iterator[str]:
    rules = [rule for pack in packs for rule in (*pack.rules, *pack.exceptions)]
    cases: dict[str, list[Mapping[str, Any]]] = {}
    for rule, case in (each for pack in packs for each in pack.cases):
        cases.setdefault(rule.id, []).append(case)
    yield from (f"# {_HEADS.get(name, name)}", "", _INTRODUCTION, "")
    yield from ("| rule | in short | certainty |", "|---|---|---|")
    yield from (
        f"| [`{rule.id}`](#{_anchor(rule)}) | {rule.about['en']} | {rule.certainty} |" for rule in rules
    )
    for rule in rules:
        lifted_by = [each.id for each in rules if rule.id in each.lifts]
        yield from ("", *_entry(rule, lifted_by), *_cases(cases.get(rule.id, [])))
    for section in _beside(name):
        yield from ("", f"# {section.title}")
        for entry in section.entries:
            yield from ("", *_told(entry))
    silences = [each for pack in packs for each in pack.silences]
    if silences:
        yield from ("", "## What the law is silent on", "")
        yield from (f"* {each['on']}: {each['about']}" for each in silences)


def _anchor(rule: Rule) -> str:
    return rule.id.replace(".", "")


def _entry(rule: Rule, lifted_by: Sequence[str]) -> Iterator[str]:
    kind = KINDS.get(rule.kind) or EXCEPTION_KINDS[rule.kind]
    said = (kind.__doc__ or "").partition("\n")[0]
    yield from (f"## `{rule.id}`", "", rule.about["en"], "", rule.about["zh-Hans"], "")
    yield f"* How: `{rule.kind}`: {said}{_values(rule.params)}"
    yield f"* Applies to: {_values(rule.match).removeprefix(' ') or 'every contact.'}"
    if rule.lifts:
        yield f"* Permits what would be refused by: {_names(rule.lifts)}."
    else:
        yield f"* Strength: {_STRENGTH[rule.strength.value]}; {_EFFECT[rule.effect]}."
        released = rule.releases_by or RELEASED_BY.get(rule.kind)
        yield from [f"* What would release it: {released.replace('_', ' ')}."] if released else []
    if lifted_by:
        yield f"* Exceptions: {_names(lifted_by)}."
    yield f"* Source: {rule.citation.rstrip('.')}. {_certain(rule.certainty)}"
    yield f"* In force: {_in_force(rule.in_force_from, rule.in_force_until)}."


_SAID_APART = ("id", "about", "citation", "certainty", "in_force_from", "in_force_until", "case")


def _told(entry: Mapping[str, Any]) -> Iterator[str]:
    """An entry of a file beside the packs: its words, everything it states, its source and its cases."""
    about, stated = entry["about"], {name: each for name, each in entry.items() if name not in _SAID_APART}
    yield from (f"## `{entry['id']}`", "", about["en"], "", about["zh-Hans"], "")
    yield f"* States:{_values(stated)}"
    yield f"* Source: {entry['citation'].rstrip('.')}. {_certain(entry['certainty'])}"
    yield f"* In force: {_in_force(entry.get('in_force_from'), entry.get('in_force_until'))}."
    yield from ("", "| case | situation |", "|---|---|")
    for case in entry["case"]:
        situation = {name: value for name, value in case.items() if name != "id"}
        yield f"| {case['id']} | {_cell(_values(situation))} |"


def _certain(certainty: str) -> str:
    return f"Certainty {certainty}: {CERTAINTY[certainty]}."


def _cell(text: str) -> str:
    """On one line of a table."""
    return " ".join(text.split()).rstrip(".").replace("|", "\\|")


def _in_force(start: date | None, end: date | None) -> str:
    if start is None and end is None:
        return "always"
    said = f"from {start}" if start else "until now"
    return f"{said} until {end} (exclusive)" if end else said


def _values(told: Mapping[str, Any]) -> str:
    return "" if not told else " " + "; ".join(f"{name} {_value(each)}" for name, each in told.items()) + "."


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + "; ".join(f"{name} {_value(each)}" for name, each in value.items()) + "}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(_value, value)) or "none"
    return str(value)


def _names(ids: Sequence[str]) -> str:
    return ", ".join(f"`{each}`" for each in ids)


def _cases(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not cases:
        return
    yield from ("", "| case | situation | answer |", "|---|---|---|")
    for case in cases:
        situation = {name: value for name, value in case.items() if name not in CASE}
        yield f"| {case['id']} | {_cell(_values(situation))} | {_answer(case)} |"


def _answer(case: Mapping[str, Any]) -> str:
    told = str(case["expect"])
    if "next_local" in case:
        told += f", next {case['next_local']} ({case['in_zone']})"
    return told + (f", released by {case['released_by']}" if "released_by" in case else "")
