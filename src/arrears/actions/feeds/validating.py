"""A batch's rows: accepted as values, or rejected with every reason. Column by column.

Each field is read for itself; then the fields of a row are held against each other. A row with
one bad field is rejected whole, and all its bad fields are told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from arrears.actions.feeds.columns import Columns
from arrears.actions.feeds.kinds import Kind
from arrears.actions.feeds.reading.batches import Batch
from arrears.actions.feeds.schema import Feed, Field
from arrears.actions.feeds.shaping import Fault, Shaper
from arrears.actions.importing.validating import ROW, Reject

_DAMAGED = "\ufffd"
_MEMO_MAX, _MEMO_MAX_LENGTH = 50_000, 200
YEARS_AHEAD = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """The accepted rows with their lines (column `line`), and the faults of the others in file order.

    spoiled   of rows rejected, what they say in the feed's `whole_by`, where it could be read
    is_torn   of some rejected row that cannot be said
    """

    rows: pl.DataFrame
    rejects: Sequence[Reject]
    spoiled: Sequence[str] = ()
    is_torn: bool = False


@dataclass(slots=True)
class _Reading:
    """A batch while it is read: texts and values by field, and the faults found so far."""

    lines: pl.Series
    texts: dict[str, pl.Series]
    values: dict[str, pl.Series] = field(default_factory=dict)
    faults: dict[tuple[int, str], Fault] = field(default_factory=dict)

    def reject(self, fault: Fault) -> None:
        """One fault a field is enough, the first."""
        self.faults.setdefault((fault.row, fault.field), fault)

    def reject_where(self, is_bad: pl.Series, name: str, reason: str) -> None:
        for row in is_bad.fill_null(False).arg_true().to_list():
            self.reject(Fault(row, name, self._as_written(row, name), reason))

    def _as_written(self, row: int, name: str) -> str:
        text = self.texts[name][row] if name in self.texts else self.values[name][row]
        return "" if text is None else str(text)


class Validator:
    """Reads every batch of one file; keeps nothing but what it has learnt about single texts."""

    def __init__(self, feed: Feed, columns: Columns, today: date) -> None:
        self._feed, self._columns, self._today = feed, columns, today
        self._latest = today.replace(year=today.year + YEARS_AHEAD, day=min(today.day, 28))
        self._shaper = Shaper(columns)
        self._seen: dict[str, dict[str, object]] = {each.name: {} for each in feed.fields}

    def validate(self, batch: Batch) -> Outcome:
        """The rows without fault, and every fault of the others."""
        texts, faults = self._shaper.texts(batch.cells)
        reading = _Reading(batch.lines, texts)
        for fault in faults:
            reading.reject(fault)
        for entry in self._feed.fields:
            reading.values[entry.name] = self._values(entry, reading)
        for name, dates in self._shaper.months_before(reading.values):
            reading.values[name] = dates
        self._hold_together(reading)
        return self._outcome(batch, reading)

    def _values(self, entry: Field, reading: _Reading) -> pl.Series:
        kind = self._kind(entry)
        text = reading.texts.get(entry.name)
        if text is None:
            return pl.Series(entry.name, [None], kind.dtype).new_from_index(0, len(reading.lines))
        values = pl.select(kind.fast(pl.lit(text)).cast(kind.dtype).alias(entry.name)).to_series()
        values = self._read_one_by_one(entry, kind, text, values, reading)
        if entry.is_required:
            reading.reject_where(text.is_null(), entry.name, "is empty")
        return values

    def _kind(self, entry: Field) -> Kind:
        minor = entry.kind.in_minor
        return minor if minor is not None and not self._columns.in_major else entry.kind

    def _read_one_by_one(
        self, entry: Field, kind: Kind, text: pl.Series, values: pl.Series, reading: _Reading
    ) -> pl.Series:
        """What is not in the common form: a value after all, or a fault."""
        rows = (text.is_not_null() & values.is_null()).arg_true()
        if rows.is_empty():
            return values
        seen = self._seen[entry.name]
        found: list[object] = []
        for row, cell in zip(rows.to_list(), text.gather(rows).to_list(), strict=True):
            value = _remembered(kind, cell, seen)
            if isinstance(value, ValueError):
                reading.reject(Fault(row, entry.name, cell, str(value)))
                found.append(None)
            else:
                found.append(value)
        return values.scatter(rows, pl.Series(found, dtype=kind.dtype))

    def _hold_together(self, reading: _Reading) -> None:
        rows = pl.DataFrame(list(reading.values.values()), height=len(reading.lines))
        for entry in self._feed.fields:
            if entry.kind.dtype == pl.Date():
                reading.reject_where(rows[entry.name] > self._latest, entry.name, self._too_late())
                if entry.is_past:
                    reason = f"lies after the lender's today, {self._today}"
                    reading.reject_where(rows[entry.name] > self._today, entry.name, reason)
        for check in self._feed.checks:
            reading.reject_where(rows.select(check.is_bad).to_series(), check.field, check.reason)

    def _too_late(self) -> str:
        return f"lies after {self._latest}; a day that is not known is left empty"

    def _outcome(self, batch: Batch, reading: _Reading) -> Outcome:
        rows = pl.DataFrame([batch.lines.alias("line"), *reading.values.values()])
        rejects = [Reject(broken.line, ROW, "", broken.reason) for broken in batch.broken]
        if not reading.faults:
            return Outcome(rows, rejects, is_torn=bool(rejects))
        bad = sorted({row for row, _ in reading.faults})
        rejects += [
            Reject(batch.lines[each.row], each.field, each.value, each.reason)
            for each in reading.faults.values()
        ]
        good = rows.with_row_index("row").filter(~pl.col("row").is_in(bad)).drop("row")
        spoiled, unknown = self._spoiled(rows, bad)
        is_torn = bool(batch.broken) or unknown
        return Outcome(good, sorted(rejects, key=lambda each: each.line), spoiled, is_torn)

    def _spoiled(self, rows: pl.DataFrame, bad: Sequence[int]) -> tuple[list[str], bool]:
        if not self._feed.whole_by:
            return [], False
        wholes = rows[self._feed.whole_by].gather(list(bad))
        return wholes.drop_nulls().unique().to_list(), wholes.null_count() > 0


def _remembered(kind: Kind, cell: str, seen: dict[str, object]) -> object:
    if len(cell) > _MEMO_MAX_LENGTH:
        return _value(kind, cell)
    if cell not in seen:
        if len(seen) > _MEMO_MAX:
            seen.clear()
        seen[cell] = _value(kind, cell)
    return seen[cell]


def _value(kind: Kind, cell: str) -> object:
    if _DAMAGED in cell:
        return ValueError("is not text in the encoding of the file")
    try:
        return kind.parse(cell)
    except ValueError as error:
        return error
