"""Opening a file by what it is, not by what it is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arrears.actions.feeds.reading.batches import Reader
from arrears.actions.feeds.reading.csv_files import open_csv
from arrears.actions.feeds.reading.parquet import open_parquet
from arrears.actions.importing.reading import opened

_PARQUET = b"PAR1"


@contextmanager
def open_rows(path: Path, *, delimiter: str = ",", encoding: str = "utf-8") -> Iterator[Reader]:
    """A CSV or Parquet file, open for reading. Raises `BadInput` for any other, `Conflict` if it changes."""
    with opened(path) as file:
        is_parquet = file.read(len(_PARQUET)) == _PARQUET
    if is_parquet:
        with open_parquet(path) as parquet:
            yield parquet
    else:
        with open_csv(path, delimiter=delimiter, encoding=encoding) as text:
            yield text
