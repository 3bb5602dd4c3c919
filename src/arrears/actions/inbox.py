"""A person's inbox: what the lender's app shows him, and what it tells was opened.

In the inbox is what was delivered there. A message on its way, or taken back before, is not in it, and
nothing is in the inbox of somebody who was erased.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet

from arrears.actions.receipts import store_receipts
from arrears.channels.in_app import InAppChannel
from arrears.channels.in_app.reads import read_mark
from arrears.kernel.errors import NotFound
from arrears.store import audit
from arrears.store.crypto import PersonCipher, ciphers_of, keyring
from arrears.store.models import Message
from arrears.store.partitions import ensure_month

_OTHERS_NAMED = 20


@dataclass(frozen=True, slots=True)
class InInbox:
    """One message as it is shown.

    `message` is the number of its attempt; `opened_at` is None until a mark of it is settled.
    """

    message: int
    shown_at: datetime
    notice: str | None
    language: str
    subject: str = field(repr=False)
    text: str = field(repr=False)
    verification_code: str | None
    opened_at: datetime | None


def list_inbox(*, lender: int, person: int, limit: int, before: int | None = None) -> list[InInbox]:
    """A person's messages from this lender, newest first; with `before`, those older than that message.

    Raises NotFound when `before` is no message of this inbox.
    """
    cipher = ciphers_of(keyring(), [person]).get(person)
    messages = _inbox(lender, person)
    if before is not None:
        messages = messages.filter(_older_than(before, messages))
    rows = messages.select_related("attempt").order_by("-attempt__state_at", "-attempt_id")[:limit]
    return [] if cipher is None else [_shown(row, cipher) for row in rows]


def record_opened(
    messages: Iterable[int],
    *,
    lender: int | None = None,
    person: int | None = None,
    actor: str,
    at: datetime,
) -> None:
    """Store that these messages were opened; what was known to be opened before is left as it is.

    Without `lender` and `person` they may be of any inbox. Raises NotFound when one of them is in none,
    which names it, and then stores nothing.
    """
    numbers = list(dict.fromkeys(messages))
    rows = _inbox(lender, person).filter(attempt__in=numbers)
    found = {row.attempt_id: row for row in rows.only("attempt", "lender", "read_at").order_by("attempt")}
    if absent := [number for number in numbers if number not in found]:
        raise _not_here(absent)
    unread: dict[int, list[int]] = defaultdict(list)
    for attempt, row in found.items():
        if row.read_at is None:
            unread[row.lender_id].append(attempt)
    _store(unread, actor, at)


def _inbox(lender: int | None, person: int | None) -> QuerySet[Message]:
    delivered = Message.objects.filter(
        channel=InAppChannel.name, attempt__origin="gate", attempt__state="delivered", person__erased_at=None
    )
    of_lender = delivered if lender is None else delivered.filter(lender=lender)
    return of_lender if person is None else of_lender.filter(person=person)


def _older_than(number: int, messages: QuerySet[Message]) -> Q:
    shown_at = messages.filter(attempt=number).values_list("attempt__state_at", flat=True).first()
    if shown_at is None:
        raise _not_here([number])
    return Q(attempt__state_at__lt=shown_at) | Q(attempt__state_at=shown_at, attempt__lt=number)


def _shown(row: Message, cipher: PersonCipher) -> InInbox:
    subject = row.subject_encrypted
    return InInbox(
        message=row.attempt_id,
        shown_at=row.attempt.state_at,
        notice=row.attempt.notice,
        language=row.language,
        subject="" if subject is None else cipher.decrypt("subject", bytes(subject)),
        text=cipher.decrypt("body", bytes(row.body_encrypted)),
        verification_code=row.attempt.verification_code,
        opened_at=row.read_at,
    )


def _store(unread: dict[int, list[int]], actor: str, at: datetime) -> None:
    """Marks and their audit entries, per lender."""
    for table in ("receipt", "receipt_result"):
        ensure_month(table, at)
    with transaction.atomic():
        for lender, attempts in unread.items():
            marks = [read_mark(attempt) for attempt in attempts]
            store_receipts(channel=InAppChannel.name, provider=InAppChannel.provider, contents=marks, at=at)
            audit.record("inbox.opened", actor=actor, at=at, lender_id=lender, subjects={"attempt": attempts})


def _not_here(numbers: Sequence[int]) -> NotFound:
    """The error that these are not in the inbox; to be raised."""
    first, *others = numbers
    named = ", ".join(map(str, others[:_OTHERS_NAMED]))
    hint = f"Nor are {named}." if others else "A message is known by the number that the inbox shows."
    return NotFound("inbox.message", f"Message {first} is not in the inbox.", hint=hint, message=first)
