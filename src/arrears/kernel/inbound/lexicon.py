"""The phrases by which people state a wish, and what turns a phrase into something else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from arrears.kernel.inbound.own_words import Quoting
from arrears.kernel.inbound.plain import Letters
from arrears.kernel.inbound.wishes import Certainty3, Wish


class Effect(StrEnum):
    """What becomes of a phrase that is denied, asked about or only supposed."""

    SAME = "same"
    WEAKENED = "weakened"
    """No more than a hint."""
    VOID = "void"
    """It does not state its wish."""


class Alone(StrEnum):
    """What a keyword has to be the whole of, courtesies left aside."""

    MESSAGE = "message"
    CLAUSE = "clause"


@dataclass(frozen=True, slots=True)
class Entry:
    """One way of stating a wish. Of two phrases of which one holds the other, the longer one speaks.

    An entry of the wish `other` that is unclear says that a phrase is harmless. `finds` and
    `passes` are its own cases: messages that it has a part in understanding, and that it has none in.
    """

    id: str
    about: str
    wish: Wish
    certainty: Certainty3
    says: tuple[re.Pattern[str], ...] = ()
    keywords: frozenset[str] = frozenset()
    """Without spaces: they are the whole of what `alone` says."""
    alone: Alone = Alone.CLAUSE
    mistyped: bool = False
    """Whether a short message with one letter wrong is still the keyword."""
    asked: Effect = Effect.SAME
    """What a question makes of it."""
    last_of_all: bool = False
    """Whether it speaks only where no other entry has anything to say."""
    subject: str = ""
    finds: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()

    @property
    def is_harmless(self) -> bool:
        return self.wish is Wish.OTHER and self.certainty is Certainty3.UNCLEAR


@dataclass(frozen=True, slots=True)
class Turn:
    """Words before or after a phrase that deny it, suppose it or only speak of it."""

    id: str
    effect: Effect
    of: re.Pattern[str] | None = None
    """What phrases it turns, by how they begin; None for all."""
    before: tuple[re.Pattern[str], ...] = ()
    """End where the phrase begins."""
    after: tuple[re.Pattern[str], ...] = ()
    """Begin where the phrase ends."""
    asked: Effect | None = None
    """The effect in a question instead: who asks whether he has not said so says so."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every entry of every language: what somebody writes in is not known before it is read."""

    entries: tuple[Entry, ...]
    turns: tuple[Turn, ...] = ()
    questions: tuple[re.Pattern[str], ...] = ()
    courtesies: tuple[re.Pattern[str], ...] = ()
    """What may stand before or after a keyword and leaves it the whole message."""
    letters: Letters = field(default_factory=Letters)
    quoting: Quoting = field(default_factory=Quoting)
    keywords: Mapping[str, Entry] = field(default_factory=dict)
    """Every keyword, with its entry."""
