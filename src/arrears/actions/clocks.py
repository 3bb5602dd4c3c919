"""The clock of a simulation, moved by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from arrears.store import audit, clock


def move_clock(*, to_at: datetime, actor: str) -> datetime:
    """Move a simulation's clock forward to an instant and return it.

    Raises NotPossible in a live database, BadInput for an instant that lies before the clock.
    """
    with transaction.atomic(durable=True):
        was_at = clock.now()
        clock.set_simulated(to_at)
        audit.record("clock.moved", actor=actor, at=to_at, facts={"was_at": was_at.isoformat()})
    return to_at
