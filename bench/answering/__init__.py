"""The measurements of `bench.api`, imported once the database's settings stand."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from http.client import HTTPConnection
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import numpy as np

from arrears.actions.days import refresh_statistics
from arrears.actions.tokens import add_token
from arrears.cli.output import note, print_report
from bench.explaining import AT, make_portfolio, refs_of

A_SECOND = 50
SECONDS = 10
MANY = 10_000
EVENTS = 20
RUNS = 3
CLIENTS = 4


def measure(home: Path) -> None:
    """Print what answers take; Django is ready."""
    lender = make_portfolio(home)
    refresh_statistics()
    issued = add_token(lender=lender, system="bench", scopes=["decide"], actor="program:bench", at=AT)
    refs = refs_of(lender, is_late=True)
    with _server(home) as (port, server):
        asker = _Asker(port, server, issued.secret)
        rows = [
            asker.steadily("floor: a question that cannot be read", [{"situation": {"at": "never"}}]),
            asker.steadily("one by value, 20 earlier contacts", [_situation(n) for n in range(100)]),
            asker.steadily("one by reference", [_reference(ref) for ref in refs]),
            asker.at_once("10,000 by value, 20 earlier contacts each", [_situation(n) for n in range(MANY)]),
            asker.at_once("10,000 by reference", [_reference(r) for r in islice(cycle(refs), MANY)]),
        ]
    print_report("table", f"The API, one at a time at {A_SECOND} requests a second, and many at once", rows)


class _Asker:
    def __init__(self, port: int, server: int, secret: str) -> None:
        self.port, self.server = port, server
        self.headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}

    def steadily(self, what: str, items: Sequence[Any]) -> dict[str, Any]:
        """Single questions at a steady rate; each is timed from the instant it was due."""
        bodies = [json.dumps({"items": [item]}) for item in items]
        self._paced(bodies, A_SECOND * 2)  # to warm up
        before = _processor_seconds(self.server)
        taken = self._paced(bodies, A_SECOND * SECONDS)
        return _row(what, 1, taken, _processor_seconds(self.server) - before)

    def at_once(self, what: str, items: Sequence[Any]) -> dict[str, Any]:
        body = json.dumps({"items": items})
        connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
        taken, before = [], _processor_seconds(self.server)
        for _ in range(RUNS):
            begun = time.perf_counter()
            self._ask(connection, body)
            taken.append(time.perf_counter() - begun)
        connection.close()
        return _row(what, len(items), taken, _processor_seconds(self.server) - before)

    def _paced(self, bodies: Sequence[str], count: int) -> list[float]:
        numbers, taken, lock = iter(range(count)), [0.0] * count, threading.Lock()
        begun = time.perf_counter() + 0.1

        def work() -> None:
            connection = HTTPConnection("127.0.0.1", self.port, timeout=600)
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return connection.close()
                due = begun + number / A_SECOND
                time.sleep(max(due - time.perf_counter(), 0))
                self._ask(connection, bodies[number % len(bodies)])
                taken[number] = time.perf_counter() - due

        clients = [threading.Thread(target=work) for _ in range(CLIENTS)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        return taken

    def _ask(self, connection: HTTPConnection, body: str) -> None:
        connection.request("POST", "/api/v1/contact-decisions", body, self.headers)
        answered = connection.getresponse()
        content = answered.read()
        assert answered.status == 200, content


def _situation(number: int) -> dict[str, Any]:
    """A call in Taipei with twenty earlier contacts, a few of them calls."""
    contacts = [
        {
            "at": (AT - timedelta(hours=9 * n + number % 7)).isoformat(),
            "channel": "call" if n % 5 == 0 else "sms",
            "result": "rang_out" if n % 5 == 0 else "none",
        }
        for n in range(1, EVENTS + 1)
    ]
    recipient = {"places": ["TW"], "zones": ["Asia/Taipei"]}
    told = {"at": AT.isoformat(), "channel": "call", "recipient": recipient, "loan": {"law": "TW"}}
    return {"id": str(number), "situation": {**told, "contacts": contacts}}


def _reference(ref: str) -> dict[str, str]:
    return {"loan_ref": ref, "channel": "sms", "notice": "overdue_notice"}


def _processor_seconds(process: int) -> float:
    """What a process has used of processors since it began, all its threads together (Linux)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:13])) / os.sysconf("SC_CLK_TCK")


def _row(what: str, items: int, taken: Sequence[float], processor: float) -> dict[str, Any]:
    """Times by the clock, and the server's processor time, without the database's."""
    note(f"measured: {what}")
    p50, p95, p99 = np.percentile(taken, [50, 95, 99])
    return {
        "what": what,
        "requests": len(taken),
        "p50_ms": f"{p50 * 1e3:,.1f}",
        "p95_ms": f"{p95 * 1e3:,.1f}",
        "p99_ms": f"{p99 * 1e3:,.1f}",
        "processor_ms": f"{processor / len(taken) * 1e3:,.1f}",
        "microseconds an item": round(p50 / items * 1e6) if items > 1 else "",
    }


@contextmanager
def _server(home: Path) -> Iterator[tuple[int, int]]:
    """`arrears serve` on a free port, ended afterwards: the port and the process."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = int(taken.getsockname()[1])
    serving = [sys.executable, "-m", "arrears", "serve", "--port", str(port), "--threads", str(CLIENTS)]
    environment = {**os.environ, "ARREARS_HOME": str(home)}
    server = subprocess.Popen(serving, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not _answers(port):
            assert server.poll() is None, "the server ended"
            time.sleep(0.1)
        yield port, server.pid
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=30)


def _answers(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
