"""Netstrings: `12:{"ok": true},`, the frame in which baresip's ctrl_tcp sends its JSON."""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping
from typing import Any

_FRAME_MAX = 1_000_000
_LENGTH_MAX = 7


def framed(content: Mapping[str, object]) -> bytes:
    body = json.dumps(content).encode()
    return b"%d:%s," % (len(body), body)


class Frames:
    """The objects that come over one connection, one after another."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._read = connection, b""

    def next(self, seconds: float) -> dict[str, Any]:
        """The next object; TimeoutError when none has come after so long without a byte, OSError when the
        connection has ended, ValueError when what comes is no frame."""
        self._connection.settimeout(max(seconds, 0.001))
        while True:
            found = self._whole()
            if found is not None:
                return found
            more = self._connection.recv(65_536)
            if not more:
                raise ConnectionResetError("the connection was closed")
            self._read += more

    def _whole(self) -> dict[str, Any] | None:
        length, colon, rest = self._read.partition(b":")
        if not colon:
            if len(self._read) > _LENGTH_MAX:
                raise ValueError("no length where one has to be")
            return None
        size = int(length)
        if not 0 <= size <= _FRAME_MAX:
            raise ValueError("the length of a frame is out of reach")
        if len(rest) <= size:
            return None
        if rest[size : size + 1] != b",":
            raise ValueError("a frame does not end where it says")
        self._read = rest[size + 1 :]
        content = json.loads(rest[:size])
        if not isinstance(content, dict):
            raise ValueError("a frame holds no object")  # noqa: TRY004
        return content
