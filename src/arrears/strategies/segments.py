"""From the keys of a strategy file to segments: whom each ladder is meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from arrears.kernel.money import CURRENCIES, digits_of
from arrears.kernel.planning.strategy import Ladder, Segment
from arrears.kernel.vocabulary import DebtKind
from arrears.strategies.reading import Place, read_all, read_codes, read_flag, read_text, read_whole

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


def read_segments(content: Mapping[str, Any], ladders: Sequence[Ladder], place: Place) -> tuple[Segment, ...]:
    """Every `[[segments]]` table in file order; none where all loans climb the first ladder."""
    tables = content.get("segments", [])
    if not isinstance(tables, list):
        raise place.wrong("segments", "must be [[segments]] tables")
    names = [ladder.name for ladder in ladders]
    return read_all(*(partial(_read_segment, table, n, names, place) for n, table in enumerate(tables, 1)))


def _read_segment(table: object, number: int, ladders: Sequence[str], file: Place) -> Segment:
    if not isinstance(table, Mapping):
        raise file.wrong("segments", f"must hold only tables, and entry {number} is none")
    place = Place(file.file, segment=number)
    place.only_keys(table, SEGMENT_KEYS)
    ladder = read_text(table, "ladder", place)
    if ladder not in ladders:
        raise place.wrong("ladder", "names no ladder of this file", f"Known: {', '.join(ladders)}.")
    if len(table) == 1:
        raise place.wrong(
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
        raise place.wrong(key, "must be a list of names")
    return frozenset(names)


def _read_amounts(table: Mapping[str, Any], key: str, place: Place) -> Mapping[str, int]:
    """Minor units by currency, from a table such as `{ CNY = "5000.00" }`."""
    amounts = table.get(key, {})
    if not isinstance(amounts, Mapping):
        raise place.wrong(key, 'must be a table such as { CNY = "5000.00" }')
    return {currency: _minor(currency, amount, key, place) for currency, amount in amounts.items()}


def _minor(currency: str, amount: object, key: str, place: Place) -> int:
    if currency not in CURRENCIES:
        raise place.wrong(key, f"names {currency!r}, which is no currency of ISO 4217")
    try:
        minor = Decimal(amount if isinstance(amount, str) else "NaN").scaleb(digits_of(currency))
    except InvalidOperation:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value() or minor <= 0:
        raise place.wrong(key, f"needs an amount above 0 in quotes, with the decimals of {currency}")
    return int(minor)
