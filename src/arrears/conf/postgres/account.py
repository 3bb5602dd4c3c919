"""Who the server runs as: PostgreSQL refuses to run as root."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from arrears.kernel.errors import Misconfigured

_PR_SET_PDEATHSIG = 1
_UNPRIVILEGED = "nobody"


@dataclass(frozen=True)
class Account:
    """The account the server's processes run as, and whether that means giving up root."""

    name: str
    uid: int
    gid: int
    drops_root: bool

    def start(
        self,
        command: Sequence[str],
        *,
        keep: Sequence[int] = (),
        output: IO[str] | int,
        stdin: int = subprocess.DEVNULL,
    ) -> subprocess.Popen[str]:
        """Start a program of PostgreSQL that is asked to end when this process does (on Linux).

        `keep` are descriptors it inherits. Raises OSError when this account may not run the program.
        """
        return subprocess.Popen(
            command,
            cwd="/",
            env=_environment(),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            pass_fds=keep,
            text=True,
            # Runs after privileges are dropped (dropping them clears the setting); nothing here has threads.
            preexec_fn=_end_with_parent(),  # noqa: PLW1509
            user=self.uid if self.drops_root else None,
            group=self.gid if self.drops_root else None,
            extra_groups=() if self.drops_root else None,
        )

    def run(
        self, command: Sequence[str], *, keep: Sequence[int] = (), text: str | None = None
    ) -> tuple[int, str]:
        """Run a program of PostgreSQL to its end: exit code, and all that it printed."""
        stdin = subprocess.DEVNULL if text is None else subprocess.PIPE
        with self.start(command, keep=keep, output=subprocess.PIPE, stdin=stdin) as process:
            printed, _ = process.communicate(text)
        return process.returncode, printed


def server_account() -> Account:
    """The current user; for root, `nobody`. Raises Misconfigured when there is no such account."""
    drops_root = os.geteuid() == 0
    try:
        entry = pwd.getpwnam(_UNPRIVILEGED) if drops_root else pwd.getpwuid(os.geteuid())
    except KeyError:
        missing = f"named {_UNPRIVILEGED}" if drops_root else f"with the uid {os.geteuid()}"
        raise Misconfigured(
            "postgres.no_account",
            f"This system has no user {missing}, which PostgreSQL needs to run.",
            hint="Run arrears as another user, or set ARREARS_DATABASE_URL to a server you have.",
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, drops_root)


def user_name() -> str:
    """The name PostgreSQL will know a connection of this process by."""
    return pwd.getpwuid(os.geteuid()).pw_name


def folder_argument(folder: Path, descriptor: int) -> str:
    """A path to an open folder that also works below a parent closed to the server's account.

    Root's data usually lies below /root, which `nobody` may not enter. A folder opened before privileges
    are dropped can still be reached through its descriptor, so no parent folder has to be opened to anybody.
    """
    return f"/proc/self/fd/{descriptor}" if sys.platform == "linux" else str(folder)


def _environment() -> dict[str, str]:
    """Nothing of the caller's: PGDATA, LANG and their like would change what the server does."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {"LC_ALL": "C"}


def _end_with_parent() -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(signal.SIGINT), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)  # the parent died before the kernel was asked

    return ask_the_kernel
