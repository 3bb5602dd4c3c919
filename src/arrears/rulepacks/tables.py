"""One file of tables, read and checked, and all that ship: `rulepacks/JURISDICTION/tables.toml`.

An entry says what a kind of `kernel.tables.kinds` needs, and brings its own cases. Each case is a
question by value with the answer the law gives:

    id        its name
    expect    the word of the answer
    date      the day on which it turns, `beyond` the part beyond the limit, `missing` what is not known
    the rest  facts, as `table_values.FACTS` describes them; `on` is the day asked about
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from arrears.kernel.errors import BadInput
from arrears.kernel.law.rules import BY_DAY
from arrears.kernel.tables.entries import Answer, Entry, Facts
from arrears.kernel.tables.kinds import KINDS, answer_of
from arrears.kernel.tables.periods import UNITS
from arrears.rulepacks import table_values
from arrears.rulepacks.mistakes import Spot, refuse_mistakes
from arrears.rulepacks.strict import TABLES, THE_FILE, StrictReader, T, Told, Unread, file_name, toml_of
from arrears.rulepacks.values import Check, one_of, text
from arrears.rulepacks.working_days import is_working_day

_FOLDER = Path(__file__).parent
_REQUIRED_KEYS = ("id", "kind", "citation", "certainty", "about")
_FILE: Mapping[str, Check] = {"jurisdiction": text, "applies_to": table_values.ENTRY["applies_to"]}
_NAMING = ("starts", "measured_by")
"""Parameters that name a fact."""
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
    question = _Question(Path("question"), {})
    question.check_facts(found.kind, found.params, facts, Spot(found.id))
    refuse_mistakes(question.mistakes, question.code)
    return answer_of(found, facts, is_working_day)


def read_tables(path: Path) -> TableFile:
    """The tables in a TOML file; raises `BadInput` for all it may not say."""
    return tables_of(path, toml_of(path))


def tables_of(path: Path, told: Told) -> TableFile:
    """The tables told by these values; `path` is where they came from."""
    return TablesReader(path, told).right()


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


class _Asking(StrictReader[T]):
    def check_facts(self, kind: str, params: Facts, facts: Facts, spot: Spot) -> None:
        """An entry of this kind can be asked by these facts; unknown while it names a wrong one."""
        named = {key: each for key, each in table_values.REQUIRED[kind].items() if key in _NAMING}
        if not any(each(params.get(key)) for key, each in named.items()):
            self.known(facts, table_values.facts_of(kind, params), spot)
        self.required(facts, ("on", *KINDS[kind].needs), spot, table_values.FACTS)
        self.checked(facts, table_values.FACTS, spot)


class _Question(_Asking[None]):
    def read(self) -> None:
        """A question by value is no file."""


class TablesReader(_Asking[TableFile]):
    """Reads entries of tables, and checks that each of their cases can be asked."""

    def __init__(self, path: Path, told: Told) -> None:
        super().__init__(path, told)
        self.cases: list[tuple[Entry, Told]] = []

    def read(self) -> TableFile | None:
        self.known(self.told, (*_FILE, "entry"), THE_FILE)
        self.required(self.told, ("jurisdiction",), THE_FILE, _FILE)
        self.checked(self.told, _FILE, THE_FILE)
        self.is_head_sound = not self.mistakes
        read = (self._entry(*each) for each in self.entries("entry"))
        entries = tuple(entry for entry in read if entry is not None)
        if not self.is_head_sound:
            return None
        return TableFile(self.path, self.told["jurisdiction"], entries, tuple(self.cases))

    def _entry(self, name: str, told: Told, spot: Spot) -> Entry | None:
        before = len(self.mistakes)
        self._check_entry(name, told, spot)
        is_sound = len(self.mistakes) == before
        cases = [case for case, at in self.tables(told, "case", spot) if self._is_case(told, case, at)]
        if not is_sound or not self.is_head_sound:
            self.unread.append(Unread("entry", told))
            return None
        entry = self._built(name, told)
        self.cases += [(entry, case) for case in cases]
        return entry

    def _built(self, name: str, told: Told) -> Entry:
        return Entry(
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

    def _check_entry(self, name: str, told: Told, spot: Spot) -> None:
        self.known(told, (*table_values.ENTRY, "match", "params", "case"), spot)
        self.required(told, _REQUIRED_KEYS, spot, table_values.ENTRY)
        self.checked(told, table_values.ENTRY, spot)
        if not f"{name}.".startswith(f"{told.get('rule', name)}."):
            self.mistakes.note(spot, "rule", "must begin the id of the entry")
        params, at = self.table(told, "params", spot)
        if not table_values.ENTRY["kind"](told.get("kind")):
            self._params(told["kind"], params, at)
        match, at = self.table(told, "match", spot)
        self.known(match, tuple(table_values.MATCH), at)
        self.checked(match, table_values.MATCH, at)
        self.dates_in_order(told, spot)

    def _params(self, kind: str, params: Told, spot: Spot) -> None:
        required, optional = table_values.REQUIRED[kind], table_values.OPTIONAL.get(kind, {})
        self.known(params, (*required, *optional), spot)
        self.required(params, tuple(required), spot, required)
        self.checked(params, {**required, **optional}, spot)
        entry = Spot(spot.rule, spot.steps[:-1])
        if kind in _COUNTED_BY_PERIOD and not any(unit in params for unit in UNITS):
            self.mistakes.note(entry, "params", f"names no period: {', '.join(UNITS)}")
        if kind == "deadline" and not any(unit in params for unit in (*UNITS, "business_days")):
            self.mistakes.note(entry, "params", f"names no period: {', '.join(UNITS)}, business_days")
        if "business_days" in optional and ("business_days" in params) != ("calendar" in params):
            self.mistakes.note(spot, "calendar", "and business_days need each other")

    def _is_case(self, entry: Told, case: Told, spot: Spot) -> bool:
        """Its facts can be checked only where it is known what the entry asks for."""
        before = len(self.mistakes)
        self.required(case, ("id", "expect"), spot, table_values.CASE)
        self.checked(case, table_values.CASE, spot)
        kind, params = entry.get("kind"), entry.get("params", {})
        if not table_values.ENTRY["kind"](kind) and isinstance(params, dict):
            kind = str(kind)
            self.checked(case, {"expect": one_of(KINDS[kind].words)}, spot)
            facts = {key: case[key] for key in case if key not in (*table_values.CASE, "expect")}
            self.check_facts(kind, params, facts, spot)
        return len(self.mistakes) == before
