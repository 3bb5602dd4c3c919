"""Actors by name. An action's `actor` is such a name, `staff:anna` or `program:run-day`."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from arrears.store.models.actors import ACTOR_KINDS


def actor_id(actor: str, *, at: datetime) -> int:
    """The id of the actor with this name, recorded now when it is new.

    The word before the colon is the kind (`staff`, `program`, `borrower`, `other_system`); any
    other, as in `cli:anna`, stands for staff. A borrower is named by his number.
    """
    assert actor.strip(), "every write has an actor"
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM actor WHERE name = %s", [actor])
        row = cursor.fetchone()
        if row is None:
            cursor.execute(
                "INSERT INTO actor (name, kind, recorded_at) VALUES (%s, %s, %s)"
                " ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING id",
                [actor, _kind_of(actor), at],
            )
            row = cursor.fetchone()
    return int(row[0])


def _kind_of(actor: str) -> str:
    word = actor.partition(":")[0]
    return word if word in ACTOR_KINDS else "staff"
