"""E-mail by django-anymail: the first byte on a connection is the moment that decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arrears.actions.mail import marks_of_this_database
from arrears.channels.base import Channel
from arrears.channels.hosted.providers import USE
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import a_hosted_channel
from tests.channels.conforming.table import Conforming, Failing, Receipts
from tests.channels.conforming.worlds import World, connect_times_out, nobody_listens, unknown_host
from tests.channels.scripted_server import GONE, HANG, scripted_gateway, scripted_server


def saying(answer: bytes | None, name: str = "mailgun") -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with scripted_gateway(answer) as gateway, a_hosted_channel(gateway.port, name=name) as channel:
            yield channel

    return opened


def answering(status: str, text: str, name: str = "mailgun") -> World:
    head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(text)}"
    return saying(f"{head}\r\n\r\n{text}".encode(), name)


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with scripted_server() as server:
        yield a_hosted_channel(server.port), lambda: server.connections


def report(attempt: int, evidence: str) -> bytes:
    event, answer = {"delivered": ("delivered", "250 ok"), "returned": ("bounced", "550 5.1.1 nobody")}[
        evidence
    ]
    mark = marks_of_this_database().mark(USE, attempt)
    return json.dumps({"event": event, "mark": mark, "reason": "", "answer": answer}).encode()


INACTIVE = json.dumps(
    {
        "ErrorCode": 406,
        "Message": "Found inactive addresses: lin@borrower.example. Inactive recipients bounced.",
    }
)

HOSTED = Conforming(
    failures={
        "connect error": Failing(nobody_listens(a_hosted_channel), ChannelUnavailable),
        "connect time-out": Failing(connect_times_out(a_hosted_channel), ChannelUnavailable),
        "unknown host": Failing(unknown_host(a_hosted_channel), ChannelUnavailable),
        "read time-out": Failing(saying(HANG), ChannelUnsure),
        "lost without an answer": Failing(saying(GONE), ChannelUnsure),
        "half an answer": Failing(saying(b"HTTP/1.1 200 O"), ChannelUnsure),
        "an answer cut short": Failing(
            saying(b'HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\n{"id": "<1'), ChannelUnsure
        ),
        "unreadable": Failing(saying(b"?!\r\n"), ChannelUnsure),
        "unreadable success": Failing(answering("200 OK", "thank you"), ChannelUnsure),
        "success of another form": Failing(answering("200 OK", '{"ok": true}'), ChannelUnsure),
        "success that is none": Failing(
            answering("200 OK", '{"id": "<1@x>", "message": "No."}'), ChannelUnsure
        ),
        "sent on elsewhere": Failing(
            saying(b"HTTP/1.1 307 X\r\nLocation: /v4\r\nContent-Length: 0\r\n\r\n"), ChannelUnsure
        ),
        "key unknown": Failing(answering("401 Unauthorized", "Forbidden"), ChannelUnavailable),
        "not paid": Failing(answering("402 Payment Required", "{}"), ChannelUnavailable),
        "domain unknown": Failing(answering("404 Not Found", "Domain not found: x"), ChannelUnavailable),
        "refused (400)": Failing(answering("400 Bad Request", '{"message": "no address"}'), ChannelRefused),
        "too many (429)": Failing(answering("429 Too Many Requests", "{}"), ChannelUnavailable),
        "failing (500)": Failing(answering("500 Internal Error", "{}"), ChannelUnsure),
        "503": Failing(answering("503 Unavailable", "{}"), ChannelUnsure),
        "recipient refused": Failing(answering("422 X", INACTIVE, "postmark"), ChannelRefused),
        "422 of another form": Failing(answering("422 X", "oops", "postmark"), ChannelRefused),
        "success without a number": Failing(
            answering("200 OK", '{"ErrorCode": 0, "Message": "OK"}', "postmark"), ChannelUnsure
        ),
    },
    receipts=Receipts("anymail", report),
    untouched=untouched,
)
