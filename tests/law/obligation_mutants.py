"""Every small change that somebody could make to a value of an obligations file by mistake.

Not changed: names and words, the cases themselves, and the certainty of an entry without
extensions, which only marks it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from arrears.kernel.obligations.rules import Duty, Recipient, SatisfiedBy, Trigger, Unit
from arrears.kernel.vocabulary import ActorKind, Channel, CreditorLicence, DebtKind, name_of
from tests.law.mutants import Path, Told, _values, _where, _with, _without

_CHOICES: dict[str, tuple[str, ...]] = {
    "triggers": tuple(map(name_of, Trigger)),
    "duty": tuple(map(name_of, Duty)),
    "recipient": tuple(map(name_of, Recipient)),
    "satisfied_by": tuple(map(name_of, SatisfiedBy)),
    "channels": tuple(map(name_of, Channel)),
    "unit": tuple(map(name_of, Unit)),
    "counted": ("from_trigger", "back_from_event"),
    "calendar": ("US", "FR", "CN"),
    "certainty": ("A", "D"),
    "actor_kind": tuple(map(name_of, ActorKind)),
    "creditor_licence": tuple(map(name_of, CreditorLicence)),
    "debt_kind": tuple(map(name_of, DebtKind)),
    "applies_to": ("AQ",),
    "reference_zone": ("UTC", "Asia/Tokyo", "America/Chicago", "Asia/Shanghai", "America/New_York"),
}


def mutants(told: Told) -> Iterator[tuple[str, Told]]:
    """(what was changed, the file with that one change) for each change."""
    for path, value in _values(told):
        if _is_unread(told, path):
            continue
        for changed in _changes(str(path[-1]), value):
            if not _is_no_change(path[-1], value, changed):
                yield f"{_where(told, path)}: {value!r} -> {changed!r}", _with(told, path, changed)
        yield f"{_where(told, path)}: {value!r} left out", _without(told, path)


def _is_unread(told: Told, path: Path) -> bool:
    if path[-1] == "certainty":
        return "extensions" not in told["obligation"][path[1]]["window"]
    dates = ("in_force_from", "in_force_until")
    return path[-1] == "reference_zone" and not any(
        key in each for each in told["obligation"] for key in dates
    )


def _is_no_change(key: str | int, value: Any, changed: Any) -> bool:
    if key == "certainty":
        return (value in ("A", "B")) == (changed in ("A", "B"))
    return bool(changed == value)


def _changes(key: str, value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, date):
        return [value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, list):
        return [changed for i in range(len(value)) for changed in _list_changes(key, value, i)]
    return list(_CHOICES[key])


def _list_changes(key: str, value: list[Any], i: int) -> list[Any]:
    """The list with its i-th entry dropped, and with another in its place."""
    dropped = [*value[:i], *value[i + 1 :]]
    others = [value[i] - 1, value[i] + 1] if isinstance(value[i], int) else _CHOICES[key]
    replaced = [[*value[:i], other, *value[i + 1 :]] for other in others if other not in value]
    return [*([dropped] if dropped else []), *replaced]
