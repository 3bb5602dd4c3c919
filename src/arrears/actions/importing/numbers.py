"""Decimal numbers as text, exactly: digits and a power of ten, and never a binary fraction.

No number is written out before its size is known, so `1e999999999` costs nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PLACES_MAX = 15
"""Digits before the decimal point, and minor units' digits in all: far above any consumer debt, far
below the end of an int64."""

_PLAIN = re.compile(r"([+-]?)([0-9]+)(?:\.([0-9]*))?", re.ASCII)
_ANY = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?", re.ASCII)
_TEXT_MAX = 60


@dataclass(frozen=True, slots=True)
class Exact:
    """`sign * digits * 10**exponent`; `digits` is text without zeros at either end, "" for zero."""

    is_negative: bool
    digits: str
    exponent: int

    def scaled(self, places: int) -> int:
        """The number times 10**places, which must be whole (`is_whole_at`) and not too large."""
        assert self.is_whole_at(places), self
        magnitude = int(self.digits or "0") * 10 ** max(self.exponent + places, 0) if self.digits else 0
        return -magnitude if self.is_negative else magnitude

    def is_whole_at(self, places: int) -> bool:
        """No digit stands further behind the decimal point than `places`."""
        return not self.digits or self.exponent + places >= 0

    def is_too_large_at(self, places: int) -> bool:
        """Times 10**places it has more than PLACES_MAX digits."""
        return bool(self.digits) and len(self.digits) + self.exponent + places > PLACES_MAX


def plain_number(text: str) -> Exact:
    """`-1234.50`: digits with at most one point. Raises ValueError for every other notation."""
    return _exact(_PLAIN, text)


def any_number(text: str) -> Exact:
    """Also `1e+05`, `+1E5`, `.5`. Raises ValueError with a reason for what is no number."""
    return _exact(_ANY, text)


def integral_text(text: str) -> str:
    """An integral number in any notation as plain digits: `1e+05` is `100000`, `-2.0` is `-2`.

    Raises ValueError when it is no number, not integral, or has more than PLACES_MAX digits.
    """
    number = any_number(text)
    if not number.is_whole_at(0):
        raise ValueError("is not a whole number")
    if number.is_too_large_at(0):
        raise ValueError(f"has more than {PLACES_MAX} digits")
    return str(number.scaled(0))


def _exact(pattern: re.Pattern[str], text: str) -> Exact:
    found = pattern.fullmatch(text) if len(text) <= _TEXT_MAX else None
    if found is None:
        raise ValueError("is not a number")
    sign, whole, fraction, *power = (group or "" for group in found.groups())
    if not whole and not fraction:
        raise ValueError("is not a number")
    digits = (whole + fraction).lstrip("0")
    significant = digits.rstrip("0")
    exponent = int(power[0] if power and power[0] else 0) - len(fraction) + len(digits) - len(significant)
    return Exact(sign == "-" and bool(significant), significant, exponent if significant else 0)
