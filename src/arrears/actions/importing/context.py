"""What every step of storing one file needs to know."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from arrears.store.crypto import Keyring


@dataclass(slots=True)
class Context:
    """One file's import, in one transaction.

    stated     fields the mapping has: about the others the file says nothing
    counts     what was written, by name
    tightened  people of whom something changed that may forbid a contact; their scopes are
               locked before the transaction ends
    """

    lender_id: int
    import_file_id: int
    actor_id: int
    at: datetime
    ring: Keyring
    stated: frozenset[str]
    counts: Counter[str] = field(default_factory=Counter)
    tightened: array[int] = field(default_factory=lambda: array("q"))

    def count(self, name: str, number: int) -> None:
        self.counts[name] += number
