"""From the keys of a strategy file to segments: whom each ladder is meant for."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from arrears.kernel.money import CURRENCIES, digits_of
from arrears.kernel.planning.strategy import Segment
from arrears.kernel.vocabulary import DebtKind
from arrears.rulepacks.mistakes import near
from arrears.strategies.reading import Place, read_codes, read_flag, read_text, read_whole

SEGMENT_KEYS = (
    *("ladder", "debt_kinds", "products", "risks", "overdue_from", "overdue_below"),
    *("first_time", "vulnerable"),
)
_CALLS_MAX = 1_000_000


def read_calls_per_day(content: Mapping[str, Any], place: Place) -> int | None:
    """How many calls people can make in a day; None where the file sets no bound."""
    if "calls_per_day" not in content:
        return None
    return read_whole(content, "calls_per_day", place, low=0, high=_CALLS_MAX)


def read_segments(content: Mapping[str, Any], ladders: Collection[str], place: Place) -> tuple[Segment, ...]:
    """Every `[[segments]]` table in file order; none where all loans climb the first ladder.

    `ladders` are the names of those that the file has.
    """
    if "segments" not in content or content["segments"] == []:
        return ()
    return tuple(
        _read_segment(table, ladders, place.table("segments", n, name=f"segment {n + 1}"))
        for n, table in place.tables(content, "segments")
    )


def _read_segment(table: Mapping[str, Any], ladders: Collection[str], place: Place) -> Segment:
    place.only_keys(table, SEGMENT_KEYS)
    ladder = read_text(table, "ladder", place)
    if ladder and ladder not in ladders:
        hint = f"{near(ladder, ladders)} Known: {', '.join(ladders)}.".strip()
        place.wrong("ladder", f"names no ladder of this file; it is {ladder!r}", hint)
    if set(table) == {"ladder"}:
        place.wrong(
            "ladder", "stands alone", "Give a condition; who fits no segment climbs the first ladder."
        )
    return Segment(
        ladder=ladder,
        debt_kinds=frozenset(read_codes(table, "debt_kinds", DebtKind, place)),
        products=_read_names(table, "products", place),
        risks=_read_names(table, "risks", place),
        overdue_from=_read_amounts(table, "overdue_from", place),
        overdue_below=_read_amounts(table, "overdue_below", place),
        is_first_time=read_flag(table, "first_time", place),
        is_vulnerable=read_flag(table, "vulnerable", place),
    )


def _read_names(table: Mapping[str, Any], key: str, place: Place) -> frozenset[str]:
    names = table.get(key, [])
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        place.wrong(key, "must be a list of names", f"It is {names!r} now.")
        return frozenset()
    return frozenset(names)


def _read_amounts(table: Mapping[str, Any], key: str, place: Place) -> Mapping[str, int]:
    """Minor units by currency, from a table such as `{ CNY = "5000.00" }`."""
    amounts = table.get(key, {})
    if not isinstance(amounts, Mapping):
        place.wrong(key, 'must be a table such as { CNY = "5000.00" }', f"It is {amounts!r} now.")
        return {}
    return {currency: _minor(currency, amount, key, place) for currency, amount in amounts.items()}


def _minor(currency: str, amount: object, key: str, place: Place) -> int:
    if currency not in CURRENCIES:
        place.wrong(key, f"names {currency!r}, which is no currency of ISO 4217", "Write CNY, USD, TWD, ...")
        return 0
    try:
        minor = Decimal(amount if isinstance(amount, str) else "NaN").scaleb(digits_of(currency))
    except InvalidOperation:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value() or minor <= 0:
        what = f"needs an amount above 0 in quotes, with the decimals of {currency}"
        place.wrong(key, what, f"It is {amount!r} now.")
        return 0
    return int(minor)
