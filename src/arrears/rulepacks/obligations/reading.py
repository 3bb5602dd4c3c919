"""One obligations file, read and checked: every mistake names the file, the entry and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.kernel.obligations.rules import (
    ANSWERED_TO,
    PLANNED,
    Duty,
    Obligation,
    Recipient,
    SatisfiedBy,
    Trigger,
    Unit,
    Window,
)
from arrears.kernel.vocabulary import code_of, name_of
from arrears.rulepacks.obligations import values
from arrears.rulepacks.values import Check
from arrears.rulepacks.zones import ZONES

Told = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ObligationsFile:
    """One file: its obligations, and the cases each stands with."""

    path: Path
    jurisdiction: str
    obligations: tuple[Obligation, ...]
    cases: tuple[tuple[Obligation, Told], ...]

    @property
    def name(self) -> str:
        return _name(self.path)


def read_obligations(path: Path) -> ObligationsFile:
    """The obligations in a TOML file; raises `BadInput` for anything it may not say."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("obligations.not_toml", f"{_name(path)}: not valid TOML: {error}.") from None
    return obligations_of_file(path, told)


def obligations_of_file(path: Path, told: Told) -> ObligationsFile:
    """The obligations told by these values; `path` is where they came from."""
    return _Reader(path, told).file()


class _Reader:
    def __init__(self, path: Path, told: Told) -> None:
        self.path, self.told = path, told
        self.cases: list[tuple[Obligation, Told]] = []

    def file(self) -> ObligationsFile:
        self._checked(self.told, values.FILE, "the file", also=("obligation",))
        if self.told["reference_zone"] not in ZONES:
            raise self._bad("the file", "reference_zone", "is not an IANA zone")
        obligations = tuple(map(self._obligation, self._tables("obligation", self.told, "the file")))
        return ObligationsFile(self.path, self.told["jurisdiction"], obligations, tuple(self.cases))

    def _obligation(self, told: Told) -> Obligation:
        name = str(told.get("id", "an obligation without id"))
        self._checked(told, values.OBLIGATION, name, also=("window", "match", "case"))
        triggers = tuple(code_of(Trigger, each) for each in told["triggers"])
        obligation = Obligation(
            id=name,
            jurisdiction=self.told["jurisdiction"],
            triggers=triggers,
            duty=code_of(Duty, told["duty"]),
            recipient=code_of(Recipient, told["recipient"]),
            window=self._window(name, told),
            satisfied_by=code_of(SatisfiedBy, told["satisfied_by"]),
            match=self._match(name, told),
            citation=told["citation"],
            certainty=told["certainty"],
            about=dict(told["about"]),
            reference_zone=self.told["reference_zone"],
            **{key: told[key] for key in values.OPTIONAL if key in told},
        )
        self._check_agreement(obligation)
        self.cases += [(obligation, self._case(name, each)) for each in self._tables("case", told, name)]
        return obligation

    def _window(self, name: str, told: Told) -> Window:
        window = self._table("window", told, name)
        self._checked(window, values.WINDOW, name, prefix="window.", needed=("counted",))
        if ("length" in window) != ("unit" in window) or ("length" in window) != ("counts_anchor" in window):
            raise self._bad(name, "window.length", "goes with unit and counts_anchor, or without either")
        if window.get("length") == 0 and window["unit"] != name_of(Unit.DAYS):
            raise self._bad(name, "window.unit", "must be days where the length is 0")
        if (window.get("unit") == name_of(Unit.BUSINESS_DAYS)) != ("calendar" in window):
            raise self._bad(name, "window.calendar", "goes with the unit business_days")
        return Window(
            is_before=window["counted"] == "back_from_event",
            length=window.get("length"),
            unit=code_of(Unit, window.get("unit", "days")),
            counts_anchor=window.get("counts_anchor", False),
            calendar=window.get("calendar", ""),
            extensions=tuple(window.get("extensions", ())),
        )

    def _match(self, name: str, told: Told) -> Mapping[str, tuple[str, ...]]:
        """The entry's own fields, and the places of the file where it names none itself."""
        match = self._table("match", told, name)
        self._checked(match, values.MATCH, name, prefix="match.", needed=())
        return {key: tuple(each) for key, each in {"place": self.told["applies_to"], **match}.items()}

    def _check_agreement(self, obligation: Obligation) -> None:
        """An answer goes to who asked; what is counted back needs an event; dates are in order."""
        name, is_answer = obligation.id, obligation.duty is Duty.ANSWER
        if is_answer != (obligation.satisfied_by is SatisfiedBy.ANSWERED):
            raise self._bad(name, "satisfied_by", "is answered for an answer and for nothing else")
        if not is_answer and obligation.recipient is Recipient.REQUESTER:
            raise self._bad(name, "recipient", "is nobody who asked, where no answer is owed")
        for trigger in obligation.triggers:
            asked_by = ANSWERED_TO.get(trigger, "")
            if is_answer and asked_by != name_of(obligation.recipient):
                who = asked_by or "nobody"
                raise self._bad(name, "recipient", f"is {who} where {name_of(trigger)} wants an answer")
            if obligation.window.is_before and trigger not in PLANNED:
                raise self._bad(name, "window.counted", f"needs an event, which {name_of(trigger)} has not")
        start, end = obligation.in_force_from, obligation.in_force_until
        if start and end and end <= start:
            raise self._bad(name, "in_force_until", "must be later than in_force_from")

    def _case(self, name: str, case: Told) -> Told:
        """Its own keys are checked here; what it tells of the situation, when it is answered."""
        own = {key: case[key] for key in case if key in values.CASE}
        self._checked(own, values.CASE, name, prefix="case.", needed=("id", "expect"))
        return case

    # -- keys and tables -------------------------------------------------------------------

    def _checked(
        self,
        told: Told,
        checks: Mapping[str, Check],
        where: str,
        *,
        prefix: str = "",
        needed: Collection[str] | None = None,
        also: Collection[str] = (),
    ) -> None:
        """Nothing unknown, nothing missing, and each value as it must look."""
        for key in told:
            if key not in checks and key not in also:
                known = ", ".join(sorted((*checks, *also)))
                raise self._bad(where, prefix + key, f"is not a key; known: {known}")
        for key in [each for each in checks if each not in values.OPTIONAL] if needed is None else needed:
            if key not in told:
                raise self._bad(where, prefix + key, "is missing")
        for key, check in checks.items():
            complaint = check(told[key]) if key in told else ""
            if complaint:
                raise self._bad(where, prefix + key, complaint)

    def _tables(self, key: str, told: Told, name: str) -> list[Told]:
        rows = told.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._bad(name, key, f"must be tables, each under [[{key}]]")
        return rows

    def _table(self, key: str, told: Told, name: str) -> Told:
        found = told.get(key, {})
        if not isinstance(found, dict):
            raise self._bad(name, key, "must be a table")
        return found

    def _bad(self, entry: str, key: str, what: str) -> BadInput:
        return BadInput(
            "obligations.bad_file",
            f"{_name(self.path)}: {entry}: {key} {what}.",
            file=_name(self.path),
            rule=entry,
            key=key,
        )


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
