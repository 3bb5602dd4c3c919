"""The cases of every kind of law, answered: of contact, of content, of obligations and of tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from arrears.actions.content_cases import answer_content_cases
from arrears.kernel.tables.entries import Entry
from arrears.kernel.tables.kinds import KINDS
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.content import ContentPack
from arrears.rulepacks.library import LawEntry, LawFile, Source, shipped_law
from arrears.rulepacks.obligations.cases import answer_obligation_cases
from arrears.rulepacks.obligations.reading import ObligationsFile
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.tables import TableFile, answer_table_cases

_SIDES: tuple[tuple[str, ...], tuple[str, ...]] = (
    ("allow", "pass", "met"),
    ("flag", "overridable", "refuse", "open", "overdue", "met_late", "ended"),
)
"""Words by which a case permits or asks for nothing more, and those by which it does."""


@dataclass(frozen=True, slots=True)
class LawAnswer:
    """What a case expects and what is answered, in the same words when they agree."""

    id: str
    entry: LawEntry
    expected: str
    answered: str

    @property
    def holds(self) -> bool:
        return self.expected == self.answered

    @property
    def side(self) -> str:
        """`permits`, `refuses`, or nothing where the answer is on neither side."""
        source = self.entry.source
        return side_of(self.expected.split(" ")[0], source.kind if isinstance(source, Entry) else None)


def side_of(word: str, table_kind: str | None) -> str:
    """On which side the answer of a case is; the words of an entry of a table are those of its kind."""
    permits, refuses = _SIDES
    if table_kind is not None:
        permits, refuses = KINDS[table_kind].permits, KINDS[table_kind].refuses
    return "permits" if word in permits else "refuses" if word in refuses else ""


def answer_law_cases(files: Sequence[LawFile] | None = None) -> list[LawAnswer]:
    """Every case of the files (the shipped ones if none are given) with its answer, by file.

    Contact rules are judged by their jurisdiction alone, beside the shipped packs of those that the
    files say nothing about; every other entry by itself. Raises `BadInput` naming the cases whose
    situation cannot be read.
    """
    every = shipped_law() if files is None else files
    found = [*_contact_answers(every), *(answer for file in every for answer in answer_alone(file))]
    order = {id(entry): number for number, entry in enumerate(e for file in every for e in file.entries)}
    return sorted(found, key=lambda answer: order[id(answer.entry)])


def packs_beside_shipped(files: Sequence[LawFile]) -> list[Pack]:
    """The contact packs among these, and the shipped ones of all other jurisdictions."""
    packs = [file.read for file in files if isinstance(file.read, Pack)]
    own = {pack.jurisdiction for pack in packs}
    shipped = (file.read for file in shipped_law() if isinstance(file.read, Pack))
    return [*packs, *(pack for pack in shipped if pack.jurisdiction not in own)]


def _contact_answers(files: Sequence[LawFile]) -> Iterator[LawAnswer]:
    entries = {entry.id: entry for file in files if isinstance(file.read, Pack) for entry in file.entries}
    for answer in answer_cases(packs_beside_shipped(files)) if entries else ():
        if answer.rule.id in entries:
            yield LawAnswer(answer.id, entries[answer.rule.id], answer.expected, answer.answered)


def answer_alone(file: LawFile) -> Iterator[LawAnswer]:
    """The answers to the cases of a file whose entries are judged each by itself: any but contact law."""
    entries = {entry.id: entry for entry in file.entries}
    for id_, source, expected, answered in _answers(file):
        yield LawAnswer(id_, entries[source.id], expected, answered)


def _answers(file: LawFile) -> Iterator[tuple[str, Source, str, str]]:
    match file.read:
        case ContentPack():
            for content in answer_content_cases([file.read]):
                yield content.id, content.rule, content.expected, content.answered
        case ObligationsFile():
            for duty in answer_obligation_cases([file.read]):
                yield duty.id, duty.rule, duty.expected, duty.answered
        case TableFile():
            for table in answer_table_cases([file.read]):
                yield table.id, table.entry, table.expected, table.answered
        case Pack():
            return
