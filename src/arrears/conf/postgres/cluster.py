"""Making a cluster, and taking hold of one that is certainly not served by anybody."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from arrears.conf.postgres.account import Account, folder_argument, user_name
from arrears.conf.postgres.binaries import Binaries
from arrears.conf.postgres.layout import DATABASE, PORT, ROLE, Layout
from arrears.conf.postgres.locks import open_folder, wait_lock
from arrears.kernel.errors import Misconfigured

_LAST_SERVER_SECONDS = 90.0
_FIRST_WITH_BUILTIN_LOCALES = 17


def cluster_major(layout: Layout) -> int | None:
    """The major version that made the cluster, or None when there is no cluster."""
    try:
        return int((layout.cluster / "PG_VERSION").read_text().split(".")[0])
    except FileNotFoundError:
        return None


def make_cluster(layout: Layout, binaries: Binaries, account: Account) -> None:
    """Make the cluster, its role and database beside its place; move it there when it is complete."""
    if layout.unfinished.exists():
        os.close(_take(layout.unfinished))  # of a supervisor that was killed: its initdb has to end first
        shutil.rmtree(layout.unfinished)
    layout.unfinished.mkdir(mode=0o700)
    if account.drops_root:
        os.chown(layout.unfinished, account.uid, account.gid)
    descriptor = _take(layout.unfinished)
    folder = folder_argument(layout.unfinished, descriptor)
    try:
        _run(account, [binaries.program("initdb"), "-D", folder, *_initdb_options(binaries)], descriptor)
        single = [binaries.program("postgres"), "--single", "-D", folder, "postgres"]
        _run(account, single, descriptor, text=f"CREATE DATABASE {DATABASE}\n")
    finally:
        os.close(descriptor)
    layout.unfinished.rename(layout.cluster)
    _sync(layout.folder)


def take_cluster(layout: Layout) -> int:
    """A locked descriptor of the cluster's folder, for a server to inherit.

    The lock is held by every process of a server, so having it proves that no server of ours is left,
    and a lock file that names a process is a remnant, whatever that process is by now. A server that
    somebody started by hand is recognised by where it works, and left alone.
    """
    descriptor = _take(layout.cluster)
    remnants = [layout.cluster / "postmaster.pid", layout.cluster / f".s.PGSQL.{PORT}.lock"]
    for remnant in remnants:
        pid = _first_number(remnant)
        if pid and _works_in(pid, layout.cluster):
            os.close(descriptor)
            raise Misconfigured(
                "postgres.started_by_hand",
                f"A PostgreSQL server that arrears did not start (process {pid}) runs on {layout.cluster}.",
                hint="Stop it, then try again.",
                pid=pid,
            )
    for remnant in remnants:
        remnant.unlink(missing_ok=True)
    return descriptor


def write_access_rules(layout: Layout) -> None:
    """Only the user of this process may connect, and only through the socket in the private folder."""
    (layout.cluster / "pg_hba.conf").write_text("local all all peer map=owner\n")
    (layout.cluster / "pg_ident.conf").write_text(f'owner "{user_name()}" {ROLE}\n')


def _initdb_options(binaries: Binaries) -> list[str]:
    options = ["--username", ROLE, "--auth", "peer", "--encoding", "UTF8"]
    if binaries.major >= _FIRST_WITH_BUILTIN_LOCALES:
        return [*options, "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    return [*options, "--locale", "C.UTF-8"]


def _take(folder: Path) -> int:
    descriptor = open_folder(folder)
    if wait_lock(descriptor, seconds=_LAST_SERVER_SECONDS):
        return descriptor
    os.close(descriptor)
    raise Misconfigured(
        "postgres.still_stopping",
        f"An earlier PostgreSQL server on {folder} has not ended after {_LAST_SERVER_SECONDS:.0f} seconds.",
        hint=f"Look into {folder.parent / 'server.log'}, then try again.",
    )


def _run(account: Account, command: list[str], descriptor: int, text: str | None = None) -> None:
    code, printed = account.run(command, keep=[descriptor], text=text)
    # A single-user server reports a failed statement, but ends well.
    if code != 0 or "ERROR:" in printed:
        reason = " ".join(printed.strip().splitlines()[-3:])
        raise Misconfigured(
            "postgres.initdb_failed",
            f"The database could not be made: {reason}",
            hint="Nothing was left half made. Correct the cause, then try again.",
        )


def _first_number(file: Path) -> int | None:
    with suppress(OSError, ValueError, IndexError):
        return abs(int(file.read_text().split()[0]))
    return None


def _works_in(pid: int, folder: Path) -> bool:
    """Whether the process exists and its working folder is `folder`, as every server's is (Linux tells)."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/cwd").samefile(folder)
    return False


def _sync(folder: Path) -> None:
    descriptor = open_folder(folder)
    os.fsync(descriptor)
    os.close(descriptor)
