"""Values of a situation as people write them: each one read, or refused by name.

A new key is a word in `KEYS` and the column of `situation` that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import IntEnum
from functools import cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from arrears.kernel import vocabulary as v
from arrears.kernel.days import DAY, HOUR, MINUTE, SECOND, day_of, instant_of
from arrears.kernel.facts import NO_ID, Codes, Instants, Mask
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.places import is_place

Situation = Mapping[str, Any]

KEYS = {
    "": (
        "at at_local in_zone channel notice purpose actor recipient point loan amount_known"
        " contacts_known books_complete_through reported_on contacts agreements opt_outs holds"
        " overrides refused_at payments consents inconvenient notices borrower_points voice visitors"
        " dispute_noted manner"
    ),
    "recipient": "kind places zones telephones household under_14",
    "point": "number kind source owner place dead_since",
    "loan": "debt debt_kind law licence opened_on",
    "contacts": (
        "at at_local by channel number direction result conversation debts discussed to voice household owner"
    ),
    "agreements": "channel weekdays from to since until given_to complied",
    "opt_outs": "by channel since until",
    "holds": "reason on stops since until debt",
    "overrides": "rule ground since until",
    "payments": "on",
    "consents": "kind form by about given_to channel purpose debt number since until",
    "inconvenient": "channel number place form weekdays from to since until",
    "notices": "notice state at channel debt",
    "borrower_points": "kind dead_since",
}
TABLES = ("recipient", "point", "loan")
_LISTS = tuple(name for name in KEYS if name and name not in TABLES)
_KNOWN = {name: frozenset(keys.split()) for name, keys in KEYS.items()}


def moment_of(told: object, zone: str, zones: Mapping[str, ZoneSegments]) -> int:
    """The instant of a date and time: with its own offset, or as wall time in `zone`.

    `ValueError` when it is neither. Wall time that a change of clock skips or repeats is read
    with the offset in force shortly before.
    """
    moment = moment_or_wall(told)
    return int(on_the_wall(np.array([moment]), zones[zone])[0]) if isinstance(moment, Wall) else moment


_DAY_ALONE = len("2026-11-23")


class Wall(int):
    """Microseconds since 1970-01-01 00:00 on the wall, before it is known on which."""


def moment_or_wall(told: object) -> int:
    """The instant, or a `Wall`; `ValueError` when it is neither, such as a day without a time."""
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    if isinstance(told, str) and len(told) <= _DAY_ALONE:
        raise ValueError(told)
    return instant_of(moment) if moment.tzinfo else Wall(instant_of(moment.replace(tzinfo=UTC)))


FEW = 500
"""So many instants are read as fast one by one as together."""
_WRITTEN = "0000-00-00T00:00:00+00:00"
_SIGN = _WRITTEN.index("+")
_NUMBERS = (
    (slice(4), 1, 9999),
    (slice(5, 7), 1, 12),
    (slice(8, 10), 1, 31),
    (slice(11, 13), 0, 23),
    (slice(14, 16), 0, 59),
    (slice(17, 19), 0, 59),
    (slice(20, 22), 0, 23),
    (slice(23, 25), 0, 59),
)
"""Where each number stands, the least and the most it may be; the last two are of the offset."""


def instants_alike(told: Sequence[object]) -> Instants | None:
    """What `moment_or_wall` makes of each; None unless all are written like 2026-11-23T09:30:00+08:00.

    None too for so few that they are read faster one by one.
    """
    if len(told) < FEW or set(map(type, told)) != {str}:
        return None
    written = cast(Sequence[str], told)
    if set(map(len, written)) != {len(_WRITTEN)}:
        return None
    try:
        signs = np.frombuffer("".join(written).encode("ascii"), np.uint8).reshape(len(told), -1).T.copy()
    except UnicodeEncodeError:
        return None
    is_west = signs[_SIGN] == ord("-")
    signs[_SIGN][is_west] = ord("+")
    for at, sign in enumerate(_WRITTEN):
        low, high = map(ord, (sign, "9" if sign == "0" else sign))
        if signs[at].min() < low or signs[at].max() > high:
            return None
    numbers = [_number(signs[span]) for span, _, _ in _NUMBERS]
    if any(n.min() < least or n.max() > most for n, (_, least, most) in zip(numbers, _NUMBERS, strict=True)):
        return None
    return _instants(numbers, is_west)


def _number(figures: npt.NDArray[np.uint8]) -> Codes:
    """What each column of figures says."""
    number = np.zeros(figures.shape[1], np.int16)
    for figure in figures:
        number = number * 10 + (figure - ord("0"))
    return number.astype(np.int64)


def _instants(numbers: Sequence[Codes], is_west: Mask) -> Instants | None:
    """The instants of numbers in the order of `_NUMBERS`; None when a month has no such day."""
    year, month, day, hour, minute, second, hours, minutes = numbers
    months = (year - 1970) * 12 + month - 1
    first, following = ((months + n).astype("datetime64[M]").astype("datetime64[D]") for n in (0, 1))
    if np.any(day > (following - first).astype(np.int64)):
        return None
    offset = np.where(is_west, -1, 1) * (hours * HOUR + minutes * MINUTE)
    days = first.astype(np.int64) + day - 1
    return np.asarray(days * DAY + hour * HOUR + minute * MINUTE + second * SECOND - offset, np.int64)


def on_the_wall(wall: Instants, zone: ZoneSegments) -> Instants:
    before = wall - zone.offset_at(wall - DAY)
    then = wall - zone.offset_at(before)
    return np.where(zone.local(then) == wall, then, before)


class Odd(Exception):
    """What is wrong with a value, and what would be right. `key` is where, if the reader does not know."""

    def __init__(self, what: str, hint: str = "", *, key: str = "") -> None:
        super().__init__(what)
        self.what, self.hint, self.key = what, hint, key


def listed(key: str, told: object) -> list[Any]:
    """The list without repeats."""
    if isinstance(told, str) or not isinstance(told, Sequence):
        raise Odd(f"{key!r} is not a list", "Write it in square brackets.")
    return list(dict.fromkeys(told))


def _some(key: str, told: object) -> list[Any]:
    found = listed(key, told)
    if not found:
        raise Odd(f"{key!r} is an empty list", "Leave the key out to have its usual value.")
    return found


def flag(key: str, told: object) -> int:
    if type(told) is not bool:
        raise Odd(f"{key!r} is not true or false")
    return int(told)


def label(key: str, told: object) -> str:
    if not isinstance(told, str) and type(told) is not int:
        raise Odd(f"{key!r} is not a label", "Any word or number of your own.")
    return str(told)


def labels(key: str, told: object) -> list[str]:
    return list(dict.fromkeys(label(key, each) for each in listed(key, told)))


def place(told: object) -> str:
    if not is_place(told):
        hint = "The United Kingdom is GB." if told in ("UK", "uk") else "Write it as CN, GB or US-MA."
        raise Odd(f"no place is called {told!r} in ISO 3166", hint)
    return str(told)


def keys_of(told: Sequence[Situation]) -> dict[str, set[str]] | None:
    """What keys the tables and lists of each name have, "" being the situations themselves.

    None unless all are well formed, of nothing but `dict` and `list`: then each is to be looked at.
    """
    if not set(map(type, told)) <= {dict}:
        return None
    keys: dict[str, set[str]] = {"": set().union(*told)}
    for name in keys[""].intersection(_KNOWN):
        tables = _tables(name, [each[name] for each in told if name in each])
        if tables is None:
            return None
        keys[name] = set().union(*tables)
    return keys if all(_KNOWN[name].issuperset(found) for name, found in keys.items()) else None


def _tables(name: str, values: list[Any]) -> list[Situation] | None:
    """The tables in what stands under a name; None when there is anything else."""
    if name not in TABLES:
        if set(map(type, values)) != {list}:
            return None
        values = [row for each in values for row in each]
    return values if set(map(type, values)) <= {dict} else None


def well_formed(told: Situation) -> tuple[Situation, list[Odd]]:
    """The situation without what has no place in it, and each of these things; the same if there are none."""
    if not isinstance(told, Mapping):
        return {}, [Odd("it is not a table", f"Known keys: {KEYS['']}.")]
    odds = _unknown_keys("", told)
    for name in TABLES:
        if name in told:
            if isinstance(told[name], Mapping):
                odds += _unknown_keys(name, told[name])
            else:
                odds.append(Odd(f"{name!r} is not a table", f"Known keys: {KEYS[name]}.", key=name))
    for name in _LISTS:
        if name in told:
            if _is_list_of_tables(told[name]):
                odds += _unknown_keys(name, set().union(*told[name]))
            else:
                odds.append(Odd(f"{name!r} is not a list of tables", f"Known keys: {KEYS[name]}.", key=name))
    return (_pruned(told), odds) if odds else (told, odds)


def _pruned(told: Situation) -> Situation:
    kept = {key: value for key, value in told.items() if key in _KNOWN[""]}
    for name in TABLES:
        if name in kept:
            kept[name] = _without_unknown(name, kept[name]) if isinstance(kept[name], Mapping) else {}
    for name in _LISTS:
        if name in kept:
            rows = kept[name] if _is_list_of_tables(kept[name]) else ()
            kept[name] = [_without_unknown(name, row) for row in rows]
    return kept


def _without_unknown(name: str, table: Situation) -> Situation:
    return {key: value for key, value in table.items() if key in _KNOWN[name]}


def _is_list_of_tables(told: object) -> bool:
    if not isinstance(told, Sequence):
        return False
    return set(map(type, told)) <= {dict} or all(isinstance(row, Mapping) for row in told)


def _unknown_keys(name: str, keys: Iterable[str]) -> list[Odd]:
    if _KNOWN[name].issuperset(keys):
        return []
    where, dot = (f" in {name!r}", f"{name}.") if name else ("", "")
    return [
        Odd(f"unknown key {unknown!r}{where}", f"Known: {KEYS[name]}.", key=f"{dot}{unknown}")
        for unknown in sorted(map(str, set(keys) - _KNOWN[name]))
    ]


@cache
def codes_of(kind: type[IntEnum]) -> Mapping[str, int]:
    return {v.name_of(member): int(member) for member in kind}


def _code(kind: type[IntEnum], told: object) -> int:
    try:
        return int(v.code_of(kind, str(told)))
    except KeyError as error:
        raise Odd(str(error.args[0]), "Use one of the known names.") from None


def code_or_none(kind: type[IntEnum], none: object, told: object) -> int:
    return NO_ID if told == none else _code(kind, told)


def one_of(key: str, first: str, second: str, told: object) -> int:
    if told not in (first, second):
        raise Odd(f"{key!r} must be {first} or {second}")
    return int(told == first)


def telephone(told: object) -> str:
    """A number with its country's code."""
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", str(told)):
        raise Odd("'telephones' are numbers with their country's code", "Write them as +886912345678.")
    return str(told)


def stops(told: object) -> int:
    """The mask of what a hold stops."""
    return sum(_code(v.Stops, name) for name in _some("stops", told))


def visitors(told: object) -> int:
    if type(told) is not int or told < 1:
        raise Odd("'visitors' is how many persons make a visit", "Write it as 2.")
    return told


def weekdays(told: object) -> int:
    days = _some("weekdays", told)
    if not all(type(day) is int and 1 <= day <= 7 for day in days):
        raise Odd("'weekdays' are numbers from 1 (Monday) to 7")
    return sum(1 << (day - 1) for day in days)


def instant(key: str, told: object) -> int:
    try:
        return moment_or_wall(told)
    except ValueError:
        raise Odd(f"{key!r} is not a date and time: {told}") from None


def day(key: str, told: object) -> int:
    try:
        return day_of(told if type(told) is date else date.fromisoformat(str(told)))
    except ValueError:
        raise Odd(f"{key!r} is not a date: {told}", "Write it as 2026-11-23.") from None


def time_of_day(odd: Odd, told: object) -> int:
    try:
        hour, minute = map(int, str(told).split(":"))
    except ValueError:
        raise odd from None
    if not (0 <= hour * 60 + minute <= 24 * 60 and 0 <= minute < 60):
        raise odd
    return hour * HOUR + minute * MINUTE
