"""Money: whole minor units and a currency, never a binary fraction."""

from __future__ import annotations

import re
from dataclasses import dataclass

from arrears.kernel.errors import BadInput

_CODES_BY_DIGITS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF",
    2: "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF "
    "CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
    "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR "
    "MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD "
    "SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD YER ZAR "
    "ZMW ZWG",
    3: "BHD IQD JOD KWD LYD OMR TND",
}
_DIGITS = {code: digits for digits, codes in _CODES_BY_DIGITS.items() for code in codes.split()}

CURRENCIES = frozenset(_DIGITS)
"""Currencies money can be in: those of ISO 4217 that people owe money in."""


def digits_of(currency: str) -> int:
    """Digits after the decimal point of an ISO 4217 currency code."""
    assert currency in _DIGITS, currency
    return _DIGITS[currency]


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


def minor_of(text: str, currency: str, *, code: str = "payment.amount") -> int:
    """Whole minor units of an amount as a person writes it: `1250.00`.

    Raises BadInput, with this code, for a sign, separators, more decimals than the currency has, or
    too many digits.
    """
    digits = digits_of(currency)
    found = re.fullmatch(r"(\d{1,15})(?:\.(\d+))?", text, re.ASCII)
    decimals = (found[2] or "") if found else ""
    if found is None or len(decimals) > digits:
        example = str(Money(125_000, currency)).split()[1].replace(",", "")
        raise BadInput(
            code,
            f"{text!r} is not an amount of {currency}.",
            hint=f"Write it without a sign or separators, like {example}.",
        )
    return int(found[1] + decimals.ljust(digits, "0"))
