"""Programs in processes of their own that need not read numpy, polars and Django anew each time.

A server per run of pytest has read the packages that others wrote; each program is a fork of it, with
its own arguments, environment, folder and streams. What this project wrote is read by each fork itself,
so a command still has to import what it needs, in the right order.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

_CLIENT = Path(__file__).with_name("client.py")


def python(*arguments: str) -> list[str]:
    """What to run instead of `python ARGUMENTS` (-m MODULE or -c CODE): it ends as that would have ended.

    It passes SIGINT and SIGTERM on, and when it is killed the program is.
    """
    return [sys.executable, "-I", "-S", str(_CLIENT), str(_server(os.getpid())), *arguments]


@cache
def _server(_of: int) -> Path:
    """The socket of this process's server, which ends with this process."""
    folder = tempfile.TemporaryDirectory(prefix="arrears-forking-")
    path = Path(folder.name) / "socket"
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forking.server", str(path)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert server.stdin is not None
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"

    def end() -> None:
        server.communicate()
        folder.cleanup()

    atexit.register(end)
    return path
