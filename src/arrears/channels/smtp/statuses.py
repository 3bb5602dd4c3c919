"""Enhanced status codes of mail systems (RFC 3463): which of them say that nobody can be reached."""

from __future__ import annotations

import re

_NO_SUCH_MAILBOX = (550, 551, 553)
_DEAD = ("5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1")
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", re.ASCII)


def is_mailbox_gone(code: int, enhanced: str) -> bool:
    """Whether a refused recipient means that nobody can be reached there.

    x.1.z speaks of the address (but x.1.7 and x.1.8 of the sender's, x.1.4 of one that names
    several), x.2.1 of a disabled mailbox. Other subjects (7: policy, 2.2: full) say nothing about
    the address. Without an enhanced status the bare code decides.
    """
    return enhanced in _DEAD if enhanced else code in _NO_SUCH_MAILBOX


def status_in(text: str) -> str:
    """The first enhanced status in a text; empty when there is none."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def is_general(enhanced: str) -> bool:
    """Whether a status names no subject (x.0.0), so that a more exact one beside it says more."""
    return enhanced.endswith(".0.0")
