"""Contact groups: borrowers who are connected through loans, each group numbered by its smallest person.

The work of a night is divided by them. Groups only ever grow together.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterable

from arrears.actions.feeds.rows import Rows


def group_borrowers(rows: Rows) -> None:
    """Borrowers of new loans (working rows without `loan_id`) get a group of their own if they have none."""
    rows.execute(
        "UPDATE person SET contact_group = person.id FROM {rows} AS r"
        " WHERE person.id = r.person_id AND r.loan_id IS NULL AND person.contact_group IS NULL"
    )


def join_groups(rows: Rows) -> None:
    """Make one of all groups that meet in a loan of the lender through its parties."""
    met = rows.fetch(
        "SELECT DISTINCT loan.contact_group, person.contact_group FROM loan_party AS party"
        " JOIN loan ON loan.id = party.loan_id JOIN person ON person.id = party.person_id"
        " WHERE loan.lender_id = %(lender)s AND party.role <> 'borrower'"
        "   AND loan.contact_group <> person.contact_group"
    )
    moves = _smallest_of(met)
    for table in ("person", "loan"):
        rows.execute(
            f"UPDATE {table} SET contact_group = moved.new"
            "  FROM unnest(%(old)s::bigint[], %(new)s::bigint[]) AS moved (old, new)"
            f" WHERE {table}.lender_id = %(lender)s AND {table}.contact_group = moved.old",
            old=list(moves),
            new=list(moves.values()),
        )


def _smallest_of(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each number that is connected with a smaller one: the smallest."""
    parent: dict[int, int] = {}

    def root(of: int) -> int:
        while parent.get(of, of) != of:
            parent[of] = of = parent.get(parent[of], parent[of])
        return of

    for one, other in pairs:
        low, high = sorted((root(one), root(other)))
        parent[high] = low
    return {each: root(each) for each in parent if root(each) != each}
