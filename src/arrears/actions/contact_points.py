"""Contact points: addresses that are found not to reach anybody."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from arrears.store import audit


def mark_dead(*, point: int, reason: str, actor: str, at: datetime) -> int:
    """Mark an address dead, for everybody who has it on file; how many contact points that were.

    Called in a transaction that holds the address's scope (`store.locks`). An address that is
    dead already stays dead from when it was; one that would be so later is so now.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE contact_point AS point SET dead_from_at = %(at)s, dead_reason = %(reason)s,"
            # a new version is recorded later than the one before, even while a simulation's clock stands
            " recorded_at = greatest(%(at)s, point.recorded_at + interval '1 microsecond')"
            " FROM contact_point AS found WHERE found.id = %(point)s AND point.kind = found.kind"
            " AND point.value_key = found.value_key"
            " AND (point.dead_from_at IS NULL OR point.dead_from_at > %(at)s) RETURNING point.id",
            {"at": at, "reason": reason, "point": point},
        )
        marked = sorted(row[0] for row in cursor.fetchall())
    if marked:
        subjects = {"contact_point": marked}
        audit.record("contact_point.dead", actor=actor, at=at, subjects=subjects, facts={"reason": reason})
    return len(marked)
