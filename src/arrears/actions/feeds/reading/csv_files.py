"""A CSV file by blocks of whole lines: quickly where a block is plain, with care where it is not.

Plain is a block of valid UTF-8 without NUL bytes, blank or over-long lines, each line with the
right number of delimiters; quotes stand around whole cells and nowhere inside them. Any other
block is read record by record (`importing.reading`),
so that one bad line costs only itself and the line numbers stay those of the file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from arrears.actions.feeds.reading.batches import CELL_MAX_BYTES, Batch
from arrears.actions.feeds.reading.lines import Lines
from arrears.actions.importing.reading import Broken, Source, file_changed, opened, state_of
from arrears.kernel.errors import BadInput

_NEW_LINE = ord("\n")
_QUOTE = '"'
_DAMAGED = "\ufffd"
_ROWS_PER_BATCH = 100_000
Bytes = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(slots=True)
class CsvFile:
    """An open CSV file, its header read."""

    path: Path
    lines: Lines
    source: Source

    @property
    def header(self) -> Sequence[str]:
        return self.source.header

    @property
    def digest(self) -> str:
        return self.lines.digest

    @property
    def has_last_line_end(self) -> bool:
        return self.lines.has_last_line_end

    def batches(self, columns: Sequence[str]) -> Iterator[Batch]:
        columns = columns or self.header[:1]  # a row of constants is a row
        positions = [self.header.index(column) for column in columns]
        while block := self.lines.block():
            plain = self._plain(block)
            if plain is not None:
                yield self._quickly(plain, columns, positions)
            else:
                yield from self._with_care(block, columns, positions)

    def _plain(self, block: bytes) -> bytes | None:
        """The block as it can be read quickly; None when it cannot."""
        if b"\x00" in block:
            return None
        if b"\r" in block:
            block = block.replace(b"\r\n", b"\n")
        if b"\r" in block or not _is_utf8(block):
            return None
        block = block if block.endswith(b"\n") else block + b"\n"
        return block if self._has_regular_lines(block) else None

    def _has_regular_lines(self, block: bytes) -> bool:
        content = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(content == _NEW_LINE)
        lengths = np.diff(ends, prepend=-1) - 1
        if lengths.min() == 0 or lengths.max() > CELL_MAX_BYTES:
            return False
        delimiters = np.flatnonzero(content == ord(self.source.delimiter))
        quotes = np.flatnonzero(content == ord(_QUOTE))
        if len(quotes):
            if not _are_around_cells(content, quotes, ends, ord(self.source.delimiter)):
                return False
            delimiters = delimiters[np.searchsorted(quotes, delimiters) % 2 == 0]
        counts = np.diff(np.searchsorted(delimiters, ends), prepend=0)
        return bool((counts == len(self.header) - 1).all())

    def _quickly(self, block: bytes, columns: Sequence[str], positions: Sequence[int]) -> Batch:
        has_quotes = _QUOTE.encode() in block
        cells = pl.read_csv(
            block,
            has_header=False,
            separator=self.source.delimiter,
            quote_char=_QUOTE if has_quotes else None,
            infer_schema=False,
            columns=sorted(positions),
        )
        assert cells.height == block.count(b"\n"), (cells.height, block.count(b"\n"))
        by_position = dict(zip(sorted(positions), cells.get_columns(), strict=True))
        named = [by_position[at].alias(name) for at, name in zip(positions, columns, strict=True)]
        frame = pl.DataFrame(named, height=cells.height)
        if has_quotes:
            frame = frame.with_columns(pl.all().replace("", None))  # a quoted nothing is nothing
        lines = np.arange(cells.height, dtype=np.int64) + self.source.next_line
        self.source.skip_lines(cells.height)
        return Batch(pl.Series(lines), frame, ())

    def _with_care(self, block: bytes, columns: Sequence[str], positions: Sequence[int]) -> Iterator[Batch]:
        """Every record that begins in the block; the last may end behind it."""
        last_line = self.source.next_line + block.count(b"\n") - block.endswith(b"\n")
        self.lines.put_back(block)
        rows: list[list[str]] = []
        numbers: list[int] = []
        broken: list[Broken] = []
        for record in self.source.records(until_line=last_line):
            if isinstance(record, Broken):
                broken.append(record)
                continue
            line, row, _ = record
            cells = [row[position] for position in positions]
            if any(len(cell) > CELL_MAX_BYTES for cell in cells):
                broken.append(Broken(line, f"has a cell of more than {CELL_MAX_BYTES:,} characters"))
                continue
            numbers.append(line)
            rows.append(cells)
            if len(rows) >= _ROWS_PER_BATCH:
                yield _batch(columns, numbers, rows, broken)
                numbers, rows, broken = [], [], []
        self.lines.put_back(self.source.give_back())
        if rows or broken:
            yield _batch(columns, numbers, rows, broken)


@contextmanager
def open_csv(path: Path, *, delimiter: str, encoding: str) -> Iterator[CsvFile]:
    """A CSV file, open for reading, its header read. Raises `BadInput`.

    Leaving the block raises `Conflict` if the file was written to in the meantime.
    """
    with opened(path) as file:
        was = state_of(file)
        lines = Lines(file, encoding)
        source = Source(path, delimiter, lines)
        source.read_header()
        _refuse_other_delimiter(source)
        source.refuse_repeated_names()
        yield CsvFile(path, lines, source)
        if state_of(file) != was:
            raise file_changed(path)


def _refuse_other_delimiter(source: Source) -> None:
    """A header of one column that another delimiter would cut."""
    likelier = source.likelier_delimiter()
    if likelier:
        raise BadInput(
            "import.delimiter",
            f"{source.path}: the header is one column; the delimiter seems to be {likelier!r},"
            f" and {source.delimiter!r} was expected.",
            hint="Set delimiter in the table [file] of a mapping.",
            file=str(source.path),
        )


def _are_around_cells(content: Bytes, quotes: Places, ends: Places, delimiter: int) -> bool:
    """Every quote opens or closes a whole cell, on one line, with no quote inside it."""
    if len(quotes) % 2:
        return False
    opening, closing = quotes[::2], quotes[1::2]
    before, after = content[opening - 1], content[closing + 1]
    begins = (before == _NEW_LINE) | (before == delimiter) | (opening == 0)
    stops = (after == _NEW_LINE) | (after == delimiter)
    is_on_one_line = np.searchsorted(ends, opening) == np.searchsorted(ends, closing)
    return bool((begins & stops & is_on_one_line).all())


def _is_utf8(block: bytes) -> bool:
    if block.isascii():
        return True
    try:
        block.decode()
    except UnicodeDecodeError:
        return False
    return True


def _batch(
    columns: Sequence[str], numbers: Sequence[int], rows: Sequence[Sequence[str]], broken: Sequence[Broken]
) -> Batch:
    by_column: Sequence[Sequence[str]] = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    frame = pl.DataFrame(
        [
            pl.Series(name, [_text(cell) for cell in cells], pl.String)
            for name, cells in zip(columns, by_column, strict=True)
        ],
        height=len(rows),
    )
    return Batch(pl.Series(np.array(numbers, np.int64)), frame, broken)


def _text(cell: str) -> str | None:
    """Undecodable bytes, which are lone surrogates here, become the sign for damaged text."""
    if not cell:
        return None
    if cell.isascii():
        return cell
    return "".join(_DAMAGED if "\ud800" <= char <= "\udfff" else char for char in cell)
