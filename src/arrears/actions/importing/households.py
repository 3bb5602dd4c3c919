"""Households of the borrowers of a chunk, as the file states them: history as of those who join and leave."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from arrears.actions.households import moves_of
from arrears.actions.importing.context import Context
from arrears.actions.importing.validating import Rows

_WANTED = (
    "(SELECT * FROM unnest(%(persons)s::bigint[], %(keys)s::bigint[]) AS told (person_id, household_key))"
)
_MOVE = (
    "INSERT INTO household_member (lender_id, person_id, household_key, from_at, recorded_at, actor_id)"
    " SELECT %(lender)s, person_id, household_key, from_at, from_at, %(actor)s"
    f" FROM ({moves_of(_WANTED)}) AS moves RETURNING person_id"
)


def change_households(context: Context, rows: Rows, people: Mapping[int, int]) -> set[int]:
    """Put people into the households that their rows state, from now on; those who were elsewhere.

    `people` are persons with the row of each. A file without the field says nothing.
    """
    if "household_ref" not in context.stated:
        return set()
    ring, lender = context.ring, context.lender_id
    stated = (rows["household_ref"][row] for row in people.values())
    told: dict[str, Any] = {
        "lender": lender,
        "actor": context.actor_id,
        "at": context.at,
        "persons": list(people),
        "keys": [None if ref is None else ring.household_key(lender, ref) for ref in stated],
    }
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, told)
        return {person for (person,) in cursor.fetchall()}
