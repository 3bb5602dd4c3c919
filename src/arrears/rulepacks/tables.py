"""One file of tables, read and checked, and all that ship: `rulepacks/JURISDICTION/tables.toml`.

An entry says what a kind of `kernel.tables.kinds` needs, and brings its own cases. Each case is a
question by value with the answer the law gives:

    id        its name
    expect    the word of the answer
    date      the day on which it turns, `beyond` the part beyond the limit, `missing` what is not known
    the rest  facts, as `table_values.FACTS` describes them; `on` is the day asked about
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import BY_DAY
from arrears.kernel.tables.entries import Answer, Entry, Facts
from arrears.kernel.tables.kinds import KINDS, answer_of
from arrears.kernel.tables.periods import UNITS
from arrears.rulepacks import table_values
from arrears.rulepacks.strict import TABLES, StrictReader, Told, file_name, toml_of
from arrears.rulepacks.values import one_of, text
from arrears.rulepacks.working_days import is_working_day

_FOLDER = Path(__file__).parent
_REQUIRED_KEYS = ("id", "kind", "citation", "certainty", "about")
_COUNTED_BY_PERIOD = ("show", "limitation", "keep", "wait", "effective_demand", "evaluation")


@dataclass(frozen=True, slots=True)
class TableFile:
    """One file: its entries, and the cases with the entry each stands under."""

    path: Path
    jurisdiction: str
    entries: tuple[Entry, ...]
    cases: tuple[tuple[Entry, Told], ...]

    @property
    def name(self) -> str:
        return file_name(self.path)


@dataclass(frozen=True, slots=True)
class TableAnswer:
    """What a case expects and what the entry says, in the same words when they agree."""

    id: str
    entry: Entry
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered


@cache
def shipped_tables() -> tuple[TableFile, ...]:
    """Every file of tables of the package, by jurisdiction. Raises `BadInput` for an id used twice."""
    files = tuple(read_tables(path) for path in sorted(_FOLDER.glob(f"*/{TABLES}")))
    seen: dict[str, TableFile] = {}
    for file in files:
        for entry in file.entries:
            if entry.id in seen:
                both = f"{seen[entry.id].name} and {file.name}"
                what = f"{entry.id} stands in both {both}."
                raise BadInput("law.repeated_rule", what, file=both, rule=entry.id, key="id")
            seen[entry.id] = file
    return files


def table_entries() -> tuple[Entry, ...]:
    """Every entry that ships; an uncertain one is on and marked, because each of them limits a lender."""
    return tuple(entry for file in shipped_tables() for entry in file.entries)


def ask(entry_id: str, facts: Facts) -> Answer:
    """What the entry with this id says of the facts told.

    Raises `BadInput` for an unknown entry, a fact its kind does not read, and one that is missing or
    does not look as it must.
    """
    found = {entry.id: entry for entry in table_entries()}.get(entry_id)
    if found is None:
        raise BadInput("law.no_entry", f"No entry of the tables is called {entry_id!r}.")
    return answer_of(found, _Facts(Path("question"), {}).checked(found, facts), is_working_day)


def read_tables(path: Path) -> TableFile:
    """The tables in a TOML file; raises `BadInput` for anything it may not say."""
    return tables_of(path, toml_of(path))


def tables_of(path: Path, told: Told) -> TableFile:
    """The tables told by these values; `path` is where they came from."""
    return _Reader(path, told).file()


def answer_table_cases(files: Iterable[TableFile]) -> list[TableAnswer]:
    """Every case of the files with what its entry answers."""
    return [_answered(entry, case) for file in files for entry, case in file.cases]


def _answered(entry: Entry, case: Told) -> TableAnswer:
    facts = {key: case[key] for key in case if key not in (*table_values.CASE, "expect")}
    answer = answer_of(entry, facts, is_working_day)
    expected = _said(case, case["expect"], case.get("date"), case.get("beyond"), case.get("missing", ()))
    answered = _said(case, answer.word, answer.decides_on, answer.beyond, answer.missing)
    return TableAnswer(str(case["id"]), entry, expected, answered)


def _said(case: Told, word: str, on: object, beyond: object, missing: Sequence[str]) -> str:
    """The word, with what else the case claims."""
    parts = {"date": on, "beyond": beyond, "missing": ", ".join(missing)}
    return " ".join([word, *(f"{name} {parts[name] or 'none'}" for name in parts if name in case)])


class _Facts(StrictReader):
    def checked(self, entry: Entry, facts: Facts, prefix: str = "") -> Facts:
        """The facts, when the entry's kind can be asked by them."""
        self._known(facts, table_values.facts_of(entry.kind, entry.params), entry.id, prefix)
        self._required(facts, ("on", *KINDS[entry.kind].needs), entry.id, prefix)
        self._checked(facts, table_values.FACTS, entry.id, prefix)
        return facts


class _Reader(_Facts):
    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[Entry, Told]] = []

    def file(self) -> TableFile:
        self._known(self.told, ("jurisdiction", "applies_to", "entry"), "the file")
        self._required(self.told, ("jurisdiction",), "the file")
        checks = {key: table_values.ENTRY[key] for key in ("applies_to",)}
        self._checked(self.told, {**checks, "jurisdiction": text}, "the file")
        entries = tuple(self._entry(each) for each in self._tables("entry"))
        return TableFile(self.path, self.told["jurisdiction"], entries, tuple(self.cases))

    def _entry(self, told: Told) -> Entry:
        name = str(told.get("id", "an entry without id"))
        self._check_entry(name, told)
        entry = Entry(
            id=name,
            rule=told.get("rule", name),
            kind=told["kind"],
            jurisdiction=self.told["jurisdiction"],
            applies_to=tuple(told.get("applies_to", self.told.get("applies_to", ()))),
            match={field: tuple(names) for field, names in told.get("match", {}).items()},
            params=dict(told.get("params", {})),
            citation=told["citation"],
            certainty=told["certainty"],
            about=dict(told["about"]),
            in_force_from=told.get("in_force_from"),
            in_force_until=told.get("in_force_until"),
            in_force_by=told.get("in_force_by", BY_DAY),
        )
        self.cases += [(entry, self._case(entry, case)) for case in self._tables("case", told, name)]
        return entry

    def _check_entry(self, name: str, told: Told) -> None:
        self._known(told, (*table_values.ENTRY, "match", "params", "case"), name)
        self._required(told, _REQUIRED_KEYS, name)
        self._checked(told, table_values.ENTRY, name)
        if not f"{name}.".startswith(f"{told.get('rule', name)}."):
            raise self._bad(name, "rule", "must begin the id of the entry")
        self._params(name, told["kind"], self._table("params", told, name))
        match = self._table("match", told, name)
        self._known(match, tuple(table_values.MATCH), name, "match.")
        self._checked(match, table_values.MATCH, name, "match.")
        start, end = told.get("in_force_from"), told.get("in_force_until")
        if start and end and end <= start:
            raise self._bad(name, "in_force_until", "must be later than in_force_from")
        if "in_force_by" in told and not start and not end:
            raise self._bad(name, "in_force_by", "needs a date to go by")

    def _params(self, name: str, kind: str, params: Told) -> None:
        required, optional = table_values.REQUIRED[kind], table_values.OPTIONAL.get(kind, {})
        self._known(params, (*required, *optional), name, "params.")
        self._required(params, tuple(required), name, "params.")
        self._checked(params, {**required, **optional}, name, "params.")
        if kind in _COUNTED_BY_PERIOD and not any(unit in params for unit in UNITS):
            raise self._bad(name, "params", f"names no period: {', '.join(UNITS)}")
        if kind == "deadline" and not any(unit in params for unit in (*UNITS, "business_days")):
            raise self._bad(name, "params", f"names no period: {', '.join(UNITS)}, business_days")
        if ("business_days" in params) != ("calendar" in params):
            raise self._bad(name, "params.calendar", "and business_days need each other")

    def _case(self, entry: Entry, case: Told) -> Told:
        self._required(case, ("id", "expect"), entry.id, "case.")
        expected = {"expect": one_of(KINDS[entry.kind].words)}
        self._checked(case, {**table_values.CASE, **expected}, entry.id, "case.")
        facts: dict[str, Any] = {key: case[key] for key in case if key not in (*table_values.CASE, "expect")}
        self.checked(entry, facts, "case.")
        return case
