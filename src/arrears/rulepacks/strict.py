"""Reading law from TOML strictly: every mistake names the file, the rule or entry, and the key.

A reader of a kind of file says what its tables may hold. What is shared is here: noting what is
unknown, missing or wrong, keeping which entries could not be read, and raising everything at once.
"""

from __future__ import annotations

import tomllib
from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from arrears.kernel.errors import BadInput
from arrears.rulepacks import values
from arrears.rulepacks.mistakes import Mistakes, Spot, near, refuse_mistakes

Told = Mapping[str, Any]
T = TypeVar("T")

TABLES = "tables.toml"
"""The file of a jurisdiction that `arrears.rulepacks.tables` reads."""

THE_FILE = Spot()


def toml_of(path: Path, *, code: str = "law.not_toml") -> Told:
    """What the file tells; raises `BadInput` where it is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(code, f"{file_name(path)}: not valid TOML: {error}.") from None


def file_name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


@dataclass(frozen=True, slots=True)
class Unread:
    """An entry that could not be read, as it is told; what it says is known as far as it is well formed."""

    key: str
    told: Told

    @property
    def id(self) -> str:
        return str(self.told.get("id", ""))


class StrictReader(ABC, Generic[T]):
    """The reader of one file; `mistakes` and `unread` are filled by `read`."""

    code: ClassVar = "law.bad_pack"

    def __init__(self, path: Path, told: Told) -> None:
        self.path, self.told = path, told
        self.mistakes = Mistakes(file_name(path))
        self.unread: list[Unread] = []
        self.is_head_sound = True  # false where the file's own keys are wrong, so that no entry can be read

    @abstractmethod
    def read(self) -> T | None:
        """What the file says, without the entries that cannot be read; None where its own keys are wrong."""

    def right(self) -> T:
        """What the file says; raises `BadInput` for all it may not say."""
        read = self.read()
        refuse_mistakes(self.mistakes, self.code)
        assert read is not None, self.path
        return read

    def tables(self, told: Told, key: str, spot: Spot) -> list[tuple[Told, Spot]]:
        """The tables of a list, each with where it stands."""
        rows = told.get(key, [])
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            self.mistakes.note(spot, key, f"must be tables, each under [[{key}]]")
        found = rows if isinstance(rows, list) else []
        return [(row, spot.under(key, n)) for n, row in enumerate(found) if isinstance(row, dict)]

    def entries(self, key: str) -> list[tuple[str, Told, Spot]]:
        """(id, what is told, where) of the entries of the file; an id may stand once."""
        told = [
            (_named(each, key), each, Spot("", spot.steps))
            for each, spot in self.tables(self.told, key, THE_FILE)
        ]
        for place, (name, each, spot) in enumerate(told):
            if "id" in each and name in [earlier for earlier, _, _ in told[:place]]:
                self.mistakes.note(spot.of(name), "id", "stands twice in this file")
        return [(name, each, spot.of(name)) for name, each, spot in told]

    def table(self, told: Told, key: str, spot: Spot) -> tuple[Told, Spot]:
        """The table under a key, empty if there is none, and where it stands."""
        found = told.get(key, {})
        if not isinstance(found, dict):
            self.mistakes.note(spot, key, "must be a table")
            found = {}
        return found, spot.under(key)

    def known(self, told: Told, known: Collection[str], spot: Spot) -> None:
        """Nothing but these keys stands in the table."""
        for key in told:
            if key not in known:
                listed = f"known: {', '.join(sorted(set(known)))}" if known else "there are none here"
                self.mistakes.note(spot, key, f"is not a key; {listed}", near(key, known) or "Take it out.")

    def required(
        self, told: Told, keys: Collection[str], spot: Spot, checks: Mapping[str, values.Check] | None = None
    ) -> None:
        """All of these keys stand in the table; `checks` say what to write where one does not."""
        for key in keys:
            if key not in told:
                wanted = checks[key](None) if checks and key in checks else ""
                self.mistakes.note(spot, key, "is missing", f"Add it: it {wanted}." if wanted else "Add it.")

    def checked(self, told: Told, checks: Mapping[str, values.Check], spot: Spot) -> None:
        """What stands in the table looks as it must."""
        for key, check in checks.items():
            complaint = check(told[key]) if key in told else ""
            if complaint:
                self.mistakes.note(spot, key, complaint, f"It is {told[key]!r} now.")

    def dates_in_order(self, told: Told, spot: Spot) -> None:
        """The dates of an entry follow each other; what dates go by needs one."""
        start, end = told.get("in_force_from"), told.get("in_force_until")
        if not (values.civil_date(start) or values.civil_date(end)) and end <= start:  # type: ignore[operator]
            self.mistakes.note(spot, "in_force_until", "must be later than in_force_from")
        if "in_force_by" in told and not start and not end:
            self.mistakes.note(spot, "in_force_by", "needs a date to go by", "Add in_force_from.")


def _named(told: Told, key: str) -> str:
    article = "an" if key[0] in "aeiou" else "a"
    return str(told.get("id", f"{article} {key} without id"))
