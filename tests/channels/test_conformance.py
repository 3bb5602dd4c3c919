"""One table for every channel: what each failure of the world means to the attempt.

A situation that cannot occur in a channel says why. A channel that is registered and not in the
table fails the first test.
"""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest

from arrears.channels.base import Channel
from arrears.channels.in_app import InAppChannel
from arrears.channels.registry import CHANNELS
from arrears.kernel.errors import ChannelError, ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import (
    NOW,
    a_contact,
    a_letter_channel,
    a_paper,
    an_email_channel,
    an_sms_channel,
)
from tests.channels.scripted_server import GONE, HANG, scripted_gateway, scripted_server

UNREADABLE = b"?!\r\n"
TOO_LONG = b"2" * 9000 + b"\r\n"


def _email_with(**answers):
    @contextmanager
    def opened():
        with scripted_server(**answers) as server, an_email_channel(server.port) as channel:
            yield channel

    return opened


def _sms_with(status: str, text: str):
    return _sms_saying(f"HTTP/1.1 {status}\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode())


def _sms_saying(answer: bytes | None):
    @contextmanager
    def opened():
        with scripted_gateway(answer) as gateway, an_sms_channel(gateway.port) as channel:
            yield channel

    return opened


def _nobody_listens(to: Callable[..., Channel]):
    @contextmanager
    def opened():
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        yield to(port)

    return opened


def _connect_times_out(to: Callable[..., Channel]):
    return partial(_silent_listener, to)


@contextmanager
def _silent_listener(to: Callable[..., Channel]) -> Iterator[Channel]:
    """A listener whose queue is full: connecting hangs, as it does behind a silent firewall."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    waiting = []
    while _connects(port := listening.getsockname()[1], waiting):
        pass
    yield to(port)
    for each in (*waiting, listening):
        each.close()


def _connects(port: int, waiting: list[socket.socket]) -> bool:
    waiting.append(socket.socket())
    waiting[-1].settimeout(0.2)
    try:
        waiting[-1].connect(("127.0.0.1", port))
    except TimeoutError:
        return False
    return True


def _unknown_host(to: Callable[..., Channel]):
    @contextmanager
    def opened():
        yield to(1, host="no-such-host.invalid", is_simulation=False)

    return opened


def _in_app_where(store: Callable[[], None]):
    @contextmanager
    def opened():
        yield InAppChannel(lambda: NOW, lambda contacts: store())

    return opened


def _fails(error: ChannelError):
    def store():
        raise error

    return store


def _letters(prepare: Callable[[Path, pytest.MonkeyPatch], None]):
    @contextmanager
    def opened():
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
            prepare(Path(folder), patch)
            with a_letter_channel(Path(folder)) as channel:
                yield channel

    return opened


def _no_folder(folder: Path, _patch: pytest.MonkeyPatch) -> None:
    folder.rmdir()
    # the context puts away what is there
    _patch.setattr(tempfile.TemporaryDirectory, "cleanup", lambda _self: None)


def _disk_is_full(_folder: Path, patch: pytest.MonkeyPatch) -> None:
    def fails(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    patch.setattr(os, "fsync", fails)


def _lost_after_the_rename(_folder: Path, patch: pytest.MonkeyPatch) -> None:
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        rename(self, target)
        patch.setattr(os, "open", _gone)
        return target

    patch.setattr(Path, "rename", renamed)


def _gone(*_: object) -> int:
    raise OSError(5, "Input/output error")


_STORE_AWAY = ChannelUnavailable("in_app.store", "The store is away.")
_COMMIT_LOST = ChannelUnsure("in_app.commit", "The store went away while committing.")

TABLE = {
    "email": {
        "connect refused": (_nobody_listens(an_email_channel), ChannelUnavailable),
        "connect time-out": (_connect_times_out(an_email_channel), ChannelUnavailable),
        "unknown host": (_unknown_host(an_email_channel), ChannelUnavailable),
        "no greeting": (_email_with(greeting=HANG), ChannelUnavailable),
        "greeting 4xx": (_email_with(greeting=b"421 busy\r\n"), ChannelUnavailable),
        "greeting 5xx": (_email_with(greeting=b"554 no service\r\n"), ChannelUnavailable),
        "greeting unreadable": (_email_with(greeting=UNREADABLE), ChannelUnavailable),
        "read time-out before the message": (_email_with(RCPT=HANG), ChannelUnavailable),
        "lost before the message": (_email_with(DATA=GONE), ChannelUnavailable),
        "4xx to MAIL": (_email_with(MAIL=b"451 later\r\n"), ChannelUnavailable),
        "4xx to RCPT": (_email_with(RCPT=b"450 greylisted\r\n"), ChannelUnavailable),
        "4xx to DATA": (_email_with(DATA=b"451 later\r\n"), ChannelUnavailable),
        "5xx to MAIL": (_email_with(MAIL=b"553 not from you\r\n"), ChannelRefused),
        "5xx to RCPT": (_email_with(RCPT=b"550 5.1.1 nobody here\r\n"), ChannelRefused),
        "5xx to DATA": (_email_with(DATA=b"554 no\r\n"), ChannelRefused),
        "unreadable before the message": (_email_with(RCPT=UNREADABLE), ChannelUnavailable),
        "too long before the message": (_email_with(RCPT=TOO_LONG), ChannelUnavailable),
        "read time-out after the message": (_email_with(DOT=HANG), ChannelUnsure),
        "lost after the message": (_email_with(DOT=GONE), ChannelUnsure),
        "4xx after the message": (_email_with(DOT=b"451 later\r\n"), ChannelUnsure),
        "5xx after the message": (_email_with(DOT=b"554 5.7.1 spam\r\n"), ChannelRefused),
        "unreadable after the message": (_email_with(DOT=UNREADABLE), ChannelUnsure),
        "too long after the message": (_email_with(DOT=TOO_LONG), ChannelUnsure),
        "half an answer after the message": (_email_with(DOT=b"250-taken\r\n"), ChannelUnsure),
    },
    "sms": {
        "connect refused": (_nobody_listens(an_sms_channel), ChannelUnavailable),
        "connect time-out": (_connect_times_out(an_sms_channel), ChannelUnavailable),
        "unknown host": (_unknown_host(an_sms_channel), ChannelUnavailable),
        "read time-out": (_sms_saying(HANG), ChannelUnsure),
        "lost without an answer": (_sms_saying(GONE), ChannelUnsure),
        "half an answer": (_sms_saying(b"HTTP/1.1 202 Acc"), ChannelUnsure),
        "an answer cut short": (
            _sms_saying(b"HTTP/1.1 202 OK\r\nContent-Length: 24\r\n\r\n0: Acc"),
            ChannelUnsure,
        ),
        "unreadable": (_sms_saying(UNREADABLE), ChannelUnsure),
        "unreadable success": (_sms_with("202 Accepted", "thank you"), ChannelUnsure),
        "too long": (_sms_saying(b"HTTP/1.1 2" + TOO_LONG * 20), ChannelUnsure),
        "user unknown": (_sms_with("403 Forbidden", "Authorization failed for sendsms"), ChannelUnavailable),
        "not found": (_sms_with("404 Not Found", "Unknown request."), ChannelUnavailable),
        "400": (_sms_with("400 Bad Request", "Missing receiver number, rejected"), ChannelRefused),
        "refused by the gateway": (_sms_with("403 Forbidden", "Forbidden"), ChannelRefused),
        "429": (_sms_with("429 Too Many Requests", "later"), ChannelUnavailable),
        "temporal failure": (
            _sms_with("503 Unavailable", "Temporal failure, try again later."),
            ChannelUnavailable,
        ),
        "503 of somebody between": (_sms_with("503 Unavailable", "<html>"), ChannelUnsure),
        "500": (_sms_with("500 Internal Error", "oops"), ChannelUnsure),
        "502": (_sms_with("502 Bad Gateway", "oops"), ChannelUnsure),
    },
    "letter": {
        "folder away": (_letters(_no_folder), ChannelUnavailable),
        "disk full": (_letters(_disk_is_full), ChannelUnavailable),
        "lost after the rename": (_letters(_lost_after_the_rename), ChannelUnsure),
        # No server: a folder answers nothing that could be misread, and refuses nothing.
    },
    "in_app": {
        "store away": (_in_app_where(_fails(_STORE_AWAY)), ChannelUnavailable),
        "lost while committing": (_in_app_where(_fails(_COMMIT_LOST)), ChannelUnsure),
        # No server: there is no answer to misread and nobody who could refuse.
    },
}

NUMBER = "+8613800000001"
STREET = "1 Example Plaza, New York, NY 10001"
ADDRESSED = {
    "email": {},
    "in_app": {},
    "sms": {"address": NUMBER},
    "letter": {"address": STREET, "paper": a_paper()},
}
ROWS = [(name, situation) for name, rows in TABLE.items() for situation in rows]


def test_every_registered_channel_is_in_the_table():
    assert set(TABLE) == set(CHANNELS)


@pytest.mark.parametrize(("name", "situation"), ROWS, ids=[f"{n}: {s}" for n, s in ROWS])
def test_a_failure_means_what_the_table_says(name, situation):
    opened, expected = TABLE[name][situation]

    with opened() as channel, pytest.raises(ChannelError) as raised:
        channel.send(a_contact(channel=name, **ADDRESSED[name]))

    assert type(raised.value) is expected
    said = f"{raised.value} {raised.value.facts}"
    assert not any(each in said for each in ("lin@borrower.example", NUMBER, STREET, "open sesame"))


@pytest.mark.parametrize("name", sorted(CHANNELS))
def test_a_contact_whose_time_has_passed_touches_nothing(name, tmp_path):
    touched = []
    with scripted_server() as server:
        channels = {
            "email": an_email_channel(server.port),
            "in_app": InAppChannel(lambda: NOW, touched.append),
            "sms": an_sms_channel(server.port),
            "letter": a_letter_channel(tmp_path),
        }

        with pytest.raises(ChannelUnavailable) as raised:
            channels[name].send(a_contact(channel=name, send_before=NOW))

        assert (raised.value.code, touched, server.connections) == ("channel.too_late", [], 0)
        assert not list(tmp_path.iterdir())
