"""One running server: start it on a cluster, wait until it answers, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from contextlib import suppress

from arrears.conf.postgres.account import folder_argument, server_account
from arrears.conf.postgres.binaries import find_binaries
from arrears.conf.postgres.cluster import cluster_major, make_cluster, take_cluster, write_access_rules
from arrears.conf.postgres.layout import Layout
from arrears.kernel.errors import Misconfigured

_POLL_SECONDS = 0.02
_STATUS_LINE = 7  # of postmaster.pid, from 0: "ready", "starting", "standby"
# Ask it to disconnect everybody and end; then to end at once (it recovers at the next start); then end it.
_STOPPING = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 5.0))
_OPTIONS = {
    "cluster_name": "arrears",
    "listen_addresses": "",
    "unix_socket_directories": ".",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The log may be read by more people than the tables: no statement, no value in it.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "jit": "off",
}

Process = subprocess.Popen[str]


def start_server(layout: Layout) -> Process:
    """Start the server, making the cluster when there is none. Its output goes to the log.

    Raises Misconfigured with the server's own words when it cannot run.
    """
    account = server_account()
    binaries = find_binaries(account, major=cluster_major(layout))
    if cluster_major(layout) is None:
        make_cluster(layout, binaries, account)
    descriptor = take_cluster(layout)
    write_access_rules(layout)
    command = [binaries.program("postgres"), "-D", folder_argument(layout.cluster, descriptor)]
    for name, setting in _OPTIONS.items():
        command += ["-c", f"{name}={setting}"]
    try:
        with layout.log.open("a") as log:
            return account.start(command, keep=[descriptor], output=log)
    finally:
        os.close(descriptor)  # from here on only the server holds the lock


def wait_until_ready(layout: Layout, process: Process) -> None:
    """Return when the server takes connections; it may first have to recover from a crash.

    Raises Misconfigured with the last words of the log when it ended instead.
    """
    while not _is_ready(layout, process):
        if process.poll() is not None:
            raise Misconfigured(
                "postgres.not_started",
                f"PostgreSQL did not start: {_last_words(layout)}",
                hint=f"All it said is in {layout.log}.",
            )
        time.sleep(_POLL_SECONDS)


def stop_server(process: Process) -> None:
    for sent, seconds in _STOPPING:
        process.send_signal(sent)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
            return


def _is_ready(layout: Layout, process: Process) -> bool:
    with suppress(OSError, IndexError):
        lines = (layout.cluster / "postmaster.pid").read_text().splitlines()
        return lines[0] == str(process.pid) and lines[_STATUS_LINE].strip() == "ready"
    return False


def _last_words(layout: Layout) -> str:
    with layout.log.open(errors="replace") as log:
        lines = deque(log, maxlen=20)
    telling = [line for line in lines if "FATAL" in line or "PANIC" in line] or list(lines)
    return telling[-1].strip() if telling else "it said nothing"
