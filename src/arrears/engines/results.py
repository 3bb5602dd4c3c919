"""What has been planned of a night: a folder per part that counts only when it is whole.

    FOLDER/question.json       what every part is asked: day, instant, law, strategy, snapshot
    FOLDER/00000/...           the plan of one part (`engines.plans`)
    FOLDER/00000/result.json   the figures of the plan and the marks of its files

A part is written aside and gets its name last; so whoever dies when leaves whole parts, or what
does not count. A part whose files are not as marked, or that answers another question, is
planned anew.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from arrears.engines.files import (
    ASIDE,
    Mark,
    as_plain,
    differing,
    force,
    mark_folder,
    marks_from,
    sweep,
    write_document,
)
from arrears.engines.manifests import name_of
from arrears.engines.parts import plan_partition
from arrears.kernel.facts import Codes
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.duties import duties_of
from arrears.kernel.planning.strategy import Strategy

VERSION = 2
_QUESTION, _RESULT = "question.json", "result.json"


@dataclass(frozen=True, slots=True)
class Question:
    """What each part of a night is asked: one for all parts, and for all tries.

    `on` is an ISO day, `at` an instant, `busy` loans with a contact under way, ascending, `duties`
    the rows of `Duties`; `snapshot` is the digest of its manifest.
    """

    on: str
    at: int
    busy: tuple[int, ...]
    snapshot: str
    law: str
    strategy: str
    zones: str
    duties: tuple[tuple[int, ...], ...] = ()
    version: int = VERSION

    @property
    def day(self) -> date:
        return date.fromisoformat(self.on)

    @property
    def busy_loans(self) -> Codes:
        return np.array(self.busy, np.int64)

    @property
    def digest(self) -> str:
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def is_same_as(self, other: Question) -> bool:
        """Whether they differ in nothing but when they were first asked."""
        return self._kind() == other._kind()

    def _kind(self) -> tuple[object, ...]:
        return (self.on, self.snapshot, self.law, self.strategy, self.zones, self.version)


@dataclass(frozen=True, slots=True)
class Result:
    """A planned part: the figures of its plan, and the marks of its files."""

    number: int
    counts: dict[str, Any]
    files: dict[str, Mark]
    digest: str


def ask(folder: Path, question: Question) -> Question:
    """Begin a night, or go on with the one in the folder: then its first question stays the question.

    What answers another question is swept.
    """
    asked = _asked(folder)
    if asked is not None and asked.is_same_as(question):
        return asked
    sweep(folder)
    write_document(folder / _QUESTION, asdict(question))
    return question


def _asked(folder: Path) -> Question | None:
    try:
        told = json.loads((folder / _QUESTION).read_text(encoding="utf-8"))
        return Question(**{**told, "busy": tuple(told["busy"]), "duties": tuple(map(tuple, told["duties"]))})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def find_result(folder: Path, question: Question, number: int) -> Result | None:
    """The part's result, or None when it is not finished, cut off, changed or of another question."""
    part = folder / name_of(number)
    try:
        text = (part / _RESULT).read_text(encoding="utf-8")
        told = json.loads(text)
        files = marks_from(told["files"])
        is_ours = told["question"] == question.digest and told["part"] == number
        counts = dict(told["counts"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if not is_ours or differing(part, files) is not None:
        return None
    return Result(number, counts, files, hashlib.sha256(text.encode()).hexdigest())


def unfinished(folder: Path, question: Question, parts: int) -> Iterator[int]:
    """Numbers of the parts that are still to be planned."""
    return (number for number in range(parts) if find_result(folder, question, number) is None)


def plan_part(
    part: Path, number: int, question: Question, *, law: Law, strategy: Strategy, folder: Path
) -> None:
    """Plan one part of a snapshot; when this returns, its result stands whole in the folder."""
    aside = folder / f"{name_of(number)}.{os.getpid()}{ASIDE}"
    shutil.rmtree(aside, ignore_errors=True)
    counts = plan_partition(
        part,
        law,
        strategy,
        on=question.day,
        at=question.at,
        busy=question.busy_loans,
        duties=duties_of(question.duties),
        out=aside,
    )
    marks = mark_folder(aside)
    result = {"question": question.digest, "part": number, "counts": counts, "files": as_plain(marks)}
    write_document(aside / _RESULT, result)
    _put_in_place(aside, folder / name_of(number))


def _put_in_place(aside: Path, part: Path) -> None:
    shutil.rmtree(part, ignore_errors=True)
    aside.rename(part)
    force(part.parent)


def sweep_aside(folder: Path) -> None:
    """Remove what killed workers left half written."""
    for path in folder.glob(f"*{ASIDE}"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
