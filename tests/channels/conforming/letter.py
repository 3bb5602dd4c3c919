"""Letters: a folder that a print house collects, so that only the disk can fail."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from arrears.channels.base import Channel
from arrears.channels.letter.events import LetterEvent
from arrears.kernel.errors import ChannelUnavailable, ChannelUnsure
from tests.channels.builders import a_letter_channel, a_paper
from tests.channels.conforming.table import CannotHappen, Conforming, Failing, Receipts
from tests.channels.conforming.worlds import World

NO_SERVER = CannotHappen("a folder answers nothing that could be misread, and refuses nothing")
STREET = "1 Example Plaza, New York, NY 10001"


def letters(prepare: Callable[[Path, pytest.MonkeyPatch], None]) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with (
            tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
            pytest.MonkeyPatch.context() as patch,
        ):
            prepare(Path(folder), patch)
            with a_letter_channel(Path(folder)) as channel:
                yield channel

    return opened


def no_folder(folder: Path, _patch: pytest.MonkeyPatch) -> None:
    folder.rmdir()


def disk_is_full(_folder: Path, patch: pytest.MonkeyPatch) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr(os, "fsync", fails)


def lost_after_the_rename(_folder: Path, patch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def gone(*_: object) -> int:
        raise OSError(5, "Input/output error")

    def renamed(self: Path, target: Path) -> Path:
        rename(self, target)
        patch.setattr(os, "open", gone)
        return target

    patch.setattr(Path, "rename", renamed)


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with tempfile.TemporaryDirectory() as folder:
        yield a_letter_channel(Path(folder)), lambda: len(list(Path(folder).iterdir()))


def report(attempt: int, evidence: str) -> bytes:
    return LetterEvent(attempt, evidence, "2026-01-07T09:00:00+08:00", "as the post says").content()


FOLDER = Conforming(
    failures={
        "connect error": Failing(letters(no_folder), ChannelUnavailable),
        "connect time-out": NO_SERVER,
        "read time-out": NO_SERVER,
        "too many (429)": NO_SERVER,
        "failing (500)": NO_SERVER,
        "refused (400)": NO_SERVER,
        "unreadable success": NO_SERVER,
        "disk full": Failing(letters(disk_is_full), ChannelUnavailable),
        "lost after the rename": Failing(letters(lost_after_the_rename), ChannelUnsure),
    },
    receipts=Receipts("print", report),
    untouched=untouched,
    contact={"address": STREET, "paper": a_paper()},
)

CARRIERS = {"folder": FOLDER}
