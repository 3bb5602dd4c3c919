"""Hands text messages to Kannel's smsbox over HTTP, and says exactly how far each came.

From the last byte of the request on (`channels.asking`) only an answer that Kannel is known to give is
knowledge (`0: Accepted for delivery`, `3: Queued for later delivery`, its 4xx, its 503); everything else
may have arrived.
"""

from __future__ import annotations

from urllib.parse import urlencode

from arrears.channels.asking import Answer
from arrears.channels.base import Accepted, Cleared, Clock
from arrears.channels.kannel.route import Gateway
from arrears.channels.text_messages import TextMessages, number_of
from arrears.channels.text_parts import is_gsm
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure

REPORTS_PATH = "/api/v1/receipts/kannel"
_MASK = 1 + 2 + 8 + 16  # delivered, undelivered, taken by the operator, refused by the operator
_TAKEN = ("0:", "3:")


class KannelChannel(TextMessages):
    """Through the smsbox of one Kannel."""

    provider = "kannel"

    def __init__(self, now: Clock, gateway: Gateway, *, is_simulation: bool) -> None:
        super().__init__(now, gateway, is_simulation=is_simulation)
        self._gateway = gateway

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

    def _meaning(self, answer: Answer) -> Accepted:
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
