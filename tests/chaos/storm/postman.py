"""Carries delivery reports from the gateway to `arrears serve`, as badly as networks do.

The gateway is told at once that its report was taken. Each is then carried never, once, or
several times, sooner or later, and so in any order; one that the server does not answer for is
carried again, as gateways do.
"""

from __future__ import annotations

import http.client
import random
import threading
from collections import Counter, defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

NEVER, TWICE_OR_MORE, LATEST_ROUND = 0.15, 0.3, 6
EVIDENCE = {"1": "delivered", "2": "undelivered", "4": "accepted", "8": "accepted", "16": "undelivered"}


class Postman:
    """`told` counts the fates of reports; `acknowledged` is the evidence the server answered for, by attempt.

    `carried` is all evidence that may have come in: a server killed before its answer may have kept it.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng, self._guard = rng, threading.Lock()
        self._bag: list[tuple[int, str]] = []  # (round from which it is carried, path with its query)
        self._round = 0
        self.told: Counter[str] = Counter()
        self.acknowledged: dict[int, set[str]] = defaultdict(set)
        self.carried: dict[int, set[str]] = defaultdict(set)
        postman = self

        class Taking(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                postman.take(self.path)
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Taking)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, path: str) -> None:
        with self._guard:
            if self._rng.random() < NEVER:
                self.told["never"] += 1
                return
            times = 1 + (self._rng.random() < TWICE_OR_MORE) * self._rng.randint(1, 3)
            self.told["once" if times == 1 else "several times"] += 1
            self._bag += [(self._round + self._rng.randint(0, LATEST_ROUND), path) for _ in range(times)]

    def carry(self, port: int, *, everything: bool = False) -> None:
        """One round: what is due is carried in a drawn order; what is not answered for stays in the bag."""
        with self._guard:
            self._round += 1
            due = [each for each in self._bag if everything or each[0] <= self._round]
            self._bag = [each for each in self._bag if each not in due]
            self._rng.shuffle(due)
        for each in due:
            attempt, evidence = _said(each[1])
            self.carried[attempt].add(evidence)
            if _asked(port, each[1]):
                self.acknowledged[attempt].add(evidence)
            else:
                self.told["carried again"] += 1
                with self._guard:
                    self._bag.append(each)

    def is_empty(self) -> bool:
        return not self._bag


def _asked(port: int, path: str) -> bool:
    """Whether the server answered for it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _said(path: str) -> tuple[int, str]:
    told = parse_qs(urlsplit(path).query)
    return int(told["attempt"][0]), EVIDENCE.get(told["type"][0], "")
