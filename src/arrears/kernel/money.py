"""Money: whole minor units and a currency, never a binary fraction."""

from __future__ import annotations

from dataclasses import dataclass

# Digits after the decimal point (ISO 4217); two where a currency is not listed here.
_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3}


def digits_of(currency: str) -> int:
    """Digits after the decimal point of an ISO 4217 currency code."""
    return _DIGITS.get(currency, 2)


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` whole minor units of `currency` (ISO 4217)."""

    minor: int
    currency: str

    def __str__(self) -> str:
        """`TWD 3,913.00`: exact, grouped, the code before the figure."""
        digits = digits_of(self.currency)
        sign = "-" if self.minor < 0 else ""
        whole, part = divmod(abs(self.minor), 10**digits)
        fraction = f".{part:0{digits}d}" if digits else ""
        return f"{self.currency} {sign}{whole:,}{fraction}"
