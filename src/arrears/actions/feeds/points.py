"""Addresses and telephone numbers of a file: known by their keyed hash, and shown to nobody.

They are staged sealed. Here each different one is put into its one form and hashed, once, and
what cannot be an address of its kind is rejected.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any

import polars as pl

from arrears.actions.feeds.kinds import Kind, parsed, words
from arrears.actions.feeds.rows import Rows
from arrears.actions.feeds.schema import Check, Field
from arrears.actions.importing import values
from arrears.kernel.errors import BadInput
from arrears.kernel.push_subscriptions import KIND as WEB_PUSH
from arrears.kernel.push_subscriptions import read_subscription
from arrears.kernel.vocabulary import PointKind
from arrears.store.copying import copy_into
from arrears.store.values import zones_of_point

AT_ONCE = 10_000
_KNOWN_MAX = 100_000
_LENGTH_MAX = 300
_SUBSCRIPTION_MAX = 2_000
_EMAIL, _POSTAL = "email", "postal"
_IDEOGRAPHIC_SPACE = "\u3000"
_Key = tuple[int | None, str | None, datetime | None, str | None]


def _address(text: str) -> str:
    """As it is written; what it means, and how long it may be, depends on its kind."""
    if len(text) > _SUBSCRIPTION_MAX:
        raise ValueError(f"is longer than {_SUBSCRIPTION_MAX:,} characters")
    if not text.replace(_IDEOGRAPHIC_SPACE, " ").isprintable():
        raise ValueError("contains a control or an invisible character")
    return text


def _country(text: str) -> str:
    if "-" in values.place(text):
        raise ValueError("is not a country of ISO 3166-1, such as TW")
    return text


ADDRESS = Kind(
    f"up to {_LENGTH_MAX} printable characters; of `web_push` up to {_SUBSCRIPTION_MAX:,}",
    "bytea",
    pl.String(),
    _address,
    lambda text: pl.when(text.str.contains(rf"^[ -~]{{1,{_LENGTH_MAX}}}$")).then(text),
    staged="sealed",
)
_ABOUT_VALUE = (
    "The address or number; of `web_push` the browser's subscription as JSON, with `applicationServerKey`."
)
COUNTRY = parsed("a country of ISO 3166-1, `TW`", _country)


def point_fields(*, is_required: bool) -> tuple[Field, ...]:
    """What a feed says of an address: kind, value, country."""
    return (
        Field("kind", words(PointKind), "What kind of address `value` is.", is_required=is_required),
        Field("value", ADDRESS, _ABOUT_VALUE, is_required=is_required),
        Field("country", COUNTRY, "How to read a telephone number without its country's code."),
    )


POINT_CHECKS = (
    Check("kind", "is empty, and value is stated", pl.col("kind").is_null() & pl.col("value").is_not_null()),
    Check("value", "is empty, and kind is stated", pl.col("value").is_null() & pl.col("kind").is_not_null()),
)
WITH_KEY = ("hashed.value_key", "hashed.fault")
"""Columns of a working table after `hash_values`, joined by `join_key`."""
WITH_END = "hashed.expires_at"
"""Another one: from when a browser's subscription is none any more, where it says so."""
WITH_ZONES = "hashed.zones"
"""Another one: the zones that the country of a postal address speaks for; what a number says is in itself."""


def join_key(rows: Rows) -> str:
    return f"LEFT JOIN {_table(rows)} AS hashed ON hashed.line = s.line"


def hash_values(rows: Rows) -> None:
    """Find the key of every staged value. Called before the working table is built."""
    table = _table(rows)
    rows.execute(
        f"CREATE TEMP TABLE {table} (line bigint, value_key bigint, fault text,"
        " expires_at timestamptz, zones text) ON COMMIT DROP"
    )
    known: dict[tuple[str, str, str | None], _Key] = {}
    asked = f"SELECT line, kind, value, country FROM {rows.stage.table} WHERE value IS NOT NULL"
    for some in at_once(rows, asked):
        copy_into(
            table,
            ("line", "value_key", "fault", "expires_at", "zones"),
            [(line, *_key(rows, known, kind, value, country)) for line, kind, value, country in some],
        )
        if len(known) > _KNOWN_MAX:
            known.clear()
    rows.execute(f"ANALYZE {table}")


def reject_faulty(rows: Rows) -> None:
    """Values that are no address or number of their kind."""
    rows.execute(
        "INSERT INTO feed_reject (file_no, line, field, value, reason)"
        f" SELECT {rows.stage.number}, line, 'value', '', fault FROM {{rows}} WHERE fault IS NOT NULL"
        " ON CONFLICT DO NOTHING"
    )


def at_once(rows: Rows, query: str) -> Iterator[list[tuple[Any, ...]]]:
    """Some thousand rows of a query at a time."""
    found = rows.fetch(query)
    while some := list(islice(found, AT_ONCE)):
        yield some


def _key(
    rows: Rows, known: dict[tuple[str, str, str | None], _Key], kind: str, sealed: bytes, country: str | None
) -> _Key:
    value = rows.run.seal.open(sealed)
    if (kind, value, country) not in known:
        known[kind, value, country] = _found(rows, kind, value, country)
    return known[kind, value, country]


def _found(rows: Rows, kind: str, value: str, country: str | None) -> _Key:
    try:
        if kind == _EMAIL:
            values.email(value)
        if kind != WEB_PUSH and len(value) > _LENGTH_MAX:
            return None, f"is longer than {_LENGTH_MAX} characters", None, None
        key = rows.run.seal.ring.value_key(kind, value, country=country)
        expires_at = read_subscription(value).expires_at if kind == WEB_PUSH else None
        zones = zones_of_point(kind, value, country) if kind == _POSTAL else ()
        return key, None, expires_at, " ".join(zones) or None
    except BadInput as error:
        return None, error.what.removeprefix(f"The value of this {kind} ").removesuffix("."), None, None
    except ValueError as error:
        return None, str(error), None, None


def _table(rows: Rows) -> str:
    return f"{rows.stage.table}_keys"
