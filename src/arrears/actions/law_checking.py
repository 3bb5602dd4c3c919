"""Everything that can be said against files of law, of every kind, before anybody works under them.

Each file is read as far as it can be; what its sound entries say is checked together and beside the
shipped packs of the jurisdictions that the files say nothing about. A mistake is left out only where
another keeps it from being decided: nothing is known of a file that is no TOML, and a case is not held
against a rule while an entry that might have changed its answer cannot be read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from arrears.actions.checked_cases import mistakes_of_cases
from arrears.rulepacks.conflicts import conflicts_of
from arrears.rulepacks.library import CheckedFile, EntryKind, check_file, law_files, shipped_law
from arrears.rulepacks.loading import why_not_lifted
from arrears.rulepacks.mistakes import Mistake, Steps, near, refuse_mistakes
from arrears.rulepacks.own import mistakes_of_own
from arrears.rulepacks.raw import CheckedFiles, RawEntry, group_of
from arrears.rulepacks.reading import Pack


def check_law(path: Path | None) -> tuple[list[CheckedFile], list[Mistake]]:
    """The files at the path (the shipped ones if there is none), and all that is wrong, by file and line."""
    paths = [file.path for file in shipped_law()] if path is None else law_files(path)
    files = [check_file(each) for each in paths]
    together = CheckedFiles(files)
    found = [
        *(mistake for file in files for mistake in file.mistakes),
        *_repeats(together),
        *_repeated_cases(together),
        *_lifting(together),
        *_overriding(together),
        *_conflicts(together),
        *mistakes_of_cases(together),
    ]
    return files, sorted(found, key=lambda each: (each.file, each.line or 0, each.rule, each.key, each.what))


def read_own_rules(path: Path) -> str:
    """The text of a lender's own rules, ready to be adopted.

    Raises BadInput for everything that `check_law` or `mistakes_of_own` says against the file.
    """
    files, mistakes = check_law(path)
    packs = [each.file.read for each in files if each.file is not None]
    of_own = [what for pack in packs if isinstance(pack, Pack) for what in mistakes_of_own(pack)]
    refuse_mistakes([*mistakes, *of_own], "law.own_rules")
    return path.read_text(encoding="utf-8")


# -- ids and names -----------------------------------------------------------------------------


def _repeats(checked: CheckedFiles) -> Iterator[Mistake]:
    """Ids that stand in two lists or files; of one that stands twice in a list its reader knows."""
    seen: dict[tuple[EntryKind, str], tuple[str, str]] = {
        (group_of(each.kind), each.id): (file.name, "") for file in checked.beside for each in file.entries
    }
    for entry in checked.entries:
        place = (entry.file.name, str(entry.steps[0]))
        earlier = seen.setdefault((entry.group, entry.id), place)
        if entry.id and earlier != place:
            yield entry.mistake("id", f"stands in {earlier[0]} too", "Give one of them another id.")


def _repeated_cases(checked: CheckedFiles) -> Iterator[Mistake]:
    """Names of cases that stand twice; those of an entry that stands twice itself are not told again."""
    seen: dict[tuple[EntryKind, str], tuple[RawEntry, Steps]] = {}
    for entry in checked.entries:
        for case, steps in entry.cases:
            told = case.get("id")
            if isinstance(told, str) and told:
                earlier, at = seen.setdefault((entry.group, told), (entry, steps))
                if (earlier is entry and at != steps) or earlier.id != entry.id:
                    what = f"{told!r} is the name of another case, of {earlier.id}"
                    yield entry.mistake("case.id", what, "Give one of them another.", steps=(*steps, "id"))


def _lifting(checked: CheckedFiles) -> Iterator[Mistake]:
    for entry in checked.contact:
        for lifted in entry.lifts if entry.kind is EntryKind.EXCEPTION else ():
            what = why_not_lifted(lifted, entry.file.jurisdiction, checked.rules)
            if what:
                yield entry.mistake("lifts", what, _near(lifted, checked.rules))


def _overriding(checked: CheckedFiles) -> Iterator[Mistake]:
    """Overrides, told by a case, of a rule that there is not."""
    for entry in checked.contact:
        for case, steps in entry.cases:
            for rule in _overridden(case):
                if rule not in checked.rules:
                    what, at = f"names {rule!r}, which is no rule of this law", (*steps, "overrides")
                    yield entry.mistake("case.overrides", what, _near(rule, checked.rules), steps=at)


def _overridden(case: Mapping[str, object]) -> list[str]:
    rows = case.get("overrides")
    named = (row.get("rule") for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()
    return [rule for rule in named if isinstance(rule, str)]


def _near(name: str, known: Collection[str]) -> str:
    return near(name, known) or "`arrears law list` names every rule."


# -- what entries demand together --------------------------------------------------------------


def _conflicts(checked: CheckedFiles) -> Iterator[Mistake]:
    """Entries that nobody can obey both, unless an exception that cannot be read may settle it."""
    own = {id(entry.source): entry for file in checked.read for entry in file.entries}
    every = {**own, **{id(entry.source): entry for file in checked.beside for entry in file.entries}}
    settled = {name for entry in checked.contact if not entry.is_read for name in entry.lifts}
    for conflict in conflicts_of(entry.source for entry in every.values()):
        both = [every[id(source)] for source in (conflict.first, conflict.second)]
        if not settled & {each.id for each in both}:
            mine = next(each for each in both if id(each.source) in own)
            files = " and ".join(dict.fromkeys(each.file for each in both))
            hint = f"Change one of them, in {files}, or say by an exception, a truth or dates which holds."
            yield checked.entry(group_of(mine.kind), mine.id).mistake("conflict", conflict.told, hint)
