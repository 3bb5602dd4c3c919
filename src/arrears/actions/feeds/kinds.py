"""Kinds of fields: what text each accepts, and which value it becomes. Whole columns at once.

Every kind reads a column twice over. `fast` turns the common form of its text into values, and
gives null for any other; `parse`, one text at a time, says of the others what they are or what
is wrong with them (ValueError with a reason that reads on after the field's name). `fast` gives
what `parse` would, never anything else.

Amounts are staged as thousandths of the currency's unit, because the currency may be known only
by the loan; no currency has more than three decimals. In a file of minor units they are these.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import IntEnum
from functools import partial
from typing import Literal

import polars as pl

from arrears.actions.importing import values
from arrears.actions.importing.numbers import PLACES_MAX, Exact, plain_number
from arrears.kernel.money import CURRENCIES
from arrears.kernel.vocabulary import name_of

Staged = Literal["plain", "keyed", "household", "named", "sealed"]
DECIMALS = 3
"""Digits behind the point that an amount in major units is staged with."""
_FINER = "is finer than the smallest unit of its currency"
_INTEGER_MAX = 1_000_000
_ASCII_REF = r"^[0-9A-Za-z][ -~]{0,63}$"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of field.

    accepts  for people, in the documents
    sql      the type of the staged column
    dtype    of the values
    staged   plain: as it is; sealed: encrypted; keyed: a person's number, as its keyed hash;
             household: that of a household, as its own; named: keyed, and in a column
             NAME_sealed besides sealed
    """

    accepts: str
    sql: str
    dtype: pl.DataType
    parse: Callable[[str], object]
    fast: Callable[[pl.Expr], pl.Expr]
    staged: Staged = "plain"
    is_amount: bool = False
    in_minor: Kind | None = None

    def staged_columns(self, name: str) -> dict[str, str]:
        """The columns of a stage that a field of this name takes, with their types."""
        return {name: self.sql, **({f"{name}_sealed": "bytea"} if self.staged == "named" else {})}


def _matching(pattern: str) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: pl.when(text.str.contains(pattern)).then(text)


def _among(words: Iterable[str]) -> Callable[[pl.Expr], pl.Expr]:
    known = list(words)
    return lambda text: pl.when(text.is_in(known)).then(text)


def _nothing(dtype: pl.DataType) -> Callable[[pl.Expr], pl.Expr]:
    """No text of this kind has a common form."""
    return lambda text: pl.when(text.is_null()).then(pl.lit(None, dtype))


def words(known: type[IntEnum] | Iterable[str]) -> Kind:
    """A word of a closed list."""
    listed = tuple(map(name_of, known)) if isinstance(known, type) else tuple(known)
    accepts = ", ".join(f"`{word}`" for word in listed)
    return Kind(accepts, "text", pl.String(), partial(_word, listed), _among(listed))


def _word(listed: tuple[str, ...], text: str) -> str:
    if text not in listed:
        raise ValueError(f"is not one of {', '.join(listed)}")
    return text


def line(length_max: int = 200) -> Kind:
    """One line of text in words."""
    return Kind(
        f"up to {length_max} printable characters",
        "text",
        pl.String(),
        partial(_line, length_max),
        _matching(rf"^[0-9A-Za-z (][ -~]{{0,{length_max - 1}}}$"),
    )


def _line(length_max: int, text: str) -> str:
    if len(text) > length_max:
        raise ValueError(f"is longer than {length_max} characters")
    return values.name(text)


def whole(lowest: int, highest: int = _INTEGER_MAX) -> Kind:
    """A whole number from `lowest` to `highest`."""

    def fast(text: pl.Expr) -> pl.Expr:
        number = pl.when(text.str.contains(r"^[0-9]{1,9}$")).then(text).cast(pl.Int64, strict=False)
        return pl.when(number.is_between(lowest, highest)).then(number)

    return Kind(
        f"a whole number, {lowest:,} to {highest:,}",
        "integer",
        pl.Int64(),
        partial(_whole, lowest, highest),
        fast,
    )


def _whole(lowest: int, highest: int, text: str) -> int:
    number = plain_number(text) if "." not in text else None
    if number is None:
        raise ValueError("is not a whole number")
    if number.is_too_large_at(0) or not lowest <= number.scaled(0) <= highest:
        raise ValueError(f"is not between {lowest:,} and {highest:,}")
    return number.scaled(0)


def _day(text: pl.Expr) -> pl.Expr:
    looks_right = text.str.contains(r"^(19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}$")
    return pl.when(looks_right).then(text).str.to_date("%Y-%m-%d", strict=False)


def _flag(text: pl.Expr) -> pl.Expr:
    return pl.when(text == "yes").then(True).when(text == "no").then(False)


def _share(text: str) -> str:
    """More than 0 and at most 1, with at most 8 decimals, as text: exact in the database."""
    number = plain_number(text)
    if not number.is_whole_at(8) or number.is_too_large_at(8):
        raise ValueError("has more than 8 decimals" if not number.is_whole_at(8) else "is not a part of 1")
    if not 0 < number.scaled(8) <= 10**8:
        raise ValueError("is not more than 0 and at most 1")
    return str(Decimal(number.scaled(8)).scaleb(-8))


def amount(sign: Literal["positive", "not_negative", "any"]) -> Kind:
    """Money: `positive` is above zero, `not_negative` may be zero."""
    told = {"positive": "above zero", "not_negative": "not below zero", "any": "below zero for a credit"}
    in_major = Kind(
        f"a number such as `1234.50`, {told[sign]}",
        "bigint",
        pl.Int64(),
        partial(_thousandths, sign),
        partial(_fast_thousandths, sign),
        is_amount=True,
    )
    in_minor = replace(in_major, parse=partial(_minor, sign), fast=partial(_fast_minor, sign))
    return replace(in_major, in_minor=in_minor)


def _fast_thousandths(sign: str, text: pl.Expr) -> pl.Expr:
    plain = pl.when(text.str.contains(r"^[0-9]{1,12}(\.[0-9]{1,3})?$")).then(text)
    point = plain.str.find(".", literal=True).cast(pl.Int64)
    missing = DECIMALS - (plain.str.len_bytes().cast(pl.Int64) - point - 1).fill_null(0)
    digits = plain.str.replace(".", "", literal=True).cast(pl.Int64, strict=False)
    return _of_sign(sign, digits * pl.lit(10, pl.Int64).pow(missing))


def _fast_minor(sign: str, text: pl.Expr) -> pl.Expr:
    plain = pl.when(text.str.contains(r"^[0-9]{1,15}$")).then(text)
    return _of_sign(sign, plain.cast(pl.Int64, strict=False))


def _of_sign(sign: str, number: pl.Expr) -> pl.Expr:
    return pl.when(number > 0).then(number) if sign == "positive" else number


def _thousandths(sign: str, text: str) -> int:
    number = _signed(sign, text)
    if not number.is_whole_at(DECIMALS):
        raise ValueError(_FINER)
    return number.scaled(DECIMALS)


def _minor(sign: str, text: str) -> int:
    number = _signed(sign, text)
    if not number.is_whole_at(0):
        raise ValueError(_FINER)
    return number.scaled(0)


def _signed(sign: str, text: str) -> Exact:
    number = plain_number(text)
    if number.is_too_large_at(0):
        raise ValueError(f"has more than {PLACES_MAX} digits in minor units")
    if number.is_negative and sign != "any":
        raise ValueError("is below zero")
    if not number.digits and sign == "positive":
        raise ValueError("is not above zero")
    return number


REF = Kind(
    "up to 64 printable characters, the first a letter or digit",
    "text",
    pl.String(),
    values.ref,
    _matching(_ASCII_REF),
)
PERSON_REF = replace(REF, sql="bytea", staged="keyed")
PERSON_NUMBER = replace(PERSON_REF, staged="named")
"""The person's number where a feed brings the person himself."""
HOUSEHOLD_REF = replace(PERSON_REF, sql="bigint", staged="household")
NAME = Kind(
    "up to 200 printable characters",
    "bytea",
    pl.String(),
    values.name,
    _matching(r"^[0-9A-Za-z][ -~]{0,199}$"),
    staged="sealed",
)
DAY = Kind("a date, `2005-09-30`", "date", pl.Date(), values.day, _day)
MONTHS = Kind(
    "a whole number, 0 to 1,200", "smallint", pl.Int64(), values.months, whole(0, values.MONTHS_MAX).fast
)
FLAG = Kind("`yes`, `no`", "boolean", pl.Boolean(), values.flag, _flag)
CURRENCY = Kind("a code of ISO 4217", "text", pl.String(), values.currency, _among(CURRENCIES))
PLACE = Kind("ISO 3166, `TW`, `US-NY`", "text", pl.String(), values.place, _matching(r"^[A-Z]{2}$"))
LANGUAGE = Kind(
    ", ".join(f"`{each}`" for each in values.LANGUAGES),
    "text",
    pl.String(),
    values.language,
    _among(values.LANGUAGES),
)
SHARE = Kind(
    "a part of 1, `0.5`, with at most 8 decimals",
    "numeric(9,8)",
    pl.String(),
    _share,
    _nothing(pl.String()),
)
MONEY = amount("positive")
MONEY_OR_ZERO = amount("not_negative")
MONEY_OR_CREDIT = amount("any")


def parsed(accepts: str, parse: Callable[[str], str]) -> Kind:
    """Text that `parse` gives back in its one form, or refuses."""
    return Kind(accepts, "text", pl.String(), parse, _nothing(pl.String()))
