"""Columns of PostgreSQL as NumPy arrays, without a Python object per value.

A query returns one row whose columns are arrays (`array_agg`); they arrive in PostgreSQL's
binary form, in which the elements of a fixed-width type without nulls are equally spaced, and
are read as they lie. Instants and days become those of `kernel.facts`: microseconds and days
since 1970, infinity being the end of time and of the calendar.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
from psycopg import Cursor, pq
from psycopg.adapt import Buffer, Dumper, Loader
from psycopg.postgres import types

from arrears.kernel.days import DAY
from arrears.kernel.facts import Column

_EPOCH_DAYS = 10_957  # from 1970 to 2000, where PostgreSQL begins to count
_HEADER = struct.Struct("!iiI")
_DIMENSION = struct.Struct("!ii")


class _ArrayLoader(Loader):
    """One dimension, no nulls; a subclass per type of element."""

    format = pq.Format.BINARY
    element: np.dtype[Any]

    def load(self, data: Buffer) -> Column:
        dimensions, has_nulls, _ = _HEADER.unpack_from(data)
        assert dimensions < 2 and not has_nulls, "an array of one dimension without nulls"  # noqa: PT018
        if dimensions == 0:
            return self.converted(np.empty(0, self.element))
        spaced = np.dtype([("length", ">i4"), ("value", self.element)])
        return self.converted(np.frombuffer(data, spaced, offset=_HEADER.size + _DIMENSION.size)["value"])

    def converted(self, values: Column) -> Column:
        return values.astype(self.element.newbyteorder("="))


class _Int2(_ArrayLoader):
    element = np.dtype(">i2")


class _Int4(_ArrayLoader):
    element = np.dtype(">i4")


class _Int8(_ArrayLoader):
    element = np.dtype(">i8")


class _Bool(_ArrayLoader):
    element = np.dtype(np.bool_)


class _Days(_Int4):
    def converted(self, values: Column) -> Column:
        return _since_1970(values.astype(np.int32), _EPOCH_DAYS)


class _Instants(_Int8):
    def converted(self, values: Column) -> Column:
        return _since_1970(values.astype(np.int64), _EPOCH_DAYS * DAY)


def _since_1970(values: Column, offset: int) -> Column:
    """Counted from 1970; the two infinities are the ends of the type and stay where they are."""
    ends = np.iinfo(values.dtype)
    is_finite = (values != ends.min) & (values != ends.max)
    values[is_finite] += offset
    return values


class _Int8Dumper(Dumper):
    """A column of ids as bigint[], in the same form."""

    format = pq.Format.BINARY
    oid = types["int8"].array_oid

    def dump(self, obj: Column) -> bytes:
        if len(obj) == 0:
            return _HEADER.pack(0, 0, types["int8"].oid)
        spaced = np.empty(len(obj), [("length", ">i4"), ("value", ">i8")])
        spaced["length"] = 8
        spaced["value"] = obj
        return _HEADER.pack(1, 0, types["int8"].oid) + _DIMENSION.pack(len(obj), 1) + spaced.tobytes()


_LOADERS = {
    "int2": _Int2,
    "int4": _Int4,
    "int8": _Int8,
    "bool": _Bool,
    "date": _Days,
    "timestamptz": _Instants,
}


def exchange_arrays(cursor: Cursor[Any]) -> None:
    """From now on this cursor returns arrays of fixed-width types as NumPy's, and takes int64 arrays."""
    cursor.adapters.register_dumper(np.ndarray, _Int8Dumper)
    for name, loader in _LOADERS.items():
        cursor.adapters.register_loader(types[name].array_oid, loader)
