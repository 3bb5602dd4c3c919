"""A Parquet file by batches of rows: types checked first, sizes before memory is used, cells as text.

Text columns are read as dictionaries, so that a long cell which stands in a million rows is
found while it is in memory once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from arrears.actions.feeds.reading.batches import CELL_MAX_BYTES, Batch
from arrears.actions.importing.reading import digest_of, file_changed, opened, state_of
from arrears.kernel.errors import BadInput

_ROWS_PER_BATCH = 1 << 16
_CHUNK_MAX_BYTES = 256 << 20
_BATCH_MAX_BYTES = 64 << 20
_ROWS_PER_BYTE_MAX = 100


@dataclass(slots=True)
class ParquetFile:
    """An open Parquet file, its schema read."""

    path: Path
    digest: str
    file: Any
    has_last_line_end: bool = True

    @property
    def header(self) -> Sequence[str]:
        return list(self.file.schema_arrow.names)

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        columns = columns or self.header[:1]  # a row of constants is a row
        self._refuse_types(columns)
        self._refuse_sizes(columns)
        row = 1
        with _readable(self.path):
            wanted = list(dict.fromkeys(columns))
            for arrow in self.file.iter_batches(_ROWS_PER_BATCH, columns=wanted, use_threads=False):
                texts = [self._texts(name, arrow.column(name)) for name in columns]
                lines = pl.Series(np.arange(row, row + arrow.num_rows, dtype=np.int64))
                yield Batch(lines, pl.DataFrame(texts, height=arrow.num_rows), ())
                row += arrow.num_rows

    def _refuse_types(self, columns: Sequence[str]) -> None:
        for name in columns:
            why = _unfit(self.file.schema_arrow.field(name).type)
            if why:
                raise BadInput(
                    "import.parquet_type",
                    f"{self.path}: the column {name!r} {why}.",
                    hint="Accepted are text, whole numbers, decimals, dates and booleans.",
                    file=str(self.path),
                    column=name,
                )

    def _refuse_sizes(self, columns: Sequence[str]) -> None:
        metadata = self.file.metadata
        if metadata.num_rows > _ROWS_PER_BYTE_MAX * self.path.stat().st_size:
            raise BadInput(
                "import.parquet_size",
                f"{self.path}: the file says it has {metadata.num_rows:,} rows,"
                " and is far too small for them.",
                hint="Rows that all say the same are no facts.",
                file=str(self.path),
            )
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            for at in range(group.num_columns):
                column = group.column(at)
                if column.path_in_schema in columns and column.total_uncompressed_size > _CHUNK_MAX_BYTES:
                    raise self._too_large(column.path_in_schema, f"row group {number + 1}", _CHUNK_MAX_BYTES)

    def _texts(self, name: str, values: Any) -> pl.Series:
        if pa.types.is_dictionary(values.type):
            self._refuse_cells(name, values)
            values = values.cast(values.type.value_type)
        if pa.types.is_boolean(values.type):
            values = pc.if_else(values, "yes", "no")
        series = pl.Series(name, values.cast(pa.large_string()), pl.String)
        return series.replace("", None)

    def _refuse_cells(self, name: str, values: Any) -> None:
        lengths = pc.binary_length(values.dictionary.cast(pa.large_string()))
        if (pc.max(lengths).as_py() or 0) > CELL_MAX_BYTES:
            raise self._too_large(name, "a cell", CELL_MAX_BYTES)
        if (pc.sum(pc.take(lengths, values.indices)).as_py() or 0) > _BATCH_MAX_BYTES:
            raise self._too_large(name, f"{len(values):,} cells together", _BATCH_MAX_BYTES)

    def _too_large(self, column: str, what: str, bound: int) -> BadInput:
        return BadInput(
            "import.parquet_size",
            f"{self.path}: the column {column!r}: {what} would take more than {bound:,} bytes.",
            hint="Write it with smaller row groups, if these are really numbers and names.",
            file=str(self.path),
            column=column,
        )


@contextmanager
def open_parquet(path: Path) -> Iterator[ParquetFile]:
    """A Parquet file, open for reading. Raises `BadInput`, and `Conflict` if it was written to meanwhile."""
    digest = digest_of(path)
    with opened(path) as file:
        was = state_of(file)
        with _readable(path):
            plain = pq.ParquetFile(file)
            texts = [each.name for each in plain.schema_arrow if _is_text(each.type)]
            parquet = pq.ParquetFile(file, read_dictionary=texts)
        names = parquet.schema_arrow.names
        if len(set(names)) < len(names):
            raise BadInput("import.header", f"{path}: two columns have the same name.", file=str(path))
        yield ParquetFile(path, digest, parquet)
        if state_of(file) != was:
            raise file_changed(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError, pl.exceptions.PolarsError) as error:
        raise BadInput(
            "import.parquet_unreadable",
            f"{path}: this is no whole Parquet file, or it is damaged.",
            hint="Nothing was stored. Send it again.",
            file=str(path),
            error=type(error).__name__,
        ) from None


def _is_text(kind: Any) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _unfit(kind: Any) -> str:
    """Why a column of this type cannot be taken; "" when it can."""
    types = pa.types
    if types.is_dictionary(kind):
        kind = kind.value_type
    if types.is_floating(kind):
        return f"has the type {kind}, which cannot hold every amount exactly; write decimals or whole numbers"
    if types.is_timestamp(kind) or types.is_time(kind) or types.is_duration(kind):
        return f"has the type {kind}, which is no civil day; write dates"
    fit = (types.is_integer, types.is_decimal, types.is_date, types.is_boolean, types.is_null, _is_text)
    return "" if any(is_kind(kind) for is_kind in fit) else f"has the type {kind}, which is no single value"
