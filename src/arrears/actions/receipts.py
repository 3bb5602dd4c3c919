"""Receipts: stored as they come, acknowledged, understood afterwards.

A receipt moves its attempt to the state it shows when that ranks above what is known already,
so the order of arrival does not matter and a duplicate changes nothing. A receipt of nothing
of ours is tried again for a while (the attempt it speaks of may be in an older backup, or in
another database of the lender) and then listed for a person.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.db import connection, transaction

from arrears.actions.attempts import follow, move
from arrears.actions.contact_points import mark_dead
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.opt_outs import opt_out_of
from arrears.channels.base import Reported
from arrears.channels.marks import Marks
from arrears.channels.registry import RECEIPT_READERS
from arrears.kernel.errors import BadInput, NotFound
from arrears.store import audit
from arrears.store.copying import next_ids
from arrears.store.crypto import keyring
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Attempt, Message, Receipt, ReceiptResult
from arrears.store.models.attempts import EVIDENCE_STATES
from arrears.store.models.receipts import READ
from arrears.store.partitions import ensure_month

SENDER = "sender"
"""The provider of a receipt that our own sender wrote when its answer came too late to be counted."""

TRIES_MAX = 5
RETRY_AFTER = timedelta(minutes=1)
"""Before an unmatched receipt is tried again; ten times as long before each further try."""


def store_receipt(*, channel: str, provider: str, content: bytes, at: datetime) -> int:
    """Keep one receipt as it came and return its id; once this returns it may be acknowledged.

    Raises BadInput for a provider whose receipts nobody can read.
    """
    (receipt,) = store_receipts(channel=channel, provider=provider, contents=[content], at=at)
    return receipt


def store_receipts(*, channel: str, provider: str, contents: Sequence[bytes], at: datetime) -> list[int]:
    """Keep receipts that came together, all of them or none; as `store_receipt`."""
    if provider not in (*RECEIPT_READERS, SENDER):
        raise BadInput(
            "receipt.unknown_provider",
            f"No channel reads receipts of {provider!r}.",
            hint=f"Known: {', '.join(sorted(RECEIPT_READERS))}.",
        )
    ensure_month("receipt", at)
    ensure_month("receipt_result", at)
    ring = keyring()
    receipts: list[int] = next_ids(Receipt, len(contents)).tolist()
    with transaction.atomic():
        Receipt.objects.bulk_create(
            Receipt(
                id=receipt,
                received_at=at,
                channel=channel,
                provider=provider,
                content_encrypted=ring.encrypt_receipt(content),
                content_key=ring.content_key(content),
            )
            for receipt, content in zip(receipts, contents, strict=True)
        )
        ReceiptResult.objects.bulk_create(
            ReceiptResult(receipt_id=receipt, received_at=at, next_try_at=at) for receipt in receipts
        )
    return receipts


def late_answer(attempt: int, evidence: str) -> bytes:
    """The content of a receipt by which our own sender tells what it learnt too late."""
    return json.dumps({"attempt": attempt, "evidence": evidence}).encode()


def settle_receipts(*, actor: str, at: datetime, limit: int = 500) -> Counter[str]:
    """Understand up to `limit` receipts that wait; how many ended in each state of `RECEIPT_STATES`.

    Each is settled in a transaction of its own: one that cannot be settled stops no other.
    """
    settled: Counter[str] = Counter()
    for receipt, received_at in _waiting(at, limit):
        state = again_after_deadlock(partial(_settle, receipt, received_at, actor, at))
        if state:
            settled[state] += 1
    return settled


class Unsettled(NamedTuple):
    """A receipt for a person to look at: nobody could read it, or it names nothing of ours."""

    receipt: int
    received_at: datetime
    channel: str
    provider: str
    state: str
    evidence: str | None
    code: str | None


def list_unsettled() -> list[Unsettled]:
    """Receipts that were given up or not understood, the oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_UNSETTLED)
        return [Unsettled(*row) for row in cursor.fetchall()]


def get_content(*, receipt: int) -> bytes:
    """A receipt as it came. Raises NotFound when there is none of this number."""
    row = Receipt.objects.filter(id=receipt).first()
    if row is None:
        raise NotFound("receipt.unknown", f"There is no receipt {receipt}.", receipt=receipt)
    return keyring().decrypt_receipt(bytes(row.content_encrypted))


@dataclass(frozen=True, slots=True)
class _Read:
    """A receipt that was read: what it says, and about which attempt of ours."""

    reported: Reported | None
    attempt: Attempt | None


def _waiting(at: datetime, limit: int) -> list[tuple[int, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT receipt_id, received_at FROM receipt_result"
            " WHERE state IN ('new', 'unmatched') AND next_try_at <= %s"
            " ORDER BY next_try_at, receipt_id LIMIT %s",
            [at, limit],
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def _settle(receipt: int, received_at: datetime, actor: str, at: datetime) -> str | None:
    read = _read(receipt, received_at)
    attempt = read.attempt
    scopes = scope_keys(
        persons=[attempt.person_id] if attempt else [],
        values=[attempt.value_key] if attempt and attempt.value_key is not None else [],
    )
    with holding(scopes):
        row = _claim(receipt, received_at)
        if row is None:
            return None
        row.tries += 1
        row.state = _state(read, row.tries)
        if read.reported is not None:
            row.evidence, row.detail_code = read.reported.evidence, read.reported.code or None
        if row.state == "matched" and attempt is not None and read.reported is not None:
            row.attempt_id = attempt.pk
            if read.reported.evidence == READ:
                _mark_read(attempt, received_at, actor, at)
            else:
                _apply(attempt, read.reported, actor, at)
        wait = RETRY_AFTER * 10 ** (row.tries - 1)
        row.next_try_at = at + wait if row.state == "unmatched" else None
        row.settled_at = None if row.state == "unmatched" else at
        row.save()
        return row.state


def _read(receipt: int, received_at: datetime) -> _Read:
    row = Receipt.objects.get(pk=(receipt, received_at))
    ring = keyring()
    content = ring.decrypt_receipt(bytes(row.content_encrypted))
    reported = _said(row.provider, content, Marks(ring.mark_key))
    named = reported.attempt if reported else None
    attempt = None
    if named is not None:
        attempt = Attempt.objects.filter(pk=named, origin="gate", channel=row.channel).first()
    return _Read(reported, attempt)


def _said(provider: str, content: bytes, marks: Marks) -> Reported | None:
    return _late(content) if provider == SENDER else RECEIPT_READERS[provider](content, marks)


def _late(content: bytes) -> Reported:
    said = json.loads(content)
    return Reported(said["attempt"], said["evidence"])


def _claim(receipt: int, received_at: datetime) -> ReceiptResult | None:
    """The result still to be found, locked; None when somebody else is finding or has found it."""
    waiting = ReceiptResult.objects.filter(
        receipt_id=receipt, received_at=received_at, state__in=["new", "unmatched"]
    )
    return waiting.select_for_update(skip_locked=True, no_key=True).first()


def _state(read: _Read, tries: int) -> str:
    if read.reported is None:
        return "unreadable"
    if read.attempt is None:
        return "given_up" if tries >= TRIES_MAX else "unmatched"
    same = ReceiptResult.objects.filter(
        attempt_id=read.attempt.pk, evidence=read.reported.evidence, detail_code=read.reported.code or None
    )
    return "duplicate" if same.exists() else "matched"


def _apply(attempt: Attempt, reported: Reported, actor: str, at: datetime) -> None:
    """Move the attempt when this ranks above what is known; stop what was complained of or is no more."""
    rank = EVIDENCE_STATES.index(reported.evidence)
    below = ["handing_over", "unsure", *EVIDENCE_STATES[:rank]]
    moved = move([attempt.pk], of=below, to=reported.evidence, at=at, failure_code=reported.code or None)
    follow(moved, at=at)
    attempt.refresh_from_db(fields=["state"])
    known = ("handing_over", "unsure", *EVIDENCE_STATES)
    audit.record(
        # evidence about what should never have left is for a person to look at
        "receipt.matched" if attempt.state in known else "receipt.contradicts",
        actor=actor,
        at=at,
        lender_id=attempt.lender_id,
        subjects={"attempt": attempt.pk},
        facts={"evidence": reported.evidence, "code": reported.code, "moved": bool(moved)},
    )
    if reported.evidence == "complained":
        opt_out_of(attempt, told_by="complaint", actor=actor, at=at)
    if reported.is_address_dead and attempt.contact_point_id is not None:
        reason = f"returned {reported.code}".strip()
        mark_dead(point=attempt.contact_point_id, reason=reason, actor=actor, at=at)


def _mark_read(attempt: Attempt, read_at: datetime, actor: str, at: datetime) -> None:
    """A message in the inbox was opened; the first time stays, and the attempt is where it was."""
    read = Message.objects.filter(attempt=attempt, read_at=None).update(read_at=read_at)
    audit.record(
        "message.read",
        actor=actor,
        at=at,
        lender_id=attempt.lender_id,
        subjects={"attempt": attempt.pk},
        facts={"moved": bool(read)},
    )


_UNSETTLED = """
SELECT receipt.id, receipt.received_at, receipt.channel, receipt.provider,
       result.state, result.evidence, result.detail_code
  FROM receipt_result AS result
  JOIN receipt ON receipt.id = result.receipt_id AND receipt.received_at = result.received_at
 WHERE result.state IN ('unreadable', 'given_up')
 ORDER BY receipt.received_at, receipt.id
"""
