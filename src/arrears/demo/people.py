"""What invented people do of their own accord, decided by a digest of who they are and the day.

The order in which anybody is asked changes nothing, so the same seed gives the same events.
"""

from __future__ import annotations

import hashlib
from datetime import date

PAYS_BEFORE_THE_MESSAGE = 0.01
"""Of those for whom a contact is planned today: pays early in the morning, before it is sent."""
SWITCHES_OFF = 0.012
"""Of those who got a message: switches that channel or address off, or every channel at once."""
SWITCHES_EVERYTHING_OFF = 0.4
"""Of those who switch off."""
PROMISES = 0.006
"""Of those who got a message: calls, and promises to pay within ten days."""
DISPUTES = 0.003
"""Of those who got a message: says that the debt is not right."""

NO_SUCH_MAILBOX = ("*76@*",)
"""Addresses the mail server refuses."""
LOST_ANSWER = ("*151@*", "*351@*", "*501@*", "*701@*")
"""Addresses for which the mail server takes the message and breaks the line before it answers."""


def chance(seed: int, what: str, on: date, ref: str) -> float:
    """A number from 0 up to 1 that depends on nothing else."""
    digest = hashlib.sha256(f"{seed} {what} {on} {ref}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def does(seed: int, what: str, share: float, on: date, ref: str) -> bool:
    return chance(seed, what, on, ref) < share


SHOWN_REASON = {
    "promise": "You have told us when you will pay. Until then nothing is sent.",
    "dispute": "You have told us that this debt is not right. While we look into it nothing is sent.",
}
