"""Everything that can be said against pack files before anybody works under them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.errors import BadInput, NotFound
from arrears.kernel.tables.kinds import KINDS
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.loading import HOUSE, NOT_PACKS, load_law, shipped
from arrears.rulepacks.reading import Pack, read_pack
from arrears.rulepacks.strict import TABLES
from arrears.rulepacks.tables import TableFile, answer_table_cases, read_tables


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `rule` and `key` are empty where it is about more than one."""

    file: str
    rule: str
    key: str
    what: str


def pack_files(path: Path) -> list[Path]:
    """The file itself, or every pack file of the folder and of its folders."""
    return [file for file in _law_files(path) if file.name not in NOT_PACKS]


def table_files(path: Path) -> list[Path]:
    """The files of tables among the same."""
    return [file for file in _law_files(path) if file.name == TABLES]


def _law_files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    found = sorted([*path.glob("*.toml"), *path.glob("*/*.toml")])
    if not found:
        raise NotFound("law.no_packs", f"{path}: no pack file is there.", hint="Packs end in .toml.")
    return found


def check_files(files: Sequence[Path]) -> tuple[list[Pack], list[Problem]]:
    """The packs that could be read, and what is wrong, in the order of the files.

    They are checked as they would be used: together, and beside the shipped packs of the
    jurisdictions they say nothing about.
    """
    packs, problems = [], []
    for file in files:
        try:
            packs.append(read_pack(file))
        except BadInput as error:
            problems.append(_problem(error, f"{file.parent.name}/{file.name}"))
    if not problems:
        problems = list(_against(packs))
    return packs, problems


def check_tables(files: Sequence[Path]) -> tuple[list[TableFile], list[Problem]]:
    """The files of tables that could be read, and what is wrong, in the order of the files."""
    tables, problems = [], []
    for file in files:
        try:
            tables.append(read_tables(file))
        except BadInput as error:
            problems.append(_problem(error, f"{file.parent.name}/{file.name}"))
    return tables, problems or [problem for table in tables for problem in _against_table(table)]


def _against_table(table: TableFile) -> Iterator[Problem]:
    expected: dict[str, set[str]] = defaultdict(set)
    for answer in answer_table_cases([table]):
        expected[answer.entry.id].add(answer.expected.split(" ")[0])
        if not answer.holds:
            what = f"expects {answer.expected}; the answer is {answer.answered}"
            yield Problem(table.name, answer.entry.id, f"case {answer.id}", what)
    for entry in table.entries:
        kind = KINDS[entry.kind]
        for side, word in ((kind.permits, "permits"), (kind.refuses, "refuses")):
            if not expected[entry.id] & set(side):
                yield Problem(table.name, entry.id, "case", f"has none in which it {word}")


def beside_shipped(packs: Sequence[Pack]) -> list[Pack]:
    """These packs and the shipped ones of all other jurisdictions."""
    own = {pack.jurisdiction for pack in packs}
    return [*packs, *(pack for pack in shipped() if pack.jurisdiction not in own)]


def _against(packs: Sequence[Pack]) -> Iterator[Problem]:
    every = beside_shipped(packs)
    file_of = {rule.id: pack.name for pack in packs for rule in (*pack.rules, *pack.exceptions)}
    try:
        adopted = {pack.jurisdiction for pack in every} - {HOUSE}
        off = {rule.id for rule, _ in load_law(sorted(adopted), packs=every).switched_off}
        answers = [answer for answer in answer_cases(every) if answer.rule.id in file_of]
    except BadInput as error:
        yield _problem(error, ", ".join(sorted({pack.name for pack in packs})))
        return
    sides: dict[str, set[bool]] = defaultdict(set)
    for answer in answers:
        sides[answer.rule.id].add(answer.expected.startswith("allow"))
        if not answer.holds:
            what = f"expects {answer.expected}; the answer is {answer.answered}"
            yield Problem(file_of[answer.rule.id], answer.rule.id, f"case {answer.id}", what)
    for rule, file in file_of.items():
        for side, word in ((True, "permits"), (False, "refuses")):
            if side not in sides[rule] and rule not in off:
                yield Problem(file, rule, "case", f"has none in which it {word}")


def _problem(error: BadInput, file: str) -> Problem:
    named = {name: str(error.facts.get(name, "")) for name in ("file", "rule", "key")}
    what = error.what
    for name in ("file", "rule"):
        what = what.removeprefix(f"{named[name]}: ")
    return Problem(named["file"] or file, named["rule"], named["key"], what)
