"""The phrases by which people state a wish."""

from __future__ import annotations

import re
from dataclasses import dataclass

from arrears.kernel.inbound.wishes import Certainty3, Wish


@dataclass(frozen=True, slots=True)
class Entry:
    """One way of stating a wish."""

    id: str
    wish: Wish
    certainty: Certainty3
    says: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Every entry of every language: what somebody writes in is not known before it is read."""

    entries: tuple[Entry, ...]
