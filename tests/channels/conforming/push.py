"""Notifications to browsers: the last byte of the request decides, and 404 and 410 end the subscription."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arrears.channels.base import Channel
from arrears.kernel.errors import ChannelError, ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.browser import Browser
from tests.channels.builders import a_push_channel
from tests.channels.conforming.table import CannotHappen, Conforming, Failing
from tests.channels.conforming.worlds import World, connect_times_out, nobody_listens, unknown_host
from tests.channels.scripted_server import GONE, HANG, scripted_gateway, scripted_server


def saying(answer: bytes | None) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with scripted_gateway(answer) as service, a_push_channel(service.port) as channel:
            yield channel

    return opened


def answering(status: str, text: str = "") -> World:
    return saying(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with scripted_server() as server:
        yield a_push_channel(server.port), lambda: server.connections


ANSWERS: dict[str, tuple[str, type[ChannelError]]] = {
    "unreadable success": ("200 OK", ChannelUnsure),
    "a success without a word": ("204 No Content", ChannelUnsure),
    "sent on elsewhere": ("307 Temporary Redirect", ChannelUnsure),
    "signature refused": ("401 Unauthorized", ChannelUnavailable),
    "key refused": ("403 Forbidden", ChannelRefused),
    "unknown subscription": ("404 Not Found", ChannelRefused),
    "subscription gone": ("410 Gone", ChannelRefused),
    "too large": ("413 Payload Too Large", ChannelRefused),
    "refused (400)": ("400 Bad Request", ChannelRefused),
    "too many (429)": ("429 Too Many Requests", ChannelUnavailable),
    "failing (500)": ("500 Internal Error", ChannelUnsure),
    "502": ("502 Bad Gateway", ChannelUnsure),
    "503": ("503 Unavailable", ChannelUnsure),
}

SERVICE = Conforming(
    failures={
        "connect error": Failing(nobody_listens(a_push_channel), ChannelUnavailable),
        "connect time-out": Failing(connect_times_out(a_push_channel), ChannelUnavailable),
        "unknown host": Failing(unknown_host(a_push_channel), ChannelUnavailable),
        "read time-out": Failing(saying(HANG), ChannelUnsure),
        "lost without an answer": Failing(saying(GONE), ChannelUnsure),
        "half an answer": Failing(saying(b"HTTP/1.1 20"), ChannelUnsure),
        "an answer cut short": Failing(
            saying(b"HTTP/1.1 201 Created\r\nContent-Length: 24\r\n\r\n{"), ChannelUnsure
        ),
        "unreadable": Failing(saying(b"?!\r\n"), ChannelUnsure),
        **{situation: Failing(answering(status), means) for situation, (status, means) in ANSWERS.items()},
    },
    receipts=CannotHappen("push services report nothing later of a message that they took"),
    untouched=untouched,
    contact={"address": Browser(endpoint="http://127.0.0.1:9/push/1").subscription()},
)

CARRIERS = {"push service": SERVICE}
