"""The only place that locks: what contacts are counted by or forbidden for.

The gate locks every scope that a rule counts or forbids over, then reads the facts, then
reserves. Whoever records a restriction (opt-out, refusal, hold, wrong number, payment in
full) locks the same scopes. So what was committed before the gate's lock binds this contact.

Locking whole borrowers is not enough (one number may belong to several), `FOR UPDATE` would
block and deadlock with imports that refer to a person, and a statement that locks and counts
at once counts what it saw before it waited. Hence: rows of their own, `FOR NO KEY UPDATE`,
always in the order of their key, in a statement of their own, READ COMMITTED.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction


class ScopeKey(NamedTuple):
    """What is locked: `kind` is person, value or household, `key` a person's id or a keyed hash."""

    kind: str
    key: int


def scope_keys(
    *, persons: Iterable[int] = (), values: Iterable[int] = (), households: Iterable[int] = ()
) -> list[ScopeKey]:
    """The scopes of persons, contact-point values (`value_key`) and households, sorted, without repeats."""
    named = (("person", persons), ("value", values), ("household", households))
    return sorted({ScopeKey(kind, int(key)) for kind, keys in named for key in keys})


def scope_keys_of(persons: Sequence[int]) -> list[ScopeKey]:
    """The scopes of these persons, of every address and number of theirs, and of their households."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT value_key FROM contact_point WHERE person_id = ANY(%s)", [list(persons)]
        )
        values = [row[0] for row in cursor.fetchall()]
    return scope_keys(
        persons=persons, values=values, households=set[int]().union(*households_of(persons).values())
    )


def households_of(persons: Iterable[int]) -> dict[int, set[int]]:
    """Every household that these persons are or were of, by person; nothing of those of none.

    Read before the locks it may be too few: whoever counts by households looks again under them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, array_agg(household_key) FROM household_member"
            " WHERE person_id = ANY(%s) AND household_key IS NOT NULL GROUP BY person_id",
            [list(persons)],
        )
        return {person: set(keys) for person, keys in cursor.fetchall()}


def ensure_scopes(keys: Sequence[ScopeKey]) -> None:
    """Make the rows to be locked. Call it outside the transaction that locks, or in an import."""
    kinds, numbers = _columns(keys)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO contact_scope (kind, key)"
            " SELECT * FROM unnest(%s::text[], %s::bigint[]) AS wanted (kind, key) ORDER BY kind, key"
            " ON CONFLICT DO NOTHING",
            [kinds, numbers],
        )


def lock_scopes(keys: Sequence[ScopeKey]) -> None:
    """Lock existing scopes until the transaction ends. It must be the transaction's first statement.

    Prefer `holding`, which also makes missing rows and opens the transaction.
    """
    assert connection.in_atomic_block, "scopes are locked inside a transaction"
    wanted = sorted(set(keys))
    kinds, numbers = _columns(wanted)
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH locked AS MATERIALIZED ("
            "  SELECT 1 FROM contact_scope AS scope"
            "  JOIN unnest(%s::text[], %s::bigint[]) AS wanted (kind, key) USING (kind, key)"
            "  ORDER BY scope.kind, scope.key FOR NO KEY UPDATE OF scope)"
            " SELECT count(*), current_setting('transaction_isolation') FROM locked",
            [kinds, numbers],
        )
        locked, isolation = cursor.fetchone()
    assert isolation == "read committed", f"under {isolation} a gate does not see what others committed"
    assert locked == len(wanted), f"{len(wanted) - locked} scopes were never made; call ensure_scopes before"


@contextmanager
def holding(keys: Sequence[ScopeKey]) -> Iterator[None]:
    """A transaction of its own that holds the locks of `keys`, the missing ones made before it.

    Read facts inside it, never before. Nothing outside this process may happen in it.
    Without keys it is a transaction like any other.
    """
    if keys:
        ensure_scopes(keys)
    with transaction.atomic(durable=True):
        if keys:
            lock_scopes(keys)
        yield


@contextmanager
def holding_free(keys: Sequence[ScopeKey]) -> Iterator[frozenset[ScopeKey]]:
    """As `holding`, of those of `keys` that nobody else holds: which they are. It waits for nobody.

    So it can be part of no deadlock, in whatever order others take theirs.
    """
    ensure_scopes(keys)
    kinds, numbers = _columns(keys)
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT scope.kind, scope.key, current_setting('transaction_isolation')"
                " FROM contact_scope AS scope"
                " JOIN unnest(%s::text[], %s::bigint[]) AS wanted (kind, key) USING (kind, key)"
                " FOR NO KEY UPDATE OF scope SKIP LOCKED",
                [kinds, numbers],
            )
            locked = cursor.fetchall()
        assert {isolation for *_, isolation in locked} <= {"read committed"}, locked[0]
        yield frozenset(ScopeKey(kind, key) for kind, key, _ in locked)


def _columns(keys: Sequence[ScopeKey]) -> tuple[list[str], list[int]]:
    return [key.kind for key in keys], [key.key for key in keys]
