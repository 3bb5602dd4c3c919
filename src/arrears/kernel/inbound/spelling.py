"""Words as they were meant: digits for letters, letters too many, letters mistyped."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_LONG_RUN = re.compile(r"(.)\1{2,}")


def distance(one: str, other: str) -> int:
    """Letters to leave out, put in, change or swap with their neighbour to make one word of the other."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, wanted in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != wanted))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]


def is_near(token: str, word: str) -> bool:
    """Whether a mistyped token can only have been this word: short words are too near to others."""
    if len(word) < 4:
        return False
    if len(word) == 4:
        is_swapped = sorted(token) == sorted(word) and token[:1] == word[:1]
        return distance(token, word) == 1 and (is_swapped or len(token) > 4)
    may_be_two_off = len(word) >= 8 and token[:1] == word[:1]
    return distance(token, word) <= (2 if may_be_two_off else 1)


@dataclass(frozen=True, slots=True)
class Spelling:
    """The words that phrases are made of. `real` are words of their own, never taken for another."""

    words: frozenset[str] = frozenset()
    real: frozenset[str] = frozenset()
    stands_for: Mapping[str, str] = field(default_factory=dict)
    """A digit or sign, and the letters it is written for: `1` for `il`."""
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What is left of a word without one or two of its letters, to the words it is left of."""

    def meant(self, token: str) -> str:
        """The word that a token was meant to be; the token itself when that is not known."""
        if token in self.words or token in self.real or token.isdigit():
            return token
        readings = list(self._readings(token))
        for known in (self.words, self.real):
            for read in readings:
                if read in known:
                    return read
        return next(filter(None, map(self._nearest, readings)), token)

    def _readings(self, token: str) -> Iterator[str]:
        """A token, then with letters for its digits, with fewer of a letter that is repeated."""
        if not token.isalpha():
            yield from _lettered(token, self.stands_for)
        if _LONG_RUN.search(token):
            yield _LONG_RUN.sub(r"\1\1", token)
            yield _LONG_RUN.sub(r"\1", token)
        yield token

    def _nearest(self, token: str) -> str:
        if "*" in token:
            return self._starred(token)
        if not token.isalpha():
            return ""
        candidates = {
            word for rest in _shortened(token) for word in self.near.get(rest, ()) if is_near(token, word)
        }
        return min(candidates, key=lambda word: (distance(token, word), word), default="")

    def _starred(self, token: str) -> str:
        """The word that has these letters, and others where a star hides them."""
        known = sorted(self.words | self.real)
        return next((word for word in known if _agrees(token, word)), "") if token.strip("*") else ""


def _agrees(token: str, word: str) -> bool:
    return len(token) == len(word) and all(
        one in ("*", other) for one, other in zip(token, word, strict=True)
    )


def near_of(words: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The index of `Spelling.near`."""
    index: dict[str, tuple[str, ...]] = {}
    for word in sorted(words):
        for rest in _shortened(word):
            index[rest] = (*index.get(rest, ()), word)
    return index


def _shortened(word: str) -> set[str]:
    """A word, and without each one of its letters; a long one without each two as well."""
    once = {word, *(word[:n] + word[n + 1 :] for n in range(len(word)))} if len(word) < 24 else {word}
    if 7 <= len(word) < 24:
        once |= {each[:n] + each[n + 1 :] for each in once for n in range(len(each))}
    return once


def _lettered(token: str, stands_for: Mapping[str, str]) -> Iterator[str]:
    """The token with letters for the digits and signs in it, each digit read one way throughout."""
    readings = [token]
    for sign, letters in stands_for.items():
        if sign in token:
            readings = [each.replace(sign, letter) for each in readings for letter in letters]
    yield from (each for each in readings if each.isalpha())
