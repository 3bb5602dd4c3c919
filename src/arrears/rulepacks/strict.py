"""Reading law from TOML strictly: every mistake names the file, the rule or entry, and the key."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.rulepacks import values

Told = Mapping[str, Any]

TABLES = "tables.toml"
"""The file of a jurisdiction that `arrears.rulepacks.tables` reads."""


def toml_of(path: Path) -> Told:
    """What the file tells; raises `BadInput` where it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput("law.not_toml", f"{file_name(path)}: not valid TOML: {error}.") from None


def file_name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


class StrictReader:
    """The checks of keys and tables that every law file shares."""

    def __init__(self, path: Path, told: Told) -> None:
        self.path, self.told = path, told

    def _tables(self, key: str, told: Told | None = None, name: str = "the file") -> list[Told]:
        rows = (self.told if told is None else told).get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise self._bad(name, key, f"must be tables, each under [[{key}]]")
        return rows

    def _table(self, key: str, told: Told, name: str) -> Told:
        found = told.get(key, {})
        if not isinstance(found, dict):
            raise self._bad(name, key, "must be a table")
        return found

    def _known(self, told: Told, known: Collection[str], where: str, prefix: str = "") -> None:
        for key in told:
            if key not in known:
                listed = f"known: {', '.join(sorted(known))}" if known else "there are none here"
                raise self._bad(where, prefix + key, f"is not a key; {listed}")

    def _required(self, told: Told, keys: Collection[str], where: str, prefix: str = "") -> None:
        for key in keys:
            if key not in told:
                raise self._bad(where, prefix + key, "is missing")

    def _checked(self, told: Told, checks: Mapping[str, values.Check], where: str, prefix: str = "") -> None:
        for key, check in checks.items():
            complaint = check(told[key]) if key in told else ""
            if complaint:
                raise self._bad(where, prefix + key, complaint)

    def _bad(self, rule: str, key: str, what: str) -> BadInput:
        return BadInput(
            "law.bad_pack",
            f"{file_name(self.path)}: {rule}: {key} {what}.",
            file=file_name(self.path),
            rule=rule,
            key=key,
        )
