"""The hosted provider named by ARREARS_SMS_URL, checked before use; and the signatures of its webhooks."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import unquote

from arrears.channels.kannel.route import SENDER, SETTING
from arrears.channels.prices import Price
from arrears.channels.server_urls import UrlSetting, is_loopback

SCHEMES = ("https+json", "http+json")
_URL = UrlSetting(
    SETTING,
    code="setting.sms_url",
    noun="a text message provider",
    example="https+json://TOKEN@provider.example/v1/messages?sender=10690001&secret=SECRET",
    ports={"https+json": 443, "http+json": 80},
    options=(
        *("sender", "secret", "sink", "per_second", "price"),
        *("connect_seconds", "answer_seconds"),
    ),
)
SIGNED_WITHIN = timedelta(minutes=5)
"""A webhook that was signed longer ago, or so far ahead, is not believed."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider and how to speak to it.

    token       the bearer token that we show
    secret      what its webhooks are signed with; empty: it sends none
    sender      the number or name that recipients see
    is_sink     the operator says that it sends nothing to telephones
    per_second  most messages handed over in one second; None: as fast as it takes them
    price       what is charged for one part of a message; None: nobody has said
    """

    host: str
    port: int
    is_https: bool
    path: str
    token: str = field(repr=False)
    secret: str = field(default="", repr=False)
    sender: str = ""
    is_sink: bool = False
    per_second: int | None = None
    price: Price | None = None
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0

    def is_signed(self, body: bytes, *, stamp: str, signature: str, at: datetime) -> bool:
        """Whether the provider signed this body at the second `stamp`, about now."""
        if not (self.secret and stamp.isascii() and stamp.isdigit() and len(stamp) < 12):
            return False
        if abs(at.timestamp() - int(stamp)) > SIGNED_WITHIN.total_seconds():
            return False
        return signature.isascii() and hmac.compare_digest(self.signature(body, stamp), signature)

    def signature(self, body: bytes, stamp: str) -> str:
        """HMAC-SHA256 of `stamp.body` under the secret, in hexadecimal."""
        return hmac.new(self.secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_hosted(url: str) -> bool:
    """Whether a setting names a provider of this kind."""
    return url.strip().startswith(tuple(f"{scheme}://" for scheme in SCHEMES))


def read_provider(url: str, *, is_simulation: bool) -> Provider:
    """The provider written in `url`: https+json://TOKEN@host[:port]/path?sender=..&secret=..

    Raises BadInput when it cannot be read, and Misconfigured when a simulation names one that is not on
    this machine or not said to be a sink, or a live database one that is.
    """
    parts, port = _URL.split(url)
    options = _URL.options_of(parts)
    provider = Provider(
        host=parts.hostname or "",
        port=port,
        is_https=parts.scheme == "https+json",
        path=parts.path or "/",
        token=unquote(parts.username or ""),
        secret=options.get("secret", ""),
        sender=options.get("sender", ""),
        is_sink=_URL.is_yes(options, "sink"),
        per_second=_URL.whole(options, "per_second"),
        price=_URL.price(options, "price"),
        connect_seconds=_URL.seconds(options, "connect_seconds", 10.0),
        answer_seconds=_URL.seconds(options, "answer_seconds", 30.0),
    )
    _check(provider, is_simulation=is_simulation)
    return provider


def _check(provider: Provider, *, is_simulation: bool) -> None:
    if not provider.token or not provider.token.isascii() or not provider.token.isprintable():
        raise _URL.bad("it names no token of the provider")
    if not SENDER.fullmatch(provider.sender):
        raise _URL.bad("sender is neither a number nor a name of at most eleven letters")
    if not provider.is_https and not is_loopback(provider.host):
        raise _URL.bad("it would send numbers and texts unencrypted (https+json:// is needed)")
    _URL.check_sink(provider.host, is_sink=provider.is_sink, is_simulation=is_simulation, code="sms_json")
