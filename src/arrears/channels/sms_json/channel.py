"""Hands text messages to a hosted provider, and says exactly how far each came.

    POST path   Authorization: Bearer TOKEN    Idempotency-Key: our number of the attempt
    {"to": "+886912345678", "from": "10690001", "text": "...", "reference": "17"}
    2xx  {"id": "the provider's number"}

The key makes a second request with it none; still what is unsure is never asked again by itself, since the
time in which it was permitted may be over.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from arrears.channels.asking import Answer
from arrears.channels.base import Accepted, Cleared, Clock
from arrears.channels.sms_json.route import Provider
from arrears.channels.text_messages import TextMessages, number_of
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure

_REF_MAX = 200
_NOT_LET_IN = (401, 402, 403, 404, 405, 407)
_REFUSED = (400, 413, 415, 422)
_TOO_MANY = 429


class JsonSmsChannel(TextMessages):
    """Through one account at a hosted provider."""

    provider = "sms_json"

    def __init__(self, now: Clock, provider: Provider, *, is_simulation: bool) -> None:
        super().__init__(now, provider, is_simulation=is_simulation)
        self._route = provider

    def _request(self, contact: Cleared) -> bytes:
        route = self._route
        told = {
            "to": number_of(contact.address),
            "from": route.sender,
            "text": contact.body,
            "reference": str(contact.attempt),
        }
        body = json.dumps(told, ensure_ascii=True).encode()
        lines = (
            f"POST {route.path} HTTP/1.1",
            f"Host: {route.host}",
            f"Authorization: Bearer {route.token}",
            f"Idempotency-Key: {self._key(contact.attempt)}",
            "Content-Type: application/json",
            f"Content-Length: {len(body)}",
            "Connection: close",
        )
        return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii") + body

    def _key(self, attempt: int) -> str:
        """The same for the same attempt, and another for that of another database with the same number."""
        told = f"attempt {attempt}".encode()
        return hmac.new(self._route.token.encode(), told, hashlib.sha256).hexdigest()[:40]

    def _meaning(self, answer: Answer) -> Accepted:
        """Accepted, or raises what the answer means; anything that it does not say is unsure."""
        reply = answer.status
        ref = _ref_in(answer) if 200 <= reply < 300 else None
        if ref is not None:
            return Accepted(ref)
        if reply in _NOT_LET_IN:
            raise ChannelUnavailable("sms_json.not_let_in", "The provider does not let us in.", reply=reply)
        if reply == _TOO_MANY:
            what = "The provider does not take the message now."
            raise ChannelUnavailable(
                "sms_json.not_now", what, reply=reply, pause_seconds=answer.pause_seconds
            )
        if reply in _REFUSED:
            raise ChannelRefused("sms_json.refused", "The provider refused the message.", reply=reply)
        what = "The provider's answer does not say that it took the message."
        raise ChannelUnsure("sms_json.unclear_answer", what, reply=reply)


def _ref_in(answer: Answer) -> str | None:
    """The provider's number of the message; None when the answer has none."""
    try:
        told = json.loads(answer.text)
    except ValueError:
        return None
    ref = told.get("id") if isinstance(told, dict) else None
    is_one = isinstance(ref, str | int) and not isinstance(ref, bool) and 0 < len(str(ref)) <= _REF_MAX
    return str(ref) if is_one else None
