"""Everything that can be said against files of law, of every kind, before anybody works under them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.actions.law_cases import LawAnswer, answer_law_cases, packs_beside_shipped
from arrears.kernel.errors import BadInput
from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks.conflicts import conflicts_of
from arrears.rulepacks.library import (
    EntryKind,
    LawEntry,
    LawFile,
    law_files,
    mistakes_in,
    read_law_file,
    shipped_law,
)
from arrears.rulepacks.loading import load_law
from arrears.rulepacks.strict import file_name


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake; `rule` and `key` are empty where it is about more than one."""

    file: str
    rule: str
    key: str
    what: str


def check_law(path: Path | None) -> tuple[list[LawFile], list[Problem]]:
    """The files at the path (the shipped ones if there is none), and what is wrong, file by file.

    They are checked as they would be used: together, and beside the shipped packs of the
    jurisdictions they say nothing about. Whether cases hold can be said only when every file is read.
    """
    paths = [file.path for file in shipped_law()] if path is None else law_files(path)
    problems = [_problem(error, file_name(each)) for each in paths for error in mistakes_in(each)]
    if problems:
        return [], problems
    files = [read_law_file(each) for each in paths]
    return files, [*_repeats(files), *_conflicts(files)] or list(_together(files))


def _conflicts(files: Sequence[LawFile]) -> Iterator[Problem]:
    """Entries that nobody can obey both; of these files, and of the shipped ones beside them."""
    own = {file.jurisdiction for file in files}
    beside = [file for file in shipped_law() if file.jurisdiction not in own]
    entries = [entry for file in (*files, *beside) for entry in file.entries]
    file_of = {id(entry.source): entry.file for entry in entries}
    for conflict in conflicts_of(entry.source for entry in entries):
        both = (file_of[id(conflict.first)], file_of[id(conflict.second)])
        ids = " and ".join((conflict.first.id, conflict.second.id))
        yield Problem(" and ".join(dict.fromkeys(both)), ids, "conflict", conflict.told)


def _repeats(files: Sequence[LawFile]) -> Iterator[Problem]:
    """An id that stands twice among entries that are no contact rules; `load_law` knows of those."""
    seen: dict[tuple[EntryKind, str], LawEntry] = {}
    for entry in (entry for file in files for entry in file.entries):
        earlier = seen.setdefault((entry.kind, entry.id), entry)
        if earlier is not entry and entry.kind not in (EntryKind.CONTACT, EntryKind.EXCEPTION):
            both = " and ".join(dict.fromkeys((earlier.file, entry.file)))
            yield Problem(both, entry.id, "id", f"stands twice, in {both}")


def _together(files: Sequence[LawFile]) -> Iterator[Problem]:
    packs = packs_beside_shipped(files)
    try:
        adopted = sorted({pack.jurisdiction for pack in packs} - {HOUSE})
        off = {rule.id for rule, _ in load_law(adopted, packs=packs).switched_off}
        answers = answer_law_cases(files)
    except BadInput as error:
        yield _problem(error, ", ".join(sorted({file.name for file in files})))
        return
    yield from _that_do_not_hold(answers)
    yield from _one_sided([entry for file in files for entry in file.entries], answers, off)


def _that_do_not_hold(answers: Sequence[LawAnswer]) -> Iterator[Problem]:
    for answer in answers:
        if not answer.holds:
            what = f"expects {answer.expected}; the answer is {answer.answered}"
            yield Problem(answer.entry.file, answer.entry.id, f"case {answer.id}", what)


def _one_sided(entries: Sequence[LawEntry], answers: Sequence[LawAnswer], off: set[str]) -> Iterator[Problem]:
    sides = {(id(answer.entry), answer.side) for answer in answers}
    for entry in entries:
        is_off = entry.kind in (EntryKind.CONTACT, EntryKind.EXCEPTION) and entry.id in off
        for side in ("permits", "refuses"):
            if (id(entry), side) not in sides and not is_off:
                yield Problem(entry.file, entry.id, "case", f"has none in which it {side}")


def _problem(error: BadInput, file: str) -> Problem:
    named = {name: str(error.facts.get(name, "")) for name in ("file", "rule", "key")}
    what = error.what
    for name in ("file", "rule"):
        what = what.removeprefix(f"{named[name]}: ")
    return Problem(named["file"] or file, named["rule"], named["key"], what)
