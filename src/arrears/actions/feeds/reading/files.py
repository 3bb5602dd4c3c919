"""One file of a delivery, read once: checked, and its good rows staged."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db import connection

from arrears.actions.feeds.columns import Columns, columns_of
from arrears.actions.feeds.reading.batches import Batch, Reader
from arrears.actions.feeds.reading.opening import open_rows
from arrears.actions.feeds.reports import FileReport
from arrears.actions.feeds.schema import Feed
from arrears.actions.feeds.sealing import Seal
from arrears.actions.feeds.staging import Stage
from arrears.actions.feeds.validating import Outcome, Validator
from arrears.actions.importing.checking import Advance
from arrears.actions.importing.mapping import Mapping
from arrears.actions.importing.rejects import Rejects, refuse_overwriting
from arrears.actions.importing.validating import ROW, Reject
from arrears.kernel.errors import BadInput

FAULTS_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class File:
    """A file as somebody names it.

    shown          how it is called in reports
    rows_expected  how many rows it says it has, None when it does not
    sha256         the digest it says it has, in hexadecimal; "" when it does not
    """

    feed: Feed
    path: Path
    shown: str
    mapping: Mapping | None = None
    is_full: bool = False
    rows_expected: int | None = None
    sha256: str = ""

    @property
    def mode(self) -> str:
        return "full" if self.is_full else "delta"

    @property
    def must_be_whole(self) -> bool:
        """What it leaves out is taken away, so no row of it may be left out here."""
        return self.is_full and self.feed.removes


@dataclass(slots=True)
class Staged:
    """A file whose good rows are in its stage."""

    file: File
    stage: Stage
    columns: Columns
    rejects: Rejects
    digest: str = ""
    rows_read: int = 0
    has_last_line_end: bool = True

    def tell_rejects(self) -> None:
        """What the merge has found, after what reading found."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(
                "SELECT line, field, value, reason FROM feed_reject WHERE file_no = %s ORDER BY line, field",
                [self.stage.number],
            )
            for row in cursor:
                self.rejects.add([Reject(*row)])

    def report(self, counts: dict[str, int], notes: list[str]) -> FileReport:
        rejected = len(self.rejects.lines)
        return FileReport(
            feed=self.file.feed.name,
            file=self.file.shown,
            mode=self.file.mode,
            state="checked",
            rows_read=self.rows_read,
            rows_accepted=self.rows_read - rejected,
            rows_rejected=rejected,
            counts=counts,
            rejected_fields=dict(self.rejects.by_field),
            rejects=tuple(self.rejects.shown),
            notes=(*notes, *self._notes(rejected)),
        )

    def _notes(self, rejected: int) -> Iterator[str]:
        if not self.has_last_line_end:
            yield "no_last_line_end"
        if rejected and self.file.must_be_whole:
            yield "full_file_not_whole"


@contextmanager
def stage_file(
    file: File, number: int, *, seal: Seal, today: date, rejects_to: Path | None, advance: Advance
) -> Iterator[Staged]:
    """Read a file and stage its good rows. Raises `BadInput` for one that cannot be used at all."""
    if rejects_to is not None:
        refuse_overwriting(rejects_to, [file.path, *([file.mapping.path] if file.mapping else [])])
    mapping = file.mapping
    how = {"delimiter": mapping.delimiter, "encoding": mapping.encoding} if mapping else {}
    with Rejects(rejects_to) as rejects:
        with open_rows(file.path, **how) as reader:
            columns = columns_of(file.path, reader.header, file.feed, mapping)
            staged = Staged(file, Stage(number, file.feed), columns, rejects)
            _read(staged, reader, Validator(file.feed, columns, today), seal, advance)
        _check_whole(staged)
        yield staged


def _read(staged: Staged, reader: Reader, validator: Validator, seal: Seal, advance: Advance) -> None:
    staged.stage.create()
    for batch in reader.batches(staged.columns.names):
        outcome = validator.validate(batch)
        staged.rejects.add(outcome.rejects)
        _refuse_torn(staged.file, outcome)
        staged.stage.add(seal.hide(staged.file.feed, outcome.rows), outcome.spoiled)
        read = _rows_in(batch)
        staged.rows_read += read
        _refuse_hopeless(staged)
        advance("read", read)
    staged.digest, staged.has_last_line_end = reader.digest, reader.has_last_line_end
    staged.stage.finish()


def _refuse_hopeless(staged: Staged) -> None:
    """So many faults are one fault: it is the wrong file, and nobody would read them all."""
    faults = staged.rejects.by_field.total()
    if faults > FAULTS_MAX:
        name, most = staged.rejects.by_field.most_common(1)[0]
        raise BadInput(
            "import.hopeless",
            f"{staged.file.shown}: more than {FAULTS_MAX:,} fields are bad, {most:,} of them {name}.",
            hint="Import its first thousand rows with --rejects to see why.",
            file=staged.file.shown,
        )


def _rows_in(batch: Batch) -> int:
    return len(batch.lines) + len(batch.broken)


def _refuse_torn(file: File, outcome: Outcome) -> None:
    """A row of nobody knows which whole was lost, so no whole of the file can be believed."""
    whole = file.feed.whole_by
    if whole and outcome.is_torn:
        worst = next(each for each in outcome.rejects if each.field in (ROW, whole))
        raise BadInput(
            "import.torn",
            f"{file.shown}: line {worst.line}: {worst.field} {worst.reason}.",
            hint=f"Rows of one {whole} are taken together, and to which this one belongs cannot be known.",
            file=file.shown,
            line=worst.line,
        )


def _check_whole(staged: Staged) -> None:
    file = staged.file
    if file.sha256 and file.sha256.lower() != staged.digest:
        raise _bad(
            file, "import.digest", "the file is not the one the manifest speaks of: its SHA-256 differs"
        )
    if file.rows_expected is not None and file.rows_expected != staged.rows_read:
        what = f"the file has {staged.rows_read:,} rows, and the manifest says {file.rows_expected:,}"
        raise _bad(file, "import.truncated", what)
    if staged.rows_read == 0 and file.rows_expected is None:
        raise _bad(file, "import.no_rows", "the file has a header and no rows")


def _bad(file: File, code: str, what: str) -> BadInput:
    return BadInput(code, f"{file.shown}: {what}.", hint="Nothing was stored.", file=file.shown)
