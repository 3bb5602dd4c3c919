"""Servers that play one conversation as told, to the byte: they answer, hang or go away."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from typing import BinaryIO

HANG = None
"""As an answer: say nothing, and keep the connection open."""
GONE = b""
"""As an answer: close the connection."""

_USUAL = {
    "greeting": b"220 ready\r\n",
    "EHLO": b"250-here\r\n250 8BITMIME\r\n",
    "MAIL": b"250 ok\r\n",
    "RCPT": b"250 ok\r\n",
    "DATA": b"354 go on\r\n",
    ".": b"250 2.0.0 taken as 4711\r\n",
    "RSET": b"250 ok\r\n",
    "QUIT": b"221 bye\r\n",
}


class _Listening:
    """Accepts one connection after another and holds each conversation, until it is stopped.

    `connections` is how often somebody connected.
    """

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.port: int = self._listening.getsockname()[1]
        self.connections = 0
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for connection in self._open:
            connection.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            try:
                self._converse(connection)
            except OSError:
                continue

    def _converse(self, connection: socket.socket) -> None:
        raise NotImplementedError


class ScriptedServer(_Listening):
    """`answers` replaces the usual answer to a command (or to the `greeting`, or the final `.`).

    `heard` is every line it was sent, `messages` the messages it got a final dot for.
    """

    def __init__(self, answers: dict[str, bytes | None]) -> None:
        self._answers = {**_USUAL, **answers}
        self.heard: list[bytes] = []
        self.messages: list[bytes] = []
        super().__init__()

    def _converse(self, connection: socket.socket) -> None:
        if not self._say(connection, "greeting"):
            return
        lines = connection.makefile("rb")
        for line in lines:
            self.heard.append(line)
            command = line[:4].strip().upper().decode("ascii", "replace")
            if not self._say(connection, command):
                return
            if command == "DATA" and self._answers["DATA"] == _USUAL["DATA"]:
                self.messages.append(b"".join(iter(lines.readline, b".\r\n")))
                if not self._say(connection, "."):
                    return

    def _say(self, connection: socket.socket, point: str) -> bool:
        answer = self._answers[point]
        if answer is HANG:
            return False  # the connection stays open until the server is stopped
        if answer == GONE:
            connection.close()
            return False
        connection.sendall(answer)
        return True


@contextmanager
def scripted_server(**answers: bytes | None) -> Iterator[ScriptedServer]:
    """`DOT` stands for the final dot, which is no name."""
    server = ScriptedServer({"." if point == "DOT" else point: answer for point, answer in answers.items()})
    try:
        yield server
    finally:
        server.stop()


class ScriptedGateway(_Listening):
    """An HTTP server with one answer to every request; `heard` is every request it read whole."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self.heard: list[bytes] = []
        super().__init__()

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as request:
            head = b"".join(takewhile(lambda line: line not in (b"\r\n", b""), request))
            length = re.search(rb"(?im)^content-length: (\d+)", head)
            self.heard.append(head + (b"\r\n" + request.read(int(length[1])) if length else b""))
        if self._answer is not HANG:
            connection.sendall(self._answer)
            connection.close()


@contextmanager
def scripted_gateway(answer: bytes | None) -> Iterator[ScriptedGateway]:
    """`HANG` says nothing, `GONE` closes the connection without a word."""
    gateway = ScriptedGateway(answer)
    try:
        yield gateway
    finally:
        gateway.stop()


class ScriptedControl(_Listening):
    """A telephone program with one answer to its first command; `heard` is every command it got."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer
        self.heard: list[bytes] = []
        super().__init__()

    def _converse(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as commands:
            self._hear(commands)
            if self._answer == GONE:
                connection.close()
                return
            if self._answer is not HANG:
                connection.sendall(self._answer)
            while self._hear(commands):
                pass

    def _hear(self, commands: BinaryIO) -> bool:
        length = b"".join(iter(lambda: commands.read(1).strip(b":"), b""))
        if not length:
            return False
        self.heard.append(commands.read(int(length) + 1)[:-1])
        return True


@contextmanager
def scripted_control(answer: bytes | None) -> Iterator[ScriptedControl]:
    """`HANG` says nothing, `GONE` closes the connection after the command."""
    server = ScriptedControl(answer)
    try:
        yield server
    finally:
        server.stop()
