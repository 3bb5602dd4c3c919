"""Providers that behave badly: proxies before a real mail server and a real gateway.

Each hand-over draws a conduct. `before` means that the real server got nothing of it, `after`
that it took it whole; either way the sender learns only what the conduct says. Nothing lies: a
429, a `Temporal failure` and a 554 are said only of what was not passed on.
"""

from __future__ import annotations

import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress

PASS = "pass"
MAIL = ("hang before", "hang after", "lost before", "lost after", "garbage", "451", "554", "twice", "busy")
GATEWAY = (
    *("hang before", "hang after", "lost before", "lost after", "garbage", "twice"),
    *("500 before", "500 after", "429", "temporal failure", "thank you"),
)
_SAYS = {
    "500 before": ("500 Internal Error", "oops"),
    "429": ("429 Too Many Requests", "later"),
    "temporal failure": ("503 Unavailable", "Temporal failure, try again later."),
    "500 after": ("500 Internal Error", "oops"),
    "thank you": ("202 Accepted", "thank you"),
}
_LONGEST_SECONDS = 30


class Unruly:
    """Passes connections on to `port`. `conduct` counts what was drawn."""

    conducts: Sequence[str]

    def __init__(self, to_port: int, rng: random.Random, share: float) -> None:
        self._to_port, self._rng, self.share = to_port, rng, share
        self.only: str | None = None
        self.conduct: Counter[str] = Counter()
        self._guard = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def stop(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._hold, args=(client,), daemon=True).start()

    def _hold(self, client: socket.socket) -> None:
        with client, suppress(OSError, ConnectionError, EOFError):
            client.settimeout(_LONGEST_SECONDS)
            with socket.create_connection(("127.0.0.1", self._to_port), 5) as server:
                server.settimeout(_LONGEST_SECONDS)
                self._converse(client, server)

    def _draw(self) -> str:
        with self._guard:
            is_bad = self._rng.random() < self.share
            drawn = self._rng.choice(self.conducts)
            conduct = self.only or (drawn if is_bad else PASS)
            self.conduct[conduct] += 1
            return conduct

    def _converse(self, client: socket.socket, server: socket.socket) -> None:
        raise NotImplementedError


class UnrulyMail(Unruly):
    conducts = MAIL

    def _converse(self, client: socket.socket, server: socket.socket) -> None:
        said, answered = client.makefile("rb"), server.makefile("rb")
        client.sendall(_reply(answered))
        for line in said:
            server.sendall(line)
            reply = _reply(answered)
            if line.upper().startswith(b"MAIL") and self.share and self._draw_busy():
                client.sendall(b"451 4.3.2 busy\r\n")
                return
            client.sendall(reply)
            if reply.startswith(b"354"):
                content = b"".join(iter(said.readline, b".\r\n"))
                if not content or not self._hand_over(client, server, answered, content):
                    return

    def _draw_busy(self) -> bool:
        with self._guard:
            is_busy = self.only is None and self._rng.random() < self.share / 10
            self.conduct["busy"] += is_busy
            return is_busy

    def _hand_over(
        self, client: socket.socket, server: socket.socket, answered: object, content: bytes
    ) -> bool:
        """Whether the conversation goes on."""
        conduct = self._draw()
        if conduct in ("hang before", "lost before", "554"):
            server.close()
            if conduct == "554":
                client.sendall(b"554 5.7.1 not this message\r\n")
            elif conduct == "hang before":
                _wait_for_end(client)
            return False
        server.sendall(content + b".\r\n")
        reply = _reply(answered)
        if conduct in ("lost after", "hang after"):
            if conduct == "hang after":
                _wait_for_end(client)
            return False
        client.sendall(
            {"garbage": b"?!\r\n", "451": b"451 later\r\n", "twice": reply * 2}.get(conduct, reply)
        )
        return conduct in (PASS, "twice", "busy")


class UnrulyGateway(Unruly):
    """`asked` is every (attempt, conduct) of which the whole request came."""

    conducts = GATEWAY

    def __init__(self, to_port: int, rng: random.Random, share: float) -> None:
        self.asked: list[tuple[int, str]] = []
        super().__init__(to_port, rng, share)

    def _converse(self, client: socket.socket, server: socket.socket) -> None:
        request = _request(client)
        if not request:
            return
        conduct = self._draw()
        self.asked.append((_attempt(request), conduct))
        if conduct in ("hang before", "lost before", "500 before", "429", "temporal failure"):
            server.close()
            if conduct == "hang before":
                _wait_for_end(client)
            elif conduct in _SAYS:
                client.sendall(_http(*_SAYS[conduct]))
            return
        server.sendall(request)
        answer = b"".join(iter(lambda: server.recv(65_536), b""))
        if conduct == "hang after":
            _wait_for_end(client)
        elif conduct == "garbage":
            client.sendall(b"?!\r\n")
        elif conduct in _SAYS:
            client.sendall(_http(*_SAYS[conduct]))
        elif conduct != "lost after":
            client.sendall(answer * (1 + (conduct == "twice")))


def _reply(answered: object) -> bytes:
    """A whole reply of a mail server, of one line or several."""
    lines = []
    while True:
        line = answered.readline()
        if not line:
            raise EOFError
        lines.append(line)
        if line[3:4] != b"-":
            return b"".join(lines)


def _request(client: socket.socket) -> bytes:
    """A request's head, which is all of a GET; empty when the sender went away before its end."""
    read = b""
    while not read.endswith(b"\r\n\r\n"):
        more = client.recv(65_536)
        if not more:
            return b""
        read += more
    return read


def _attempt(request: bytes) -> int:
    """The attempt that the address for reports names (it stands percent-encoded in the request)."""
    found = re.search(rb"attempt%3D(\d+)", request)
    return int(found[1]) if found else 0


def _http(status: str, text: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode()


def _wait_for_end(client: socket.socket) -> None:
    """Until the sender gives up, dies or is not heard of for long."""
    while client.recv(65_536):
        pass
