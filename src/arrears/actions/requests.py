"""Requests: what a person asks for, recorded in his words."""

from __future__ import annotations

from datetime import datetime

from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.crypto import ciphers_of, keyring
from arrears.store.models import Request


def record_request(
    *,
    lender: int,
    person: int,
    loan: int | None,
    kind: str,
    channel: str,
    words: str,
    received_at: datetime,
    attempt: int | None,
    source_ref: str,
    actor: str,
    at: datetime,
) -> int | None:
    """Record that a person asked for something, once per `source_ref`; None when it is recorded already.

    Called in a transaction that holds his scope. His words are kept while he has not been erased.
    """
    if Request.objects.filter(lender=lender, source_ref=source_ref).exists():
        return None
    cipher = ciphers_of(keyring(), [person]).get(person)
    row = Request.objects.create(
        lender_id=lender,
        person_id=person,
        loan_id=loan,
        kind=kind,
        channel=channel,
        words_encrypted=None if cipher is None else cipher.encrypt("words", words),
        received_at=received_at,
        attempt_id=attempt,
        source_ref=source_ref,
        recorded_at=at,
        actor_id=actor_id(actor, at=at),
    )
    subjects = {"request": int(row.pk), "person": person}
    facts = {"kind": kind, "channel": channel}
    audit.record("request.received", actor=actor, at=at, lender_id=lender, subjects=subjects, facts=facts)
    return int(row.pk)
