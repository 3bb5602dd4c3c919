"""A snapshot: numbered parts (`engines.snapshot`) and a manifest that says what they must be.

    FOLDER/00000/...       the facts of one part
    FOLDER/snapshot.json   version, lender, known_at, and every part's loans, contact groups and files

The manifest is written last: a folder without one is unfinished and is written anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.engines.files import (
    Mark,
    as_plain,
    differing,
    force,
    mark_folder,
    marks_from,
    sweep,
    write_document,
)
from arrears.engines.snapshot import write_part
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.facts import Facts

VERSION = 1
MANIFEST = "snapshot.json"


@dataclass(frozen=True, slots=True)
class Part:
    """One part: its loans, the lowest and highest contact group of them (-1 for none), its files."""

    number: int
    loans: int
    group_from: int
    group_to: int
    files: dict[str, Mark]

    @property
    def name(self) -> str:
        return name_of(self.number)

    @property
    def bytes(self) -> int:
        return sum(mark.bytes for mark in self.files.values())


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A finished snapshot. `digest` is of its manifest, and so of every byte of its parts."""

    folder: Path
    lender: int
    known_at: int
    parts: tuple[Part, ...]
    digest: str

    @property
    def loans(self) -> int:
        return sum(part.loans for part in self.parts)

    def check(self, number: int) -> None:
        """Raise BadInput, with the file, when a part is not what was written."""
        part = self.parts[number]
        wrong = differing(self.folder / part.name, part.files)
        if wrong is not None:
            raise BadInput(
                "snapshot.changed",
                f"{wrong}: the file is missing, cut off or changed since the snapshot was written.",
                hint="Remove the folder of this night and run the day again: it writes a new one.",
                file=str(wrong),
                part=number,
            )


def name_of(number: int) -> str:
    """The folder of a part, in a snapshot and among its results."""
    return f"{number:05}"


def write_snapshot(
    folder: Path,
    parts: Iterable[Facts],
    *,
    lender: int,
    known_at: int,
    advance: Callable[[int], None] = lambda _loans: None,
) -> Snapshot:
    """Write a snapshot, taking the parts one by one; what was in the folder is swept first."""
    sweep(folder)
    written = []
    for number, facts in enumerate(parts):
        write_part(facts, folder / name_of(number))
        written.append(_part(number, facts, mark_folder(folder / name_of(number))))
        advance(written[-1].loans)
    force(folder)
    write_document(
        folder / MANIFEST,
        {
            "version": VERSION,
            "lender": lender,
            "known_at": known_at,
            "loans": sum(part.loans for part in written),
            "parts": [_plain(part) for part in written],
        },
    )
    return open_snapshot(folder)


def _part(number: int, facts: Facts, files: dict[str, Mark]) -> Part:
    group = facts["loan"]["contact_group"]
    ends = (int(group.min()), int(group.max())) if len(group) else (-1, -1)
    return Part(number, len(group), *ends, files)


def _plain(part: Part) -> dict[str, Any]:
    groups = {"from": part.group_from, "to": part.group_to}
    return {
        "number": part.number,
        "loans": part.loans,
        "contact_groups": groups,
        "bytes": part.bytes,
        "files": as_plain(part.files),
    }


def is_finished(folder: Path) -> bool:
    return (folder / MANIFEST).is_file()


def open_snapshot(folder: Path, *, known_at: int | None = None) -> Snapshot:
    """The snapshot in a folder.

    Raises NotFound for a folder that is not there or not finished, BadInput for a manifest that
    cannot be read or is of another version, and Conflict when `known_at` is given and the
    snapshot was made at another instant.
    """
    if not is_finished(folder):
        raise _not_there(folder)
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        snapshot = _snapshot(folder, text)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(
            "snapshot.manifest",
            f"{path}: {_why(error)}.",
            hint="Remove the folder and run the day again: it writes a new one.",
            file=str(path),
        ) from None
    if known_at is not None and snapshot.known_at != known_at:
        raise _of_another_instant(snapshot, known_at)
    return snapshot


def _snapshot(folder: Path, text: str) -> Snapshot:
    told = json.loads(text)
    if told["version"] != VERSION:
        raise _OtherVersionError(told["version"])
    parts = tuple(
        Part(
            int(part["number"]),
            int(part["loans"]),
            int(part["contact_groups"]["from"]),
            int(part["contact_groups"]["to"]),
            marks_from(part["files"]),
        )
        for part in told["parts"]
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Snapshot(folder, int(told["lender"]), int(told["known_at"]), parts, digest)


class _OtherVersionError(ValueError):
    pass


def _why(error: Exception) -> str:
    if isinstance(error, _OtherVersionError):
        return f"the manifest is of version {error}, and this program reads version {VERSION}"
    return "the manifest is not what was written"


def _not_there(folder: Path) -> NotFound:
    what = "the snapshot was not finished" if folder.is_dir() else "there is no such folder"
    return NotFound(
        "snapshot.missing",
        f"{folder}: {what}.",
        hint="Run the day again: it writes the snapshot first.",
        folder=str(folder),
    )


def _of_another_instant(snapshot: Snapshot, known_at: int) -> Conflict:
    age = "older" if snapshot.known_at < known_at else "newer"
    return Conflict(
        "snapshot.other_instant",
        f"{snapshot.folder}: the snapshot is {age} than what this run knows of the books.",
        hint="Remove the folder and run the day again: it writes a new one.",
        folder=str(snapshot.folder),
    )
