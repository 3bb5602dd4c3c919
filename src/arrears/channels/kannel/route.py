"""Where text messages are handed over: the gateway named by ARREARS_SMS_URL, checked before use."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from arrears.channels.prices import Price
from arrears.channels.server_urls import UrlSetting, is_loopback

SETTING = "ARREARS_SMS_URL"
_URL = UrlSetting(
    SETTING,
    code="setting.sms_url",
    noun="a text message gateway",
    example="kannel+https://user:password@gateway.example/cgi-bin/sendsms"
    "?sender=10690001&reports=https://arrears.example",
    ports={"kannel": 13013, "kannel+https": 443},
    options=(
        *("sender", "reports", "sink", "per_second", "price"),
        *("connect_seconds", "answer_seconds"),
    ),
)
SENDER = re.compile(r"\+?\d{3,20}|[A-Za-z0-9][A-Za-z0-9 ]{0,10}")


@dataclass(frozen=True, slots=True)
class Gateway:
    """A Kannel smsbox and how to speak to it.

    sender           the number or name that recipients see
    reports          where the gateway reaches our own HTTP server, for delivery reports; empty: asks for none
    per_second       most messages handed over in one second; None: as fast as it takes them
    price            what is charged for one part of a message; None: nobody has said
    is_sink          the operator says that its connections end in a simulator, not at telephones
    connect_seconds  longest wait for a connection
    answer_seconds   longest wait for the answer to a message
    """

    host: str
    port: int
    is_https: bool
    path: str
    username: str
    password: str = field(repr=False)
    sender: str = ""
    reports: str = ""
    is_sink: bool = False
    per_second: int | None = None
    price: Price | None = None
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0

    def mark_of(self, attempt: int) -> str:
        """What a report about this attempt has to carry, so that nobody else can make one."""
        return hmac.new(self.password.encode(), f"report {attempt}".encode(), hashlib.sha256).hexdigest()[:32]

    @property
    def inbound_mark(self) -> str:
        """What stands in the address to which the gateway hands what telephones wrote."""
        return hmac.new(self.password.encode(), b"inbound", hashlib.sha256).hexdigest()[:32]


def is_kannel(url: str) -> bool:
    """Whether a setting names a gateway of this kind."""
    return url.strip().startswith(("kannel://", "kannel+https://"))


def read_gateway(url: str, *, is_simulation: bool) -> Gateway:
    """The gateway written in `url`: kannel[+https]://user:password@host[:port]/path?sender=..&reports=..

    Raises BadInput when it cannot be read, and Misconfigured when a simulation names a gateway that
    is not on this machine or not said to be a sink, or a live database one that is.
    """
    parts, port = _URL.split(url)
    options = _URL.options_of(parts)
    gateway = Gateway(
        host=parts.hostname or "",
        port=port,
        is_https=parts.scheme == "kannel+https",
        path=parts.path or "/cgi-bin/sendsms",
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        sender=options.get("sender", ""),
        reports=options.get("reports", "").rstrip("/"),
        is_sink=_URL.is_yes(options, "sink"),
        per_second=_URL.whole(options, "per_second"),
        price=_URL.price(options, "price"),
        connect_seconds=_URL.seconds(options, "connect_seconds", 10.0),
        answer_seconds=_URL.seconds(options, "answer_seconds", 30.0),
    )
    return _checked(gateway, is_simulation=is_simulation)


def _checked(gateway: Gateway, *, is_simulation: bool) -> Gateway:
    if not (gateway.username and gateway.password):
        raise _URL.bad("it names no user and password of the gateway")
    if not SENDER.fullmatch(gateway.sender):
        raise _URL.bad("sender is neither a number nor a name of at most eleven letters")
    if gateway.reports and urlsplit(gateway.reports).scheme not in ("http", "https"):
        raise _URL.bad("reports is not the address of an HTTP server")
    if not gateway.is_https and not is_loopback(gateway.host):
        raise _URL.bad("it would send numbers and texts unencrypted (kannel+https:// is needed)")
    _URL.check_sink(gateway.host, is_sink=gateway.is_sink, is_simulation=is_simulation, code="kannel")
    return gateway
