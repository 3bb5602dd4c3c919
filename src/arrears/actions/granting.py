"""Approvals as rows: one is granted under the lock of its person, and ended by a row that supersedes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from arrears.kernel.errors import Conflict, NotFound, NotPossible
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Approval


@dataclass(frozen=True, slots=True)
class Approved:
    """What is approved: `subject` in its rows, and the word for it in events, errors and messages.

    `granted` is how its event is called, `told` by name the columns that an audit entry tells.
    """

    subject: str
    word: str
    granted: str
    told: Mapping[str, str]


def refuse_same(approver: str, actor: str, what: str) -> None:
    """Raises NotPossible where who approves is who asks."""
    if approver == actor:
        raise NotPossible("approval.same_person", what, hint="Say who approved it: --approved-by NAME.")


def grant(
    approved: Approved, *, approver: str, until: datetime | None, actor: str, at: datetime, **columns: Any
) -> Approval:
    """Insert an approval from now on, with its audit entry; the person's lock is held."""
    approval = Approval.objects.create(
        subject=approved.subject,
        requested_by_id=actor_id(actor, at=at),
        requested_at=at,
        approved_by_id=actor_id(approver, at=at),
        approved_at=at,
        from_at=at,
        until_at=until,
        recorded_at=at,
        **columns,
    )
    _audit(f"{approved.word}.{approved.granted}", approved, approval, actor, at)
    return approval


def revoke(approved: Approved, number: int, *, actor: str, at: datetime) -> int:
    """End an approval from now on; it binds every contact that the gate has not let out when this commits.

    Raises NotFound when there is none of this number, Conflict when it is ended already.
    """
    row = Approval.objects.filter(pk=number, subject=approved.subject).first()
    if row is None or row.person_id is None:
        raise NotFound(f"{approved.word}.unknown", f"There is no {approved.word} {number}.")
    what = f"{approved.word.capitalize()} {number} is ended already."
    ended = Conflict(f"{approved.word}.ended", what, number=number)
    try:
        with holding(scope_keys(persons=[row.person_id])):
            if row.until_at is not None and row.until_at <= at:
                raise ended
            row.supersedes_id, row.pk = number, None
            row.until_at, row.recorded_at = max(at, row.from_at), at
            row.save(force_insert=True)
            _audit(f"{approved.word}.revoked", approved, row, actor, at)
    except IntegrityError:
        raise ended from None
    return int(row.pk)


def standing(approved: Approved, *, at: datetime) -> list[Approval]:
    """Those that stand, the oldest first."""
    rows = Approval.objects.filter(subject=approved.subject)
    replaced = rows.filter(supersedes__isnull=False).values("supersedes")
    found = rows.exclude(pk__in=replaced).select_related("loan", "requested_by", "approved_by")
    return [row for row in found.order_by("id") if row.until_at is None or row.until_at > at]


def _audit(event: str, approved: Approved, row: Approval, actor: str, at: datetime) -> None:
    about = {"approval": row.pk, "loan": row.loan_id, "person": row.person_id}
    audit.record(
        event,
        actor=actor,
        at=at,
        lender_id=row.lender_id,
        subjects={name: number for name, number in about.items() if number is not None},
        facts={name: getattr(row, column) for name, column in approved.told.items()}
        | {"approved_by": row.approved_by_id},
    )
