"""Contacts that channels are given, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

from arrears.channels.asking import Server
from arrears.channels.base import Cleared, Paper, Sender
from arrears.channels.hosted.channel import HostedChannel
from arrears.channels.hosted.route import HostedRoute
from arrears.channels.kannel import KannelChannel
from arrears.channels.kannel.route import Gateway
from arrears.channels.letter import LetterChannel, PrintRoute
from arrears.channels.marks import Marks
from arrears.channels.sms_json import JsonSmsChannel
from arrears.channels.sms_json.route import Provider
from arrears.channels.smtp import SmtpChannel
from arrears.channels.smtp.message import WaysBack
from arrears.channels.smtp.route import Route
from arrears.channels.web_push import PushRoute, WebPushChannel
from tests.channels.browser import KEYS

NOW = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
MARKS = Marks(b"a key of thirty-two bytes, always")


def a_contact(**changed: Any) -> Cleared:
    usual: dict[str, Any] = {
        "attempt": 17,
        "channel": "email",
        "address": "lin@borrower.example",
        "subject": "Your credit card is one month late",
        "body": "Harbour Bank\n\nPlease pay or ask us.",
        "language": "en",
        "send_before": NOW + timedelta(minutes=5),
        "sender": Sender("Harbour Bank", "service@harbour.example"),
        "verification": "K7QM-2XRD-9TVB",
    }
    return Cleared(**{**usual, **changed})


def an_sms_channel(port: int, *, is_simulation: bool = True, **changed: Any) -> KannelChannel:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "is_https": False,
        "path": "/cgi-bin/sendsms",
        "username": "arrears",
        "password": "open sesame",
        "sender": "10690",
        "connect_seconds": 0.3,
        "answer_seconds": 0.3,
    }
    return KannelChannel(lambda: NOW, Gateway(**{**usual, **changed}), is_simulation=is_simulation)


def a_hosted_sms_channel(port: int, *, is_simulation: bool = True, **changed: Any) -> JsonSmsChannel:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "is_https": False,
        "path": "/v1/messages",
        "token": "open-sesame",
        "sender": "10690",
        "connect_seconds": 0.3,
        "answer_seconds": 0.3,
    }
    return JsonSmsChannel(lambda: NOW, Provider(**{**usual, **changed}), is_simulation=is_simulation)


def a_hosted_channel(port: int, *, is_simulation: bool = True, **changed: Any) -> HostedChannel:
    usual: dict[str, Any] = {
        "name": "mailgun",
        "host": "127.0.0.1",
        "port": port,
        "path": "/v3",
        "key": "open sesame",
        "back": WaysBack("bounces.example"),
        "connect_seconds": 0.3,
        "answer_seconds": 0.3,
    }
    route = HostedRoute(**{**usual, **changed})
    return HostedChannel(lambda: NOW, route, MARKS, is_simulation=is_simulation)


def an_email_channel(port: int, **changed: Any) -> SmtpChannel:
    usual: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "tls": "none",
        "bounces": "bounces.example",
        "connect_seconds": 0.3,
        "answer_seconds": 0.3,
    }
    return SmtpChannel(lambda: NOW, Route(**{**usual, **changed}), MARKS)


def a_paper(**changed: Any) -> Paper:
    usual: dict[str, Any] = {
        "notice": "overdue_notice",
        "recipient": "Ana Torres",
        "country": "US",
        "from_country": "US",
        "return_line": "PO Box 100",
        "ask_through": "0800 555 0100",
        "check_through": "0800 555 0100",
        "on": date(2026, 1, 5),
    }
    return Paper(**{**usual, **changed})


def a_letter_channel(
    folder: Path, *, now: Callable[[], datetime] = lambda: NOW, is_sink: bool = False
) -> LetterChannel:
    return LetterChannel(now, PrintRoute(folder, is_sink=is_sink))


class PushToPort(WebPushChannel):
    """Hands over at this host and port, whatever the subscription names."""

    def __init__(self, route: PushRoute, **server: Any) -> None:
        super().__init__(lambda: NOW, route)
        self._changed = server

    def _server(self, where: SplitResult) -> Server:
        return replace(super()._server(where), **self._changed)


def a_push_channel(
    port: int, *, host: str = "127.0.0.1", is_simulation: bool = True, **changed: Any
) -> WebPushChannel:
    usual: dict[str, Any] = {
        "keys": KEYS,
        "contact": "mailto:push@harbour.example",
        "is_sink": True,
        "connect_seconds": 0.3,
        "answer_seconds": 0.3,
    }
    route = PushRoute(**{**usual, **changed})
    return PushToPort(route, host=host, port=port, is_here_only=is_simulation)
