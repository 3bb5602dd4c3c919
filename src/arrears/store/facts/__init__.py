"""From rows to `Facts`: the loader for one borrower and for a whole lender, without opinions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

import numpy as np
from django.db import connection
from psycopg import Connection, Cursor

from arrears.kernel.days import instant_of
from arrears.kernel.facts import TABLES, Column, Facts
from arrears.rulepacks.zones import ZONES
from arrears.store.facts.arrays import exchange_arrays
from arrears.store.facts.naming import Names, NameSets, language_codes
from arrears.store.facts.queries import EXTENTS, statement

_MANY = 1000  # from here on, planning the statement for these very ids pays


def load_facts(
    *,
    lender_id: int,
    loans: Sequence[int] | Column | None = None,
    persons: Sequence[int] | Column | None = None,
    known_at: datetime,
) -> Facts:
    """Everything known at `known_at` that may bear on contacts about these loans with these persons.

    Without `loans` and `persons`, all loans and persons of the lender; with `persons` alone,
    every loan they are anything to; with `loans`, those. Parties of the loans are always
    included, and `persons` who are only to be contacted with them. Contacts are those with these
    persons and those at their addresses and numbers, whoever was contacted there. One statement,
    one state of the database; inside a transaction it sees what that transaction wrote.
    """
    which = "loans" if loans is not None else "persons" if persons is not None else "lender"
    named = {"loans": _ids(loans), "persons": _ids(persons)}
    is_many = which == "lender" or sum(map(len, named.values())) > _MANY
    columns = _read(_statement(which), {"lender": lender_id, "known": known_at, **named}, is_many=is_many)
    return _facts(dict(_tables(columns)), known_at)


def _ids(ids: Sequence[int] | Column | None) -> Column:
    return np.array([] if ids is None else ids, np.int64)


@cache
def _statement(which: str) -> str:
    return statement(EXTENTS[which])


def _read(sql: str, parameters: Mapping[str, Any], *, is_many: bool) -> Sequence[Any]:
    """The statement's one row. For few ids its plan is made once and kept by the connection.

    Both statements travel together and are one transaction, the caller's if he has one.
    """
    connection.ensure_connection()
    opened = connection.connection
    with connection.wrap_database_errors, _preparing(opened), opened.pipeline(), Cursor(opened) as cursor:
        cursor.execute(
            "SELECT set_config('jit', 'off', true), set_config('plan_cache_mode', %s, true)",
            ["force_custom_plan" if is_many else "force_generic_plan"],
        )
        exchange_arrays(cursor)
        cursor.execute(sql, parameters, prepare=not is_many, binary=True)
        row = cursor.fetchone()
    assert row is not None, "the statement returns one row"
    return tuple(row)


@contextmanager
def _preparing(opened: Connection[Any]) -> Iterator[None]:
    """Lets a statement be prepared on a connection of Django's, which otherwise prepares none."""
    before = opened.prepare_threshold
    opened.prepare_threshold = 0
    try:
        yield
    finally:
        opened.prepare_threshold = before


def _tables(columns: Sequence[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Arrays by table and column, in the order of `TABLES`; texts are lists still."""
    values = iter(columns)
    for table, spec in TABLES.items():
        yield table, {column: next(values) for column in spec.columns}


def _facts(read: dict[str, dict[str, Any]], known_at: datetime) -> Facts:
    zones, places, rules, products, orders = Names(), Names(), Names(), Names(), Names()
    currencies, risks = Names(), Names()
    zone_sets, place_sets = NameSets(zones), NameSets(places)
    read["person"]["zones"] = zone_sets.codes(_with_zones_of_places(read["person"]))
    read["person"]["places"] = place_sets.codes(read["person"]["places"])
    read["language"]["language"] = language_codes(read["language"]["language"])
    read["loan"]["law_place"] = places.codes(read["loan"]["law_place"])
    read["lender"]["zone"] = zones.codes(read["lender"]["zone"])
    read["override"]["rule"] = rules.codes(read["override"]["rule"])
    read["loan"]["currency"] = currencies.codes(read["loan"]["currency"])
    read["loan"]["risk"] = risks.codes(read["loan"]["risk"])
    read["terms"]["product"] = products.codes(read["terms"]["product"])
    read["terms"]["order"] = orders.codes(read["terms"]["order"])
    return Facts(
        tables={name: _typed(name, columns) for name, columns in read.items()},
        known_at=instant_of(known_at),
        zones=zones.names,
        places=places.names,
        rules=rules.names,
        zone_sets=zone_sets.sets,
        place_sets=place_sets.sets,
        products=products.names,
        orders=orders.names,
        currencies=currencies.names,
        risks=risks.names,
    ).check()


def _with_zones_of_places(persons: Mapping[str, Sequence[str] | None]) -> list[str]:
    """The zones of every person, those that his places speak for among them, between blanks."""
    told, places = persons["zones"] or (), persons["places"] or ()
    known = {text: " ".join(_zones_of_places(text.split())) for text in set(places)}
    return [f"{zones} {known[text]}" for zones, text in zip(told, places, strict=True)]


def _zones_of_places(places: Sequence[str]) -> Iterator[str]:
    for place in places:
        yield from ZONES.of_place(place)


def _typed(name: str, columns: Mapping[str, Any]) -> dict[str, Column]:
    """The columns with the dtypes of `TABLES`; a table without rows has no arrays."""
    return {
        column: np.empty(0, dtype)
        if columns[column] is None
        else np.asarray(columns[column]).astype(dtype, copy=False)
        for column, dtype in TABLES[name].columns.items()
    }
