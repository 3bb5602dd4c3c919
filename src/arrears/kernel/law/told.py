"""Values of a situation as people write them: each one read, or refused by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import IntEnum
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import DAY, HOUR, MINUTE, day_of, instant_of
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import ALWAYS, NEVER
from arrears.kernel.law.zones import ZoneSegments

Situation = Mapping[str, Any]

KEYS = {
    "": (
        "at at_local in_zone channel notice purpose actor recipient point loan amount_known"
        " contacts_known books_complete_through reported_on contacts agreements opt_outs holds"
        " overrides refused_at payments consents inconvenient notices borrower_points"
    ),
    "recipient": "kind places zones",
    "point": "number kind source owner dead_since",
    "loan": "debt debt_kind law licence",
    "contacts": "at at_local by channel number direction result conversation debts discussed to",
    "agreements": "channel weekdays from to since until",
    "opt_outs": "by channel since until",
    "holds": "reason on stops since until debt",
    "overrides": "rule since until",
    "payments": "on",
    "consents": "kind form by about given_to channel purpose debt number since until",
    "inconvenient": "channel number weekdays from to since until",
    "notices": "notice state at channel debt",
    "borrower_points": "kind dead_since",
}
_TABLES = ("recipient", "point", "loan")
_LISTS = (
    *("contacts", "agreements", "opt_outs", "holds", "overrides", "payments"),
    *("consents", "inconvenient", "notices", "borrower_points"),
)


def moment_of(told: object, zone: str, zones: Mapping[str, ZoneSegments]) -> int:
    """The instant of a date and time: with its own offset, or as wall time in `zone`.

    `ValueError` when it is neither. Wall time that a change of clock skips or repeats is read
    with the offset in force shortly before.
    """
    moment = told if isinstance(told, datetime) else datetime.fromisoformat(str(told))
    if moment.tzinfo is not None:
        return instant_of(moment)
    wall = np.array([instant_of(moment.replace(tzinfo=UTC))])
    before = wall - zones[zone].offset_at(wall - DAY)
    then = wall - zones[zone].offset_at(before)
    return int(then[0] if zones[zone].local(then)[0] == wall[0] else before[0])


class Told:
    """One situation as written. `number` counts from 0; every refusal names it and the key."""

    def __init__(self, number: int, situation: Situation, zones: Mapping[str, ZoneSegments]) -> None:
        self.number, self.told, self.zones = number, situation, zones
        self._refuse_unknown_keys()
        self.zone = str(situation.get("in_zone", "UTC"))
        self.check_zone(self.zone)

    def check_zone(self, name: str) -> None:
        if name not in self.zones:
            raise self.bad(f"no time zone is called {name!r}", "Use an IANA name, Asia/Shanghai.")

    def code(self, kind: type[IntEnum], name: object) -> Any:
        try:
            return v.code_of(kind, str(name))
        except KeyError as error:
            raise self.bad(str(error.args[0]), "Use one of the known names.") from None

    def channel_or_any(self, row: Situation) -> int:
        return int(self.code(v.Channel, row["channel"])) if "channel" in row else v.ANY

    def one_of(self, row: Situation, key: str, first: str, second: str) -> bool:
        """Whether the key says `first`, which it does when it is not there; else it says `second`."""
        told = row.get(key, first)
        if told not in (first, second):
            raise self.bad(f"{key!r} must be {first} or {second}", "")
        return bool(told == first)

    def listed(self, row: Situation, key: str, default: Sequence[Any] = ()) -> list[Any]:
        """The list under a key without repeats."""
        told = row.get(key, default)
        if isinstance(told, str) or not isinstance(told, Sequence):
            raise self.bad(f"{key!r} is not a list", "Write it in square brackets.")
        return list(dict.fromkeys(told))

    def weekdays(self, row: Situation) -> int:
        days = self.listed(row, "weekdays", range(1, 8))
        if not all(isinstance(day, int) and 1 <= day <= 7 for day in days):
            raise self.bad("'weekdays' are numbers from 1 (Monday) to 7", "")
        return sum(1 << (day - 1) for day in days)

    def validity(self, row: Situation) -> dict[str, int]:
        return {
            "from_at": self.instant(row, "since", ALWAYS),
            "until_at": self.instant(row, "until", NEVER),
        }

    def instant(self, row: Situation, key: str, default: int | None = None) -> int:
        told = row.get(key, row.get("at_local") if key == "at" else None)
        if told is None:
            if default is None:
                raise self.bad(f"{key!r} is missing", "State an instant with its offset.")
            return default
        try:
            return moment_of(told, self.zone, self.zones)
        except ValueError:
            raise self.bad(f"{key!r} is not a date and time: {told}", "") from None

    def day(self, row: Situation, key: str, default: int | None = None) -> int:
        if key not in row and default is not None:
            return default
        told = self.needed(row, key)
        try:
            return day_of(told if type(told) is date else date.fromisoformat(str(told)))
        except ValueError:
            raise self.bad(f"{key!r} is not a date: {told}", "Write it as 2026-11-23.") from None

    def time_of_day(self, row: Situation, key: str) -> int:
        try:
            hour, minute = map(int, str(row[key]).split(":"))
        except (KeyError, ValueError):
            hour, minute = -1, 0
        if not (0 <= hour * 60 + minute <= 24 * 60 and 0 <= minute < 60):
            raise self.bad(f"{key!r} is not a time of day", "Write it as 22:00.")
        return hour * HOUR + minute * MINUTE

    def needed(self, row: Situation, key: str) -> Any:
        if key not in row:
            raise self.bad(f"{key!r} is missing", "")
        return row[key]

    def bad(self, what: str, hint: str) -> BadInput:
        return BadInput(
            "situation.bad", f"Situation {self.number + 1}: {what}.", hint=hint, number=self.number
        )

    def _refuse_unknown_keys(self) -> None:
        self._refuse_keys("", self.told)
        for name in _TABLES:
            table = self.told.get(name, {})
            if not isinstance(table, Mapping):
                raise self.bad(f"{name!r} is not a table", f"Known keys: {KEYS[name]}.")
            self._refuse_keys(name, table)
        for name in _LISTS:
            rows = self.told.get(name, ())
            if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
                raise self.bad(f"{name!r} is not a list of tables", f"Known keys: {KEYS[name]}.")
            for row in rows:
                self._refuse_keys(name, row)

    def _refuse_keys(self, name: str, row: Situation) -> None:
        unknown = sorted(set(row) - set(KEYS[name].split()))
        if unknown:
            where = f" in {name!r}" if name else ""
            raise self.bad(f"unknown key {unknown[0]!r}{where}", f"Known: {KEYS[name]}.")
