"""Every small change that somebody could make to a value of a table by mistake.

Not changed: names and words, the certainty (it decides nothing, it is shown), and the cases themselves.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from arrears.kernel.tables.caps import BEYOND
from arrears.kernel.tables.kinds import CLOCKS, KINDS
from arrears.rulepacks import table_values

Told = dict[str, Any]
Path = tuple[str, ...]
_READ = ("kind", "applies_to", "match", "params", "in_force_from", "in_force_until")
_OTHERS = {
    "starts": CLOCKS,
    "beyond": BEYOND,
    "calendar": ("US", "CN"),
    "measured_by": table_values.MEASURES,
    "kind": tuple(KINDS),
}
_STRANGERS = {
    "actor_kind": "servicer",
    "creditor_licence": "micro_lender",
    "currency": "XAF",
    "debt_kind": "student_loan",
    "situation": "servicemember",
    "records": "impact_assessment",
    "restarts": "paid_in_part_on",
    "applies_to": "AQ",
    "requires": "iibf_certificate",
    "forbidden": "nothing",
}
_TOO_MANY_PLACES = 5
"""A list of places longer than this is held by a test of its own."""


def mutants(told: Told) -> Iterator[tuple[str, Told]]:
    """(what was changed, the file with that one change) for each change."""
    if 0 < len(told.get("applies_to", ())) < _TOO_MANY_PLACES:
        yield "the file without applies_to", {key: told[key] for key in told if key != "applies_to"}
        yield "the file in Antarctica", {**told, "applies_to": ["AQ"]}
    for index, entry in enumerate(told["entry"]):
        for what, changed in _entries(entry):
            entries = [*told["entry"][:index], changed, *told["entry"][index + 1 :]]
            yield f"{entry['id']}: {what}", {**told, "entry": entries}


def _entries(entry: Told) -> Iterator[tuple[str, Told]]:
    for path, value in _values({key: entry[key] for key in _READ if key in entry}):
        for changed in _changes(path, value):
            yield f"{'.'.join(path)} {value!r} -> {changed!r}", _with(entry, path, changed)
        if not _is_default(path, value):
            yield f"{'.'.join(path)} left out", _without(entry, path)


def _values(told: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _values(value, (*path, key))
    else:
        yield path, told


def _is_default(path: Path, value: Any) -> bool:
    return path[-1] == "beyond" and value == "unlawful"


def _changes(path: Path, value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    if isinstance(value, date):
        return [value - timedelta(days=1), value + timedelta(days=1)]
    if isinstance(value, list):
        return [changed for i in range(len(value)) for changed in _list_changes(path, value, i)]
    return [other for other in _OTHERS[path[-1]] if other != value]


def _list_changes(path: Path, value: list[Any], i: int) -> list[list[Any]]:
    """The list with its i-th entry dropped, and with another in its place."""
    dropped = [*value[:i], *value[i + 1 :]]
    stranger = _STRANGERS[path[-1]]
    replaced = [*value[:i], stranger, *value[i + 1 :]]
    return [*([dropped] if dropped else []), *([replaced] if stranger not in value else [])]


def _with(entry: Told, path: Path, value: Any) -> Told:
    changed = copy.deepcopy(entry)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = value
    return changed


def _without(entry: Told, path: Path) -> Told:
    changed = copy.deepcopy(entry)
    at: Any = changed
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return changed
