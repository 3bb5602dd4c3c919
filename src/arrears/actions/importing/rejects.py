"""The rejects file: every bad field of every bad row, for the lender to correct.

It holds what stood in the fields, so it is written for its owner's eyes only, and in a form that
a spreadsheet shows and does not carry out.
"""

from __future__ import annotations

import csv
import tempfile
from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from arrears.actions.importing.validating import Reject
from arrears.kernel.errors import BadInput

COLUMNS = ("row", "field", "value", "reason")
SHOWN_MAX = 20
_VALUE_MAX = 200


class Rejects:
    """Takes rejects as they are found: to the file if there is one, the first few to be shown.

    The file appears under its name when everything is told (`close`), or not at all.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.shown: list[Reject] = []
        self.by_field: Counter[str] = Counter()
        self._lines = array("q")
        self._file = None if path is None else _temporary(path)
        if self._file is not None:
            self._csv = csv.writer(self._file)
            self._csv.writerow(COLUMNS)

    @property
    def lines(self) -> npt.NDArray[np.int64]:
        """The lines of the rejected rows, ascending, each once."""
        return np.unique(np.asarray(self._lines, np.int64))

    def add(self, rejects: Iterable[Reject]) -> None:
        for reject in rejects:
            if not self._lines or self._lines[-1] != reject.line:
                self._lines.append(reject.line)
            self.by_field[reject.field] += 1
            if len(self.shown) < SHOWN_MAX:
                self.shown.append(reject)
            if self._file is not None:
                self._csv.writerow((reject.line, reject.field, visible(reject.value), reject.reason))

    def close(self) -> None:
        """Put the file in its place, whole."""
        if self._file is not None and self.path is not None:
            self._file.close()
            Path(self._file.name).replace(self.path)

    def __enter__(self) -> Rejects:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()
            Path(self._file.name).unlink(missing_ok=True)


def refuse_overwriting(path: Path, inputs: Sequence[Path]) -> None:
    """Raise `BadInput` if the rejects would be written over one of the files that are read."""
    for each in inputs:
        if path.exists() and each.exists() and path.samefile(each):
            raise BadInput(
                "import.rejects_over_input",
                f"{path}: the rejects file is one of the files being read.",
                hint="Give --rejects another name.",
                file=str(path),
            )


def visible(value: str) -> str:
    """A value with nothing hidden in it: odd characters as escapes, a formula as text, cut when long."""
    shown = "".join(char if char.isprintable() else _escape(char) for char in value[:_VALUE_MAX])
    shown += "…" if len(value) > _VALUE_MAX else ""
    return f"'{shown}" if shown and shown[0] in "=+-@" and not _is_number(shown) else shown


def _escape(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _is_number(text: str) -> bool:
    digits = text[1:].replace(".", "", 1)
    return text[0] in "+-" and digits.isascii() and digits.isdigit()


def _temporary(path: Path) -> tempfile._TemporaryFileWrapper[str]:
    try:
        return tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "is not a path"
        raise BadInput(
            "import.rejects_unwritable",
            f"{path}: the rejects file cannot be written: {reason}.",
            hint="Nothing was imported. Give --rejects a path in a folder you may write to.",
            file=str(path),
        ) from None
