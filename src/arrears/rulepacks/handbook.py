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
    "cn": "Mainland China · 中国大陆",
    "eu": "European Union · 欧盟",
    "hk": "Hong Kong · 香港",
    "house": "The lender's own policy · 本机构政策",
    "in": "India · 印度",
    "sg": "Singapore · 新加坡",
    "tw": "Taiwan · 台湾",
    "uk": "United Kingdom · 英国",
    "us": "United States · 美国",
}
_SECTIONS: Mapping[str, tuple[str, tuple[EntryKind, ...]]] = {
    "contact": (
        "Who may be contacted, when, how often and how · 可否联系、何时、多少次、以何方式",
        (EntryKind.CONTACT, EntryKind.EXCEPTION),
    ),
    "content": ("What a text must and may not say · 文本须载明和不得载有的内容", (EntryKind.CONTENT,)),
    "obligation": (
        "What must be told or answered, and by when · 告知与答复义务及期限",
        (EntryKind.OBLIGATION,),
    ),
    "table": ("Periods, caps and other tables · 期限、上限及其他表", (EntryKind.TABLE,)),
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
A *rule of contact* refuses contacts: outside what it permits none of its kind is made. What it does not speak
of is left to the other rules, and the lender's own policy ([house](house.md)) always speaks. An *exception*
permits again what the rules it names refuse, and lifts no others.

*Must not* (严禁、不得) and *shall not* (不应) refuse a contact. *Should not* (不宜) and a presumption refuse
it too, unless a named approver records a reason to make it all the same. An entry that says *marked* refuses
nothing; the mark is shown to whoever acts. Where an entry says otherwise, what it says goes.

A *rule of content* holds a text to what it must state, may not state, or may state at most. An *obligation*
says what must be given, to whom and by when. A *table* holds periods, caps and the like.

The first two lines of an entry are its rule in words; *encoded as* and *applies to* are what the program
does, which may be less than the law, and is sometimes stricter. A rule that names nobody in *applies to*
binds everybody who acts. *Debtor* is whoever owes: borrower, co-borrower, guarantor.

Clock times are those where the recipient is; where several places are possible, of all of them. Hours begin
with the instant named first and end before the one named last, unless the entry says that the end is still
permitted. Places are codes of ISO 3166: GB is the United Kingdom, GB-SCT Scotland, US-MA Massachusetts;
US-NYC is New York City. *Always* in force means that no first day is encoded, not that the law has ever
been so.

The cases under each entry are what the program is tested with: each is answered as it says. What a case of
contact does not state is that a bank, in its own name, writes to the borrower by e-mail in order to collect.
One name (A, B, card, car) stands for one number or debt throughout a case. Amounts are in minor units
(cents, 分). A hold that *stops ageing* is recorded as stopping the count of overdue days alone: what such a
case shows is stopped by the law. A case *not-lifted-by-…* shows that an exception to another rule changes
nothing here.
"""
_READING_ZH = (
    "本手册不构成法律意见，编写者均非您的律师：它说明本程序实际做什么。依赖之前须经当地律师审阅。",
    (
        "每一条目先以英文、中文各一句说明规则；“编码内容”和“适用范围”是程序实际执行的内容，可能窄于法"
        "律，有时也严于法律。“适用范围”未列明何人的，约束所有行为人。“债务人”指所有负有债务的人：借款"
        "人、共同借款人、保证人。"
    ),
    (
        "*联系规则*不允许的，不进行该类联系；规则未涉及的，由其他规则决定，本机构政策（[house](house.md)"
        "）始终适用。*例外*只解除其列明的规则。“严禁、不得”和“不应”即拒绝；“不宜”和推定同样拒绝，但"
        "具名批准人可以记录理由后放行；“标注”不拒绝，只向经办人提示。条目另有说明的，从其说明。"
    ),
    (
        "*内容规则*规定文本须载明、不得载有或只可载有的内容；*义务*规定向谁、在何时之前告知或答复；*表*列"
        "明期限、上限等。"
    ),
    (
        "钟点以联系对象所在地为准；可能在数地的，须各地均允许。时段自前一时刻起（含），至后一时刻止（不含"
        "），条目另有说明的除外。地区采用 ISO 3166 代码。“一直有效”指未编入施行日期，并非法律自始如此。"
    ),
    (
        "条目之下的案例（以英文记载）即程序的测试：permitted 为允许，refused 为拒绝，permitted and marked"
        " 为允许并标注，refused, open to a recorded override 为拒绝但可经批准放行，the text passes 为文本"
        "合格，this entry does not speak of it 为不适用本条。案例未写明的，视为由放款机构（银行）以自己名"
        "义、就贷款向借款人以电子邮件催收。金额以最小货币单位（分）计。"
    ),
)
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
    first, indent = ("* ", "  ") if line.startswith("* ") else ("", "")
    return textwrap.fill(
        line.removeprefix(first),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
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
    yield from ("### 如何阅读", "")
    for paragraph in _READING_ZH:
        yield from (paragraph, "")
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
    yield from ("| | in short | 要点 | certainty |", "|---|---|---|:-:|")
    for entry in entries:
        marks = ("exception: ", "例外：") if entry.kind is EntryKind.EXCEPTION else ("", "")
        told = " | ".join(
            f"{mark}{_cell(entry.about[language])}"
            for mark, language in zip(marks, ("en", "zh-Hans"), strict=True)
        )
        yield f"| [`{entry.id}`](#{_anchor(entry)}) | {told} | {entry.certainty} |"


def _anchor(entry: LawEntry) -> str:
    return f"{entry.kind}-{entry.id}"


def _entry(entry: LawEntry, entries: Sequence[LawEntry]) -> Iterator[str]:
    yield from (f'<a id="{_anchor(entry)}"></a>', "", f"### `{entry.id}`", "")
    yield from (f"**{entry.about['en']}**", "", f"**{entry.about['zh-Hans']}**", "")
    yield f"* Encoded as: {states(entry, 'en')}"
    yield f"* 编码内容：{states(entry, 'zh-Hans')}"
    bound = applies_to(entry, "en")
    yield f"* Applies to: {bound}." if bound else "* Applies to: everything of its kind under this law."
    yield f"* 适用范围：{applies_to(entry, 'zh-Hans') or '该法域内的同类全部事项'}。"
    if isinstance(entry.source, Rule):
        yield from _of_rule(entry.source, entries)
    yield f"* Source: {entry.citation.rstrip('.')}."
    yield f"* Certainty: {_certain(entry)}"
    yield f"* In force: {in_force(entry, 'en')} ({in_force(entry, 'zh-Hans')})."
    yield from _cases(entry)


def _of_rule(rule: Rule, entries: Sequence[LawEntry]) -> Iterator[str]:
    if rule.lifts:
        yield f"* An exception to (以下规则的例外): {_links(rule.lifts, entries)}."
        return
    effect = rule.effect.name.lower()
    group = "report" if rule.match.get("purpose") == (_FURNISH,) else "effect"
    yield (
        f"* Strength: {term(rule.strength.value, 'en')} ({term(rule.strength.value, 'zh-Hans')}):"
        f" {term(effect, 'en', group)} ({term(effect, 'zh-Hans', group)})."
    )
    if rule.is_draft:
        yield "* A draft (草案): proposed, and not known to be law. It ships switched off."
    released = released_by(rule, "en")
    if released:
        chinese = released_by(rule, "zh-Hans")
        yield f"* Where the refusal has no end of its own, it is lifted by: {released} ({chinese})."
    lifted_by = [entry.id for entry in entries if rule.id in _lifts(entry)]
    if lifted_by:
        yield f"* Exceptions (例外): {_links(lifted_by, entries)}."


def _links(ids: Sequence[str], entries: Sequence[LawEntry]) -> str:
    anchors = {entry.id: _anchor(entry) for entry in entries if isinstance(entry.source, Rule)}
    return ", ".join(f"[`{each}`](#{anchors[each]})" if each in anchors else f"`{each}`" for each in ids)


def _certain(entry: LawEntry) -> str:
    if entry.jurisdiction == HOUSE:
        return "none needed: it is the lender's own policy, and the lender may change it."
    grade = entry.certainty
    said = f"{grade}: {certainty(grade, 'en')} ({certainty(grade, 'zh-Hans')})."
    if not entry.is_uncertain or (isinstance(entry.source, Rule) and entry.source.is_draft):
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
    return " ".join(text.split()).rstrip(".。").replace("|", "\\|")


def _silences(files: Sequence[LawFile]) -> Iterator[str]:
    told = [each for file in files if isinstance(file.read, Pack) for each in file.read.silences]
    if told:
        yield from ("", "## What the law is silent on · 法律未作规定的事项", "")
        yield from (f"* {each['on']}: {each['about']}" for each in told)
