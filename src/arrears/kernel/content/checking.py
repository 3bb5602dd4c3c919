"""Holds one text against the rules of content: what it lacks, and what it may not say."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from arrears.kernel.content.lexicon import Lexicon, plain
from arrears.kernel.content.rules import ContentRule, Use
from arrears.kernel.content.stated import stated_by

_PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
_SCRIPT = "call_task"
_BLANK = "□"


@dataclass(frozen=True)
class Written:
    """A text before it is filled, with what else is known of it.

    values  placeholder -> what will stand there, where that is known; searched as well
    stated  facts that stand with the text without being in it
    """

    language: str
    body: str = field(repr=False)
    subject: str = field(default="", repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    stated: frozenset[str] = frozenset()

    @cached_property
    def whole(self) -> str:
        return f"{self.subject}\n{self.body}"

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(_PLACEHOLDER.findall(self.whole)))


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a text may not be used. `words` are those that stand there; empty where a fact is missing."""

    rule: ContentRule
    language: str
    fact: str
    words: str

    @property
    def what(self) -> str:
        """One plain sentence part, `says "..." (suit_threat)` or `does not state opt_out`."""
        if not self.words:
            return f"does not state {self.fact}"
        return (
            f'says "{self.words}" ({self.fact})' if self.fact else f'says "{self.words}" beside what it may'
        )


def check_text(
    written: Written,
    use: Use,
    rules: Sequence[ContentRule],
    lexica: Mapping[str, Lexicon],
    *,
    on: date,
    opened_on: date | None = None,
    holds: Mapping[str, bool] | None = None,
) -> list[Finding]:
    """Everything the rules have against using this text so on this day, in the order of the rules.

    What is not known is taken as it binds: a field of `use` that is missing may be any, and a
    truth that is not in `holds` may hold where it binds and may not where it allows. `opened_on` is
    the day on which the loan was made, of several the latest; None where it is not known.
    A fact has to be stated in the text's own language; a forbidden one counts in every language.
    """
    known = holds or {}
    search = _Search(written, lexica, is_script=_SCRIPT in use.get("notice", ()))
    return [
        finding
        for rule in rules
        if rule.binds(use, known, on, opened_on)
        for finding in _against(rule, written.language, search, known)
    ]


def _against(
    rule: ContentRule, language: str, search: _Search, holds: Mapping[str, bool]
) -> Iterator[Finding]:
    for fact in rule.requires:
        if not search.is_stated(fact):
            yield Finding(rule, language, fact, "")
    for fact in rule.forbids:
        words = search.words_of(fact)
        if words and not rule.allows(fact, holds):
            yield Finding(rule, language, fact, words)
    if rule.only:
        words = search.beside(frozenset(rule.only))
        if words:
            yield Finding(rule, language, "", words)


class _Search:
    """One text as it is searched, in its own language and in every other."""

    def __init__(self, written: Written, lexica: Mapping[str, Lexicon], *, is_script: bool) -> None:
        self.written = written
        self.own = lexica[written.language]
        self.lexica = (self.own, *(each for each in lexica.values() if each is not self.own))
        said = self.own.without_unsaid(plain(written.whole)) if is_script else plain(written.whole)
        self.text = _PLACEHOLDER.sub(self._filled, said)
        self._words: dict[str, str] = {}

    def is_stated(self, fact: str) -> bool:
        return bool(self._beside_words(fact) or self.own.words_of(fact, self.text))

    def words_of(self, fact: str) -> str:
        """The words that state the fact in any language; looked for once, however many rules ask."""
        if fact not in self._words:
            found = (lexicon.words_of(fact, self.text) for lexicon in self.lexica)
            self._words[fact] = self._beside_words(fact) or next(filter(None, found), "")
        return self._words[fact]

    def beside(self, allowed: frozenset[str]) -> str:
        """The first words that state none of the allowed facts; empty when there are none."""
        for name in self.written.placeholders:
            if not stated_by(name) <= allowed or not stated_by(name):
                return f"{{{name}}}"
        rest = list(_PLACEHOLDER.sub(_BLANK, plain(self.written.whole)))
        for fact in sorted(allowed & self.own.entries.keys()):
            for start, end in self.own.entries[fact].spans("".join(rest)):
                rest[start:end] = [_BLANK] * (end - start)
        left = re.findall(rf"[^{_BLANK}\n.!?。！？]*\w[^{_BLANK}\n.!?。！？]*", "".join(rest))
        return left[0].strip() if left else ""

    def _beside_words(self, fact: str) -> str:
        """The placeholder that states a fact, or the fact's own name where it stands with the text."""
        named = [name for name in self.written.placeholders if fact in stated_by(name)]
        return f"{{{named[0]}}}" if named else fact if fact in self.written.stated else ""

    def _filled(self, found: re.Match[str]) -> str:
        return plain(self.written.values.get(found[1], _BLANK))
