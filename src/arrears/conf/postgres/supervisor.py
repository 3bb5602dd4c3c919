"""The process that owns the server of one data folder: `python -m arrears.conf.postgres.supervisor FOLDER`.

It detaches itself, prints one line of JSON when the server is ready or cannot be (`{}` or the error), and
from then on restarts the server if it dies, and stops it and ends when no program needs it any more.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import time
from enum import Enum
from pathlib import Path

from arrears.conf.postgres.layout import Layout
from arrears.conf.postgres.locks import is_locked, open_lock, try_lock, unlock
from arrears.conf.postgres.server import Process, start_server, stop_server, wait_until_ready
from arrears.kernel.errors import ArrearsError

LINGER_SECONDS = 1.0
_POLL_SECONDS = 0.1
_LOG_BYTES_MAX = 4_000_000
_CRASHES_MAX, _CRASHES_WITHIN_SECONDS = 5, 60.0

log = logging.getLogger(__name__)


class Ending(Enum):
    """Why a running server is no longer watched."""

    CRASHED = "the server ended by itself"
    UNUSED = "no program uses the server any more"
    TOLD = "this process was told to end"


class Supervisor:
    """Serves one data folder until it is no longer needed."""

    def __init__(self, layout: Layout, report: Report) -> None:
        self._layout = layout
        self._report = report
        self._clients = open_lock(layout.clients)
        self._myself = open_lock(layout.supervisor)
        self._ready = open_lock(layout.ready)
        self._is_told_to_end = False
        self._crashes: list[float] = []
        signal.signal(signal.SIGTERM, self._told_to_end)

    def run(self) -> None:
        if not self._become_the_only_one():
            self._report.ready()
            return
        log.info("supervisor %d begins", os.getpid())
        ending = Ending.CRASHED
        while ending is Ending.CRASHED:
            process = start_server(self._layout)
            try:
                ending = self._serve(process)
            finally:
                unlock(self._ready)
                stop_server(process)
            log.info("%s", ending.value)
        # In this order, so that a program which waits for the second finds the first one free.
        unlock(self._myself)
        unlock(self._clients)

    def _become_the_only_one(self) -> bool:
        """Whether this process serves; not when another one does, which is as good."""
        while not try_lock(self._myself):
            if is_locked(self._layout.ready):
                return False
            time.sleep(_POLL_SECONDS / 5)
        return True

    def _serve(self, process: Process) -> Ending:
        wait_until_ready(self._layout, process)
        while not try_lock(self._ready):  # a program that looks at it holds it for an instant
            time.sleep(_POLL_SECONDS / 100)
        self._report.ready()
        unused_since: float | None = None
        while process.poll() is None:
            if self._is_told_to_end:
                return Ending.TOLD
            if not try_lock(self._clients):
                unused_since = None
            else:
                now = time.monotonic()
                unused_since = unused_since or now
                if now - unused_since >= LINGER_SECONDS:
                    return Ending.UNUSED  # still holding the lock: a program that comes now waits for the end
                unlock(self._clients)
            time.sleep(_POLL_SECONDS)
        self._remember_crash()
        return Ending.CRASHED

    def _remember_crash(self) -> None:
        now = time.monotonic()
        self._crashes = [at for at in self._crashes if now - at < _CRASHES_WITHIN_SECONDS] + [now]
        if len(self._crashes) > _CRASHES_MAX:
            log.error("the server crashed %d times in a minute: giving up", len(self._crashes))
            raise SystemExit(1)

    def _told_to_end(self, *_: object) -> None:
        self._is_told_to_end = True


class Report:
    """The one line for the program that started this process. Later calls are ignored."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor: int | None = descriptor

    def ready(self) -> None:
        self._send({})

    def failed(self, error: Exception) -> None:
        if not isinstance(error, ArrearsError):
            error = ArrearsError("postgres.supervisor", f"The database server could not be started: {error}")
        self._send({"code": error.code, "what": error.what, "hint": error.hint})

    def _send(self, line: dict[str, str]) -> None:
        if self._descriptor is not None:
            os.write(self._descriptor, json.dumps(line).encode())
            os.close(self._descriptor)
            self._descriptor = None


def main(folder: str) -> None:
    layout = Layout(Path(folder))
    reading, writing = os.pipe()
    if os.fork():
        os.close(writing)
        with os.fdopen(reading) as pipe:
            sys.stdout.write(pipe.read())
        return
    os.close(reading)
    _detach(layout)
    report = Report(writing)
    try:
        Supervisor(layout, report).run()
    except Exception as error:
        log.exception("supervisor %d failed", os.getpid())
        report.failed(error)


def _detach(layout: Layout) -> None:
    os.setsid()
    os.chdir("/")
    os.umask(0o077)
    if layout.log.exists() and layout.log.stat().st_size > _LOG_BYTES_MAX:
        layout.log.replace(layout.log.with_suffix(".log.1"))
    for descriptor, path, mode in (
        (0, Path(os.devnull), os.O_RDONLY),
        (1, layout.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
        (2, layout.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT),
    ):
        os.dup2(os.open(path, mode, 0o600), descriptor)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s [%(process)d] %(levelname)s: %(message)s")


if __name__ == "__main__":
    main(sys.argv[1])
