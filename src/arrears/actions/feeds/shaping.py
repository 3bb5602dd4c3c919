"""From the cells of a batch to the text of fields, whole columns at once.

The transforms are those of `importing.transforms`; what they make of a single cell is theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import polars as pl

from arrears.actions.feeds.columns import Columns
from arrears.actions.importing.transforms import (
    BLANKS,
    Column,
    Constant,
    MonthsBefore,
    Template,
    Text,
    Transform,
    Unusable,
    each,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad field: the row's place in the batch, what stands there, and why it cannot be used."""

    row: int
    field: str
    value: str
    reason: str


@dataclass(slots=True)
class Shaper:
    """Shapes batch after batch of one file; remembers what single cells became."""

    columns: Columns
    _seen: dict[str, dict[str, Text]] = field(default_factory=dict)

    def texts(self, cells: pl.DataFrame) -> tuple[dict[str, pl.Series], list[Fault]]:
        """The text of every field the file has (null: empty), and the cells that defeat a transform."""
        stripped = cells.with_columns(_stripped(pl.all())) if cells.width else cells
        faults: list[Fault] = []
        texts = {
            name: self._text(name, transform, stripped, faults)
            for name, transform in self.columns.transforms.items()
            if not isinstance(transform, MonthsBefore)
        }
        return texts, faults

    def months_before(self, values: dict[str, pl.Series]) -> Iterator[tuple[str, pl.Series]]:
        """Fields that are dates made from two other fields' values."""
        for name, transform in self.columns.transforms.items():
            if isinstance(transform, MonthsBefore):
                days, months = values[transform.day].to_list(), values[transform.months].to_list()
                yield name, pl.Series(name, transform.dates(days, months), pl.Date)

    def _text(self, name: str, transform: Transform, cells: pl.DataFrame, faults: list[Fault]) -> pl.Series:
        if isinstance(transform, Constant):
            return pl.Series(name, [transform.text or None], pl.String).new_from_index(0, cells.height)
        if isinstance(transform, Template):
            return _filled(name, transform, cells)
        assert isinstance(transform, Column), transform
        if not transform.is_integral and transform.codes is None:
            return cells[transform.column]
        seen = self._seen.setdefault(name, {})
        return _looked_up(name, transform.text, cells[transform.column], seen, faults)


def _stripped(text: pl.Expr) -> pl.Expr:
    bare = text.str.strip_chars(BLANKS)
    return pl.when(bare != "").then(bare)


def _filled(name: str, transform: Template, cells: pl.DataFrame) -> pl.Series:
    first, *rest = transform.texts_between
    parts: list[pl.Expr] = [pl.lit(first)]
    for column, after in zip(transform.columns, rest, strict=True):
        parts += [pl.col(column), pl.lit(after)]
    return cells.select(pl.concat_str(parts, ignore_nulls=False).alias(name)).to_series()


def _looked_up(
    name: str, text_of: Callable[[str], Text], cells: pl.Series, seen: dict[str, Text], faults: list[Fault]
) -> pl.Series:
    """Each different cell once; then all rows by what their cell became."""
    different = cells.unique().drop_nulls().to_list()
    became = dict(zip(different, each(text_of, different, seen), strict=True))
    good = {cell: text for cell, text in became.items() if not isinstance(text, Unusable)}
    bad = {cell: text for cell, text in became.items() if isinstance(text, Unusable)}
    if bad:
        for row in cells.is_in(list(bad)).arg_true().to_list():
            faults.append(Fault(row, name, bad[cells[row]].value, bad[cells[row]].reason))
    texts = cells.replace_strict(list(good), list(good.values()), default=None, return_dtype=pl.String)
    return texts.replace("", None).alias(name)
