"""What links loans, persons and addresses of a lender: for splitting the books into parts.

A link is read whenever it was recorded and whether or not it still holds: too many links make a
part larger, one too few would change an answer.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from django.db import connection
from psycopg import Cursor

from arrears.kernel.facts import Codes
from arrears.store.facts.arrays import exchange_arrays

_POINTS = (
    "SELECT value_key, person_id FROM contact_point WHERE lender_id = %(lender)s"
    " UNION SELECT value_key, person_id FROM contact_point_past WHERE lender_id = %(lender)s"
)
_LOANS = "SELECT id, {0} FROM {1} WHERE lender_id = %(lender)s AND {0} IS NOT NULL"

LINKS: Mapping[tuple[str, str], str] = {
    ("loan", "person"): (
        "SELECT loan_id, person_id FROM loan_party WHERE lender_id = %(lender)s"
        " UNION SELECT loan_id, person_id FROM loan_party_past WHERE lender_id = %(lender)s"
        " UNION SELECT link.loan_id, attempt.person_id FROM attempt_loan AS link"
        " JOIN attempt ON attempt.id = link.attempt_id"
        " WHERE link.lender_id = %(lender)s AND NOT EXISTS (SELECT FROM loan_party AS party"
        "   WHERE party.loan_id = link.loan_id AND party.person_id = attempt.person_id)"
    ),
    ("loan", "debt"): " UNION ".join(_LOANS.format("debt_group", table) for table in ("loan", "loan_past")),
    ("loan", "group"): " UNION ".join(
        _LOANS.format("contact_group", table) for table in ("loan", "loan_past")
    ),
    ("household", "person"): (
        "SELECT household_key, person_id FROM household_member"
        " WHERE lender_id = %(lender)s AND household_key IS NOT NULL"
    ),
    # addresses that several persons have or were contacted at; the others link nobody
    ("value", "person"): (
        f"WITH points AS ({_POINTS}), reached AS (SELECT * FROM points"
        " UNION SELECT value_key, person_id FROM attempt"
        " WHERE value_key IN (SELECT value_key FROM points))"
        " SELECT value_key, person_id FROM reached WHERE value_key IN"
        " (SELECT value_key FROM reached GROUP BY value_key HAVING count(*) > 1)"
    ),
}
"""(kind, kind) -> the query of the pairs of ids that belong together."""


def load_links(lender_id: int) -> dict[tuple[str, str], tuple[Codes, Codes]]:
    """The pairs of every kind of link, in no order, as two columns of ids."""
    return {kinds: _pairs(lender_id, query) for kinds, query in LINKS.items()}


def load_ids(lender_id: int) -> tuple[Codes, Codes]:
    """Ids of the lender's loans and of its persons, ascending."""
    loans, persons = (
        _pairs(lender_id, f"SELECT id, id FROM {table} WHERE lender_id = %(lender)s")[0]
        for table in ("loan", "person")
    )
    return np.sort(loans), np.sort(persons)


def _pairs(lender_id: int, query: str) -> tuple[Codes, Codes]:
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        exchange_arrays(cursor)
        cursor.execute(
            f"SELECT array_agg(a), array_agg(b) FROM ({query}) AS pairs (a, b)".encode(),
            {"lender": lender_id},
            binary=True,
        )
        row = cursor.fetchone()
    assert row is not None, "an aggregate returns one row"
    a, b = (np.empty(0, np.int64) if ids is None else np.asarray(ids, np.int64) for ids in row)
    return a, b
