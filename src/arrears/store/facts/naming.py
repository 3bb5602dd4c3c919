"""Codes for names: zones, places and rules, numbered in the order in which they appear."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arrears.kernel.facts import NO_ID, Codes
from arrears.kernel.vocabulary import LANGUAGES
from arrears.locale.notices import language_of


class Names:
    """Names by code. The empty name is no name and has the code `NO_ID`."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._codes)

    def code(self, name: str) -> int:
        return self._codes.setdefault(name, len(self._codes)) if name else NO_ID

    def codes(self, names: Sequence[str] | None) -> Codes:
        """The code of each name; no rows for None."""
        return np.array([self.code(name) for name in names or ()], np.int64)


class NameSets:
    """Sets of names by code; set 0 is empty. A set is read from its names, between blanks."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._codes: dict[tuple[int, ...], int] = {(): 0}
        self._of_text: dict[str, int] = {}

    @property
    def sets(self) -> tuple[tuple[int, ...], ...]:
        return tuple(self._codes)

    def code(self, text: str) -> int:
        known = self._of_text.get(text)
        if known is not None:
            return known
        members = tuple(sorted({self._names.code(name) for name in text.split()}))
        self._of_text[text] = self._codes.setdefault(members, len(self._codes))
        return self._of_text[text]

    def codes(self, texts: Sequence[str] | None) -> Codes:
        """The code of each set; no rows for None."""
        return np.array([self.code(text) for text in texts or ()], np.int64)


def language_codes(wanted: Sequence[str] | None) -> Codes:
    """The code in `LANGUAGES` of the language that each wanted tag is written to in; no rows for None."""
    code = {tag: LANGUAGES.index(language_of(tag)) for tag in set(wanted or ())}
    return np.array([code[tag] for tag in wanted or ()], np.int64)
