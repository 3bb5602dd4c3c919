"""A situation of obligations by value: one trigger and what was proved, asked about at one instant.

It is written as a mapping of plain values (TOML or JSON):

    asked_at   2026-06-05T09:00:00-05:00, or wall time in `in_zone`, whose civil days count
    trigger    kind, at, event_at, ended_at, answered_at, places (ISO 3166), actor, licence,
               debt_kind, missed, is_weekly, extensions
    proofs     duty, channel, state, at, message (a label), to ("person" | "bureau")

Names are those of `kernel.obligations.rules` and `kernel.vocabulary`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NEVER, NO_ID
from arrears.kernel.law.told import moment_of
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.rules import Duty, Trigger
from arrears.kernel.obligations.standing import PROOF_COLUMNS, Told

Situation = Mapping[str, Any]

_KEYS = {
    "": "asked_at in_zone trigger proofs",
    "trigger": (
        "kind at event_at ended_at answered_at places actor licence debt_kind missed is_weekly extensions"
    ),
    "proofs": "duty channel state at message to",
}
_LOAN, _PERSON = 1, 1
_NOTHING = {"kind": "dispute", "at": "2026-01-01T00:00:00Z"}
"""A trigger in the place of one that is no table."""


def told_of(situation: Situation, zones: Mapping[str, ZoneSegments]) -> tuple[Told, int]:
    """(what is known, the instant asked about). Raises `BadInput` naming the first key that is wrong."""
    told, at, wrong = readable_situation(situation, zones)
    if wrong:
        raise wrong[0]
    return told, at


def readable_situation(
    situation: Situation, zones: Mapping[str, ZoneSegments]
) -> tuple[Told, int, list[BadInput]]:
    """What `told_of` gives, of which nothing can be used where something is wrong, and all that is wrong."""
    reader = _Reader(situation, zones)
    told, at = reader.told(), reader.instant(situation, "asked_at")
    return told, at, reader.wrong


class _Reader:
    """Reads one situation; what is wrong with it is kept, and the rest is read on."""

    def __init__(self, situation: Situation, zones: Mapping[str, ZoneSegments]) -> None:
        self.situation, self.zones = situation, zones
        self.wrong: list[BadInput] = []
        self._known("", situation)
        self.zone = str(situation.get("in_zone", "UTC"))
        if self.zone not in zones:
            self._refuse(f"no time zone is called {self.zone!r}", "Use an IANA name, Asia/Shanghai.")
            self.zone = "UTC"

    def told(self) -> Told:
        trigger = self.situation.get("trigger", {})
        if not isinstance(trigger, Mapping):
            self._refuse("'trigger' is not a table", f"Known keys: {_KEYS['trigger']}.")
            trigger = _NOTHING
        self._known("trigger", trigger)
        row, places, proofs = self._trigger(trigger), self._places(trigger), self._proofs()
        return Told(
            {name: np.array([value], np.int64) for name, value in row.items()},
            {name: np.array([row[name] for row in proofs], np.int64) for name in PROOF_COLUMNS},
            (self.zone,),
            (places,),
        )

    def instant(self, row: Situation, key: str, default: int | None = None) -> int:
        if key not in row:
            if default is None:
                self._refuse(f"{key!r} is missing", "State an instant with its offset.")
            return default or 0
        try:
            return moment_of(row[key], self.zone, self.zones)
        except (ValueError, TypeError, OverflowError):
            self._refuse(f"{key!r} is not a date and time: {row[key]}", "")
            return 0

    def _trigger(self, row: Situation) -> dict[str, int]:
        return {
            "kind": self._code(Trigger, row, "kind"),
            "at": self.instant(row, "at"),
            "event_at": self.instant(row, "event_at", NEVER),
            "ended_at": self.instant(row, "ended_at", NEVER),
            "answered_at": self.instant(row, "answered_at", NEVER),
            "loan": _LOAN,
            "person": _PERSON,
            "actor_kind": self._code(v.ActorKind, row, "actor", "original_creditor"),
            "licence": self._code(v.CreditorLicence, row, "licence", "bank"),
            "debt_kind": self._code(v.DebtKind, row, "debt_kind", "consumer_loan"),
            "missed": self._count(row, "missed"),
            "is_weekly": self._count(row, "is_weekly"),
            "extensions": self._count(row, "extensions"),
            "zone": 0,
            "places": 0,
        }

    def _places(self, trigger: Situation) -> tuple[str, ...]:
        told = trigger.get("places", ())
        if isinstance(told, str) or not isinstance(told, Sequence):
            self._refuse("'places' is not a list", "Write it in square brackets.")
            return ()
        return tuple(map(str, told))

    def _proofs(self) -> list[dict[str, int]]:
        labels: dict[str, int] = {}
        rows = self.situation.get("proofs", ())
        if not isinstance(rows, Sequence) or not all(isinstance(row, Mapping) for row in rows):
            self._refuse("'proofs' is not a list of tables", f"Known keys: {_KEYS['proofs']}.")
            return []
        for row in rows:
            self._known("proofs", row)
        return [self._proof(row, labels) for row in rows]

    def _proof(self, row: Situation, labels: dict[str, int]) -> dict[str, int]:
        told_to = row.get("to", "person")
        if told_to not in ("person", "bureau"):
            self._refuse("'to' must be person or bureau", "")
        return {
            "message": labels.setdefault(str(row.get("message", "1")), len(labels)),
            "duty": self._code(Duty, row, "duty"),
            "channel": self._code(v.Channel, row, "channel", "letter"),
            "state": self._code(v.ProofState, row, "state"),
            "at": self.instant(row, "at"),
            "loan": _LOAN,
            "person": _PERSON if told_to == "person" else NO_ID,
        }

    def _known(self, name: str, row: Situation) -> None:
        for unknown in sorted(set(row) - set(_KEYS[name].split())):
            where = f" in {name!r}" if name else ""
            self._refuse(f"unknown key {unknown!r}{where}", f"Known: {_KEYS[name]}.")

    def _code(self, kind: type[IntEnum], row: Situation, key: str, default: str | None = None) -> int:
        if key not in row and default is None:
            self._refuse(f"{key!r} is missing", "")
            return 0
        try:
            return int(v.code_of(kind, str(row.get(key, default))))
        except KeyError as error:
            self._refuse(str(error.args[0]), "Use one of the known names.")
            return 0

    def _count(self, row: Situation, key: str) -> int:
        told = row.get(key, 0)
        if not isinstance(told, int) or told < 0:
            self._refuse(f"{key!r} is not a whole number", "")
            return 0
        return int(told)

    def _refuse(self, what: str, hint: str) -> None:
        self.wrong.append(BadInput("obligations.bad_situation", f"{what}.", hint=hint))
