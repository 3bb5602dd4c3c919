"""Phrases of one language by the fact they state, found as a reader finds them.

A phrase is a regular expression over a plain form of the text: small letters, no invisible
characters, and nothing between two Chinese characters that only keeps them apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF10, 0xFF5B) if chr(wide - 0xFEE0).isalnum()}
_RUN = re.compile("[ \\t\u00a0\u3000]+")
_HAN = "[\u3400-\u4dbf\u4e00-\u9fff]"
_APART = re.compile(f"(?<={_HAN})[ *_~|+.·・-]+(?={_HAN})")


@dataclass(frozen=True, slots=True)
class Entry:
    """How one fact is stated. What lies inside an `unless` phrase does not state it.

    `finds` and `passes` are the entry's own cases: texts that state the fact and that do not.
    """

    says: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    finds: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where a text in its plain form states the fact."""
        harmless = [found.span() for pattern in self.unless for found in pattern.finditer(text)]
        return [
            (start, end)
            for pattern in self.says
            for start, end in (found.span() for found in pattern.finditer(text))
            if not any(first <= start and end <= last for first, last in harmless)
        ]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The entries of one language; `not_said` is what a script tells its reader never to say."""

    language: str
    entries: Mapping[str, Entry]
    not_said: tuple[re.Pattern[str], ...]

    def words_of(self, fact: str, text: str) -> str:
        """The first words of a plain text that state the fact; empty when none do."""
        entry = self.entries.get(fact)
        spans = sorted(entry.spans(text)) if entry else []
        return text[slice(*spans[0])] if spans else ""

    def without_unsaid(self, text: str) -> str:
        for pattern in self.not_said:
            text = pattern.sub("", text)
        return text


def plain(text: str) -> str:
    """The text as phrases are looked for in it: tricks that hide a word from a search are undone."""
    text = _RUN.sub(" ", _INVISIBLE.sub("", text).translate(_WIDE))
    return _APART.sub("", text).lower()
