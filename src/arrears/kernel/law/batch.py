"""Situations read in columns: one value of all of them at a time, and what is wrong with which.

What is usual is read all at once; only a column in which something is odd is read value by value,
by the functions of `told`, which alone know what to say of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import cached_property, partial
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import ALWAYS, NEVER, Codes, Instants, Mask
from arrears.kernel.law import told as values
from arrears.kernel.law.told import TABLES, Odd, Situation, Wall
from arrears.kernel.law.zones import ZoneSegments

Read = Callable[[Any], Any]
Default = int | Codes | list[int | None] | None
"""For rows without the key: one for all, or one each; with None the key is needed."""
_ABSENT: Any = object()


_NOWHERE = Odd(
    "it is a time without an offset, and there is no 'in_zone'", "Write 2026-11-23T09:00:00+08:00."
)


class _Told(NamedTuple):
    """What rows say under a key, `_ABSENT` where they do not have it; none lacks it when `is_whole`."""

    values: list[Any]
    is_whole: bool


class Names(dict[Any, int]):
    """Codes for names in order of appearance; what is no text is called as it is printed."""

    def __missing__(self, name: object) -> int:
        return (
            self.setdefault(name, len(self)) if isinstance(name, str) else self[values.label("label", name)]
        )


class Batch:
    """Situations as written. What is wrong with one is kept under its number, one fault a key.

    What has no place in a situation is left out from then on, so that the rest of it can be read.
    Rows know their batch, and it does not keep them: what was read is gone with the last of them.
    """

    def __init__(self, situations: Sequence[Situation], zones: Mapping[str, ZoneSegments]) -> None:
        self.zones, self.zone_names = zones, Names()
        self._wrong: dict[int, dict[str, BadInput]] = {}
        self._unreadable: set[int] = set()
        self._keys = values.keys_of(situations)
        self.situations = self._in_known_zones(self._well_formed(situations))
        self.number = np.arange(len(situations))
        told = self.whole()
        self.is_nowhere = told.lacks("in_zone")
        usual = self.zone_code("UTC") if self.is_nowhere.any() else None
        self.zone = told.column("in_zone", self.zone_code, usual)

    def __len__(self) -> int:
        return len(self.situations)

    def whole(self) -> Rows:
        """The situations themselves."""
        return self._rows(self.situations, self.number)

    def table(self, name: str) -> Rows:
        """The table of this name in every situation."""
        return self._rows([told.get(name, {}) for told in self.situations], self.number, name)

    def lists(self, name: str) -> Rows:
        """The rows of the lists of this name in all situations."""
        lists = [told.get(name, ()) for told in self.situations]
        rows = [row for each in lists for row in each]
        return self._rows(rows, np.repeat(self.number, list(map(len, lists))), name)

    def _rows(self, rows: Sequence[Situation], of: Codes, name: str = "") -> Rows:
        return Rows(self, rows, of, name, keys=None if self._keys is None else self._keys.get(name, set()))

    def zone_code(self, told: object) -> int:
        return self.zone_names[self._zone(told)]

    @property
    def wrong(self) -> dict[int, list[BadInput]]:
        """What is wrong with which situation."""
        return {number: list(faults.values()) for number, faults in self._wrong.items()}

    def _zone(self, told: object, *, key: str = "") -> str:
        name = str(told)
        if name not in self.zones:
            raise Odd(f"no time zone is called {name!r}", "Use an IANA name, Asia/Shanghai.", key=key)
        return name

    def _well_formed(self, situations: Sequence[Situation]) -> list[Situation]:
        """The situations as far as their form is right; nothing is asked of one that is no table at all."""
        if self._keys is not None:
            return list(situations)
        formed = []
        for number, told in enumerate(situations):
            right, odds = values.well_formed(told)
            for odd in odds:
                self.refuse(number, odd)
            if not isinstance(told, Mapping):
                self._unreadable.add(number)
            formed.append(right)
        return formed

    def _in_known_zones(self, situations: list[Situation]) -> list[Situation]:
        """Those that name a zone nobody knows are read as if it were UTC."""
        for number, told in enumerate(situations):
            if "in_zone" in told:
                try:
                    self._zone(told["in_zone"], key="in_zone")
                except Odd as odd:
                    self.refuse(number, odd)
                    situations[number] = {**told, "in_zone": "UTC"}
        return situations

    def ids(self, codes: int | Codes, of: Codes) -> Codes:
        """Ids of what situations have under these codes: no two situations share one."""
        return codes * len(self) + of

    def of(self, ids: Codes) -> Codes:
        """Whose the ids are."""
        return ids % max(len(self), 1)

    def tried(self, number: int, read: Read, told: object, otherwise: Any = 0, *, field: str = "") -> Any:
        """What `read` makes of a value, or `otherwise` when something is wrong with it."""
        try:
            return read(told)
        except Odd as odd:
            self.refuse(number, odd, field=field)
        except (TypeError, ValueError, AttributeError, OverflowError):
            self.refuse(number, Odd("a value is of a kind that its key cannot have"), field=field)
        return otherwise

    def refuse(self, number: int, odd: Odd, *, field: str = "") -> None:
        """Keep what is wrong with a situation, and with which of its keys: `contacts[2].at`."""
        if number in self._unreadable:
            return
        field = odd.key or field
        where = f" ({field})" if "." in field else ""
        what = f"Situation {number + 1}: {odd.what}{where}."
        error = BadInput("situation.bad", what, hint=odd.hint, number=number, field=field)
        self._wrong.setdefault(number, {}).setdefault(field, error)


class Rows:
    """Rows of one name in all situations, read key by key.

    `of` is the situation of each, `place` where in its list there it stands, from 0.
    """

    def __init__(
        self,
        batch: Batch,
        rows: Sequence[Situation],
        of: Codes,
        name: str = "",
        *,
        keys: set[str] | None = None,
        taken: tuple[Rows, Codes] | None = None,
    ) -> None:
        self.batch, self.rows, self.of, self.name, self._taken = batch, rows, of, name, taken
        self.keys: set[str] = set().union(*rows) if keys is None else keys

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def place(self) -> Codes:
        if self._taken is None:
            return np.arange(len(self)) - np.searchsorted(self.of, self.of)
        of, rows = self._taken
        return of.place[rows]

    def lacks(self, key: str) -> Mask:
        """Which rows do not have the key."""
        if key not in self.keys:
            return np.ones(len(self), np.bool_)
        return np.array([key not in row for row in self.rows], np.bool_)

    def at(self, rows: Codes) -> Rows:
        """Only these rows."""
        chosen = [self.rows[row] for row in rows.tolist()]
        return Rows(self.batch, chosen, self.of[rows], self.name, taken=(self, rows))

    def field(self, row: int, key: str) -> str:
        """What the key of a row is called in its situation: `channel`, `loan.law`, `contacts[2].at`."""
        if not self.name:
            return key
        return f"{self.name}.{key}" if self.name in TABLES else f"{self.name}[{self.place[row]}].{key}"

    def refuse(self, is_odd: Mask, key: str, odd: Odd) -> None:
        """The rows in which something is odd about a key, once it has been read."""
        for row in np.flatnonzero(is_odd).tolist():
            self.batch.refuse(int(self.of[row]), odd, field=self.field(row, key))

    def column(self, key: str, read: Read, default: Default = None, *, fast: Read | None = None) -> Codes:
        """What `read` makes of each row's value; `fast` does the same, but fails on whatever is unusual."""
        if key not in self.keys and isinstance(default, int | np.ndarray):
            return np.full(len(self), default, np.int64)
        return np.array(self._values(key, self._told(key), read, default, fast=fast), np.int64)

    def codes(
        self, key: str, kind: type[IntEnum], default: Default = None, *, none: object = _ABSENT
    ) -> Codes:
        """Codes of a vocabulary; `NO_ID` for the word `none`."""
        read = partial(values.code_or_none, kind, none)
        return self.column(key, read, default, fast=values.codes_of(kind).__getitem__)

    def channels(self) -> Codes:
        return self.codes("channel", v.Channel, v.ANY)

    def one_of(self, key: str, first: str, second: str) -> Mask:
        """Whether the key says `first`, which it does when it is not there; else it says `second`."""
        return np.asarray(self.column(key, partial(values.one_of, key, first, second), 1) == 1)

    def names(self, key: str, names: Names, default: int | Codes = v.ANY) -> Codes:
        """An id of the situation's own for what is named; the default where nothing is."""
        codes = self.column(key, lambda told: names[values.label(key, told)], -1, fast=names.__getitem__)
        return np.where(codes < 0, default, self.batch.ids(codes, self.of))

    def listed_names(self, key: str, names: Names) -> tuple[Codes, Codes]:
        """(row, id as in `names`) of every name in the lists under a key."""
        rows = np.flatnonzero(~self.lacks(key))
        having = self.at(rows)
        lists = having._values(key, having._told(key), partial(values.labels, key), None, otherwise=())
        codes = [[names[name] for name in each] for each in lists]
        counts = [len(each) for each in codes]
        at = np.repeat(np.arange(len(rows)), counts)
        flat = np.array([code for each in codes for code in each], np.int64)
        return rows[at], self.batch.ids(flat, having.of[at])

    def flags(self, key: str, *, default: bool) -> Codes:
        return self.column(key, partial(values.flag, key), int(default))

    def weekdays(self) -> Codes:
        return self.column("weekdays", values.weekdays, 127)

    def validity(self, since: Default = ALWAYS) -> dict[str, Instants]:
        """From when and until when; `since` is the default of the key of that name."""
        from_at, until_at = self.instants("since", since), self.instants("until", NEVER)
        self.refuse(until_at < from_at, "until", Odd("'until' is before 'since'"))
        return {"from_at": from_at, "until_at": until_at}

    def hours(self, start: int | None = None, end: int | None = None) -> dict[str, Codes]:
        """From when to when on a day, past midnight where the end is the earlier."""
        start_local, end_local = self.times_of_day("from", start), self.times_of_day("to", end)
        odd = Odd("'from' and 'to' are the same time", "All day is 00:00 to 24:00.")
        self.refuse(start_local == end_local, "to", odd)
        return {"start_local": start_local, "end_local": end_local}

    def instants(self, key: str, default: Default = None) -> Instants:
        """A null is as if the key were not there; `at_local` may stand for `at`."""
        if key not in self.keys and isinstance(default, int):
            return np.full(len(self), default, np.int64)
        if key == "at" and "at_local" in self.keys:
            written = [row.get(key, row.get("at_local")) for row in self.rows]
        else:
            written = self._told(key).values
        alike = values.instants_alike(written)
        if alike is not None:
            return alike
        told = _Told([_ABSENT if value is None else value for value in written], is_whole=False)
        missing = Odd(f"{key!r} is missing", "State an instant with its offset.")
        read, fast = partial(values.instant, key), values.moment_or_wall
        return self._placed(key, self._values(key, told, read, default, fast=fast, missing=missing))

    def moments(self) -> Instants:
        """When each took place: `at`, or `at_local` in its stead."""
        is_twice = ~self.lacks("at_local")
        if is_twice.any():
            is_twice &= ~self.lacks("at")
            self.refuse(is_twice, "at_local", Odd("'at' and 'at_local' are both there", "Leave one out."))
        return self.instants("at")

    def days(self, key: str, default: Default = None) -> Codes:
        return self.column(key, partial(values.day, key), default)

    def times_of_day(self, key: str, default: int | None = None) -> Codes:
        missing = Odd(f"{key!r} is not a time of day", "Write it as 22:00.")
        read = partial(values.time_of_day, missing)
        return np.array(self._values(key, self._told(key), read, default, missing=missing), np.int64)

    def _told(self, key: str) -> _Told:
        try:
            return _Told(list(map(itemgetter(key), self.rows)), is_whole=True)
        except KeyError:
            return _Told([row.get(key, _ABSENT) for row in self.rows], is_whole=False)

    def _values(
        self,
        key: str,
        told: _Told,
        read: Read,
        default: Default,
        *,
        fast: Read | None = None,
        missing: Odd | None = None,
        otherwise: Any = 0,
    ) -> list[Any]:
        default = default.tolist() if isinstance(default, np.ndarray) else default
        defaults = default if isinstance(default, list) else [default] * len(self)
        usual = _usual(told, fast or read, defaults)
        if usual is not None:
            return usual

        def one(given: tuple[Any, int | None]) -> Any:
            value, instead = given
            if value is _ABSENT and instead is None:
                raise missing or Odd(f"{key!r} is missing")
            return instead if value is _ABSENT else read(value)

        given = zip(self.of.tolist(), zip(told.values, defaults, strict=True), strict=True)
        return [
            self.batch.tried(number, one, each, otherwise, field=self.field(row, key))
            for row, (number, each) in enumerate(given)
        ]

    def _placed(self, key: str, read: Sequence[int]) -> Instants:
        """Instants, with wall time placed in the zone of its situation."""
        at = np.array(read, np.int64)
        walls = np.array([row for row, moment in enumerate(read) if type(moment) is Wall], np.int64)
        if len(walls) == 0:
            return at
        is_nowhere = np.zeros(len(self), np.bool_)
        is_nowhere[walls] = self.batch.is_nowhere[self.of[walls]]
        self.refuse(is_nowhere, key, _NOWHERE)
        zone, names = self.batch.zone[self.of[walls]], tuple(self.batch.zone_names)
        for code in np.unique(zone):
            rows = walls[zone == code]
            at[rows] = values.on_the_wall(at[rows], self.batch.zones[names[code]])
        return at


def _usual(told: _Told, read: Read, defaults: Sequence[Any]) -> list[Any] | None:
    """The values read, or None when one of them is odd or missing."""
    try:
        if told.is_whole:
            return list(map(read, told.values))
        found = [d if t is _ABSENT else read(t) for t, d in zip(told.values, defaults, strict=True)]
    except (Odd, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None
    return None if None in found else found
