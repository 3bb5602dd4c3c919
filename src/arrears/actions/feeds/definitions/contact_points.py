"""Contact points: addresses and numbers of persons, encrypted, known by a keyed hash."""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from arrears.actions.feeds.definitions.people import (
    JOIN_PERSON,
    OF_PERSON,
    PERSON,
    drop_erased,
    reject_unknown_persons,
)
from arrears.actions.feeds.kinds import DAY, line, words
from arrears.actions.feeds.moments import LENDER_ZONE, MOMENT, begins, reject_future
from arrears.actions.feeds.points import (
    WITH_END,
    WITH_KEY,
    WITH_ZONES,
    at_once,
    hash_values,
    join_key,
    point_fields,
    reject_faulty,
)
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Feed, Field
from arrears.kernel.vocabulary import PointPlace, PointSource
from arrears.store import models
from arrears.store.copying import copy_rows
from arrears.store.crypto import ciphers_of
from arrears.store.models.contact_points import OWNER_KINDS

_ENDS = "CASE WHEN r.expires_at IS NOT NULL THEN 'the subscription ends' END"
_ADDED = (
    "person_id, kind, country, value, source, owner_kind, place, verified_on,"
    f" coalesce(new_dead_from_at, expires_at), coalesce(dead_reason, {_ENDS})"
)
_IS_DEAD = f"coalesce(r.verified_on <= (p.dead_from_at AT TIME ZONE {LENDER_ZONE})::date, true)"
_STAYS = f"{_IS_DEAD} AND (r.expires_at IS NULL OR p.dead_from_at < r.expires_at)"
_BECOMES = {
    "source": "r.source",
    "owner_kind": "coalesce(r.owner_kind, p.owner_kind)",
    "place": "coalesce(r.place, p.place)",
    "verified_on": "coalesce(r.verified_on, p.verified_on)",
    "dead_from_at": f"coalesce(r.new_dead_from_at, CASE WHEN {_STAYS} THEN p.dead_from_at END, r.expires_at)",
    "dead_reason": f"coalesce(r.dead_reason, CASE WHEN {_STAYS} THEN p.dead_reason END, {_ENDS})",
    "zones": "coalesce(r.new_zones, p.zones)",
    "retired_at": "NULL",
}
"""What stands of a point `p` that is on file. Dead stays dead, unless it was verified on a later day."""
_DIFFERS = (
    f"({', '.join(_BECOMES.values())}) IS DISTINCT FROM ({', '.join(f'p.{name}' for name in _BECOMES)})"
)
_IN_USE = (
    "FROM contact_point AS p WHERE p.lender_id = %(lender)s AND p.retired_at IS NULL AND p.kind <> 'web_push'"
)
"""What a full file may retire: not browsers' subscriptions, which come and go one by one."""
_NOT_STATED = (
    "AND NOT EXISTS (SELECT FROM {rows} AS r"
    " WHERE r.person_id = p.person_id AND r.kind = p.kind AND r.value_key = p.value_key)"
)


def merge(rows: Rows) -> None:
    """New points are encrypted and added; of those on file all but the address may change."""
    hash_values(rows)
    rows.build(
        (
            *OF_PERSON,
            *WITH_KEY,
            WITH_END,
            f"{WITH_ZONES} AS new_zones",
            "p.id AS point_id",
            f"{begins('dead_from_at')} AS new_dead_from_at",
        ),
        f"{JOIN_PERSON} {join_key(rows)} LEFT JOIN contact_point AS p ON p.person_id = person.id"
        " AND p.kind = s.kind AND p.value_key = hashed.value_key",
    )
    reject_unknown_persons(rows)
    reject_faulty(rows)
    rows.reject_repeated("r.person_id", "r.kind", "r.value_key")
    reject_future(rows, "dead_from_at")
    rows.settle()
    drop_erased(rows)
    if rows.is_full:
        _retire_what_is_left_out(rows)
    _change(rows)
    rows.count("added", rows.value("SELECT count(*) FROM {rows} WHERE point_id IS NULL"))
    for some in at_once(rows, f"SELECT {_ADDED} FROM {{rows}} AS r WHERE point_id IS NULL ORDER BY line"):
        _add(rows, some)
    _make_scopes(rows)
    rows.analyze("contact_point")


def _retire_what_is_left_out(rows: Rows) -> None:
    gone = rows.value(f"SELECT count(*) {_IN_USE} {_NOT_STATED}")
    rows.guard_removals(gone, rows.value(f"SELECT count(*) {_IN_USE}"))
    rows.touch_persons(f"SELECT p.person_id {_IN_USE} {_NOT_STATED}")
    rows.execute(
        "UPDATE contact_point SET retired_at = %(at)s,"
        " recorded_at = greatest(%(at)s, recorded_at + interval '1 microsecond')"
        f" WHERE id IN (SELECT p.id {_IN_USE} {_NOT_STATED})"
    )
    rows.count("ended", gone)


def _change(rows: Rows) -> None:
    on_file = f"FROM {{rows}} AS r JOIN contact_point AS p ON p.id = r.point_id WHERE {_DIFFERS}"
    known = rows.value("SELECT count(point_id) FROM {rows}")
    rows.touch_persons(f"SELECT p.person_id {on_file}")
    changed = rows.execute(
        f"UPDATE contact_point AS p SET {', '.join(f'{name} = {value}' for name, value in _BECOMES.items())},"
        " recorded_at = greatest(%(at)s, p.recorded_at + interval '1 microsecond')"
        f" FROM {{rows}} AS r WHERE p.id = r.point_id AND {_DIFFERS}"
    )
    rows.count("changed", changed)
    rows.count("unchanged", known - changed)


def _add(rows: Rows, told: Sequence[tuple[Any, ...]]) -> None:
    lender, at, seal = rows.run.lender_id, rows.run.at, rows.run.seal
    ciphers = ciphers_of(seal.ring, list({row[0] for row in told}))
    copy_rows(
        models.ContactPoint,
        (
            *("lender_id", "recorded_at", "person_id", "kind", "value_encrypted", "value_key", "zones"),
            *("source", "owner_kind", "place", "verified_on", "dead_from_at", "dead_reason"),
        ),
        (
            (
                *(lender, at, person, kind),
                *seal.ring.point_value(ciphers[person], kind, seal.open(value), country=country),
                *(source, owner or OWNER_KINDS[0], *rest),
            )
            for person, kind, country, value, source, owner, *rest in told
        ),
    )


def _make_scopes(rows: Rows) -> None:
    """The rows that new addresses are locked and counted by."""
    rows.execute(
        "INSERT INTO contact_scope (kind, key) SELECT DISTINCT 'value', value_key FROM {rows}"
        " WHERE point_id IS NULL ORDER BY 2 ON CONFLICT DO NOTHING"
    )


CONTACT_POINTS = Feed(
    name="contact_points",
    version=1,
    about=(
        "Addresses and telephone numbers of persons. They are stored encrypted. The prefix of a number"
        " speaks for the time zones he may be in, and so does the country of a postal address, which may"
        " be told later."
    ),
    fields=(
        PERSON,
        *point_fields(is_required=True),
        Field("source", words(PointSource), "How the lender came by it, lawfully.", is_required=True),
        Field("owner_kind", words(OWNER_KINDS), "Whose it is; empty is `own`, or as on file."),
        Field("place", words(PointPlace), "The place it is tied to, if any; empty: none, or as on file."),
        Field("verified_on", DAY, "The last day on which it was known to be right.", is_past=True),
        Field(
            "dead_from_at",
            MOMENT,
            "Since when it reaches nobody. It stays so until it is verified on a later day.",
        ),
        Field("dead_reason", line(), "Why it reaches nobody."),
    ),
    key=("person_ref", "kind", "value"),
    merge=merge,
    absent=("Points that are left out are retired: nobody is contacted there. Browsers' subscriptions stay."),
    removes=True,
    checks=(
        Check(
            "dead_reason",
            "is empty, and dead_from_at is stated",
            pl.col("dead_reason").is_null() & pl.col("dead_from_at").is_not_null(),
        ),
        Check(
            "dead_from_at",
            "is empty, and dead_reason is stated",
            pl.col("dead_from_at").is_null() & pl.col("dead_reason").is_not_null(),
        ),
    ),
)
