"""Marks: what shows that a report, a reply or a request is about a message that we sent.

A mark is the number of an attempt and a keyed hash of it for one use: `17.0f3a...`. Whoever has
one received that message, or carried it. A mark for one use is none for another, so an address
that a reply quotes does not allow to report a bounce. Letters of either case are the same, since
servers on the way may change them.
"""

from __future__ import annotations

import hashlib
import hmac
import re

_MARK = re.compile(r"(\d{1,19})\.([0-9a-f]{32})", re.ASCII)


class Marks:
    """Makes marks under one key, and tells its own from all others."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def mark(self, use: str, attempt: int) -> str:
        """The mark of this attempt for this use: at most 52 letters, digits and one dot."""
        told = f"{use} {attempt}".encode()
        return f"{attempt}.{hmac.new(self._key, told, hashlib.sha256).hexdigest()[:32]}"

    def attempt_of(self, use: str, mark: str) -> int | None:
        """The attempt that a mark is of; None when it was not made here for this use."""
        found = _MARK.fullmatch(mark.lower())
        if found is None:
            return None
        attempt = int(found[1])
        return attempt if hmac.compare_digest(self.mark(use, attempt), found[0]) else None
