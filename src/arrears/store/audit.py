"""Audit entries, written in the transaction of the change they speak of.

They are not chained here, or every change would wait for the one before; `actions.audit`
seals them into a chain afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from arrears.store.actors import actor_id
from arrears.store.models import AuditEntry


def record(
    what: str,
    *,
    actor: str,
    at: datetime,
    lender_id: int | None = None,
    subjects: Mapping[str, int | Sequence[int]] | None = None,
    facts: Mapping[str, object] | None = None,
) -> int:
    """Insert one entry in the caller's transaction and return its id.

    `what` is a code, noun.verb (`opt_out.recorded`). `subjects` are opaque ids by kind
    (`{"person": 7, "loan": [1, 2]}`), `facts` codes, counts, days and ids. Neither holds
    personal data: entries outlive the persons they speak of.
    """
    assert connection.in_atomic_block, "an audit entry belongs to the transaction of its change"
    entry: dict[str, Any] = {
        "lender_id": lender_id,
        "at": at,
        "actor_id": actor_id(actor, at=at),
        "what": what,
        "subjects": {
            kind: [ids] if isinstance(ids, int) else list(ids) for kind, ids in (subjects or {}).items()
        },
        "facts": json.loads(_canonical(facts or {})),
    }
    return int(AuditEntry.objects.create(**entry, digest=entry_digest(**entry)).pk)


def entry_digest(
    *,
    lender_id: int | None,
    at: datetime,
    actor_id: int,
    what: str,
    subjects: Mapping[str, Sequence[int]],
    facts: Mapping[str, Any],
) -> bytes:
    """SHA-256 of an entry's columns as canonical JSON, `at` in microseconds of UTC."""
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_canonical([lender_id, moment, actor_id, what, subjects, facts]).encode()).digest()


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=_plain)


def _plain(value: object) -> str:
    isoformat = getattr(value, "isoformat", None)
    assert isoformat is not None, f"{type(value).__name__} has no place in an audit entry"
    return str(isoformat())
