"""The keys by which push services know who sends (VAPID, RFC 8292): a file with one or more private keys.

The first is the one that browsers subscribe with now. A subscription belongs to the key that it was made
with, so an older key stays in the file for as long as there are subscriptions to it.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from py_vapid import Vapid02, VapidException

from arrears.kernel.errors import ChannelRefused, Conflict, Misconfigured
from arrears.kernel.push_subscriptions import base64url

SETTING = "ARREARS_PUSH_URL"
_PEM = re.compile(rb"-----BEGIN (?:EC )?PRIVATE KEY-----.+?-----END (?:EC )?PRIVATE KEY-----\n?", re.DOTALL)
_FILE_MAX = 100_000


class PushKeys:
    """Private keys by their public ones, as browsers write these; never shown."""

    def __init__(self, keys: Mapping[str, EllipticCurvePrivateKey]) -> None:
        assert keys, "there is a key, or nothing could be sent"
        self._keys = dict(keys)

    @property
    def public_keys(self) -> tuple[str, ...]:
        """Base64url, the one that browsers subscribe with now first."""
        return tuple(self._keys)

    def authorization(self, public_key: str, *, audience: str, contact: str, until: int) -> str:
        """What the holder of this key shows to the push service at `audience`, good until that second.

        Raises ChannelRefused when the push service's address cannot be signed for.
        """
        signing = Vapid02(self._keys[public_key])
        try:
            signed = signing.sign({"aud": audience, "sub": contact, "exp": until})
        except VapidException:
            what = "The push service has an address that cannot be signed for."
            raise ChannelRefused("web_push.audience", what, is_address_dead=False) from None
        return str(signed["Authorization"])


def read_keys(path: Path) -> PushKeys:
    """The keys in the file. Raises Misconfigured when there are none, or others may read it."""
    try:
        with path.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(_FILE_MAX)
    except OSError as error:
        raise _wrong(f"the file cannot be read ({type(error).__name__})") from None
    if stat.S_IMODE(mode) & 0o077:
        raise _wrong("the file may be read by others than its owner (chmod 600)")
    keys = [_key(each) for each in _PEM.findall(content)]
    if not keys:
        raise _wrong("the file holds no private key in PEM")
    return PushKeys({public_key_of(key): key for key in keys})


def write_new_key(path: Path) -> str:
    """Make a key, put it before those in the file (made if it is not there), and return its public key.

    A file that is there has to be one of keys. Raises Misconfigured for any other, Conflict when
    somebody else is changing it.
    """
    older = b""
    if path.exists():
        read_keys(path)
        older = path.read_bytes()
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    unfinished = path.with_name(f".{path.name}.new")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Conflict(
            "push.keys_changing",
            f"{unfinished} is there: somebody is changing the keys.",
            hint="Remove it if nobody is.",
        ) from None
    except OSError as error:
        raise _wrong(f"the file cannot be written ({type(error).__name__})") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(pem + older)
        opened.flush()
        os.fsync(opened.fileno())
    unfinished.rename(path)
    return public_key_of(key)


def public_key_of(key: EllipticCurvePrivateKey) -> str:
    """As browsers take it for `applicationServerKey`."""
    return base64url(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def _key(pem: bytes) -> EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(pem, None)
    except (ValueError, TypeError):
        raise _wrong("a key in the file cannot be read") from None
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise _wrong("a key in the file is not one of P-256")
    return key


def _wrong(why: str) -> Misconfigured:
    return Misconfigured(
        "setting.push_keys",
        f"Notifications cannot be signed: {why}.",
        hint=f"{SETTING} names the file; arrears push keys FILE makes one.",
        setting=SETTING,
    )
