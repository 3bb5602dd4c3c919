"""Hands notifications to the push services of browsers (RFC 8030), and says exactly how far each came.

    POST endpoint    TTL, Urgency, Topic    Authorization: vapid t=..,k=..    Content-Encoding: aes128gcm
    201, 202         the push service keeps it until TTL
    404, 410         the subscription is none any more: nobody is reached there again

What the push service has not delivered by the end of the time in which it is permitted, it forgets: TTL
is what is left of that time.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from urllib.parse import SplitResult

from arrears.channels.asking import Answer, Server
from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.web_push.message import encrypted_for, payload_of, topic_of
from arrears.channels.web_push.route import REFERENCE, PushRoute
from arrears.kernel.errors import BadInput, ChannelRefused, ChannelUnavailable, ChannelUnsure
from arrears.kernel.push_subscriptions import PushSubscription, read_subscription

PROVIDER = "web_push"
_SIGNED_FOR_SECONDS = 12 * 3600  # at most 24 hours (RFC 8292, 2)
_PORTS = {"https": 443, "http": 80}
_TAKEN = (201, 202)
_NOT_LET_IN = 401
_NOT_OURS = 403
_GONE = (404, 410)
_TOO_MANY = 429
_REFUSED = (400, 405, 411, 413, 414, 415, 422, 431)


class WebPushChannel(Channel):
    """Each browser has its push service; a connection of its own for each message."""

    name = "push"
    provider = PROVIDER
    per_second = 20

    def __init__(self, now: Clock, route: PushRoute, *, wall: Callable[[], float] = time.time) -> None:
        """`wall` is the time that push services know: a simulation's own they do not."""
        super().__init__(now)
        self._route = route
        self._wall = wall

    def check(self) -> None:
        """The keys were read; whether a browser's push service is there is known when it is asked."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        subscription = self._subscription(contact)
        where = subscription.where
        topic = topic_of(contact, subscription)
        page = self._route.page.replace(REFERENCE, str(contact.attempt))
        body = encrypted_for(subscription, payload_of(contact, topic=topic, url=page))
        signed = self._route.keys.authorization(
            subscription.server_key,
            audience=_origin(where),
            contact=self._route.contact,
            until=int(self._wall()) + _SIGNED_FOR_SECONDS,
        )
        server = self._server(where)
        connection = self._connected(server, where)
        try:
            left = int((contact.send_before - self._now()).total_seconds())
            if not self._is_in_time(contact):
                raise self._too_late()
            head = _head(where, length=len(body), signed=signed, topic=topic, ttl_seconds=left)
            return _meaning(server.asked(connection, head + body))
        finally:
            connection.close()

    def _connected(self, server: Server, where: SplitResult) -> socket.socket:
        """Raises ChannelUnavailable; of a name that only a browser knows it says nothing of push services."""
        try:
            return server.connected()
        except ChannelUnavailable as error:
            if where.hostname in self._route.hosts:
                raise
            raise ChannelUnavailable(error.code, error.what, hint=error.hint, is_ours=True) from None

    def _subscription(self, contact: Cleared) -> PushSubscription:
        """Raises ChannelRefused, with nobody asked, for what we may not or cannot send to."""
        try:
            subscription = read_subscription(contact.address)
        except BadInput:
            raise _refused("web_push.no_subscription", "The address is no browser's subscription.") from None
        if subscription.server_key not in self._route.keys.public_keys:
            raise _refused("web_push.other_key", "The subscription was made with a key that is not here.")
        if not self._route.may_reach(subscription.where):
            what = "The subscription names a push service that nothing may be sent to."
            raise _refused("web_push.host", what)
        return subscription

    def _server(self, where: SplitResult) -> Server:
        assert where.hostname, "the subscription was checked"
        return Server(
            provider=PROVIDER,
            host=where.hostname,
            port=where.port or _PORTS[where.scheme],
            is_https=where.scheme == "https",
            connect_seconds=self._route.connect_seconds,
            answer_seconds=self._route.answer_seconds,
            is_here_only=self._route.is_sink,
            is_public_only=not self._route.is_sink,
        )


def _head(where: SplitResult, *, length: int, signed: str, topic: str, ttl_seconds: int) -> bytes:
    target = f"{where.path or '/'}{'?' if where.query else ''}{where.query}"
    lines = (
        f"POST {target} HTTP/1.1",
        f"Host: {where.netloc}",
        f"Authorization: {signed}",
        f"TTL: {ttl_seconds}",
        "Urgency: normal",
        *([f"Topic: {topic}"] if topic else []),
        "Content-Encoding: aes128gcm",
        "Content-Type: application/octet-stream",
        f"Content-Length: {length}",
        "Connection: close",
    )
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode("ascii")


def _origin(where: SplitResult) -> str:
    """Whom the signature is for: scheme and host, the port only where it is not the usual one."""
    port = "" if where.port in (None, _PORTS[where.scheme]) else f":{where.port}"
    return f"{where.scheme}://{where.hostname}{port}"


def _meaning(answer: Answer) -> Accepted:
    """Accepted, or raises what the answer means; anything that it does not say is unsure."""
    reply = answer.status
    if reply in _TAKEN:
        return Accepted()
    if reply in _GONE:
        what = "The browser has no such subscription any more."
        raise ChannelRefused("web_push.gone", what, reply=reply, is_address_dead=True)
    if reply == _NOT_LET_IN:
        raise ChannelUnavailable("web_push.not_let_in", "The push service does not let us in.", reply=reply)
    if reply == _NOT_OURS:
        what = "The push service knows this subscription as somebody else's: it was made with another key."
        raise _refused("web_push.not_ours", what, reply=reply)
    if reply == _TOO_MANY:
        what = "The push service takes no more now."
        raise ChannelUnavailable("web_push.not_now", what, reply=reply, pause_seconds=answer.pause_seconds)
    if reply in _REFUSED:
        raise _refused("web_push.refused", "The push service refused the message.", reply=reply)
    what = "The push service's answer does not say that it took the message."
    raise ChannelUnsure("web_push.unclear_answer", what, reply=reply)


def _refused(code: str, what: str, *, reply: int | None = None) -> ChannelRefused:
    facts = {} if reply is None else {"reply": reply}
    return ChannelRefused(code, what, hint="", is_address_dead=False, **facts)
