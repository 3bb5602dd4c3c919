"""One obligations file, read and checked: every mistake names the file, the entry and the key."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

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
from arrears.kernel.vocabulary import Channel, code_of, name_of
from arrears.rulepacks.mistakes import Spot
from arrears.rulepacks.obligations import values
from arrears.rulepacks.strict import THE_FILE, StrictReader, Told, Unread, file_name, toml_of
from arrears.rulepacks.values import Check


@dataclass(frozen=True, slots=True)
class ObligationsFile:
    """One file: its obligations, and the cases each stands with."""

    path: Path
    jurisdiction: str
    obligations: tuple[Obligation, ...]
    cases: tuple[tuple[Obligation, Told], ...]

    @property
    def name(self) -> str:
        return file_name(self.path)


def read_obligations(path: Path) -> ObligationsFile:
    """The obligations in a TOML file; raises `BadInput` for all it may not say."""
    return obligations_of_file(path, toml_of(path, code="obligations.not_toml"))


def obligations_of_file(path: Path, told: Told) -> ObligationsFile:
    """The obligations told by these values; `path` is where they came from."""
    return ObligationsReader(path, told).right()


class ObligationsReader(StrictReader[ObligationsFile]):
    """Reads obligations."""

    code = "obligations.bad_file"

    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[Obligation, Told]] = []

    def read(self) -> ObligationsFile | None:
        self._check(self.told, values.FILE, THE_FILE, also=("obligation",))
        self.is_head_sound = not self.mistakes
        read = (self._obligation(*each) for each in self.entries("obligation"))
        obligations = tuple(each for each in read if each is not None)
        if not self.is_head_sound:
            return None
        return ObligationsFile(self.path, self.told["jurisdiction"], obligations, tuple(self.cases))

    def _obligation(self, name: str, told: Told, spot: Spot) -> Obligation | None:
        before = len(self.mistakes)
        self._check(told, values.OBLIGATION, spot, also=("window", "match", "case"))
        window, at = self.table(told, "window", spot)
        self._check_window(window, at)
        match, at = self.table(told, "match", spot)
        self._check(match, values.MATCH, at, needed=())
        self._check_agreement(told, window, spot)
        self.dates_in_order(told, spot)
        is_sound = len(self.mistakes) == before
        cases = [case for case, at in self.tables(told, "case", spot) if self._is_case(case, at)]
        if not is_sound or not self.is_head_sound:
            self.unread.append(Unread("obligation", told))
            return None
        obligation = self._built(name, told, window, match)
        self.cases += [(obligation, case) for case in cases]
        return obligation

    def _built(self, name: str, told: Told, window: Told, match: Told) -> Obligation:
        return Obligation(
            id=name,
            jurisdiction=self.told["jurisdiction"],
            triggers=tuple(code_of(Trigger, each) for each in told["triggers"]),
            duty=code_of(Duty, told["duty"]),
            recipient=code_of(Recipient, told["recipient"]),
            window=_window(window),
            satisfied_by=code_of(SatisfiedBy, told["satisfied_by"]),
            match={key: tuple(each) for key, each in {"place": self.told["applies_to"], **match}.items()},
            citation=told["citation"],
            certainty=told["certainty"],
            about=dict(told["about"]),
            reference_zone=self.told["reference_zone"],
            channels=tuple(code_of(Channel, each) for each in told.get("channels", ())),
            **{key: told[key] for key in values.OPTIONAL - {"channels"} if key in told},
        )

    def _check_window(self, window: Told, spot: Spot) -> None:
        self._check(window, values.WINDOW, spot, needed=("counted",))
        length, unit = window.get("length"), window.get("unit")
        if ("length" in window) != ("unit" in window) or ("length" in window) != ("counts_anchor" in window):
            what = "goes with unit and counts_anchor, or without either"
            self.mistakes.note(spot, "length", what)
        if type(length) is int and length == 0 and "unit" in window and unit != name_of(Unit.DAYS):
            self.mistakes.note(spot, "unit", "must be days where the length is 0")
        is_unit_wrong = "unit" in window and _is_wrong(window, "unit")
        if not is_unit_wrong and (unit == name_of(Unit.BUSINESS_DAYS)) != ("calendar" in window):
            self.mistakes.note(spot, "calendar", "goes with the unit business_days")

    def _check_agreement(self, told: Told, window: Told, spot: Spot) -> None:
        """An answer goes to who asked; what is counted back needs an event."""
        wrong = {key for key in ("triggers", "duty", "recipient", "satisfied_by") if _is_wrong(told, key)}
        is_answer = told.get("duty") == name_of(Duty.ANSWER)
        is_answered = told.get("satisfied_by") == name_of(SatisfiedBy.ANSWERED)
        if not wrong & {"duty", "satisfied_by"} and is_answer != is_answered:
            self.mistakes.note(spot, "satisfied_by", "is answered for an answer and for nothing else")
        is_to_requester = told.get("recipient") == name_of(Recipient.REQUESTER)
        if not wrong & {"duty", "recipient"} and is_to_requester and not is_answer:
            self.mistakes.note(spot, "recipient", "is nobody who asked, where no answer is owed")
        if not wrong & {"triggers", "duty", "recipient"} and is_answer:
            self._check_asked(told, spot)
        if "triggers" not in wrong and window.get("counted") == "back_from_event":
            for trigger in told["triggers"]:
                if code_of(Trigger, trigger) not in PLANNED:
                    self.mistakes.note(spot, "window.counted", f"needs an event, which {trigger} has not")

    def _check_asked(self, told: Told, spot: Spot) -> None:
        for trigger in told["triggers"]:
            asked_by = ANSWERED_TO.get(code_of(Trigger, trigger), "")
            if asked_by != told["recipient"]:
                who = asked_by or "nobody"
                self.mistakes.note(spot, "recipient", f"is {who} where {trigger} wants an answer")

    def _is_case(self, case: Told, spot: Spot) -> bool:
        """Its own keys are checked here; what it tells of the situation, when it is answered."""
        before = len(self.mistakes)
        own = {key: case[key] for key in case if key in values.CASE}
        self._check(own, values.CASE, spot, needed=("id", "expect"))
        return len(self.mistakes) == before

    def _check(
        self,
        told: Told,
        checks: Mapping[str, Check],
        spot: Spot,
        *,
        needed: Collection[str] | None = None,
        also: Collection[str] = (),
    ) -> None:
        """Nothing unknown, nothing missing, and each value as it must look."""
        usual = [each for each in checks if each not in values.OPTIONAL]
        self.known(told, (*checks, *also), spot)
        self.required(told, usual if needed is None else needed, spot, checks)
        self.checked(told, checks, spot)


def _is_wrong(told: Told, key: str) -> bool:
    """Whether the key is missing or its value is none, which has been noted."""
    check = values.OBLIGATION.get(key) or values.WINDOW[key]
    return bool(check(told.get(key)))


def _window(window: Told) -> Window:
    return Window(
        is_before=window["counted"] == "back_from_event",
        length=window.get("length"),
        unit=code_of(Unit, window.get("unit", "days")),
        counts_anchor=window.get("counts_anchor", False),
        calendar=window.get("calendar", ""),
        extensions=tuple(window.get("extensions", ())),
    )
