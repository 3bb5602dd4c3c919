"""A browser that subscribes and reads: what is sent to it is opened by the RFCs, not by the sender's library.

Nothing but HKDF, AES-GCM, ECDH and ECDSA of `cryptography` is used: RFC 8188 and 8291 for the message,
RFC 8292 for who sends it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from arrears.channels.web_push.keys import PushKeys, public_key_of, write_new_key
from arrears.kernel.push_subscriptions import base64url, bytes_of

SERVER_KEY = generate_private_key(SECP256R1())
"""The lender's key in tests; one for the whole run, so that addresses can be compared."""
KEYS = PushKeys({public_key_of(SERVER_KEY): SERVER_KEY})


@dataclass
class Browser:
    """One browser with its subscription at a push service."""

    endpoint: str = "https://fcm.googleapis.com/fcm/send/made-up"
    server_key: str = KEYS.public_keys[0]
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    auth: bytes = b"sixteen secrets!"

    def told(self, **changed: Any) -> dict[str, Any]:
        """What its page hands over, as values."""
        return {
            "endpoint": self.endpoint,
            "expirationTime": None,
            "keys": {"p256dh": public_key_of(self.key), "auth": base64url(self.auth)},
            "applicationServerKey": self.server_key,
            **changed,
        }

    def subscription(self, **changed: Any) -> str:
        return json.dumps(self.told(**changed))

    def opened(self, body: bytes) -> Any:
        """The message in the body of a request."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[21 : 21 + length], body[21 + length :]
        assert len(record) <= size, "it is one record"
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        info = b"WebPush: info\0" + bytes_of(public_key_of(self.key)) + sender
        secret = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\0").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\0").derive(secret)
        plain = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        assert plain[-1:] == b"\2", "it is the last record"
        return json.loads(plain[:-1])


@dataclass(frozen=True)
class Request:
    """A request as a push service gets it."""

    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def claims(self) -> dict[str, Any]:
        """What its signature says, once that is the key's that it names."""
        told = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+),k=([\w-]+)", self.headers["authorization"])
        assert told, "the header is that of RFC 8292"
        head, said, signature = (bytes_of(told[n]) for n in (1, 2, 3))
        assert json.loads(head) == {"typ": "JWT", "alg": "ES256"}
        key = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes_of(told[4]))
        r, s = (int.from_bytes(signature[n : n + 32], "big") for n in (0, 32))
        key.verify(encode_dss_signature(r, s), f"{told[1]}.{told[2]}".encode(), ECDSA(SHA256()))
        return {**json.loads(said), "key": told[4]}


def request_of(heard: bytes) -> Request:
    head, _, body = heard.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return Request(first.split(" ")[1], headers, body)


def a_push_url(folder: Path, **options: str) -> tuple[str, str]:
    """What ARREARS_PUSH_URL takes, with a new key in this folder; and the key as browsers take it."""
    file = folder / "push.pem"
    key = write_new_key(file)
    told = "&".join(f"{name}={value}" for name, value in options.items())
    return f"webpush://{file}?contact=mailto:push@bank.example&sink=yes{'&' if told else ''}{told}", key


def milliseconds(at: datetime) -> int:
    return int(at.timestamp()) * 1000
