"""Amounts of money as people type them."""

from __future__ import annotations

import re

from arrears.kernel.errors import BadInput
from arrears.kernel.money import Money, digits_of


def to_minor(text: str, currency: str, *, code: str) -> int:
    """Whole minor units of an amount written with at most as many decimals as the currency has.

    Raises BadInput with this code.
    """
    digits = digits_of(currency)
    found = re.fullmatch(r"(\d{1,15})(?:\.(\d+))?", text, re.ASCII)
    decimals = (found[2] or "") if found else ""
    if found is None or len(decimals) > digits:
        example = Money(125_000, currency)
        raise BadInput(
            code,
            f"{text!r} is not an amount of {currency}.",
            hint=f"Write it without a sign or separators, like {str(example).split()[1].replace(',', '')}.",
        )
    return int(found[1] + decimals.ljust(digits, "0"))
