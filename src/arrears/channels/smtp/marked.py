"""Addresses and names that carry our mark: where a bounce, a request to stop or an answer comes back to.

    bounce+MARK@domain     return path (VERP): delivery reports, whatever the bouncing server quotes
    stop+MARK@domain       the address of List-Unsubscribe
    reply+MARK@domain      where answers go, if they are read here
    <attempt-MARK@domain>  Message-ID: what complaints and some bounces quote

They are all of at most 64 characters before the `@`, as RFC 5321 allows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from arrears.channels.marks import Marks

BOUNCE, STOP, REPLY = "bounce", "stop", "reply"
ONE_CLICK = "List-Unsubscribe=One-Click"
"""What a mail program posts to the link of List-Unsubscribe (RFC 8058)."""
COMPLAINTS = "complaints"
"""The address without a mark that feedback loops are told: their reports quote a marked message."""

_MESSAGE = "message"
_ADDRESS = re.compile(rf"({BOUNCE}|{STOP}|{REPLY})\+([0-9a-f.]+)@", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"attempt-([0-9a-f.]+)@", re.IGNORECASE)
_ANY_ATTEMPT = re.compile(rf"(?:attempt-|(?:{BOUNCE}|{STOP}|{REPLY})\+)(\d{{1,19}})[.@]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Marked:
    """What an address of ours is for, and the attempt whose mark it has."""

    use: str
    attempt: int


def marked_address(use: str, attempt: int, *, domain: str, marks: Marks) -> str:
    return f"{use}+{marks.mark(use, attempt)}@{domain}"


def stop_link(attempt: int, *, base: str, marks: Marks) -> str:
    """Where e-mail to this address is stopped over HTTP (`api.unsubscribing`)."""
    return f"{base}/unsubscribe/{marks.mark(STOP, attempt)}"


def message_id(attempt: int, *, domain: str, marks: Marks) -> str:
    return f"<attempt-{marks.mark(_MESSAGE, attempt)}@{domain}>"


def find_marked(text: str, marks: Marks) -> Marked | None:
    """The first address in the text that has a mark of ours; None when there is none."""
    for found in _ADDRESS.finditer(text):
        use = found[1].lower()
        attempt = marks.attempt_of(use, found[2])
        if attempt is not None:
            return Marked(use, attempt)
    return None


def find_message(text: str, marks: Marks) -> int | None:
    """The attempt of the first Message-ID in the text that has a mark of ours; None when there is none."""
    found = (marks.attempt_of(_MESSAGE, each[1]) for each in _MESSAGE_ID.finditer(text))
    return next((attempt for attempt in found if attempt is not None), None)


def is_for_complaints(address: str) -> bool:
    return address.partition("@")[0].lower() == COMPLAINTS


def find_attempt(text: str) -> int | None:
    """The attempt that an address or Message-ID of this form names; nobody has to have proved it."""
    found = _ANY_ATTEMPT.search(text)
    return int(found[1]) if found else None
