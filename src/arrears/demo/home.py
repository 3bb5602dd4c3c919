"""The demo's own data folder: made new for every run, left afterwards to be looked at."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from arrears.conf.paths import make_private
from arrears.conf.postgres.layout import Layout
from arrears.conf.postgres.locks import is_locked, open_lock, try_lock
from arrears.kernel.errors import Conflict, NotPossible

_MARK = "made-by-arrears-demo"
_PATIENCE_SECONDS = 10.0


@contextmanager
def fresh_home(folder: Path) -> Iterator[Path]:
    """`folder`, empty but for the demo's mark, for the time of one run.

    What an earlier demo left in it is removed. Raises NotPossible when the folder holds anything else, and
    Conflict when another program is using an earlier demo's database.
    """
    mark = folder / _MARK
    if folder.exists() and not mark.exists() and any(folder.iterdir()):
        raise NotPossible(
            "demo.not_our_folder",
            f"{folder} holds something that no demo made, so it is left alone.",
            hint="Name another folder with --home.",
        )
    make_private(folder)
    mark.touch()
    descriptor = open_lock(mark)
    try:
        if not try_lock(descriptor):
            raise Conflict("demo.running", f"Another demo is running in {folder}.", hint="Wait for its end.")
        _wait_until_unused(folder)
        _empty(folder, but=mark)
        yield folder
    finally:
        os.close(descriptor)


def _wait_until_unused(folder: Path) -> None:
    """A server whose last program has gone ends by itself after a second."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while is_locked(Layout.of(folder).supervisor):
        if time.monotonic() > deadline:
            raise Conflict(
                "demo.in_use",
                f"Another program is using the database of an earlier demo in {folder}.",
                hint="End it, then run the demo again; or name another folder with --home.",
            )
        time.sleep(0.1)


def _empty(folder: Path, *, but: Path) -> None:
    for entry in folder.iterdir():
        if entry == but:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
