"""A snapshot of a few parts with late customers, and workers that die where they are told to."""

from __future__ import annotations

import errno
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from arrears.engines import results
from arrears.engines.files import stay_in, wait_until_left
from arrears.engines.local import Night
from arrears.engines.manifests import Snapshot, write_snapshot
from arrears.engines.results import Question, ask, unfinished
from arrears.kernel.days import date_of
from arrears.strategies import load_strategy
from tests.kernel.planning.world import APP, EMAIL, PER_ADDRESS, World, a_law, midnight

TODAY = 20_650
LAW, STRATEGY = a_law(PER_ADDRESS), load_strategy("sample")


def a_part(number: int, loans: int = 3) -> World:
    """Customers late by three days and more; the second of each part has opted out."""
    world = World()
    for each in range(loans):
        person = 10 * number + each
        world.person(person, (APP, 100 * person), (EMAIL, 100 * person + 1))
        world.loan(person, person)
        world.report(person, TODAY - 1, since=TODAY - 4 - each)
    world.opt_out(10 * number + 1)
    return world


def a_snapshot(folder: Path, *, parts: int = 4, known_at: int = 0) -> Snapshot:
    facts = (a_part(number).facts() for number in range(1, parts + 1))
    return write_snapshot(folder, facts, lender=1, known_at=known_at)


def a_question(of: Snapshot, **changed) -> Question:
    asked = {
        "on": date_of(TODAY).isoformat(),
        "at": midnight(TODAY),
        "busy": (),
        "snapshot": of.digest,
        "law": LAW.version,
        "strategy": STRATEGY.version,
        "zones": LAW.zones_version,
    }
    return Question(**{**asked, **changed})


def a_night(folder: Path, *, parts: int = 4, kind: type[Night] = Night, **more) -> Night:
    snapshot = a_snapshot(folder / "snapshot", parts=parts)
    out = folder / "decisions"
    return kind(snapshot, out, ask(out, a_question(snapshot)), LAW, STRATEGY, **more)


@dataclass(frozen=True)
class MortalNight(Night):
    """Whoever plans this part is killed before it or with its files written and not named, or fails."""

    deadly: int = -1
    when: str = "before"

    def plan(self, number: int) -> None:
        if number == self.deadly:
            deaths[self.when]()
        super().plan(number)


def _die(*_, **__) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _fail_with(error: Exception):
    def failing(*_, **__):
        raise error

    return lambda: setattr(results, "write_document", failing)


deaths = {
    "before": _die,
    "half": lambda: setattr(results, "write_document", _die),
    "disk": _fail_with(OSError(errno.ENOSPC, "No space left on device", "result.json")),
    "bug": _fail_with(AssertionError("ranks must rise")),
}
"""How whoever plans a part comes to grief."""


def linger(folder: Path) -> None:
    """A worker whose run was killed: it makes its part, and ends half a second later."""
    stay_in(folder)
    (folder / "00003.1.part").mkdir()
    time.sleep(0.5)
    (folder / "00003.1.part").rename(folder / "00003")


def plan_here(night: Night) -> None:
    """Plan what is not planned yet, in this process: nothing here depends on whose it is."""
    wait_until_left(night.folder)
    for number in unfinished(night.folder, night.question, len(night.snapshot.parts)):
        night.plan(number)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
