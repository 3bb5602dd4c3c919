"""Verification codes: whoever was contacted can check that the contact was genuine, and learns nothing else.

A code exists only in one contact of ours. It is genuine once that contact may have reached
somebody: while it is being handed over, and after every end but one that says that nothing left.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

# No vowels, so no words, and neither 0 nor 1. 13 of 28 are 62 bits.
ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 13
TYPED_MAX = 100
"""Of what somebody types only so much is looked at."""

NOTHING_LEFT = ("reserved", "not_sent", "refused_by_provider")
"""States in which nobody can have received the contact."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A genuine contact: who made it, by which channel, and in which hour that began at `hour_local`."""

    lender: str
    channel: str
    hour_local: datetime
    zone: str

    @property
    def until_local(self) -> datetime:
        return self.hour_local + timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What the lender's own staff see of a code besides: the attempt it stands in, and how far it came."""

    attempt: int
    state: str
    verified: Verified | None


def new_verification_code() -> str:
    """A code that nobody can guess, as it is read out: `K7QM-2XRD-9TVBF`."""
    return _grouped("".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH)))


def as_code(typed: str) -> str:
    """What a person typed, in the form in which codes are kept; perhaps no code at all.

    Spaces, hyphens, small and full-width letters do not matter. No other letter or digit is put in
    a code's place: those which are read for each other, 0 and O, 1, I and L, stand in none.
    """
    plain = unicodedata.normalize("NFKC", typed[:TYPED_MAX]).upper()
    return _grouped("".join(each for each in plain if each.isalnum()))


def find_verified(typed: str) -> Verified | None:
    """The genuine contact with this code; None when there is none, whatever the reason.

    One look-up, the same for what is no code as for what is one.
    """
    seen = find_seen(typed)
    return seen.verified if seen else None


def find_seen(typed: str) -> Seen | None:
    """The attempt with this code, genuine or not."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [as_code(typed)])
        row = cursor.fetchone()
    if row is None:
        return None
    attempt, state, channel, at, lender, zone = row
    if state in NOTHING_LEFT:
        return Seen(attempt, state, None)
    hour = at.astimezone(ZoneInfo(zone)).replace(minute=0, second=0, microsecond=0)
    return Seen(attempt, state, Verified(lender, channel, hour, zone))


def _grouped(code: str) -> str:
    return "-".join((code[:4], code[4:8], code[8:]))


_FIND = """
SELECT attempt.id, attempt.state, attempt.channel, coalesce(step.at, attempt.at), lender.name, lender.zone
  FROM attempt
  JOIN organisation AS lender ON lender.id = attempt.lender_id
  LEFT JOIN attempt_step AS step ON step.attempt_id = attempt.id AND step.to_state = 'handing_over'
 WHERE attempt.verification_code = %s
"""
