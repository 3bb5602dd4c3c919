"""Links to write to us by: each is for one person and one message, and whoever has it speaks as that person.

Nothing of a link is stored. It says whom it is for, until when, and a number of its own; a keyed hash
shows that it was made here. Used is one whose number a stored message has.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from arrears.kernel.errors import BadInput, NotFound
from arrears.store.crypto import keyring
from arrears.store.models import Person

PROVIDER = "link"
"""Who hands over a message that was written by one."""
DAYS_USUAL, DAYS_MAX = 30, 366
_TOKEN = re.compile(r"(\d{1,19})\.(\d{1,11})\.([0-9a-f]{24})\.([0-9a-f]{32})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Link:
    """Whom a link is for, and its own number."""

    lender: int
    person: int
    number: str


def make_link(*, person: int, days: int = DAYS_USUAL, at: datetime) -> str:
    """The token of a link for one message of this person's, for so many days.

    Raises NotFound for a person that is not on file, BadInput for days that cannot be.
    """
    if not 1 <= days <= DAYS_MAX:
        raise BadInput("link.days", f"A link is for 1 to {DAYS_MAX} days.", field="days")
    if not Person.objects.filter(pk=person, erased_at=None).exists():
        raise NotFound("link.person", f"There is no person {person}.", person=person)
    told = f"{person}.{int((at + timedelta(days=days)).timestamp())}.{secrets.token_hex(12)}"
    return f"{told}.{_hash(told)}"


def read_link(token: str, *, at: datetime) -> Link:
    """Whom the link is for. Raises BadInput for one that was not made here, or whose days are over."""
    found = _TOKEN.fullmatch(token)
    if found is None or not hmac.compare_digest(_hash(token.rpartition(".")[0]), found[4]):
        raise BadInput("link.unknown", "This link was not made here.", field="link")
    if datetime.fromtimestamp(int(found[2]), UTC) <= at:
        raise BadInput("link.over", "The time of this link is over.", hint="Make another one.", field="link")
    person = Person.objects.filter(pk=int(found[1]), erased_at=None).first()
    if person is None:
        raise BadInput("link.unknown", "Nobody is on file for this link any more.", field="link")
    return Link(person.lender_id, person.pk, found[3])


def _hash(told: str) -> str:
    return hmac.new(keyring().mark_key, f"write {told}".encode(), hashlib.sha256).hexdigest()[:32]
