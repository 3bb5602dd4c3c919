"""The folder of a print house: a batch is in it whole, or not at all, and no letter is in two.

    20260105T010000Z-17-42/   a batch of the attempts 17 to 42, to be printed
        17.pdf
        manifest.jsonl        one line per letter
    .preparing-…/             a batch that is not handed over: nobody prints from it
    .handed/….jsonl           the manifest of every batch there ever was

A batch is handed over by one rename of its folder. Its manifest is kept among those handed over
before that, and counts for nothing while the batch is still being prepared; so what was handed over
is known after any death, and also when the print house has taken the batch away. Whoever settles
what a dead sender left takes the batch out of preparation first, by a rename as well: of the two
renames one fails, and a sender that was only slow learns that its batch is gone.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from arrears.kernel.errors import ChannelError, ChannelUnavailable, ChannelUnsure

MANIFEST = "manifest.jsonl"
_HANDED = ".handed"
_PREPARING = ".preparing-"
_ABANDONED = ".abandoned-"
_NAME = re.compile(r"\d{8}T\d{6}Z-(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Printed:
    """One letter as its line of the manifest has it. `service` is standard or registered."""

    attempt: int
    file: str
    pages: int
    country: str
    language: str
    paper: str
    window: str
    service: str
    sha256: str


class PrintHouse:
    """One folder, in which batches are handed over."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def check(self) -> None:
        """Raise ChannelUnavailable when no batch could be handed over now."""
        try:
            (self._folder / _HANDED).mkdir(exist_ok=True)
        except OSError as error:
            raise _unavailable(error) from None
        if not os.access(self._folder, os.W_OK | os.X_OK):
            raise ChannelUnavailable("print.no_folder", "The print house's folder cannot be written to.")

    def hand_over(self, letters: Sequence[tuple[Printed, bytes]], *, at: datetime) -> None:
        """One batch of these letters, none of which was handed over before.

        Raises ChannelUnavailable when certainly nobody prints any of them, ChannelUnsure when that is
        not known.
        """
        attempts = [printed.attempt for printed, _ in letters]
        name = f"{at:%Y%m%dT%H%M%SZ}-{min(attempts)}-{max(attempts)}"
        try:
            self._prepare(name, letters)
            (self._folder / f"{_PREPARING}{name}").rename(self._folder / name)
        except OSError as error:
            raise self._failed(name, error) from None
        try:
            _sync(self._folder)
        except OSError as error:
            raise _unsure(error) from None

    def _prepare(self, name: str, letters: Sequence[tuple[Printed, bytes]]) -> None:
        """The batch, its letters and its manifest, all of it durable, and nothing of it handed over."""
        preparing = self._folder / f"{_PREPARING}{name}"
        preparing.mkdir()
        manifest = "".join(f"{json.dumps(asdict(printed))}\n" for printed, _ in letters).encode()
        for printed, pdf in letters:
            _write(preparing / printed.file, pdf)
        _write(preparing / MANIFEST, manifest)
        _sync(preparing)
        _write(self._folder / _HANDED / f"{name}.jsonl", manifest)
        _sync(self._folder / _HANDED)

    def _failed(self, name: str, error: OSError) -> ChannelError:
        """What it means that a batch could not be prepared or renamed."""
        try:
            self._abandon(name)
            is_there = (self._folder / name).exists()
        except OSError:
            return _unsure(error)
        return _unsure(error) if is_there else _unavailable(error)

    def handed_over(self, attempts: Iterable[int]) -> dict[int, Printed]:
        """Those of these attempts whose letters are in a batch that was handed over."""
        wanted = frozenset(attempts)
        unfinished = self._unfinished()
        return {
            printed.attempt: printed
            for path in self._manifests_with(wanted)
            if path.stem not in unfinished
            for printed in read_manifest(path)
            if printed.attempt in wanted
        }

    def abandon(self, attempts: Iterable[int]) -> None:
        """Take every batch that is prepared for these attempts out of preparation: it is never handed over.

        Called before `handed_over`, when their sender has certainly lost its time.
        """
        wanted = frozenset(attempts)
        for path in self._folder.glob(f"{_PREPARING}*"):
            name = path.name.removeprefix(_PREPARING)
            if _spans(name, wanted):
                self._abandon(name)

    def _abandon(self, name: str) -> None:
        abandoned = self._folder / f"{_ABANDONED}{name}"
        try:
            (self._folder / f"{_PREPARING}{name}").rename(abandoned)
        except FileNotFoundError:
            return  # its sender has just handed it over, or never began
        (self._folder / _HANDED / f"{name}.jsonl").unlink(missing_ok=True)
        shutil.rmtree(abandoned)

    def batches(self) -> dict[str, tuple[list[Printed], bool]]:
        """Every batch that was handed over, the oldest first: its letters, and whether it is still here."""
        unfinished = self._unfinished()
        return {
            path.stem: (list(read_manifest(path)), (self._folder / path.stem).is_dir())
            for path in sorted((self._folder / _HANDED).glob("*.jsonl"))
            if path.stem not in unfinished
        }

    def _manifests_with(self, attempts: frozenset[int]) -> list[Path]:
        found = sorted((self._folder / _HANDED).glob("*.jsonl"))
        return [path for path in found if _spans(path.stem, attempts)]

    def _unfinished(self) -> frozenset[str]:
        """Batches that nobody prints from, whatever is kept of their manifests."""
        begun = [*self._folder.glob(f"{_PREPARING}*"), *self._folder.glob(f"{_ABANDONED}*")]
        return frozenset(path.name.split("-", 1)[1] for path in begun)


def read_manifest(path: Path) -> list[Printed]:
    """The letters that a manifest lists."""
    told: list[Mapping[str, str | int]] = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [Printed(**each) for each in told]  # type: ignore[arg-type] # written by us, as it is read


def _spans(name: str, attempts: frozenset[int]) -> bool:
    found = _NAME.fullmatch(name)
    return found is not None and any(int(found[1]) <= attempt <= int(found[2]) for attempt in attempts)


def _write(path: Path, content: bytes) -> None:
    with path.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """A new name is durable once its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _unavailable(error: OSError) -> ChannelUnavailable:
    what = "The batch could not be written for the print house; nothing of it is printed."
    return ChannelUnavailable("print.not_written", what, cause=type(error).__name__)


def _unsure(error: OSError) -> ChannelUnsure:
    what = "The print house's folder was lost while a batch was handed over."
    return ChannelUnsure("print.folder_lost", what, cause=type(error).__name__)
