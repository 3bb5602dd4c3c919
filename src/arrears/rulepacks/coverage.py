"""What of the law is encoded: rule by rule and worked case by worked case, and why the rest is not.

`coverage.toml` beside this file lists the rules and cases of the project's notes on the law, and
says of each that no pack encodes why not. `page` sets it beside the packs.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.law.counts import SCOPES
from arrears.rulepacks.loading import shipped
from arrears.rulepacks.wording import term

_FILE = Path(__file__).parent / "coverage.toml"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Ids of rules and of worked cases, each with where it is encoded or why it is not.

    `encoded` and `held` are ids of what encodes a rule, and of the cases made of a worked one;
    `otherwise` is what does the same without a rule of that name.
    """

    rules: tuple[str, ...]
    cases: tuple[str, ...]
    encoded: Mapping[str, tuple[str, ...]]
    held: Mapping[str, tuple[str, ...]]
    otherwise: Mapping[str, str]
    not_encoded: Mapping[str, str]
    not_modelled: Mapping[str, str]

    def unexplained(self) -> list[str]:
        """Rules and cases of which nothing is said; there should be none."""
        said = {*self.encoded, *self.otherwise, *self.not_encoded, *self.held, *self.not_modelled}
        return [each for each in (*self.rules, *self.cases) if each not in said]

    def contradicted(self) -> list[str]:
        """Of which two things are said."""
        return sorted(
            {*self.encoded} & {*self.not_encoded}
            | {*self.held} & {*self.not_modelled}
            | {*self.otherwise} & {*self.not_encoded}
        )


def coverage_of(entries: Iterable[str], cases: Iterable[str]) -> Coverage:
    """The coverage by these ids of encoded entries and of their cases (`CN-05/fourth-dial`)."""
    told = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    rules, worked = tuple(told["rules"]), tuple(told["cases"])
    return Coverage(
        rules=rules,
        cases=worked,
        encoded=_under(rules, entries, "."),
        held=_under(worked, cases, "/"),
        otherwise=told["otherwise"],
        not_encoded=told["not_encoded"],
        not_modelled=told["not_modelled"],
    )


def _under(ids: Iterable[str], found: Iterable[str], mark: str) -> dict[str, tuple[str, ...]]:
    """By id, those found that are it or begin with it and the mark."""
    known = sorted(found)
    by_id = {each: tuple(f for f in known if f == each or f.startswith(each + mark)) for each in ids}
    return {each: names for each, names in by_id.items() if names}


def page(coverage: Coverage) -> str:
    """docs/law/coverage.md."""
    return "\n".join(_lines(coverage)) + "\n"


def _lines(coverage: Coverage) -> Iterator[str]:
    encoded, held = len(coverage.encoded), len(coverage.held)
    yield from ("# What is encoded, what is not, and why", "")
    yield "Made by `arrears law docs`; do not edit. Ids are those of the project's notes on the law."
    yield from ("", "## Rules", "")
    yield (
        f"{encoded} of {len(coverage.rules)} rules are encoded under their own id,"
        f" {len(coverage.otherwise)} are kept otherwise, {len(coverage.not_encoded)} are not encoded."
    )
    yield from ("", "| rule | | by what, or why not |", "|---|---|---|")
    for rule in coverage.rules:
        yield f"| {rule} | {_said(rule, coverage.encoded, coverage.otherwise, coverage.not_encoded)} |"
    yield from ("", "## Worked cases", "")
    yield f"{held} of {len(coverage.cases)} worked cases are cases of a pack, and hold."
    yield from ("", "| case | | at which entry, or why not |", "|---|---|---|")
    for case in coverage.cases:
        told = coverage.held.get(case)
        if told:
            yield f"| {case} | holds | {', '.join(told)} |"
        else:
            yield f"| {case} | not modelled | {coverage.not_modelled.get(case, '')} |"
    yield from _counts()


def _counts() -> Iterator[str]:
    """What counts are kept by, and how many shipped rules count so; for the rest there is no source."""
    rules = [rule for pack in shipped() for rule in pack.rules if "scope" in rule.params]
    yield from ("", "## Counts", "", "| contacts are counted | in shipped rules |", "|---|---|")
    for scope in SCOPES:
        found = sum(rule.params["scope"] == scope for rule in rules)
        said = str(found) if found else "none: no source counts so; for packs of one's own"
        yield f"| {term(scope, 'en', 'scope')} | {said} |"


def _said(
    rule: str,
    encoded: Mapping[str, tuple[str, ...]],
    otherwise: Mapping[str, str],
    not_encoded: Mapping[str, str],
) -> str:
    if rule in encoded:
        entries = Counter(encoded[rule])
        told = (f"`{each}`{f' ({number} entries)' if number > 1 else ''}" for each, number in entries.items())
        return f"encoded | {', '.join(told)}"
    if rule in otherwise:
        return f"kept otherwise | {otherwise[rule]}"
    return f"not encoded | {not_encoded.get(rule, '')}"
