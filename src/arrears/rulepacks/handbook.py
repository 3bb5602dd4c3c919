"""The handbook of the law as it is encoded, for somebody who reads law and no Python.

One page per jurisdiction, made from the files of the packs alone; `arrears law docs` writes them.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import HOUSE, Purpose, name_of
from arrears.rulepacks import coverage
from arrears.rulepacks.case_words import answer, situation, usual_facts
from arrears.rulepacks.library import EntryKind, LawEntry, LawFile, shipped_entries, shipped_law, stated_by
from arrears.rulepacks.reading import Pack
from arrears.rulepacks.values import CERTAINTIES
from arrears.rulepacks.wording import applies_to, certainty, in_force, released_by, states, term

_WIDTH = 120
_FURNISH = name_of(Purpose.FURNISH)
_HEADS = {
    "cn": "Mainland China",
    "eu": "European Union",
    "hk": "Hong Kong",
    "house": "The lender's own policy",
    "in": "India",
    "sg": "Singapore",
    "tw": "Taiwan",
    "uk": "United Kingdom",
    "us": "United States",
}
_SECTIONS: Mapping[str, tuple[str, tuple[EntryKind, ...]]] = {
    "contact": (
        "Who may be contacted, when, how often and how",
        (EntryKind.CONTACT, EntryKind.EXCEPTION),
    ),
    "content": ("What a text must and may not say", (EntryKind.CONTENT,)),
    "obligation": ("What must be told or answered, and by when", (EntryKind.OBLIGATION,)),
    "table": ("Periods, caps and other tables", (EntryKind.TABLE,)),
}
_NOT_ADVICE = (
    "**This is not legal advice, and nobody who made it acts as your lawyer.** It is what this program does,"
    " in words. A lawyer of the country must review it before anybody relies on it: sources may have been"
    " misread, may have changed, and are not complete."
)
_MADE = "Made from the packs by `arrears law docs`; change the packs, not this page."
_WHERE_TO_READ = (
    "How to read it, and what the certainties A to D mean: [README.md](README.md#how-to-read-it)."
)
_READING = """\
A *rule of contact* refuses time: outside what it permits no contact of its kind is made. What it does not
speak of is left to the other rules, and the lender's own policy ([house](house.md)) always speaks. An
*exception* gives time back to the rules it names, and to no others.

*Must not* (严禁、不得) and *shall not* (不应) refuse a contact. *Should not* (不宜) and a presumption refuse
it too, and a named approver may record why it is made all the same. A *mark* refuses nothing and is shown to
whoever acts.

A *rule of content* holds a text to what it must state, may not state, or may state at most. An *obligation*
says what must be given, to whom and by when. A *table* holds periods, caps and the like.

Clock times are those where the recipient is; where several places are possible, of all of them.

The cases under each entry are what the program is tested with: each is answered as it says.
"""
_UNSURE = (
    "{grades} are *uncertain*. What is uncertain and limits the lender ships switched on and marked, and"
    " only a named approver may switch it off. What is uncertain and permits something ships switched off,"
    " and only a named approver may rely on it."
)


def handbook() -> Mapping[str, str]:
    """Every page of the shipped packs, by the name of its file."""
    return {**pages(shipped_law()), "coverage.md": coverage.page(shipped_coverage())}


def shipped_coverage() -> coverage.Coverage:
    """How far the shipped files of every kind encode the law."""
    entries = shipped_entries()
    cases = (str(case["id"]) for entry in entries for case in entry.cases)
    return coverage.coverage_of((entry.id for entry in entries), cases)


def pages(files: Sequence[LawFile]) -> Mapping[str, str]:
    """The text of each page, by the name of its file; `README.md` is the list of the others."""
    by_jurisdiction: dict[str, list[LawFile]] = {}
    for file in files:
        by_jurisdiction.setdefault(file.jurisdiction, []).append(file)
    found = {f"{name}.md": _text(_page(name, own)) for name, own in by_jurisdiction.items()}
    return {"README.md": _text(_contents(by_jurisdiction)), **found}


def _text(lines: Iterator[str]) -> str:
    """The lines as one text, the long ones broken where that changes nothing."""
    return "".join(f"{_broken(line)}\n" for line in lines)


def _broken(line: str) -> str:
    if len(line) <= _WIDTH or "\n" in line or line.startswith(("|", "#")):
        return line
    indent = "  " if line.startswith("*") and not line.startswith("**") else ""
    return textwrap.fill(
        line, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _contents(by_jurisdiction: Mapping[str, Sequence[LawFile]]) -> Iterator[str]:
    yield from ("# The law as it is encoded", "", _NOT_ADVICE, "", _MADE, "")
    kinds = tuple(EntryKind)
    yield "| | rules of contact | exceptions | rules of content | obligations | tables | cases |"
    yield f"|---|{'--:|' * (len(kinds) + 1)}"
    for name, files in sorted(by_jurisdiction.items()):
        entries = [entry for file in files for entry in file.entries]
        sizes = [sum(entry.kind is kind for entry in entries) for kind in kinds]
        sizes.append(sum(len(entry.cases) for entry in entries))
        yield f"| [{_HEADS.get(name, name)}]({name}.md) | {' | '.join(map(str, sizes))} |"
    yield from ("", "What of the law is encoded and what is not, and why: [coverage.md](coverage.md).", "")
    yield from _how_to_read()


def _how_to_read() -> Iterator[str]:
    yield from ("## How to read it", "", *_READING.splitlines(), "")
    yield from ("### How sure it is", "")
    yield "Every entry says how its source was known. Nothing here was checked by a lawyer."
    yield from ("", "| certainty | | |", "|---|---|---|")
    yield from (
        f"| **{grade}** | {certainty(grade, 'en')} | {certainty(grade, 'zh-Hans')} |" for grade in CERTAINTIES
    )
    yield from ("", _UNSURE.format(grades=" and ".join(filter(is_uncertain, CERTAINTIES))))


def _page(name: str, files: Sequence[LawFile]) -> Iterator[str]:
    entries = [entry for file in files for entry in file.entries]
    sections = {
        key: _in_order([e for e in entries if e.kind in kinds]) for key, (_, kinds) in _SECTIONS.items()
    }
    yield from (f"# {_HEADS.get(name, name)}", "", _NOT_ADVICE, "")
    yield f"{_MADE} {_WHERE_TO_READ}"
    yield from ("", "## Contents")
    for key, own in sections.items():
        yield from _listed(key, own) if own else ()
    for key, own in sections.items():
        yield from ("", f'<a id="{key}"></a>', "", f"## {_SECTIONS[key][0]}") if own else ()
        for entry in own:
            yield from ("", *_entry(entry, entries))
    yield from _silences(files)


def _in_order(entries: Sequence[LawEntry]) -> list[LawEntry]:
    """Exceptions behind the first of the rules they lift; otherwise as the files have them."""
    rules = [entry for entry in entries if entry.kind is not EntryKind.EXCEPTION]
    place = {entry.id: number for number, entry in enumerate(rules)}
    behind = {
        id(entry): min(place.get(each, len(rules)) for each in _lifts(entry))
        for entry in entries
        if _lifts(entry)
    }
    return sorted(
        entries, key=lambda entry: (behind.get(id(entry), place.get(entry.id, 0)), id(entry) in behind)
    )


def _lifts(entry: LawEntry) -> tuple[str, ...]:
    return entry.source.lifts if isinstance(entry.source, Rule) else ()


def _listed(key: str, entries: Sequence[LawEntry]) -> Iterator[str]:
    yield from ("", f"### [{_SECTIONS[key][0]}](#{key})", "")
    yield from ("| | in short | certainty |", "|---|---|:-:|")
    for entry in entries:
        mark = "exception: " if entry.kind is EntryKind.EXCEPTION else ""
        yield f"| [`{entry.id}`](#{_anchor(entry)}) | {mark}{_cell(entry.about['en'])} | {entry.certainty} |"


def _anchor(entry: LawEntry) -> str:
    return f"{entry.kind}-{entry.id}"


def _entry(entry: LawEntry, entries: Sequence[LawEntry]) -> Iterator[str]:
    yield from (f'<a id="{_anchor(entry)}"></a>', "", f"### `{entry.id}`", "")
    yield from (f"**{entry.about['en']}**", "", f"**{entry.about['zh-Hans']}**", "")
    yield f"* Encoded as: {states(entry, 'en')}"
    yield f"* 编码内容：{states(entry, 'zh-Hans')}"
    bound = applies_to(entry, "en")
    yield f"* Applies to: {bound}." if bound else "* Applies to: everything of its kind under this law."
    if bound:
        yield f"* 适用范围：{applies_to(entry, 'zh-Hans')}。"
    if isinstance(entry.source, Rule):
        yield from _of_rule(entry.source, entries)
    yield f"* Source: {entry.citation.rstrip('.')}."
    yield f"* Certainty: {_certain(entry)}"
    yield f"* In force: {in_force(entry, 'en')}."
    yield from _cases(entry)


def _of_rule(rule: Rule, entries: Sequence[LawEntry]) -> Iterator[str]:
    if rule.lifts:
        yield f"* Gives time back to: {_links(rule.lifts, entries)}."
        return
    effect = rule.effect.name.lower()
    group = "report" if rule.match.get("purpose") == (_FURNISH,) else "effect"
    yield (
        f"* Strength: {term(rule.strength.value, 'en')} ({term(rule.strength.value, 'zh-Hans')}):"
        f" {term(effect, 'en', group)} ({term(effect, 'zh-Hans', group)})."
    )
    if rule.is_draft:
        yield "* A draft: proposed, and not known to be law. It ships switched off."
    released = released_by(rule, "en")
    if released:
        yield f"* A refusal without an end would be released by: {released} ({released_by(rule, 'zh-Hans')})."
    lifted_by = [entry.id for entry in entries if rule.id in _lifts(entry)]
    if lifted_by:
        yield f"* Exceptions: {_links(lifted_by, entries)}."


def _links(ids: Sequence[str], entries: Sequence[LawEntry]) -> str:
    anchors = {entry.id: _anchor(entry) for entry in entries if isinstance(entry.source, Rule)}
    return ", ".join(f"[`{each}`](#{anchors[each]})" if each in anchors else f"`{each}`" for each in ids)


def _certain(entry: LawEntry) -> str:
    if entry.jurisdiction == HOUSE:
        return "none needed: it is the lender's own policy, and the lender may change it."
    said = f"{entry.certainty}: {certainty(entry.certainty, 'en')}."
    if not entry.is_uncertain:
        return said
    ships = "ships switched off" if entry.kind is EntryKind.EXCEPTION else "ships switched on, marked"
    is_longer = {"extensions", "extended_days"} & stated_by(entry.source).keys()
    unless = " Its extensions are not relied on unless a named approver does." if is_longer else ""
    return f"{said} *Uncertain*: it {ships}.{unless}"


def _cases(entry: LawEntry) -> Iterator[str]:
    if not entry.cases:
        return
    usual = usual_facts(entry.cases)
    yield from ("", f"Unless a case says otherwise: {situation(usual)}.") if usual else ()
    yield from ("", "| case | answer | situation |", "|---|---|---|")
    for case in entry.cases:
        name = str(case["id"]).removeprefix(f"{entry.id}/").replace("/", ": ")
        said = f"{answer(entry, case, 'en')}"
        yield f"| {name} | {_cell(said)} | {_cell(situation(case, usual))} |"


def _cell(text: str) -> str:
    """On one line of a table."""
    return " ".join(text.split()).rstrip(".").replace("|", "\\|")


def _silences(files: Sequence[LawFile]) -> Iterator[str]:
    told = [each for file in files if isinstance(file.read, Pack) for each in file.read.silences]
    if told:
        yield from ("", "## What the law is silent on", "")
        yield from (f"* {each['on']}: {each['about']}" for each in told)
