"""The cases of the rules of content: each is answered by its own rule alone.

A case tells a text or the facts it states, and where it is used:

    id, expect    its name; `pass` or `refuse`
    text          what stands there, in `language`; `values` fill its placeholders
    says          facts that stand with the text, or all there is of it
    true, false   truths that are known to hold or not to hold
    on            the day; DEFAULT_ON where it does not matter
    opened_on     the day on which the loan was made; not known where it is not told
    words         words that the refusal has to name
    each          goes through lists one by one: `says` (one fact at a time), `lacks` (all but
                  one), or a field of the rule's match; every one is answered alike
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from arrears.kernel.content.checking import Finding, Written, check_text
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.content.stated import MATCHED
from arrears.locale.lexicon import load_lexica
from arrears.rulepacks.content import ContentPack, shipped_content

DEFAULT_ON = date(2026, 11, 1)
Case = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ContentAnswer:
    """What a case expects and what the rule says; `answered` names each way a case was gone through."""

    id: str
    rule: ContentRule
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered


def answer_content_cases(packs: Sequence[ContentPack] | None = None) -> list[ContentAnswer]:
    """Every case of these packs, of the shipped ones if none are given, with its answer."""
    every = shipped_content() if packs is None else packs
    return [_answer(rule, case) for pack in every for rule, case in pack.cases]


def _answer(rule: ContentRule, case: Case) -> ContentAnswer:
    told = {_told(case, _findings(rule, case, one)) for one in _ways(case)}
    return ContentAnswer(case["id"], rule, case["expect"], " and ".join(sorted(told)))


def _told(case: Case, findings: Sequence[Finding]) -> str:
    if not findings:
        return "pass"
    words = [each.words for each in findings]
    if "words" not in case or any(case["words"] in each for each in words):
        return "refuse"
    return f"refuse for {', '.join(words)!r}"


def _ways(case: Case) -> Iterator[Mapping[str, str]]:
    each = case.get("each", {})
    for values in product(*each.values()):
        yield dict(zip(each, values, strict=True))


def _findings(rule: ContentRule, case: Case, one: Mapping[str, str]) -> list[Finding]:
    says = {one["says"]} if "says" in one else set(case.get("says", ())) - {one.get("lacks", "")}
    language, text, values = case.get("language", "en"), case.get("text", ""), case.get("values", {})
    written = Written(language, text, values=values, stated=frozenset(says))
    use = {name: case[name] for name in (*MATCHED, "place") if name in case}
    use |= {name: (value,) for name, value in one.items() if name not in ("says", "lacks")}
    holds = {**dict.fromkeys(case.get("true", ()), True), **dict.fromkeys(case.get("false", ()), False)}
    days = {"on": case.get("on", DEFAULT_ON), "opened_on": case.get("opened_on")}
    return check_text(written, use, [rule], load_lexica(), **days, holds=holds)
