"""A CSV file's records, chunk by chunk, whatever is wrong with it; memory stays bounded.

What breaks the file as a whole (it is no text, its lines have no ends, its header is missing)
raises `BadInput`. What breaks one record is told with the line it begins on, and reading goes on
with the line after that one: an unclosed quote costs its own line and swallows no others.

Undecodable bytes become lone surrogates, which no field accepts.
"""

from __future__ import annotations

import csv
import hashlib
import os
import stat
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol

from arrears.actions.importing.mapping import DELIMITERS
from arrears.kernel.errors import BadInput, Conflict

LINE_MAX_BYTES = 1 << 20
ROWS_PER_CHUNK = 10_000
_CHUNK_MAX_CHARS = 8 << 20
_SPAN_MAX_LINES = 50
_COLUMNS_MAX = 4_000
_UTF8_BOM = b"\xef\xbb\xbf"
_NOT_CSV = {
    b"\xff\xfe": "is UTF-16 text",
    b"\xfe\xff": "is UTF-16 text",
    b"\x1f\x8b": "is a gzip archive",
    b"PK\x03\x04": "is a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "is a spreadsheet of an old format",
    b"BZh": "is a bzip2 archive",
    b"\xfd7zXZ\x00": "is an xz archive",
    b"\x28\xb5\x2f\xfd": "is a zstd archive",
    b"PAR1": "is a Parquet file",
    b"%PDF": "is a PDF",
}


@dataclass(frozen=True, slots=True)
class Broken:
    """A record that is no row: the physical line it begins on, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in file order: the line each begins on, and one sequence of cells per wanted column."""

    lines: Sequence[int]
    cells: Mapping[str, Sequence[str]]
    broken: Sequence[Broken]


class Lines(Protocol):
    """Where lines come from: a file, or what makes one readable."""

    def readline(self, size: int, /) -> bytes: ...


@dataclass(slots=True)
class Source:
    """An open file. `header` is its first record; `digest` and `has_last_line_end` are of what was read."""

    path: Path
    delimiter: str
    file: Lines
    header: Sequence[str] = ()
    has_last_line_end: bool = True
    _line: int = 0
    _hash: hashlib._Hash = field(default_factory=hashlib.sha256)
    _waiting: deque[tuple[int, str]] = field(default_factory=deque)

    @property
    def digest(self) -> str:
        return self._hash.hexdigest()

    @property
    def next_line(self) -> int:
        """The number of the line that is read next."""
        return self._waiting[0][0] if self._waiting else self._line + 1

    def skip_lines(self, count: int) -> None:
        """So many lines were read by somebody else."""
        self._line += count

    def give_back(self) -> bytes:
        """Lines that were read ahead and belong to no record yet; they will be read again."""
        waiting = "".join(text for _, text in self._waiting)
        self._line = self.next_line - 1
        self._waiting.clear()
        return waiting.encode("utf-8", "surrogateescape")

    def chunks(self, columns: Sequence[str]) -> Iterator[Chunk]:
        """Every row of the file, with the cells of these columns of the header."""
        positions = [self.header.index(column) for column in columns]
        lines: list[int] = []
        rows: list[Sequence[str]] = []
        broken: list[Broken] = []
        chars = 0
        for record in self.records():
            if isinstance(record, Broken):
                broken.append(record)
            else:
                line, row, length = record
                lines.append(line)
                rows.append([row[position] for position in positions])
                chars += length
            if len(rows) + len(broken) >= ROWS_PER_CHUNK or chars >= _CHUNK_MAX_CHARS:
                yield _chunk(columns, lines, rows, broken)
                lines, rows, broken, chars = [], [], [], 0
        if rows or broken:
            yield _chunk(columns, lines, rows, broken)

    def read_header(self) -> None:
        first = self._next_bytes()
        _refuse_what_is_no_csv(self.path, first)
        text = first.removeprefix(_UTF8_BOM).decode("utf-8", "surrogateescape")
        header = _parsed(text.rstrip("\r\n"), self.delimiter)
        if header is None or not any(header):
            raise _bad(self.path, "header", 1, "the first line is no header: it names no columns")
        if len(header) > _COLUMNS_MAX:
            raise _bad(self.path, "header", 1, f"the header has more than {_COLUMNS_MAX:,} columns")
        self.header = [name.strip() for name in header]

    def refuse_repeated_names(self) -> None:
        """Names that stand twice in the header would make it unclear which column is meant."""
        for name, times in Counter(self.header).items():
            if name and times > 1:
                at = [str(n) for n, each in enumerate(self.header, 1) if each == name]
                where = " and ".join([", ".join(at[:-1]), at[-1]])
                raise _bad(self.path, "header", 1, f"the columns {where} of the header have the same name")

    def likelier_delimiter(self) -> str:
        """Another delimiter that stands in a header of one column; "" when there is none."""
        alone = self.header[0] if len(self.header) == 1 else ""
        return next((each for each in DELIMITERS if each != self.delimiter and each in alone), "")

    def records(self, *, until_line: int | None = None) -> Iterator[Broken | tuple[int, Sequence[str], int]]:
        """The rest of the file, or the records that begin on a line up to `until_line`.

        A row is the line it begins on, its cells and its length in characters.
        """
        while until_line is None or self.next_line <= until_line:
            found = self._next_line()
            if found is None:
                return
            line, text = found
            if not text.strip("\r\n"):
                continue
            row: Sequence[str] | None = text.rstrip("\r\n").split(self.delimiter)
            if '"' in text:
                row = self._quoted(text)
            if row is None:
                yield Broken(line, "a quote is not closed, or text follows a closing quote")
            elif len(row) != len(self.header):
                yield Broken(line, f"has {len(row):,} cells, and the header {len(self.header):,}")
            else:
                yield line, row, len(text)

    def _quoted(self, text: str) -> Sequence[str] | None:
        """The record that begins here, which may go on for some lines; None if it is not well formed."""
        row = _parsed(text.rstrip("\r\n"), self.delimiter)
        taken: list[tuple[int, str]] = []
        while row is None and len(taken) < _SPAN_MAX_LINES and len(text) < LINE_MAX_BYTES:
            following = self._next_line()
            if following is None:
                break
            taken.append(following)
            text += following[1]
            if '"' in following[1]:
                row = _parsed(text.rstrip("\r\n"), self.delimiter)
                row = row if row is not None and len(row) == len(self.header) else None
        if row is None:
            self._waiting.extendleft(reversed(taken))
        return row

    def _next_line(self) -> tuple[int, str] | None:
        if self._waiting:
            return self._waiting.popleft()
        line = self._next_bytes()
        return (self._line, line.decode("utf-8", "surrogateescape")) if line else None

    def _next_bytes(self) -> bytes:
        line = self.file.readline(LINE_MAX_BYTES + 1)
        self._line += 1
        if len(line) > LINE_MAX_BYTES:
            if b"\r" in line and b"\n" not in line:
                raise _carriage_returns(self.path)
            raise _bad(
                self.path, "line_too_long", self._line, f"the line is longer than {LINE_MAX_BYTES:,} bytes"
            )
        if line:
            self._hash.update(line)
            self.has_last_line_end = line.endswith(b"\n")
        return line


@contextmanager
def open_source(path: Path, delimiter: str) -> Iterator[Source]:
    """A file of rows, open for reading, its header read. Raises `BadInput`.

    Leaving the block raises `Conflict` if the file was written to in the meantime.
    """
    with opened(path) as file:
        was = state_of(file)
        source = Source(path, delimiter, file)
        source.read_header()
        yield source
        if state_of(file) != was:
            raise file_changed(path)


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def file_changed(path: Path) -> Conflict:
    return Conflict(
        "import.file_changed",
        f"{path}: the file was written to while it was being read.",
        hint="Nothing was stored. Run the command again when the file is complete.",
        file=str(path),
    )


def _chunk(
    columns: Sequence[str], lines: list[int], rows: list[Sequence[str]], broken: list[Broken]
) -> Chunk:
    by_column = list(zip(*rows, strict=True)) if rows else [()] * len(columns)
    return Chunk(lines, dict(zip(columns, by_column, strict=True)), broken)


def _parsed(text: str, delimiter: str) -> list[str] | None:
    """The cells of exactly one well-formed record; None for anything else."""
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def opened(path: Path) -> BinaryIO:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            what = "is a folder" if path.is_dir() else "is not a file that can be read twice"
            raise BadInput(
                "import.not_a_file", f"{path} {what}.", hint="Give the path of a CSV file.", file=str(path)
            )
        return path.open("rb")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
        raise BadInput(
            "import.file_unreadable",
            f"{path}: the file cannot be read: {reason}.",
            hint="Check the path and its permissions.",
            file=str(path),
        ) from None


def state_of(file: BinaryIO) -> tuple[int, int]:
    now = os.fstat(file.fileno())
    return now.st_size, now.st_mtime_ns


def _refuse_what_is_no_csv(path: Path, first: bytes) -> None:
    if not first:
        raise _bad(path, "empty", 0, "the file is empty")
    for magic, what in _NOT_CSV.items():
        if first.startswith(magic):
            raise BadInput(
                "import.not_csv",
                f"{path}: the file {what}, not CSV in UTF-8.",
                hint="Unpack or convert it first.",
                file=str(path),
            )
    if b"\x00" in first:
        raise _bad(path, "nul", 1, "contains NUL bytes: the file is UTF-16 or no text")
    if b"\r" in first.rstrip(b"\r\n"):
        raise _carriage_returns(path)


def _carriage_returns(path: Path) -> BadInput:
    return BadInput(
        "import.line_ends",
        f"{path}: its lines end in CR alone.",
        hint="Convert its line ends to LF or CR LF first.",
        file=str(path),
    )


def _bad(path: Path, code: str, line: int, what: str) -> BadInput:
    where = f"{path}: line {line}: " if line else f"{path}: "
    return BadInput(f"import.{code}", f"{where}{what}.", file=str(path), line=line)
