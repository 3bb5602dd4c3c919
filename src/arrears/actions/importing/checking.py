"""A whole file checked: every row for itself, against what is on file, and against the others.

The file is read from its beginning each time, and each time found to be the same file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from arrears.actions.importing.known import Lookup
from arrears.actions.importing.mapping import Mapping
from arrears.actions.importing.reading import Chunk, Source, file_changed, open_source
from arrears.actions.importing.rejects import Rejects
from arrears.actions.importing.surveying import Conflicts, Survey
from arrears.actions.importing.validating import Limits, Outcome, Rows, Validator
from arrears.kernel.errors import BadInput

Advance = Callable[[str, int], None]
"""Told `checked` or `stored` and how many more rows."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of rows, the mapping it is read through, and what its rows may not pass.

    `digest` is the SHA-256 it had when the import began: any other is a `Conflict`.
    """

    path: Path
    mapping: Mapping
    limits: Limits
    digest: str

    def check(self, lookup: Lookup, rejects: Rejects, advance: Advance) -> tuple[int, bool]:
        """Tell every bad field of every row; returns the rows read, and whether the last line has an end.

        Raises `BadInput` for a file that cannot be used at all.
        """
        survey, rows_read = Survey(), 0
        with self._open() as source:
            for chunk, outcome in self._outcomes(source):
                rejects.add(outcome.rejects)
                rejects.add(lookup.known(outcome.rows).rejects(outcome.rows))
                survey.add(outcome.rows, outcome.others)
                rows_read += len(chunk.lines) + len(chunk.broken)
                advance("checked", len(chunk.lines) + len(chunk.broken))
        if rows_read == 0:
            raise self._without_rows()
        self._tell_conflicts(survey.conflicts(), rejects)
        return rows_read, source.has_last_line_end

    def rows(self, bad_lines: npt.NDArray[np.int64]) -> Iterator[Rows]:
        """The rows but for those on `bad_lines`, chunk by chunk."""
        with self._open() as source:
            for _, outcome in self._outcomes(source):
                is_good = ~np.isin(outcome.rows.lines, bad_lines)
                yield outcome.rows.keep(np.flatnonzero(is_good).tolist())

    def _tell_conflicts(self, conflicts: Conflicts, rejects: Rejects) -> None:
        """What stood in the rows was not kept, so it is read once more."""
        if conflicts:
            with self._open() as source:
                for _, outcome in self._outcomes(source):
                    rejects.add(conflicts.of(outcome.rows))

    def _outcomes(self, source: Source) -> Iterator[tuple[Chunk, Outcome]]:
        validator = Validator(self.mapping, self.limits)
        for chunk in source.chunks(self.mapping.columns):
            yield chunk, validator.validate(chunk)

    @contextmanager
    def _open(self) -> Iterator[Source]:
        with open_source(self.path, self.mapping.delimiter) as source:
            self._check_header(source)
            yield source
            if source.digest != self.digest:
                raise file_changed(self.path)

    def _check_header(self, source: Source) -> None:
        likelier = source.likelier_delimiter()
        if likelier and not set(self.mapping.columns) <= set(source.header):
            raise BadInput(
                "import.delimiter",
                f"{self.path}: the header is one column; the delimiter seems to be {likelier!r},"
                f" and the mapping says {self.mapping.delimiter!r}.",
                hint="Set delimiter in the table [file] of the mapping.",
                file=str(self.path),
            )
        self.mapping.check_header(source.header)
        source.refuse_repeated_names()

    def _without_rows(self) -> BadInput:
        return BadInput(
            "import.no_rows",
            f"{self.path}: the file has a header and no rows.",
            hint="Nothing was stored. If nothing changed, there is nothing to import.",
            file=str(self.path),
        )
