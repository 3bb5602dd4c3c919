"""A browser's subscription to notifications: what it says, checked, in one form.

It is what `PushSubscription.toJSON()` gives, with the public key that it was made with beside it:

    {"endpoint": "https://...", "expirationTime": null,
     "keys": {"p256dh": "...", "auth": "..."}, "applicationServerKey": "..."}
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from arrears.kernel.errors import BadInput

KIND = "web_push"
POINT_BYTES, SECRET_BYTES = 65, 16
"""A public key is an uncompressed point of P-256; the secret that only browser and lender know is shorter."""

_UNCOMPRESSED = 4
_ENDPOINT_MAX = 1_500
_HERE = ("localhost", "127.0.0.1", "::1")
_LAST_MS = 253_402_300_799_000  # the end of the year 9999


@dataclass(frozen=True, slots=True)
class PushSubscription:
    """One browser's subscription. All but `expires_at` says which one it is.

    endpoint    where its push service takes messages for it; whoever knows it may try to send
    p256dh      the browser's public key, and `auth` the secret, base64url: what messages are encrypted with
    server_key  the public key of ours that it was made with: only its holder may send
    expires_at  from when it is none any more; None when the browser does not say
    """

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)
    server_key: str
    expires_at: datetime | None = None

    @property
    def text(self) -> str:
        """Its one form, without the end of its time, which says nothing of which one it is."""
        told = {
            "applicationServerKey": self.server_key,
            "endpoint": self.endpoint,
            "keys": {"auth": self.auth, "p256dh": self.p256dh},
        }
        return json.dumps(told, separators=(",", ":"), sort_keys=True)

    @property
    def where(self) -> SplitResult:
        return urlsplit(self.endpoint)


def read_subscription(text: str) -> PushSubscription:
    """The subscription in this text. Raises BadInput, which names the field and never quotes a value."""
    told = _object(text)
    keys = told.get("keys")
    if not isinstance(keys, dict):
        raise _bad("keys", "is missing: the browser's p256dh and auth")
    return PushSubscription(
        endpoint=_endpoint(told.get("endpoint")),
        p256dh=_point("keys.p256dh", keys.get("p256dh")),
        auth=_of_length("keys.auth", keys.get("auth"), SECRET_BYTES),
        server_key=_point("applicationServerKey", told.get("applicationServerKey")),
        expires_at=_expires_at(told.get("expirationTime")),
    )


def with_server_key(text: str, server_key: str) -> str:
    """A browser's own JSON with the public key that it was made with, where it does not say one itself."""
    return text_told({"applicationServerKey": server_key, **_object(text)})


def text_told(values: Mapping[str, Any]) -> str:
    """The text that `read_subscription` reads, of these values."""
    return json.dumps(dict(values), separators=(",", ":"))


def bytes_of(text: str) -> bytes:
    """What base64url says, with or without padding. Raises ValueError."""
    plain = text.rstrip("=").replace("+", "-").replace("/", "_")
    if not plain.isascii() or not plain.replace("-", "").replace("_", "").isalnum():
        raise ValueError("is not base64url")
    return urlsafe_b64decode(plain + "=" * (-len(plain) % 4))


def base64url(content: bytes) -> str:
    """Without padding, as browsers write it."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def _object(text: str) -> dict[str, Any]:
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise _bad("", "is not the JSON that PushSubscription.toJSON() gives")
    return told


def _endpoint(told: object) -> str:
    name = "endpoint"
    if not isinstance(told, str) or not told:
        raise _bad(name, "is missing")
    if len(told) > _ENDPOINT_MAX:
        raise _bad(name, f"is longer than {_ENDPOINT_MAX:,} characters")
    if not (told.isascii() and told.isprintable()) or " " in told:
        raise _bad(name, "holds characters that no address has")
    try:
        parts = urlsplit(told)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise _bad(name, "has a host or port that cannot be read") from None
    if not host or port == 0 or parts.username is not None or parts.fragment:
        raise _bad(name, "is not the plain address of a push service")
    if parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE):
        raise _bad(name, "does not begin with https://")
    return told


def _point(name: str, told: object) -> str:
    text = _of_length(name, told, POINT_BYTES)
    if bytes_of(text)[0] != _UNCOMPRESSED:
        raise _bad(name, "is not an uncompressed point of P-256")
    return text


def _of_length(name: str, told: object, length: int) -> str:
    try:
        content = bytes_of(told) if isinstance(told, str) and told else None
    except ValueError:
        raise _bad(name, "is not base64url") from None
    if content is None:
        raise _bad(name, "is missing")
    if len(content) != length:
        raise _bad(name, f"is {len(content)} bytes and not {length}")
    return base64url(content)


def _expires_at(told: object) -> datetime | None:
    """The browser's milliseconds since 1970."""
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= _LAST_MS:
        raise _bad("expirationTime", "is neither null nor milliseconds since 1970")
    return datetime.fromtimestamp(int(told) // 1000, UTC)


def _bad(name: str, what: str) -> BadInput:
    told = f"{name} {what}" if name else what
    return BadInput(
        "contact_point.value",
        f"The value of this {KIND} {'has a fault: ' if name else ''}{told}.",
        hint="Hand over JSON.stringify of the browser's subscription, with applicationServerKey added.",
        kind=KIND,
        field=name,
    )
