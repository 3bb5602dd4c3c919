"""What became of a delivery and of each of its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from arrears.actions.importing.validating import Reject

UNCHANGED = "unchanged"
LEFT_OUT = "left_out"


@dataclass(frozen=True, slots=True)
class FileReport:
    """What became of one file's rows.

    `state` is stored, checked (a dry run), refused or already_imported. `counts` say what was
    written, or would be: added, changed, unchanged, ended, reversed, households_changed, left_out
    (on file, not in a full file, and kept). `rejected_fields` counts bad fields by name; `rejects`
    are the first few.
    """

    feed: str
    file: str
    mode: str
    state: str
    rows_read: int = 0
    rows_accepted: int = 0
    rows_rejected: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    rejected_fields: dict[str, int] = field(default_factory=dict)
    rejects: tuple[Reject, ...] = ()
    imported_at: datetime | None = None
    notes: tuple[str, ...] = ()

    @property
    def rows_changed(self) -> int:
        return sum(number for name, number in self.counts.items() if name not in (UNCHANGED, LEFT_OUT))


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`state` is that of the whole: a delivery is stored as one or not at all.

    `complete_through_on` is what was declared, None when nothing was; `notes` are codes of things
    worth saying.
    """

    state: str
    files: tuple[FileReport, ...]
    complete_through_on: date | None = None
    contacts_known_from_on: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def rows_read(self) -> int:
        return sum(each.rows_read for each in self.files)

    @property
    def rows_rejected(self) -> int:
        return sum(each.rows_rejected for each in self.files)
