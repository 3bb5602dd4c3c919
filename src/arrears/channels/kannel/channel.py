"""Hands text messages to Kannel's smsbox over HTTP, and says exactly how far each came.

From the last byte of the request on (`channels.asking`) only an answer that Kannel is known to give is
knowledge (`0: Accepted for delivery`, `3: Queued for later delivery`, its 4xx, its 503); everything else
may have arrived.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from urllib.parse import urlencode

from arrears.channels.asking import Answer, Server
from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.kannel.route import Gateway
from arrears.channels.pacing import Pace, in_all
from arrears.channels.prices import Price
from arrears.channels.text_parts import is_gsm, parts_of
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure

REPORTS_PATH = "/api/v1/receipts/kannel"
_MASK = 1 + 2 + 8 + 16  # delivered, undelivered, taken by the operator, refused by the operator
_TAKEN = ("0:", "3:")


class KannelChannel(Channel):
    """One connection for each message: smsbox answers several at once far faster than one kept open."""

    name = "sms"
    provider = "kannel"
    per_second = 50

    def __init__(self, now: Clock, gateway: Gateway, *, is_simulation: bool) -> None:
        super().__init__(now)
        self._gateway = gateway
        self._server = Server(
            provider=self.provider,
            host=gateway.host,
            port=gateway.port,
            is_https=gateway.is_https,
            connect_seconds=gateway.connect_seconds,
            answer_seconds=gateway.answer_seconds,
            is_here_only=is_simulation,
        )
        self.most_per_second = gateway.per_second
        self._pace = Pace(gateway.per_second, time.monotonic, of=in_all)

    @property
    def price_of_part(self) -> Price | None:
        return self._gateway.price

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
            return _meaning(self._server.asked(connection, request))
        finally:
            connection.close()

    def _request(self, contact: Cleared) -> bytes:
        gateway = self._gateway
        told = {
            "username": gateway.username,
            "password": gateway.password,
            "from": gateway.sender,
            "to": number_of(contact.address),
            "text": contact.body,
            "charset": "UTF-8",
            "coding": "0" if is_gsm(contact.body) else "2",
        }
        if gateway.reports:
            told |= {"dlr-mask": str(_MASK), "dlr-url": self._reports(contact.attempt)}
        lines = (
            f"GET {gateway.path}?{urlencode(told)} HTTP/1.1",
            f"Host: {gateway.host}",
            "Connection: close",
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")

    def _reports(self, attempt: int) -> str:
        """Where Kannel tells how it went; it fills in %d (what happened) and %A (the operator's words)."""
        told = urlencode({"attempt": attempt, "mark": self._gateway.mark_of(attempt)})
        return f"{self._gateway.reports}{REPORTS_PATH}?{told}&type=%d&answer=%A"


def number_of(address: str) -> str:
    """A telephone number as gateways take it. Raises ChannelRefused for what is none."""
    number = "".join(address.split()).replace("-", "")
    if not number.removeprefix("+").isdecimal() or not number.isascii():
        raise ChannelRefused("sms.number", "The address is no telephone number.", is_address_dead=False)
    return number


def _meaning(answer: Answer) -> Accepted:
    """Accepted, or raises what Kannel's answer means; anything that it does not say is unsure."""
    if answer.status in (200, 202) and answer.text.startswith(_TAKEN):
        return Accepted()
    reply = answer.status
    if answer.status in (401, 404, 407) or (answer.status == 403 and answer.text.startswith("Auth")):
        raise ChannelUnavailable("kannel.not_let_in", "The gateway does not let us in.", reply=reply)
    if answer.status == 429 or (answer.status == 503 and answer.text.startswith("Temporal failure")):
        what = "The gateway does not take the message now."
        raise ChannelUnavailable("kannel.not_now", what, reply=reply, pause_seconds=answer.pause_seconds)
    if answer.status in (400, 403):
        raise ChannelRefused("kannel.refused", "The gateway refused the message.", reply=reply)
    what = "The gateway's answer does not say that it took the message."
    raise ChannelUnsure("kannel.unclear_answer", what, reply=reply)
