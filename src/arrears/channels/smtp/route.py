"""Where e-mail is handed over: the server named by ARREARS_SMTP_URL, checked before use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from arrears.channels.server_urls import UrlSetting, is_loopback
from arrears.channels.smtp.message import WaysBack
from arrears.kernel.errors import Misconfigured

SETTING = "ARREARS_SMTP_URL"
_URL = UrlSetting(
    SETTING,
    code="setting.smtp_url",
    noun="a mail server",
    example="smtp://user:password@mail.example:587?tls=required&bounces=bounces.example",
    ports={"smtp": 587, "smtps": 465},
    options=(
        "tls",
        "bounces",
        "unsubscribe",
        "replies",
        "per_second",
        "per_domain",
        "delivered",
        "connect_seconds",
        "answer_seconds",
    ),
)
_TLS = ("required", "if_offered", "none")
_MAIL_SERVER_PORTS = (25, 465, 587)
_LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


@dataclass(frozen=True, slots=True)
class Route:
    """A mail server and how to speak to it.

    tls              `implicit` from the first byte, else STARTTLS: required, if_offered, none
    bounces          domain that undeliverable mail comes back to, as bounce+<mark>@<domain>
    unsubscribe      where recipients reach our own HTTP server, to stop with one click; empty: by mail only
    per_second       most messages in one second, over all senders; None: as fast as it takes them
    per_domain       most messages in one second to one recipient domain; None: as fast as it takes them
    asks_delivered   a report of each delivery is asked for, where the server can give one (RFC 3461)
    takes_replies    answers come back to the same domain, as reply+<mark>@<domain>
    connect_seconds  longest wait for a connection
    answer_seconds   longest wait for any one answer
    is_simulation    the database is a simulation: nothing may leave this machine
    """

    host: str
    port: int
    tls: str
    bounces: str
    username: str = ""
    password: str = field(default="", repr=False)
    connect_seconds: float = 10.0
    answer_seconds: float = 60.0
    is_simulation: bool = True
    unsubscribe: str = ""
    takes_replies: bool = False
    per_second: int | None = None
    per_domain: int | None = None
    asks_delivered: bool = False

    @property
    def back(self) -> WaysBack:
        return WaysBack(self.bounces, self.unsubscribe, self.takes_replies)


def read_route(url: str, *, is_simulation: bool) -> Route:
    """The route written in `url`: smtp[s]://[user:password@]host[:port][?tls=..&bounces=..].

    Raises BadInput when it cannot be read, and Misconfigured when a simulation names a host
    that is not this machine, or a port on which a real mail server would relay its messages.
    """
    parts, port = _URL.split(url)
    if parts.path.strip("/"):
        raise _URL.bad("it has a path")
    options = _URL.options_of(parts)
    host = parts.hostname or ""
    route = Route(
        host=host,
        port=port,
        tls="implicit" if parts.scheme == "smtps" else options.get("tls", _usual_tls(host)),
        bounces=options.get("bounces", "localhost" if is_loopback(host) else host),
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        connect_seconds=_URL.seconds(options, "connect_seconds", 10.0),
        answer_seconds=_URL.seconds(options, "answer_seconds", 60.0),
        is_simulation=is_simulation,
        unsubscribe=options.get("unsubscribe", "").rstrip("/"),
        takes_replies=_URL.is_yes(options, "replies"),
        per_second=_URL.whole(options, "per_second"),
        per_domain=_URL.whole(options, "per_domain"),
        asks_delivered=_asks(options.get("delivered", "")),
    )
    return _checked(route)


def _asks(text: str) -> bool:
    if text not in ("", "ask"):
        raise _URL.bad("delivered is not ask")
    return text == "ask"


def _usual_tls(host: str) -> str:
    return "none" if is_loopback(host) else "required"


def is_domain(text: str) -> bool:
    return _DOMAIN.fullmatch(text) is not None


def is_public(url: str) -> bool:
    """Mail programs post to https only; to try it out, this machine may do without."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return not (parts.query or parts.fragment) and (
        (parts.scheme == "https" and bool(host)) or (parts.scheme == "http" and is_loopback(host))
    )


def _checked(route: Route) -> Route:
    if route.tls not in (*_TLS, "implicit"):
        raise _URL.bad(f"tls is none of {', '.join(_TLS)}")
    if not is_domain(route.bounces):
        raise _URL.bad("the domain for bounces is not a domain name")
    if route.unsubscribe and not is_public(route.unsubscribe):
        raise _URL.bad("unsubscribe is not the address of an HTTPS server")
    if route.password and route.tls in ("none", "if_offered") and not is_loopback(route.host):
        raise _URL.bad("it would send the password unencrypted (tls=required is needed)")
    if route.is_simulation and not is_loopback(route.host):
        raise Misconfigured(
            "smtp.not_loopback",
            f"This database is a simulation, and {SETTING} names a mail server that is not on this machine.",
            hint="Start a sink (python -m arrears.channels.smtp.sink) and set its address.",
            setting=SETTING,
        )
    if route.is_simulation and route.port in _MAIL_SERVER_PORTS:
        raise Misconfigured(
            "smtp.mail_server_port",
            f"This database is a simulation, and {SETTING} names port {route.port},"
            " where a mail server would pass its messages on to real people.",
            hint="Start a sink (python -m arrears.channels.smtp.sink) and set its address.",
            setting=SETTING,
        )
    return route
