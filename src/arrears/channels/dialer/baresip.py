"""Dials through baresip's module ctrl_tcp: JSON objects in netstrings, over one connection per call.

The command `dial` is answered at once, and what becomes of the call comes as events: it rings, is
established, or is closed with the reason. As soon as somebody answers, the agent speaks, and the
dialer is done: how the conversation went is his to say.
"""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from typing import Any

from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.dialer.answers import UNAVAILABLE, meaning_of
from arrears.channels.dialer.netstrings import Frames, framed
from arrears.channels.dialer.route import Dialer
from arrears.kernel.errors import ChannelUnavailable, ChannelUnsure
from arrears.kernel.vocabulary import NetworkResult

_HANG_UP_SECONDS = 5.0


class BaresipDialer(Channel):
    """The telephone program of one agent."""

    name = "call"
    provider = "baresip"
    per_second = 1

    def __init__(self, now: Clock, dialer: Dialer) -> None:
        super().__init__(now)
        self._dialer = dialer

    def check(self) -> None:
        """Whether baresip takes connections."""
        self._connect().close()

    def close(self) -> None:
        """Each call has a connection of its own."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        with self._connect() as connection:
            if not self._is_in_time(contact):
                raise self._too_late()
            return _Call(connection, contact, self._dialer).dial()

    def _connect(self) -> socket.socket:
        try:
            return socket.create_connection(
                (self._dialer.host, self._dialer.port), timeout=self._dialer.connect_seconds
            )
        except OSError as error:
            raise ChannelUnavailable(
                "dialer.away", "The telephone program cannot be reached.", cause=type(error).__name__
            ) from None


@dataclass
class _Call:
    """One call on its way. `ref` is baresip's name for it, empty until an event tells it."""

    connection: socket.socket
    contact: Cleared
    dialer: Dialer
    ref: str = ""
    has_rung: bool = False
    is_hung_up: bool = False

    def dial(self) -> Accepted:
        """Raises as every channel does; once the command has left, silence means that it may have rung."""
        frames = Frames(self.connection)
        ends_at = time.monotonic() + self.dialer.ring_seconds
        try:
            self._command("dial", self.dialer.uri_of(self.contact.address))
            while True:
                try:
                    said = frames.next(ends_at - time.monotonic())
                except TimeoutError:
                    ends_at = self._hang_up()
                    continue
                answer = self._heard(said)
                if answer is not None:
                    return answer
        except (OSError, ValueError, KeyError) as error:
            raise self._unsure("dialer.silent", cause=type(error).__name__) from None

    def _command(self, command: str, parameters: str = "") -> None:
        told = {"command": command, "params": parameters, "token": self._token}
        self.connection.sendall(framed(told))

    @property
    def _token(self) -> str:
        return f"arrears-{self.contact.attempt}"

    def _hang_up(self) -> float:
        """It has rung long enough. Until when the end of it is waited for; a second time nobody knows."""
        if self.is_hung_up:
            raise self._unsure("dialer.not_hung_up")
        self.is_hung_up = True
        self._command("hangup")
        return time.monotonic() + _HANG_UP_SECONDS

    def _heard(self, said: dict[str, Any]) -> Accepted | None:
        """What an object says of this call; None when it goes on, or it is about something else."""
        if said.get("response"):
            self._check_response(said)
            return None
        if said.get("class") != "call" or not self._is_this(said):
            return None
        self.ref = str(said["id"])
        if said["type"] == "CALL_ESTABLISHED":
            return Accepted(provider_ref=self.ref, network_result=NetworkResult.ANSWERED)
        if said["type"] == "CALL_CLOSED":
            return self._closed(str(said.get("param", "")))
        self.has_rung |= said["type"] == "CALL_RINGING"
        return None

    def _check_response(self, said: dict[str, Any]) -> None:
        """The answer to our own command: a call that was not begun has rung nowhere."""
        is_mine = said.get("token") == self._token
        if is_mine and not said.get("ok") and not self.is_hung_up:
            raise ChannelUnavailable("dialer.refused", "The telephone program did not dial.")

    def _is_this(self, said: dict[str, Any]) -> bool:
        if self.ref:
            return bool(said.get("id") == self.ref)
        is_ours = said.get("peeruri") == self.dialer.uri_of(self.contact.address)
        return said.get("direction") == "outgoing" and is_ours

    def _closed(self, reason: str) -> Accepted:
        means = meaning_of(reason, has_rung=self.has_rung)
        if means == UNAVAILABLE:
            what = "The provider did not carry the call."
            raise ChannelUnavailable("dialer.not_carried", what, status=reason[:3])
        if means is None or isinstance(means, str):
            raise self._unsure("dialer.closed", status=reason[:3])
        return Accepted(provider_ref=self.ref, network_result=means)

    def _unsure(self, code: str, **facts: str) -> ChannelUnsure:
        return ChannelUnsure(code, "It may have rung.", **facts)
