"""`arrears law`: what the law says, on whose word, and whether the files that say it hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from datetime import datetime

    from arrears.kernel.law.rules import Law
    from arrears.rulepacks.library import LawEntry, Source

_PLURALS = {
    "contact": "rules of contact",
    "exception": "exceptions",
    "content": "rules of content",
    "obligation": "obligations",
    "table": "entries of tables",
}
_KINDS = tuple(_PLURALS)
_DAY = click.DateTime(["%Y-%m-%d"])
_packs = click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))


@click.group()
def law() -> None:
    """The law as it is encoded: which rules there are, what each says, and whether their cases hold."""


@law.command("list")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only entries of this kind.")
@click.option(
    "--jurisdiction", "places", multiple=True, metavar="NAME", help="Only this pack: cn, us, house ..."
)
@click.option("--on", type=_DAY, help="Only what is in force on this day.")
@format_option
def list_(kinds: tuple[str, ...], places: tuple[str, ...], on: datetime | None, format_: str) -> None:
    """List every entry of the law, of all kinds, with how sure it is and whether it is on.

    contact rules and their exceptions, rules of content, obligations, and tables of periods and caps.
    """
    from arrears.rulepacks import load_law

    loaded = load_law()
    found = _chosen(kinds, places, on)
    rows = [_row(each, loaded) for each in sorted(found, key=lambda each: (each.id, each.kind))]
    print_report(format_, f"The law, version {loaded.version}", rows)


def _chosen(kinds: Sequence[str], places: Sequence[str], on: datetime | None) -> list[LawEntry]:
    from arrears.kernel.errors import BadInput
    from arrears.rulepacks.library import is_in_force, shipped_entries

    every = shipped_entries()
    known = sorted({each.jurisdiction for each in every})
    for unknown in sorted(set(places) - set(known)):
        what = f"No pack is called {unknown!r}."
        raise BadInput("law.unknown_pack", what, hint=f"Known: {', '.join(known)}.")
    return [
        each
        for each in every
        if (not kinds or each.kind in kinds)
        and (not places or each.jurisdiction in places)
        and (on is None or is_in_force(each, on.date()))
    ]


@law.command()
@click.argument("entry")
@click.option("--lang", type=LANGUAGE, default="en", show_default=True)
@format_option
def show(entry: str, *, lang: str, format_: str) -> None:
    """Show what the law says under one id: to whom it applies, on what it rests, and its cases.

    One id may stand in several kinds, as a rule of contact and as an obligation: all are shown.
    """
    from arrears.kernel.errors import NotFound
    from arrears.rulepacks import load_law
    from arrears.rulepacks.library import shipped_entries

    loaded, every = load_law(), shipped_entries()
    found = [each for each in every if each.id == entry]
    if not found:
        raise NotFound("law.no_rule", f"No rule is called {entry!r}.", hint=_alike(entry, every))
    told = [dict(_told(each, loaded, lang)) for each in found]
    if format_ == "json":
        print_json(told)
        return
    for each, one in zip(found, told, strict=True):
        own = one.pop("cases")
        rows = [{"what": key.replace("_", " "), "value": _text(value)} for key, value in one.items()]
        print_report(format_, f"{each.id} ({each.kind})", rows)
        print_report(format_, f"Cases of {each.id} ({each.kind})", own)


@law.command()
@_packs
@format_option
@click.pass_context
def check(context: click.Context, path: Path | None, format_: str) -> None:
    """Check the shipped files of every kind, or the file or folder PATH.

    Every mistake is named with its file, line, rule and key, and with what to do about it: all in one
    run, by file and line. Ends with code 1 when there is one.
    """
    from arrears.actions.law_checking import check_law

    files, mistakes = check_law(path)
    columns = ["file", "line", "rule", "key", "problem", "to_do"]
    rows = [
        dict(zip(columns, (each.file, each.line, each.rule, each.key, each.what, each.hint), strict=True))
        for each in mistakes
    ]
    print_report(format_, "Mistakes in the law", rows, columns=columns)
    if mistakes:
        note(f"{len(mistakes)} mistakes in {len({each.file for each in mistakes})} of {len(files)} files.")
        context.exit(FAILED)
    entries = [entry for file in files if file.file for entry in file.file.entries]
    sizes = ((sum(each.kind == kind for each in entries), kind) for kind in _KINDS)
    said = ", ".join(f"{size} {_PLURALS[kind]}" for size, kind in sizes if size)
    cases = sum(len(entry.cases) for entry in entries)
    note(f"{len(files)} files: {said}; {cases} cases: all in order.")


@law.command()
@_packs
@click.option("--kind", "kinds", multiple=True, type=click.Choice(_KINDS), help="Only cases of this kind.")
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only the cases of this id.")
@click.option("--failing", is_flag=True, help="Only cases that do not hold.")
@format_option
@click.pass_context
def cases(
    context: click.Context,
    path: Path | None,
    *,
    kinds: tuple[str, ...],
    rules: tuple[str, ...],
    failing: bool,
    format_: str,
) -> None:
    """Answer the cases of the shipped files of every kind, or of the file or folder PATH.

    Ends with code 1 when a case is answered otherwise than it expects.
    """
    from arrears.actions.law_cases import answer_law_cases
    from arrears.rulepacks.library import read_law

    files = None if path is None else read_law(path)
    answers = [
        each
        for each in answer_law_cases(files)
        if (not kinds or each.entry.kind in kinds) and (not rules or each.entry.id in rules)
    ]
    rows = [
        {
            "case": each.id,
            "rule": each.entry.id,
            "kind": str(each.entry.kind),
            "expected": each.expected,
            "answered": each.answered,
            "holds": each.holds,
        }
        for each in answers
        if not (failing and each.holds)
    ]
    columns = ["case", "rule", "kind", "expected", "answered", "holds"]
    print_report(format_, "Cases", rows, columns=columns)
    failed = sum(not each.holds for each in answers)
    note(f"{len(answers)} cases, {failed} do not hold.")
    if failed:
        context.exit(FAILED)


@law.command()
@click.argument("before", required=False, type=click.Path(path_type=Path, exists=True))
@click.argument("after", required=False, type=click.Path(path_type=Path, exists=True))
@click.option("--between", nargs=2, type=_DAY, help="Two days: what came into force and ended between them.")
@format_option
def diff(
    before: Path | None, after: Path | None, between: tuple[datetime, datetime] | None, format_: str
) -> None:
    """Show what tells two files or folders apart, of every kind, entry by entry and key by key.

    Without AFTER: what tells BEFORE from the shipped files of the same jurisdictions and kinds.
    With --between DAY DAY: what the shipped files (or BEFORE) say on the one day and not on the other.
    """
    from arrears.cli.strategy import shown_difference
    from arrears.strategies.differing import differences_of

    was, is_, title = _sides(before, after, between)
    found = (
        each for kind in _KINDS for each in differences_of(kind, _keys_of(was, kind), _keys_of(is_, kind))
    )
    rows = [shown_difference(each, format_) for each in found]
    columns = ("what", "name", "change", "key", "before", "after")
    print_report(format_, title, rows, columns=columns)


def _sides(
    before: Path | None, after: Path | None, between: tuple[datetime, datetime] | None
) -> tuple[list[LawEntry], list[LawEntry], str]:
    """The entries of either side, and what the difference is called."""
    from arrears.rulepacks.library import is_in_force, shipped_entries

    if between is not None and after is None:
        every = list(shipped_entries()) if before is None else _entries_in(before)
        one, other = (day.date() for day in between)
        was, is_ = ([each for each in every if is_in_force(each, day)] for day in (one, other))
        return was, is_, f"From {one} to {other}"
    if before is None or between is not None:
        raise click.UsageError("Name two files or folders, one to compare with the shipped, or --between.")
    was = _entries_in(before)
    if after is not None:
        return was, _entries_in(after), f"From {before} to {after}"
    own = {(each.jurisdiction, _side_of(each)) for each in was}
    is_ = [each for each in shipped_entries() if (each.jurisdiction, _side_of(each)) in own]
    return was, is_, f"From {before} to the shipped files"


def _entries_in(path: Path) -> list[LawEntry]:
    from arrears.rulepacks.library import read_law

    return [entry for file in read_law(path) for entry in file.entries]


def _side_of(entry: LawEntry) -> str:
    """Contact rules and their exceptions are compared together."""
    return "contact" if entry.kind == "exception" else str(entry.kind)


def _keys_of(entries: Sequence[LawEntry], kind: str) -> dict[str, dict[str, Any]]:
    from arrears.rulepacks.library import keys_of

    return {each.id: keys_of(each) for each in entries if each.kind == kind}


@law.command()
@click.argument("jurisdictions", nargs=-1, required=True)
@click.option("--switch-on", "on", multiple=True, metavar="RULE", help="An uncertain exception to rely on.")
@click.option("--switch-off", "off", multiple=True, metavar="RULE", help="An uncertain rule not to apply.")
@click.option(
    "--house",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A .toml file of one's own rules; see docs/own-rules.md.  [default: none]",
)
@click.option("--from", "from_on", type=_DAY, help="The first business day under them. [default: today]")
@click.option("--approved-by", "approver", help="Who decided it.  [default: whoever adopts it]")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@by_option
@needs_database
def adopt(
    jurisdictions: tuple[str, ...],
    *,
    on: tuple[str, ...],
    off: tuple[str, ...],
    house: Path | None,
    from_on: datetime | None,
    approver: str | None,
    lender: str | None,
    actor: str,
) -> None:
    """Be bound by the packs of these JURISDICTIONS (cn us ...) from a day on, beside one's own policy.

    Until a lender adopts some, every shipped pack binds it. Each adoption says all anew: without --house
    the policy of the house is the one that ships.
    """
    from arrears.actions.law_checking import read_own_rules
    from arrears.actions.laws import adopt_law
    from arrears.actions.lenders import get_lender
    from arrears.rulepacks import list_jurisdictions
    from arrears.store.clock import now

    owner = get_lender(lender)
    adopted = adopt_law(
        lender=owner.id,
        jurisdictions=jurisdictions,
        switched_on=on,
        switched_off=off,
        own_rules=None if house is None else read_own_rules(house),
        approver=actor.removeprefix("staff:") if approver is None else approver,
        from_on=None if from_on is None else from_on.date(),
        actor=actor,
        at=now(),
    )
    beside = "" if house is None else f" and by the rules of {house.name}"
    note(f"{owner.name} is bound by {', '.join(adopted.jurisdictions)}{beside} from {adopted.from_on} on.")
    left = [each for each in list_jurisdictions() if each not in adopted.jurisdictions]
    if left:
        note(
            f"Not adopted: {', '.join(left)}. Whoever lives there is protected by the lender's policy alone."
        )


@law.command()
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def adopted(lender: str | None, format_: str) -> None:
    """Show which packs a lender has adopted, from when on, and which of the adoptions is in use today."""
    from arrears.actions.days import today_at
    from arrears.actions.laws import find_law_adoption, list_law_adoptions, says_the_same
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    owner = get_lender(lender)
    in_use = find_law_adoption(owner.id, on=today_at(owner.id, now()))
    rows = [
        {
            "from_on": each.from_on,
            "jurisdictions": each.jurisdictions if format_ == "json" else ", ".join(each.jurisdictions),
            "switched_on": each.switched_on if format_ == "json" else ", ".join(each.switched_on),
            "switched_off": each.switched_off if format_ == "json" else ", ".join(each.switched_off),
            "own_rules": each.own_rules if format_ == "json" else "yes" if each.own_rules else "",
            "version": each.version,
            "says_the_same": says_the_same(each),
            "approver": each.approver,
            "adopted_by": each.actor.name,
            "recorded_at": each.recorded_at,
            "is_in_use": each.pk == in_use,
        }
        for each in list_law_adoptions(owner.id)
    ]
    print_report(format_, f"Law adopted by {owner.name}", rows)
    if in_use is None:
        note("None is in use today, so every shipped pack binds. Next: arrears law adopt cn --by NAME")


@law.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def docs(folder: Path) -> None:
    """Write the handbook of the shipped packs into FOLDER (docs/law): a page per jurisdiction.

    Every rule in plain words with its values, source, certainty and cases; and what of the law
    is encoded and what is not.
    """
    from arrears.rulepacks.handbook import handbook

    folder.mkdir(parents=True, exist_ok=True)
    written = handbook()
    for name, text in written.items():
        (folder / name).write_text(text, encoding="utf-8")
    note(f"{len(written)} pages written.")


def _row(entry: LawEntry, loaded: Law) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": str(entry.kind),
        "form": entry.form,
        "jurisdiction": entry.jurisdiction,
        "strength": _strength(entry),
        "certainty": entry.certainty,
        "state": _state(entry, loaded),
        "citation": entry.citation,
    }


def _strength(entry: LawEntry) -> str:
    """How strictly the source words a contact rule; empty for the kinds that have no such grades."""
    from arrears.kernel.law.rules import Rule

    source = entry.source
    return source.strength.value if isinstance(source, Rule) and not source.lifts else ""


def _state(entry: LawEntry, loaded: Law) -> str:
    from arrears.kernel.law.rules import Rule

    off = {each.id: reason for each, reason in loaded.switched_off}
    if isinstance(entry.source, Rule) and entry.id in off:
        return f"off: {off[entry.id]}"
    return "on, uncertain" if entry.is_uncertain else "on"


def _told(entry: LawEntry, loaded: Law, lang: str) -> Iterator[tuple[str, Any]]:
    from arrears.rulepacks.library import match_of, stated_by
    from arrears.rulepacks.wording import applies_to, certainty, in_force, states

    yield "id", entry.id
    yield "about", entry.about[lang]
    yield "in_words", states(entry, lang)
    yield "bound_to", applies_to(entry, lang)
    yield "certainty_means", certainty(entry.certainty, lang)
    yield from list(_row(entry, loaded).items())[1:]
    yield "applies_to", {field: list(names) for field, names in match_of(entry.source).items()}
    yield "values", stated_by(entry.source)
    yield "in_force", in_force(entry, lang)
    yield "in_force_from", entry.in_force[0]
    yield "in_force_until", entry.in_force[1]
    yield from _told_of_rule(entry.source, loaded)
    yield "cases", [_case_in_words(entry, case, lang) for case in entry.cases]
    yield "file", entry.file
    yield "law_version", loaded.version


def _told_of_rule(source: Source, loaded: Law) -> Iterator[tuple[str, Any]]:
    """What only a rule of contact has: its effect, what releases it and what lifts it."""
    from arrears.kernel.law.kinds import RELEASED_BY
    from arrears.kernel.law.rules import Rule

    if not isinstance(source, Rule):
        return
    if not source.lifts:
        yield "effect", source.effect.name.lower()
    yield "released_by", source.releases_by or RELEASED_BY.get(source.kind)
    yield "lifts", list(source.lifts)
    yield "lifted_by", [exception.id for exception in loaded.exceptions_to(source)]


def _case_in_words(entry: LawEntry, case: Mapping[str, Any], lang: str) -> dict[str, Any]:
    from arrears.rulepacks.case_words import answer, situation

    return {"case": case["id"], "answer": answer(entry, case, lang), "situation": situation(case)}


def _text(value: object) -> str:
    """A value on one line, nothing where there is nothing to say."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _alike(entry: str, every: Sequence[LawEntry]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(entry, [each.id for each in every], n=3)
    return (
        f"Did you mean {' or '.join(dict.fromkeys(near))}?" if near else "`arrears law list` shows them all."
    )
