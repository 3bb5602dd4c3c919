"""Text messages over HTTP, whoever takes them: one connection, one request and one answer for each."""

from __future__ import annotations

import time
from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol

from arrears.channels.asking import Answer, Server
from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.pacing import Pace, in_all
from arrears.channels.prices import Price
from arrears.channels.text_parts import parts_of
from arrears.kernel.errors import ChannelRefused


class Taker(Protocol):
    """What is set of a server that takes text messages."""

    @property
    def host(self) -> str: ...
    @property
    def port(self) -> int: ...
    @property
    def is_https(self) -> bool: ...
    @property
    def connect_seconds(self) -> float: ...
    @property
    def answer_seconds(self) -> float: ...
    @property
    def per_second(self) -> int | None: ...
    @property
    def price(self) -> Price | None: ...


class TextMessages(Channel):
    """A gateway answers several connections at once far faster than one that is kept open."""

    name = "sms"
    per_second = 50

    def __init__(self, now: Clock, taker: Taker, *, is_simulation: bool) -> None:
        super().__init__(now)
        self._price = taker.price
        self._server = Server(
            provider=self.provider,
            host=taker.host,
            port=taker.port,
            is_https=taker.is_https,
            connect_seconds=taker.connect_seconds,
            answer_seconds=taker.answer_seconds,
            is_here_only=is_simulation,
        )
        self.most_per_second = taker.per_second
        self._pace = Pace(taker.per_second, time.monotonic, of=in_all)

    @abstractmethod
    def _request(self, contact: Cleared) -> bytes:
        """The whole request for one message. Raises ChannelRefused where there is none to make."""

    @abstractmethod
    def _meaning(self, answer: Answer) -> Accepted:
        """Accepted, or raises what the answer means; anything that it does not say is unsure."""

    @property
    def price_of_part(self) -> Price | None:
        return self._price

    def parts_of(self, contact: Cleared) -> int:
        return parts_of(contact.body)

    def with_room(self, contacts: Sequence[Cleared]) -> Sequence[Cleared]:
        return self._pace.with_room(contacts)

    def check(self) -> None:
        self._server.connected().close()

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        request = self._request(contact)
        connection = self._server.connected()
        try:
            if not self._is_in_time(contact):
                raise self._too_late()
            self._pace.note(contact)
            return self._meaning(self._server.asked(connection, request))
        finally:
            connection.close()


def number_of(address: str) -> str:
    """A telephone number as gateways take it. Raises ChannelRefused for what is none."""
    number = "".join(address.split()).replace("-", "")
    if not number.removeprefix("+").isdecimal() or not number.isascii():
        raise ChannelRefused("sms.number", "The address is no telephone number.", is_address_dead=False)
    return number
