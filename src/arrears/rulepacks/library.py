"""Everything the packs say, of every kind, as one list: the only walk over their files.

A contact rule and its exceptions, a rule of content, an obligation and an entry of a table differ
in what they state. All have an id, words, a source, a certainty, dates and cases, and are listed,
shown, told apart and printed by these. One id may stand in several kinds: the rule of the law is
one, and it is encoded once for each of its sides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.content.rules import ContentRule
from arrears.kernel.errors import BadInput, NotFound
from arrears.kernel.law.rules import BY_LOAN, Rule
from arrears.kernel.obligations.rules import Obligation
from arrears.kernel.tables.entries import Entry
from arrears.kernel.vocabulary import HOUSE, name_of
from arrears.rulepacks import content
from arrears.rulepacks.content import ContentPack, ContentReader
from arrears.rulepacks.lines import line_at, lines_of
from arrears.rulepacks.loading import list_jurisdictions
from arrears.rulepacks.mistakes import Mistake, Steps, not_toml, refuse_mistakes
from arrears.rulepacks.obligations import loading as obligations
from arrears.rulepacks.obligations.reading import ObligationsFile, ObligationsReader
from arrears.rulepacks.reading import Pack, PackReader
from arrears.rulepacks.strict import TABLES, StrictReader, Told, Unread, file_name, toml_of
from arrears.rulepacks.tables import TableFile, TablesReader

FOLDER = Path(__file__).parent

Read = Pack | ContentPack | ObligationsFile | TableFile
Source = Rule | ContentRule | Obligation | Entry


class EntryKind(StrEnum):
    """What an entry does: refuses time, gives it back, holds a text to something, obliges, measures."""

    CONTACT = "contact"
    EXCEPTION = "exception"
    CONTENT = "content"
    OBLIGATION = "obligation"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class LawEntry:
    """One entry of one file, of whatever kind, and the cases that stand under it."""

    kind: EntryKind
    file: str
    source: Source
    cases: tuple[Told, ...]

    @property
    def id(self) -> str:
        return self.source.id

    @property
    def jurisdiction(self) -> str:
        return self.source.jurisdiction

    @property
    def about(self) -> Mapping[str, str]:
        return self.source.about

    @property
    def citation(self) -> str:
        return self.source.citation

    @property
    def certainty(self) -> str:
        return self.source.certainty

    @property
    def is_uncertain(self) -> bool:
        return is_uncertain(self.certainty)

    @property
    def in_force(self) -> tuple[date | None, date | None]:
        return self.source.in_force_from, self.source.in_force_until

    @property
    def is_by_loan(self) -> bool:
        """Whether its dates are of the day on which the loan was made."""
        return not isinstance(self.source, Obligation) and self.source.in_force_by == BY_LOAN

    @property
    def form(self) -> str:
        """The function of its kind that it names; what must be given, for an obligation."""
        match self.source:
            case Rule() | Entry():
                return self.source.kind
            case Obligation():
                return name_of(self.source.duty)
            case ContentRule():
                demands = [name for name in ("requires", "forbids", "only") if getattr(self.source, name)]
                return " and ".join(demands)


@dataclass(frozen=True, slots=True)
class LawFile:
    """One file as its own reader gives it, and its entries."""

    path: Path
    read: Read
    entries: tuple[LawEntry, ...]

    @property
    def name(self) -> str:
        return file_name(self.path)

    @property
    def jurisdiction(self) -> str:
        return self.read.jurisdiction


# -- reading -----------------------------------------------------------------------------------

_OTHERS: Mapping[str, Callable[[Path, Told], StrictReader[Any]]] = {
    content.FILE: ContentReader,
    obligations.FILE_NAME: ObligationsReader,
    TABLES: TablesReader,
}
"""The readers of files that are no contact law, by name."""


_CONTACT = {"rule": EntryKind.CONTACT, "exception": EntryKind.EXCEPTION}
_KINDS_IN: Mapping[str, Mapping[str, EntryKind]] = {
    content.FILE: {"rule": EntryKind.CONTENT},
    obligations.FILE_NAME: {"obligation": EntryKind.OBLIGATION},
    TABLES: {"entry": EntryKind.TABLE},
}


def kinds_in(path: Path) -> Mapping[str, EntryKind]:
    """The lists of entries that a file of this name holds, and the kind of each."""
    return _KINDS_IN.get(path.name, _CONTACT)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file as far as it can be read.

    told      what stands in it; nothing where it is no TOML
    file      its entries that are right; None where its own keys are wrong
    mistakes  all that is wrong with it by itself, its cases' answers aside
    unread    entries that are not in `file`
    """

    path: Path
    told: Told
    file: LawFile | None
    mistakes: tuple[Mistake, ...]
    unread: tuple[Unread, ...]
    lines: Mapping[Steps, int]

    @property
    def name(self) -> str:
        return file_name(self.path)

    @property
    def jurisdiction(self) -> str:
        """As the file says; the name of its folder where it does not."""
        told = self.told.get("jurisdiction")
        return told if isinstance(told, str) else self.path.parent.name

    @property
    def holds_contact_law(self) -> bool:
        return kinds_in(self.path) is _CONTACT

    def placed(self, mistake: Mistake) -> Mistake:
        """The mistake with the line of this file on which it stands."""
        return replace(mistake, line=mistake.line or line_at(self.lines, mistake.steps))


@cache
def shipped_law() -> tuple[LawFile, ...]:
    """Every file of the package, by jurisdiction and name."""
    folders = [FOLDER / name for name in sorted((HOUSE, *list_jurisdictions()))]
    return tuple(read_law_file(path) for folder in folders for path in sorted(folder.glob("*.toml")))


def law_files(path: Path) -> list[Path]:
    """The file itself, or every file of law in the folder and its folders."""
    if path.is_file():
        return [path]
    found = sorted([*path.glob("*.toml"), *path.glob("*/*.toml")])
    if not found:
        raise NotFound("law.no_packs", f"{path}: no pack file is there.", hint="Packs end in .toml.")
    return found


def read_law(path: Path) -> list[LawFile]:
    """The file, or every file of law in the folder; raises one `BadInput` for all they may not say."""
    checked = [check_file(each) for each in law_files(path)]
    refuse_mistakes((mistake for each in checked for mistake in each.mistakes), "law.bad_files")
    return [each.file for each in checked if each.file is not None]


def read_law_file(path: Path) -> LawFile:
    """The file by the reader of its kind; raises `BadInput` for all it may not say."""
    read = _reader(path, toml_of(path)).right()
    return LawFile(path, read, tuple(_entries(read, file_name(path))))


def check_file(path: Path) -> CheckedFile:
    """The file as far as it can be read, and everything that is wrong with it, by line."""
    try:
        told = toml_of(path)
    except BadInput as error:
        name = file_name(path)
        what = error.what.removeprefix(f"{name}: ")
        return CheckedFile(path, {}, None, (not_toml(name, what),), (), {})
    reader = _reader(path, told)
    read = reader.read()
    file = None if read is None else LawFile(path, read, tuple(_entries(read, file_name(path))))
    lines = lines_of(path.read_text(encoding="utf-8"))
    checked = CheckedFile(path, told, file, tuple(reader.mistakes), tuple(reader.unread), lines)
    return replace(checked, mistakes=tuple(map(checked.placed, checked.mistakes)))


def _reader(path: Path, told: Told) -> StrictReader[Any]:
    return _OTHERS.get(path.name, PackReader)(path, told)


# -- entries -----------------------------------------------------------------------------------


def _entries(read: Read, file: str) -> Iterator[LawEntry]:
    cases: dict[str, list[Told]] = {}
    for source, case in read.cases:
        cases.setdefault(source.id, []).append(case)
    for kind, source in _sources(read):
        yield LawEntry(kind, file, source, tuple(cases.get(source.id, ())))


def _sources(read: Read) -> Iterator[tuple[EntryKind, Source]]:
    match read:
        case Pack():
            yield from ((EntryKind.CONTACT, rule) for rule in read.rules)
            yield from ((EntryKind.EXCEPTION, rule) for rule in read.exceptions)
        case ContentPack():
            yield from ((EntryKind.CONTENT, rule) for rule in read.rules)
        case ObligationsFile():
            yield from ((EntryKind.OBLIGATION, each) for each in read.obligations)
        case TableFile():
            yield from ((EntryKind.TABLE, each) for each in read.entries)


def shipped_entries() -> tuple[LawEntry, ...]:
    """Every entry that ships, in the order of the files."""
    return tuple(entry for file in shipped_law() for entry in file.entries)


def is_in_force(entry: LawEntry, on: date) -> bool:
    start, end = entry.in_force
    return (start or date.min) <= on < (end or date.max)


def match_of(source: Source) -> dict[str, tuple[str, ...]]:
    """Field -> names that the entry is bound to; nothing for one that is bound to nothing."""
    places = {"place": source.applies_to} if isinstance(source, Entry) and source.applies_to else {}
    return {**places, **{field: tuple(names) for field, names in source.match.items()}}


def stated_by(source: Source) -> dict[str, Any]:
    """What the entry states beside its match: names and values as they stand in its file."""
    match source:
        case Rule() | Entry():
            return dict(source.params)
        case ContentRule():
            lists = {name: list(getattr(source, name)) for name in ("requires", "forbids", "only", "when")}
            told = {name: names for name, names in lists.items() if names}
            unless = {fact: list(truths) for fact, truths in source.unless.items()}
            return {**told, **({"unless": unless} if unless else {})}
        case Obligation():
            return _stated_by_obligation(source)


def _stated_by_obligation(duty: Obligation) -> dict[str, Any]:
    window, told = duty.window, {"triggers": [name_of(each) for each in duty.triggers]}
    period = {"length": window.length, "unit": name_of(window.unit), "counts_anchor": window.counts_anchor}
    channels = [name_of(each) for each in duty.channels]
    optional = {"calendar": window.calendar, "extensions": list(window.extensions), "channels": channels}
    more = ("payments_min", "weekly_payments_min", "earlier_counts", "repeat_months")
    return {
        **told,
        "recipient": name_of(duty.recipient),
        "counted": "back_from_event" if window.is_before else "from_trigger",
        **(period if window.length is not None else {}),
        **{name: value for name, value in optional.items() if value},
        "satisfied_by": name_of(duty.satisfied_by),
        **{name: getattr(duty, name) for name in more if getattr(duty, name)},
    }


def keys_of(entry: LawEntry) -> dict[str, Any]:
    """Everything an entry says, key by key; its cases aside."""
    source, told = entry.source, {"kind": str(entry.kind), "form": entry.form}
    lifting: dict[str, Any] = {}
    if isinstance(source, Rule):
        told |= {"strength": source.strength.value, "effect": source.effect.name.lower()}
        lifting = {"lifts": list(source.lifts), "releases_by": source.releases_by}
    start, end = entry.in_force
    prefix = "params." if isinstance(source, Rule | Entry) else ""
    return {
        **told,
        **{f"match.{name}": list(names) for name, names in match_of(source).items()},
        **{f"{prefix}{name}": value for name, value in stated_by(source).items()},
        **lifting,
        "citation": entry.citation,
        "certainty": entry.certainty,
        "in_force_from": start and start.isoformat(),
        "in_force_until": end and end.isoformat(),
        **({"in_force_by": BY_LOAN} if entry.is_by_loan else {}),
        **{f"about.{language}": said for language, said in entry.about.items()},
    }
