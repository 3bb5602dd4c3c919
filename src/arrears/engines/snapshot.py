"""`Facts` as Parquet files: the second of the two loaders, and its counterpart.

A snapshot is a folder of numbered parts. A part holds the facts about some whole contact
groups: one file per table that has rows, its columns as `kernel.facts.TABLES` has them, sorted
by the table's key, and a file of the names that codes stand for. Nothing is joined, filtered or
decided here: what a part says is what was written to it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from arrears.kernel.errors import BadInput
from arrears.kernel.facts import TABLES, Column, Facts, empty_table

VERSION = 1
_NAMES = "names.json"
_NAMED = ("zones", "places", "rules", "products", "orders", "currencies", "risks")
_SETS = ("zone_sets", "place_sets")


def write_part(facts: Facts, part: Path) -> None:
    """Write the facts of one part into a folder of its own, which must not exist yet."""
    part.mkdir(parents=True)
    for name, columns in facts.tables.items():
        if len(next(iter(columns.values()))):
            pl.DataFrame(dict(columns)).write_parquet(part / f"{name}.parquet", compression="zstd")
    told: dict[str, Any] = {name: getattr(facts, name) for name in (*_NAMED, *_SETS)}
    told |= {"version": VERSION, "known_at": facts.known_at}
    (part / _NAMES).write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")


def read_part(part: Path, tables: Collection[str] = tuple(TABLES)) -> Facts:
    """The facts of one part; with `tables`, the other tables are empty.

    Raises BadInput, with the file, for what is not there, was cut off or has other columns.
    """
    told = _names(part)
    read = {name: _table(part, name) if name in tables else empty_table(name) for name in TABLES}
    names: dict[str, Any] = {name: tuple(told[name]) for name in _NAMED}
    names |= {name: tuple(map(tuple, told[name])) for name in _SETS}
    return Facts(tables=read, known_at=int(told["known_at"]), **names).check()


def _names(part: Path) -> dict[str, Any]:
    path = part / _NAMES
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path, getattr(error, "strerror", None) or "is not what was written") from None
    if not isinstance(told, dict) or told.get("version") != VERSION:
        raise _unreadable(path, f"is not of version {VERSION}")
    return told


def _table(part: Path, name: str) -> Mapping[str, Column]:
    path = part / f"{name}.parquet"
    if not path.is_file():
        return empty_table(name)
    wanted = TABLES[name].columns
    try:
        frame = pl.read_parquet(path, columns=list(wanted), memory_map=False)
    except (OSError, pl.exceptions.PolarsError):
        raise _unreadable(path, "was cut off, or lacks a column") from None
    read = {column: frame[column].to_numpy(allow_copy=True) for column in wanted}
    for column, dtype in wanted.items():
        if read[column].dtype != dtype:
            raise _unreadable(path, f"has {read[column].dtype} in the column {column}, not {dtype}")
    return {column: np.ascontiguousarray(values) for column, values in read.items()}


def _unreadable(path: Path, what: str) -> BadInput:
    return BadInput(
        "snapshot.unreadable",
        f"{path}: the file {what}.",
        hint="Write the snapshot anew.",
        file=str(path),
    )
