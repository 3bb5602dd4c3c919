"""Mistakes planted into the text of law files, each with what `law check` has to name."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from arrears.rulepacks.library import kinds_in
from arrears.rulepacks.lines import lines_of
from arrears.rulepacks.mistakes import Steps


class Named(NamedTuple):
    """What has to be named."""

    file: str
    rule: str
    key: str


class Plant(NamedTuple):
    """One mistake: the line (from 1) it changes, what becomes of the line, and what has to be named.

    Of those with one `soil` only one can be told apart from the others.
    """

    path: Path
    line: int
    change: Callable[[str], str]
    named: Named
    soil: tuple[Path, Steps]


@dataclass(frozen=True)
class _Kind:
    """A kind of mistake in a line of an entry or of one of its cases, and the key that is named."""

    at: str
    wrong: str
    becomes: str
    key: str


_OF_ENTRIES = (
    _Kind("citation", r".*", '\\g<0>\ncolour = "red"', "colour"),
    _Kind("citation", r".*", "", "citation"),
    _Kind("certainty", r'"."', '"Z"', "certainty"),
    _Kind("id", r".*", '\\g<0>\nin_force_from = "soon"', "in_force_from"),
    _Kind("params", r"max = \d+", "max = 0", "params.max"),
    _Kind("params", r'from = "', 'from = "at ', "params.from"),
    _Kind("lifts", r"\[", '["no.such.rule", ', "lifts"),
    _Kind("match", r"\{", '{ mood = ["sad"],', "match.mood"),
    _Kind("about", r'zh-Hant = ".*?"', "", "about"),
    _Kind("requires", r"\[", '["weather", ', "requires"),
    _Kind("duty", r'"\w+"', '"silence"', "duty"),
)
_OF_CASES = (
    _Kind("id", r".*", "", "case.id"),
    _Kind("expect", r'"\w+"', '"perhaps"', "case.expect"),
    _Kind("expect", r".*", '\\g<0>\nweather = "fine"', "case {id}"),
)


def plants_in(path: Path) -> Iterator[Plant]:
    """Every mistake of the catalogue that can be planted into the file, and each entry once more."""
    text = path.read_text(encoding="utf-8")
    told, lines, rows = tomllib.loads(text), lines_of(text), text.split("\n")
    for list_ in kinds_in(path):
        for number, entry in enumerate(told.get(list_, ())):
            at = _Place(path, (list_, number), entry["id"], lines, rows)
            yield from _plants(at, _OF_ENTRIES, entry)
            for place, case in enumerate(entry.get("case", ())):
                within = _Place(path, (list_, number, "case", place), entry["id"], lines, rows)
                yield from _plants(within, _OF_CASES, case)


@dataclass(frozen=True)
class _Place:
    path: Path
    steps: Steps
    rule: str
    lines: Mapping[Steps, int]
    rows: list[str]


def _plants(place: _Place, kinds: tuple[_Kind, ...], told: Mapping[str, Any]) -> Iterator[Plant]:
    is_about_read_by_entry = place.path.name in ("tables.toml", "content.toml")
    for kind in kinds:
        line = place.lines.get((*place.steps, kind.at))
        if kind.at == "about":
            line = place.lines.get((*place.steps, "about", "zh-Hant"), line)
        key = kind.key.format(id=told["id"])
        if key.startswith("case ") and is_about_read_by_entry:
            key = "case.weather"
        is_there = kind.key in told or (kind.key == "in_force_from" and "in_force_by" in told)
        if (
            line is None
            or (is_there and "\n" in kind.becomes)
            or not re.search(kind.wrong, place.rows[line - 1])
        ):
            continue
        named = Named(f"{place.path.parent.name}/{place.path.name}", place.rule, key)
        soil = place.steps if "case" in place.steps else (*place.steps, kind.at)
        yield Plant(place.path, line, _changed(kind), named, (place.path, soil))


def _changed(kind: _Kind) -> Callable[[str], str]:
    return lambda row: re.sub(kind.wrong, kind.becomes, row, count=1)


def plant(plants: list[Plant]) -> None:
    """Write the files with these mistakes in them."""
    for path in {each.path for each in plants}:
        rows = path.read_text(encoding="utf-8").split("\n")
        for each in plants:
            if each.path == path:
                rows[each.line - 1] = each.change(rows[each.line - 1])
        path.write_text("\n".join(rows), encoding="utf-8")
