"""Handing one message over in one HTTP request, and saying exactly how far it came.

One moment decides: the last byte of the request. A server that has not read it cannot have taken the
message, so every failure before it certainly left nothing. What an answer means, each channel says.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPException, HTTPResponse, IncompleteRead

from arrears.channels.server_urls import is_loopback, is_public_address
from arrears.kernel.errors import ChannelUnavailable, ChannelUnsure

PAUSE_MAX_SECONDS = 30
_PAUSE_USUAL_SECONDS = 1
_ANSWER_MAX = 20_000


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered; if it has had too much, it wants nothing for `pause_seconds`."""

    status: int
    text: str = field(repr=False)
    pause_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Server:
    """A server that takes messages over HTTP; `provider` begins the codes of its failures.

    `is_here_only`: it must be on this machine, whatever its name is resolved to. `is_public_only`: it must
    not be on a network of ours, because somebody else says which server it is.
    """

    provider: str
    host: str
    port: int
    is_https: bool
    connect_seconds: float
    answer_seconds: float
    is_here_only: bool
    is_public_only: bool = False

    def connected(self) -> socket.socket:
        """A connection for one message. Raises ChannelUnavailable."""
        try:
            connection = socket.create_connection((self.host, self.port), self.connect_seconds)
            self._check_peer(connection)
            if self.is_https:
                context = ssl.create_default_context()
                connection = context.wrap_socket(connection, server_hostname=self.host)
            connection.settimeout(self.answer_seconds)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, ValueError) as error:
            raise self._unavailable("no_connection", "The gateway could not be reached.", error) from None
        return connection

    def asked(self, connection: socket.socket, request: bytes) -> Answer:
        """The answer to a request. Raises ChannelUnavailable before its last byte, then ChannelUnsure."""
        try:
            connection.sendall(request[:-1])
        except OSError as error:
            raise self._unavailable("lost", "The gateway was lost before the message.", error) from None
        try:
            connection.sendall(request[-1:])
            with closing(HTTPResponse(connection)) as response:
                return _answer(response)
        except (OSError, HTTPException, ValueError) as error:
            what = "The gateway did not say if it took the message."
            raise ChannelUnsure(f"{self.provider}.no_answer", what, cause=type(error).__name__) from None

    def _check_peer(self, connection: socket.socket) -> None:
        peer = connection.getpeername()[0]
        if self.is_here_only and not is_loopback(peer):
            connection.close()
            raise OSError("a simulation's gateway must be on this machine")
        if self.is_public_only and not is_public_address(peer):
            connection.close()
            raise OSError("its name leads into a network that is not public")

    def _unavailable(self, code: str, what: str, error: Exception) -> ChannelUnavailable:
        return ChannelUnavailable(f"{self.provider}.{code}", what, cause=type(error).__name__)


def _answer(response: HTTPResponse) -> Answer:
    """The whole answer; raises IncompleteRead when it is cut short or far too long."""
    response.begin()
    text = response.read(_ANSWER_MAX)
    if response.length:
        raise IncompleteRead(text, response.length)
    return Answer(response.status, text.decode("utf-8", "replace"), _pause_seconds(response))


def _pause_seconds(response: HTTPResponse) -> int:
    """By its `Retry-After`."""
    text = (response.getheader("Retry-After") or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return _PAUSE_USUAL_SECONDS
    return min(max(int(text), _PAUSE_USUAL_SECONDS), PAUSE_MAX_SECONDS)
