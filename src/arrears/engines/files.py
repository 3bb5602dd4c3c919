"""Files that are there whole or not at all: written aside, forced to disk, named last."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from arrears.kernel.errors import Conflict

ASIDE = ".part"
"""Ends the names of what is being written; nothing that is so named counts."""


@dataclass(frozen=True, slots=True)
class Mark:
    """By what a file is known again: SHA-256 of its bytes, and how many they are."""

    sha256: str
    bytes: int


def mark_of(path: Path) -> Mark:
    with path.open("rb") as file:
        return Mark(hashlib.file_digest(file, "sha256").hexdigest(), os.fstat(file.fileno()).st_size)


def mark_folder(folder: Path) -> dict[str, Mark]:
    """The mark of each file, by name, having forced them and their names to disk."""
    marks = {}
    for path in sorted(folder.iterdir()):
        force(path)
        marks[path.name] = mark_of(path)
    force(folder)
    return marks


def as_plain(marks: Mapping[str, Mark]) -> dict[str, Any]:
    return {name: asdict(mark) for name, mark in marks.items()}


def marks_from(told: Mapping[str, Any]) -> dict[str, Mark]:
    """What `as_plain` wrote; KeyError or TypeError when it is something else."""
    return {name: Mark(str(mark["sha256"]), int(mark["bytes"])) for name, mark in told.items()}


def differing(folder: Path, marks: Mapping[str, Mark]) -> Path | None:
    """The first file that is missing, cut off or changed; None when all are as marked."""
    for name, mark in marks.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != mark.bytes or mark_of(path) != mark:
            return path
    return None


def force(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_document(path: Path, document: Mapping[str, Any]) -> None:
    """Write JSON that is found under this name whole or not at all, whoever dies when."""
    aside = path.with_name(f"{path.name}.{os.getpid()}{ASIDE}")
    aside.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    force(aside)
    aside.replace(path)
    force(path.parent)


def sweep(folder: Path) -> None:
    """Remove everything in a folder, which is made when it is not there; the lock file stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != _LOCK:
            path.unlink()


_LOCK = "lock"


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Keep others out of a folder, which is made when it is not there; they get a Conflict.

    The lock ends with this process, however it ends.
    """
    descriptor = _open_lock(folder)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(
                "night.in_use",
                f"{folder}: another run is at work here.",
                hint="Wait until it has ended, then run again: what it finished is kept.",
                folder=str(folder),
            ) from None
        yield
    finally:
        os.close(descriptor)


def stay_in(folder: Path) -> None:
    """Let `wait_until_left` of this folder wait until this process has ended, however it ends."""
    fcntl.flock(_open_lock(folder), fcntl.LOCK_SH)


def wait_until_left(folder: Path) -> None:
    """Wait until every process that stays in the folder has ended."""
    descriptor = _open_lock(folder)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    finally:
        os.close(descriptor)


def _open_lock(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
