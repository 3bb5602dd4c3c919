"""Real programs that use an embedded server, to be killed at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psycopg

from arrears.conf.postgres.client import ensure_server

# Says "up" when it has a server, then runs each SQL line it is given and answers with the first value.
PROGRAM = """
import sys, time
from pathlib import Path
import psycopg
from arrears.conf.postgres import client
if len(sys.argv) > 2:
    client._SUPERVISOR = [sys.executable, "-c", sys.argv[2]]
folder = Path(sys.argv[1])
client.ensure_server(folder)
print("up", flush=True)
for line in sys.stdin:
    for patience in range(200):
        try:
            with psycopg.connect(**client.ensure_server(folder)) as connection:
                rows = connection.execute(line)
                answer = rows.fetchone()[0] if rows.description else "done"
            print(answer, flush=True)  # it is committed by now
            break
        except psycopg.OperationalError:
            time.sleep(0.05)
"""


class Program:
    """A process that holds a server. `ask` runs SQL in it."""

    def __init__(self, folder: Path, *more: str, user: str | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(folder), *more],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            user=user,
        )

    def is_up(self) -> Program:
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "up\n", self.process.communicate()[1]
        return self

    def ask(self, sql: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(sql + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def end(self) -> str:
        """Close its input, so that it ends; what it said on stderr."""
        return self.process.communicate(timeout=60)[1]


def processes_of(folder: Path) -> list[int]:
    """Supervisors and server processes of a data folder that are alive."""
    return supervisors_of(folder) + servers_of(folder)


def supervisors_of(folder: Path) -> list[int]:
    return [pid for pid, arguments in _processes() if arguments[-2:] == [str(folder / "postgres"), ""]]


def servers_of(folder: Path) -> list[int]:
    """Processes whose working folder is the cluster, made or being made."""
    return [pid for pid, _ in _processes() if _working_folder(pid).startswith(str(folder / "postgres"))]


def postmaster_of(folder: Path) -> int:
    return int((folder / "postgres/cluster/postmaster.pid").read_text().split()[0])


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} seconds in vain"
        time.sleep(0.02)


def kill_all(folder: Path) -> None:
    """As a power cut would."""
    for pid in processes_of(folder):
        with suppress(ProcessLookupError):  # some end by themselves when another is gone
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not processes_of(folder))


def ask(folder: Path, sql: str) -> object:
    """Run SQL from this process, which then needs the server until `leave_server`."""
    with psycopg.connect(**ensure_server(folder)) as connection:
        rows = connection.execute(sql.encode())
        row = rows.fetchone() if rows.description else None
    return row[0] if row else None


def _processes() -> Iterator[tuple[int, list[str]]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_text().split("\0")
                is_zombie = (entry / "stat").read_text().rsplit(") ", 1)[1].startswith("Z")
            except OSError:
                continue
            if not is_zombie:
                yield int(entry.name), arguments


def _working_folder(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/cwd").readlink())
    except OSError:
        return ""
