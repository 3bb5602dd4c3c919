"""Text messages over Kannel and over a hosted provider: the last byte of the request decides."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from arrears.channels.base import Channel
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import a_hosted_sms_channel, an_sms_channel
from tests.channels.conforming.table import Conforming, Failing, Receipts
from tests.channels.conforming.worlds import To, World, connect_times_out, nobody_listens, unknown_host
from tests.channels.scripted_server import GONE, HANG, scripted_gateway, scripted_server


def saying(answer: bytes | None, to: To = an_sms_channel) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with scripted_gateway(answer) as gateway, to(gateway.port) as channel:
            yield channel

    return opened


def answering(status: str, text: str, to: To = an_sms_channel) -> World:
    return saying(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode(), to)


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with scripted_server() as server:
        yield an_sms_channel(server.port), lambda: server.connections


def report(attempt: int, evidence: str) -> bytes:
    told = {"delivered": ("1", "stat:DELIVRD err:000"), "undelivered": ("2", "stat:EXPIRED err:027")}
    kind, answer = told[evidence]
    return urlencode({"attempt": attempt, "type": kind, "answer": answer}).encode()


KANNEL = Conforming(
    failures={
        "connect error": Failing(nobody_listens(an_sms_channel), ChannelUnavailable),
        "connect time-out": Failing(connect_times_out(an_sms_channel), ChannelUnavailable),
        "unknown host": Failing(unknown_host(an_sms_channel), ChannelUnavailable),
        "read time-out": Failing(saying(HANG), ChannelUnsure),
        "lost without an answer": Failing(saying(GONE), ChannelUnsure),
        "half an answer": Failing(saying(b"HTTP/1.1 202 Acc"), ChannelUnsure),
        "an answer cut short": Failing(
            saying(b"HTTP/1.1 202 OK\r\nContent-Length: 24\r\n\r\n0: Acc"), ChannelUnsure
        ),
        "unreadable": Failing(saying(b"?!\r\n"), ChannelUnsure),
        "unreadable success": Failing(answering("202 Accepted", "thank you"), ChannelUnsure),
        "too long": Failing(saying(b"HTTP/1.1 2" + b"2" * 180_000 + b"\r\n"), ChannelUnsure),
        "user unknown": Failing(
            answering("403 Forbidden", "Authorization failed for sendsms"), ChannelUnavailable
        ),
        "not found": Failing(answering("404 Not Found", "Unknown request."), ChannelUnavailable),
        "refused (400)": Failing(
            answering("400 Bad Request", "Missing receiver number, rejected"), ChannelRefused
        ),
        "refused by the gateway": Failing(answering("403 Forbidden", "Forbidden"), ChannelRefused),
        "too many (429)": Failing(answering("429 Too Many Requests", "later"), ChannelUnavailable),
        "temporal failure": Failing(
            answering("503 Unavailable", "Temporal failure, try again later."), ChannelUnavailable
        ),
        "503 of somebody between": Failing(answering("503 Unavailable", "<html>"), ChannelUnsure),
        "failing (500)": Failing(answering("500 Internal Error", "oops"), ChannelUnsure),
        "502": Failing(answering("502 Bad Gateway", "oops"), ChannelUnsure),
    },
    receipts=Receipts("kannel", report, failed="undelivered"),
    untouched=untouched,
    contact={"address": "+8613800000001"},
)

HOSTED_WORLD = {
    "connect error": Failing(nobody_listens(a_hosted_sms_channel), ChannelUnavailable),
    "connect time-out": Failing(connect_times_out(a_hosted_sms_channel), ChannelUnavailable),
    "unknown host": Failing(unknown_host(a_hosted_sms_channel), ChannelUnavailable),
    "read time-out": Failing(saying(HANG, a_hosted_sms_channel), ChannelUnsure),
    "lost without an answer": Failing(saying(GONE, a_hosted_sms_channel), ChannelUnsure),
}
HOSTED_ANSWERS = {
    "unreadable success": ("200 OK", "thank you", ChannelUnsure),
    "a success without a number": ("202 Accepted", "{}", ChannelUnsure),
    "a success that is no object": ("200 OK", "[1]", ChannelUnsure),
    "a redirection": ("302 Found", "", ChannelUnsure),
    "token unknown": ("401 Unauthorized", "{}", ChannelUnavailable),
    "not paid": ("402 Payment Required", "{}", ChannelUnavailable),
    "not found": ("404 Not Found", "{}", ChannelUnavailable),
    "the key is in use": ("409 Conflict", "{}", ChannelUnsure),
    "refused (400)": ("400 Bad Request", '{"error": "no such number"}', ChannelRefused),
    "refused (422)": ("422 Unprocessable Entity", "{}", ChannelRefused),
    "too many (429)": ("429 Too Many Requests", "{}", ChannelUnavailable),
    "failing (500)": ("500 Internal Error", "{}", ChannelUnsure),
    "503": ("503 Unavailable", "{}", ChannelUnsure),
}


@contextmanager
def hosted_untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with scripted_server() as server:
        yield a_hosted_sms_channel(server.port), lambda: server.connections


def hosted_report(attempt: int, evidence: str) -> bytes:
    return json.dumps({"reference": str(attempt), "status": evidence, "code": "000"}).encode()


HOSTED = Conforming(
    failures={
        **HOSTED_WORLD,
        **{
            situation: Failing(answering(status, text, a_hosted_sms_channel), means)
            for situation, (status, text, means) in HOSTED_ANSWERS.items()
        },
    },
    receipts=Receipts("sms_json", hosted_report, failed="undelivered"),
    untouched=hosted_untouched,
    contact={"address": "+8613800000001"},
)

CARRIERS = {"kannel": KANNEL, "a hosted provider": HOSTED}
