"""Households of borrowers, as the file of their loans says them: history as of those who join and leave."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from arrears.actions.feeds.kinds import HOUSEHOLD_REF
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Field
from arrears.actions.households import moves_of

HOUSEHOLD = Field(
    "household_ref",
    HOUSEHOLD_REF,
    "The lender's number of the household the borrower is of from the import on, told alike on all of his"
    " loans; empty: of none. A file without this field says nothing of it, and nobody leaves.",
)
_NONE = -1
"""No household has this number: keyed hashes are not below zero."""


def reject_torn_households(rows: Rows) -> None:
    """Rows that put one borrower into different households: which is right cannot be known."""
    rows.reject(
        HOUSEHOLD.name,
        "is not what another row says of the same borrower",
        "true",
        "JOIN (SELECT person_id FROM {rows} GROUP BY person_id"
        f" HAVING count(DISTINCT coalesce({HOUSEHOLD.name}, {_NONE})) > 1) AS torn USING (person_id)",
    )


def change_households(rows: Rows) -> None:
    """Put borrowers into the households that the rows say, from now on; who is there already stays."""
    if HOUSEHOLD.name not in rows.stated:
        return
    moved = f"{rows.table}_moved"
    wanted = f"(SELECT person_id, {HOUSEHOLD.name} AS household_key FROM {{rows}})"
    rows.execute(f"CREATE TEMP TABLE {moved} ON COMMIT DROP AS {moves_of(wanted)}")
    rows.touch_persons(f"SELECT person_id FROM {moved}")
    written = rows.execute(
        "INSERT INTO household_member (lender_id, person_id, household_key, from_at, recorded_at, actor_id)"
        f" SELECT %(lender)s, person_id, household_key, from_at, from_at, %(actor)s FROM {moved}"
    )
    rows.count("households_changed", written)
    rows.analyze("household_member")
