"""Addresses and telephone numbers in the one form in which they are compared.

The same address written in two ways must be one address: counts and opt-outs follow it. The
form is for comparing and, except for postal addresses, for sending too.
"""

from __future__ import annotations

import re
import unicodedata

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from arrears.kernel.errors import BadInput
from arrears.kernel.push_subscriptions import KIND as WEB_PUSH
from arrears.kernel.push_subscriptions import bytes_of, read_subscription
from arrears.rulepacks.zones import ZONES

FAMILY = {
    "app_inbox": "inbox",
    "email": "email",
    "mobile": "phone",
    "landline": "phone",
    "postal": "postal",
    "web_push": "web_push",
}
"""Kinds of contact point whose values are compared with each other: a number is a number."""

# Calling code, trunk prefix and lengths of national numbers without it (ITU-T E.164 plans).
_PLANS: dict[str, tuple[str, str, tuple[int, ...]]] = {
    "AU": ("61", "0", (9,)),
    "CA": ("1", "1", (10,)),
    "CN": ("86", "0", (9, 10, 11)),
    "DE": ("49", "0", (6, 7, 8, 9, 10, 11)),
    "ES": ("34", "", (9,)),
    "FR": ("33", "0", (9,)),
    "GB": ("44", "0", (9, 10)),
    "HK": ("852", "", (8,)),
    "ID": ("62", "0", (8, 9, 10, 11)),
    "IN": ("91", "0", (10,)),
    "IT": ("39", "", (8, 9, 10, 11)),
    "JP": ("81", "0", (9, 10)),
    "KR": ("82", "0", (8, 9, 10)),
    "MO": ("853", "", (8,)),
    "MY": ("60", "0", (8, 9, 10)),
    "NL": ("31", "0", (9,)),
    "NZ": ("64", "0", (8, 9, 10)),
    "PH": ("63", "0", (9, 10)),
    "SG": ("65", "", (8,)),
    "TH": ("66", "0", (8, 9)),
    "TW": ("886", "0", (8, 9)),
    "US": ("1", "1", (10,)),
    "VN": ("84", "0", (9, 10)),
}
_E164_DIGITS = range(7, 16)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
_BETWEEN_DIGITS = re.compile(r"[\s\-‐-―−.·/()（）]")
_IN_ADDRESS = re.compile(r"[\s,.;、，。]+")


def normalise(kind: str, value: str, *, country: str | None = None) -> str:
    """The value of a contact point of this kind (`kernel.vocabulary.PointKind`) in its one form.

    `country` (ISO 3166-1) says how to read a telephone number without its country's code.
    Raises BadInput, which never quotes the value.
    """
    if kind == WEB_PUSH:
        return _subscription(value)
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or any(unicodedata.category(char) == "Cc" for char in text.replace("\n", " ")):
        raise _bad(kind, "is empty or holds control characters")
    if FAMILY[kind] == "phone":
        return _phone(kind, text, country)
    if kind == "email":
        return _email(text)
    return _IN_ADDRESS.sub(" ", text).casefold().strip() if kind == "postal" else text


def zones_of_point(kind: str, normal: str, country: str | None) -> tuple[str, ...]:
    """The time zones that the value of a contact point, in its one form, speaks for; none for most."""
    if FAMILY[kind] == "phone":
        return ZONES.of_telephone(normal)
    return ZONES.of_place(country) if kind == "postal" and country else ()


def _subscription(text: str) -> str:
    """Both keys must be points of the curve: what is encrypted to another could be read by nobody."""
    subscription = read_subscription(text)
    for name, point in (
        ("keys.p256dh", subscription.p256dh),
        ("applicationServerKey", subscription.server_key),
    ):
        try:
            EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes_of(point))
        except ValueError:
            raise _bad(WEB_PUSH, f"has a fault: {name} is no point of P-256") from None
    return subscription.text


def _email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise _bad("email", "is not an address of the form name@domain")
    name, _, domain = text.lower().rpartition("@")
    try:
        return f"{name}@{domain.rstrip('.').encode('idna').decode()}"
    except UnicodeError:
        raise _bad("email", "has a domain that cannot exist") from None


def _phone(kind: str, text: str, country: str | None) -> str:
    digits = _BETWEEN_DIGITS.sub("", text.replace("(0)", ""))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise _bad(kind, "holds more than a number", "Leave out extensions and remarks.")
    if not digits.startswith("+"):
        digits = "+" + _international(kind, digits, country)
    if len(digits) - 1 not in _E164_DIGITS:
        raise _bad(kind, "has too few or too many digits")
    return digits


def _international(kind: str, digits: str, country: str | None) -> str:
    if country not in _PLANS:
        raise _bad(kind, "has no country code", "Write it as +886 912 345 678.")
    code, trunk, lengths = _PLANS[country]
    for prefix in ("", trunk, code, code + trunk):
        national = digits.removeprefix(prefix)
        if (
            digits.startswith(prefix)
            and len(national) in lengths
            and not (trunk and national.startswith(trunk))
        ):
            return code + national
    raise _bad(kind, f"is not a number of {country}", "Write it as +886 912 345 678.")


def _bad(kind: str, what: str, hint: str = "") -> BadInput:
    return BadInput("contact_point.value", f"The value of this {kind} {what}.", hint=hint, kind=kind)
