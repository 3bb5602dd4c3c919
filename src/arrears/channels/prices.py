"""What a provider charges for one part of a message, as the operator of the installation states it."""

from __future__ import annotations

import re
from dataclasses import dataclass

_PER_UNIT = 1_000_000
_WRITTEN = re.compile(r"(\d{1,6})(?:\.(\d{1,6}))?([A-Z]{3})")


@dataclass(frozen=True, slots=True)
class Price:
    """Whole millionths of a unit of a currency: a part costs less than its smallest coin."""

    millionths: int
    currency: str

    def times(self, count: int) -> Price:
        return Price(self.millionths * count, self.currency)

    @property
    def amount(self) -> str:
        """As a decimal number: `0.045`, `12`."""
        units, rest = divmod(self.millionths, _PER_UNIT)
        return f"{units}.{rest:06}".rstrip("0").rstrip(".")

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"


def read_price(text: str) -> Price | None:
    """A price written `0.045USD`; None when it is none."""
    match = _WRITTEN.fullmatch(text)
    if match is None:
        return None
    units, rest, currency = match.groups(default="")
    return Price(int(units) * _PER_UNIT + int(rest.ljust(6, "0")), currency)
