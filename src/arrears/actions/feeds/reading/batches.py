"""What every reader of a file gives: rows in batches, all cells as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import polars as pl

from arrears.actions.importing.reading import Broken

CELL_MAX_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows in file order.

    lines   where each begins: the line of a CSV file, the number of the row in Parquet
    cells   one column of text per wanted column of the file; null is an empty cell
    broken  records that are no rows
    """

    lines: pl.Series
    cells: pl.DataFrame
    broken: Sequence[Broken]


class Reader(Protocol):
    """An open file of rows. `digest` (SHA-256) is known when all batches have been read."""

    @property
    def header(self) -> Sequence[str]: ...

    @property
    def digest(self) -> str: ...

    @property
    def has_last_line_end(self) -> bool: ...

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        """Every row, with these columns of the header. Raises BadInput."""
        ...


Opener = Callable[[Path], AbstractContextManager[Reader]]
