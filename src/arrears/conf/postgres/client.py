"""What a program does to have a server: hold clients.lock, and start a supervisor when none serves."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from arrears.conf.paths import make_private
from arrears.conf.postgres.layout import DATABASE, PORT, ROLE, Layout
from arrears.conf.postgres.locks import is_locked, open_folder, open_lock, wait_lock
from arrears.kernel.errors import ArrearsError, Misconfigured

# -P: nothing in the folder where the user happens to be may take a module's place.
_SUPERVISOR = [sys.executable, "-P", "-m", "arrears.conf.postgres.supervisor"]
_PATIENCE_SECONDS = 120.0
_SOCKET_PATH_MAX = 103  # bytes; Linux takes 107, macOS 103

_presences: dict[Path, int] = {}  # by data folder: the descriptor by which this program holds clients.lock
_short_ways: dict[Path, int] = {}  # by cluster folder: an open descriptor of it
_guard = threading.Lock()


def ensure_server(data_folder: Path) -> dict[str, Any]:
    """Connection parameters of the data folder's server, which runs at least until this process ends.

    Starts it when it does not run; cheap when it does, so call it before every new connection.
    Raises Misconfigured when it cannot run, with the reason and what to do.
    """
    layout = Layout.of(data_folder)
    with _guard:
        _be_present(data_folder, layout)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_locked(layout.ready):
            _launch(layout)
            if time.monotonic() > deadline:
                raise Misconfigured(
                    "postgres.too_slow",
                    f"The database server in {layout.folder} does not get ready.",
                    hint=f"Look into {layout.log}.",
                )
        return {"host": _host(layout.cluster), "port": PORT, "user": ROLE, "dbname": DATABASE}


def leave_server(data_folder: Path, *, wait: bool = False) -> None:
    """Say that this program needs the server no more. It stops when nobody else does either.

    With `wait`, return when it has stopped, which is the time to remove the folder.
    Connections have to be closed before.
    """
    layout = Layout.of(data_folder)
    with _guard:
        for held in (_presences.pop(data_folder, None), _short_ways.pop(layout.cluster, None)):
            if held is not None:
                os.close(held)
    while wait and is_locked(layout.supervisor):
        time.sleep(0.02)


def _be_present(data_folder: Path, layout: Layout) -> None:
    if data_folder in _presences:
        return
    make_private(data_folder)
    make_private(layout.folder)
    descriptor = open_lock(layout.clients)
    # Taken only by a supervisor that is stopping its server.
    if not wait_lock(descriptor, seconds=_PATIENCE_SECONDS, shared=True):
        os.close(descriptor)
        raise Misconfigured(
            "postgres.still_stopping",
            f"The database server in {layout.folder} has been stopping for too long.",
            hint=f"Look into {layout.log}, then try again.",
        )
    _presences[data_folder] = descriptor


def _launch(layout: Layout) -> None:
    """Start a supervisor and wait until it, or another one, serves."""
    done = subprocess.run(
        [*_SUPERVISOR, str(layout.folder)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        reason = (done.stderr.strip().splitlines() or ["it was killed"])[-1]
        raise Misconfigured(
            "postgres.supervisor",
            f"The database server could not be started: {reason}",
            hint=f"Look into {layout.log}.",
        ) from None
    if answer:
        raise _relayed(answer)


def _relayed(answer: dict[str, str]) -> ArrearsError:
    return Misconfigured(answer["code"], answer["what"], hint=answer["hint"])


def _host(cluster: Path) -> str:
    """The folder of the socket. A path too long for a socket's name is reached through an open descriptor."""
    if len(os.fsencode(cluster / f".s.PGSQL.{PORT}")) <= _SOCKET_PATH_MAX:
        return str(cluster)
    if sys.platform != "linux":
        raise Misconfigured(
            "home.too_long",
            f"The path {cluster} is too long for the name of a socket.",
            hint="Set ARREARS_HOME to a folder with a shorter path.",
        )
    if cluster not in _short_ways:
        _short_ways[cluster] = open_folder(cluster)
    return f"/proc/self/fd/{_short_ways[cluster]}"
