"""`arrears work` as it is started: a process of its own, on the tests' database."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.db import connection

from tests.forking import python


class Worker:
    """A running worker. `stop` ends it as an operator does, and tells its exit code and what it logged."""

    def __init__(self, smtp_url: str, *options: str) -> None:
        self.process = subprocess.Popen(
            python("-m", "arrears", "work", *options),
            env={**os.environ, "ARREARS_DATABASE_URL": _url(), "ARREARS_SMTP_URL": smtp_url},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        self.process.send_signal(number)
        said = self.process.communicate(timeout=60)[1]
        return self.process.returncode, said


@contextmanager
def workers(smtp_url: str, count: int = 1, *options: str) -> Iterator[list[Worker]]:
    """So many of them, none of which outlives the block; the queue is empty afterwards."""
    started = [Worker(smtp_url, *options) for _ in range(count)]
    try:
        yield started
    finally:
        for worker in started:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.communicate()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs")
            cursor.execute("DELETE FROM procrastinate_workers")


def _url() -> str:
    """The tests' database as ARREARS_DATABASE_URL names one."""
    of = connection.get_connection_params()
    user, password = quote(of["user"]), quote(of.get("password") or "")
    host, port = quote(str(of.get("host") or ""), safe=""), of.get("port") or 5432
    return f"postgresql://{user}:{password}@:{port}/{quote(of['dbname'])}?host={host}"
