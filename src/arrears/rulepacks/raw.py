"""The entries of files as they are told, those that cannot be read among them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from arrears.rulepacks.library import CheckedFile, EntryKind, LawFile, kinds_in, shipped_law
from arrears.rulepacks.mistakes import Mistake, Steps
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.strict import Told


@dataclass(frozen=True, slots=True)
class RawEntry:
    """One entry as told: what can be said of it is said with its file and line."""

    file: CheckedFile
    kind: EntryKind
    told: Told
    steps: Steps
    is_read: bool

    @property
    def id(self) -> str:
        return str(self.told.get("id", ""))

    @property
    def group(self) -> EntryKind:
        return group_of(self.kind)

    @property
    def lifts(self) -> tuple[str, ...]:
        """The rules that it names, as far as they are named."""
        return tuple(each for each in _list(self.told.get("lifts")) if isinstance(each, str))

    @property
    def cases(self) -> list[tuple[Told, Steps]]:
        """Its cases, each with the way to it."""
        rows = enumerate(_list(self.told.get("case")))
        return [(case, (*self.steps, "case", n)) for n, case in rows if isinstance(case, Mapping)]

    def steps_of(self, case_id: str) -> Steps:
        """The way to the case of this id, or to one that is gone through under it (`ID/CN`)."""
        for case, steps in self.cases:
            if case_id == case.get("id") or case_id.startswith(f"{case.get('id')}/"):
                return steps
        return self.steps

    def mistake(self, key: str, what: str, hint: str = "", *, steps: Steps | None = None) -> Mistake:
        at = (*self.steps, key) if steps is None else steps
        return self.file.placed(Mistake(self.file.name, self.id, key, what, hint, at))


def group_of(kind: EntryKind) -> EntryKind:
    """Entries of one group may not share an id: a contact rule and an exception are of one."""
    return EntryKind.CONTACT if kind is EntryKind.EXCEPTION else kind


@dataclass(frozen=True)
class CheckedFiles:
    """Files that are checked together, beside the shipped ones of jurisdictions they say nothing about."""

    files: Sequence[CheckedFile]

    @cached_property
    def entries(self) -> list[RawEntry]:
        return [entry for file in self.files for entry in raw_entries(file)]

    @cached_property
    def contact(self) -> list[RawEntry]:
        """The rules of contact and their exceptions."""
        return [entry for entry in self.entries if entry.group is EntryKind.CONTACT]

    @cached_property
    def read(self) -> list[LawFile]:
        return [file.file for file in self.files if file.file is not None]

    @cached_property
    def packs(self) -> list[Pack]:
        return [file.read for file in self.read if isinstance(file.read, Pack)]

    @cached_property
    def beside(self) -> list[LawFile]:
        own = {file.jurisdiction for file in self.files}
        return [file for file in shipped_law() if file.jurisdiction not in own]

    @cached_property
    def rules(self) -> Mapping[str, str]:
        """Id -> jurisdiction of every rule of contact there is, those that cannot be read among them."""
        own = {each.id: each.file.jurisdiction for each in self.contact if each.kind is EntryKind.CONTACT}
        shipped = (file.read for file in self.beside if isinstance(file.read, Pack))
        return {**{rule.id: pack.jurisdiction for pack in shipped for rule in pack.rules}, **own}

    def entry(self, group: EntryKind, entry_id: str) -> RawEntry:
        """The first entry of this id."""
        return self._by_id[group, entry_id]

    @cached_property
    def _by_id(self) -> dict[tuple[EntryKind, str], RawEntry]:
        return {(each.group, each.id): each for each in reversed(self.entries)}


def raw_entries(file: CheckedFile) -> Iterator[RawEntry]:
    """Every entry of the file that is a table, in the order of its lists."""
    unread = [id(each.told) for each in file.unread]
    for key, kind in kinds_in(file.path).items():
        for number, told in enumerate(_list(file.told.get(key))):
            if isinstance(told, Mapping):
                is_read = file.file is not None and id(told) not in unread
                yield RawEntry(file, kind, told, (key, number), is_read)


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []
