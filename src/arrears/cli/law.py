"""`arrears law`: what the law says, on whose word, and whether the packs that say it hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from datetime import datetime

    from arrears.kernel.law.rules import Law, Rule
    from arrears.rulepacks.reading import Pack

_LANGUAGES = ("en", "zh-Hans", "zh-Hant")
_DAY = click.DateTime(["%Y-%m-%d"])
_packs = click.argument("path", required=False, type=click.Path(path_type=Path, exists=True))


@click.group()
def law() -> None:
    """The rules of contact: which there are, what each says, and whether their cases hold."""


@law.command("list")
@format_option
def list_(format_: str) -> None:
    """List every rule and exception with how strictly it is meant and whether it is on."""
    from arrears.rulepacks import load_law

    loaded = load_law()
    rows = [_row(rule, loaded) for rule in _every(loaded)]
    print_report(format_, f"Contact law, version {loaded.version}", rows)


@law.command()
@click.argument("rule")
@click.option("--lang", type=click.Choice(_LANGUAGES), default="en", show_default=True)
@format_option
def show(rule: str, *, lang: str, format_: str) -> None:
    """Show what one rule or exception says, to whom it applies, and on what it rests."""
    from arrears.kernel.errors import NotFound
    from arrears.rulepacks import load_law

    loaded = load_law()
    found = {each.id: each for each in _every(loaded)}.get(rule)
    if found is None:
        raise NotFound("law.no_rule", f"No rule is called {rule!r}.", hint=_alike(rule, loaded))
    told = dict(_told(found, loaded, lang))
    if format_ == "json":
        print_json(told)
    else:
        rows = [{"what": key.replace("_", " "), "value": _text(value)} for key, value in told.items()]
        print_report(format_, found.id, rows)


@law.command()
@_packs
@format_option
@click.pass_context
def check(context: click.Context, path: Path | None, format_: str) -> None:
    """Check the shipped packs, or the pack file or folder PATH.

    Every mistake is named with its file, rule and key. Ends with code 1 when there is one.
    """
    from arrears.rulepacks.checking import check_files, check_tables, pack_files, table_files

    packs, problems = check_files(_shipped_files() if path is None else pack_files(path))
    tables, wrong = check_tables(_shipped_tables() if path is None else table_files(path))
    problems += wrong
    rows = [
        {"file": each.file, "rule": each.rule, "key": each.key, "problem": each.what} for each in problems
    ]
    print_report(format_, "Mistakes in packs", rows, columns=["file", "rule", "key", "problem"])
    if problems:
        context.exit(FAILED)
    rules = sum(len(pack.rules) + len(pack.exceptions) for pack in packs)
    cases = sum(len(pack.cases) for pack in packs)
    said = f"{len(packs)} files, {rules} rules and exceptions, {cases} cases"
    if tables:
        entries, more = (sum(len(getattr(each, name)) for each in tables) for name in ("entries", "cases"))
        said += f"; {len(tables)} files of tables, {entries} entries, {more} cases"
    note(f"{said}: all in order.")


@law.command()
@_packs
@click.option("--failing", is_flag=True, help="Only cases that do not hold.")
@format_option
@click.pass_context
def cases(context: click.Context, path: Path | None, *, failing: bool, format_: str) -> None:
    """Answer the cases of the shipped packs, or of the pack file or folder PATH.

    Ends with code 1 when a case is answered otherwise than it expects.
    """
    from arrears.rulepacks.cases import answer_cases
    from arrears.rulepacks.checking import beside_shipped, pack_files
    from arrears.rulepacks.reading import read_pack

    packs = None if path is None else [read_pack(file) for file in pack_files(path)]
    answers = answer_cases(None if packs is None else beside_shipped(packs))
    if packs is not None:
        own = {rule.id for pack in packs for rule, _ in pack.cases}
        answers = [answer for answer in answers if answer.rule.id in own]
    rows = [
        {
            "case": each.id,
            "rule": each.rule.id,
            "expected": each.expected,
            "answered": each.answered,
            "holds": each.holds,
        }
        for each in answers
        if not (failing and each.holds)
    ]
    print_report(format_, "Cases", rows, columns=["case", "rule", "expected", "answered", "holds"])
    failed = sum(not each.holds for each in answers)
    note(f"{len(answers)} cases, {failed} do not hold.")
    if failed:
        context.exit(FAILED)


@law.command()
@click.argument("before", type=click.Path(path_type=Path, exists=True))
@click.argument("after", required=False, type=click.Path(path_type=Path, exists=True))
@format_option
def diff(before: Path, after: Path | None, format_: str) -> None:
    """Show what tells the packs of two files or folders apart, rule by rule and key by key.

    Without AFTER: what tells BEFORE from the shipped packs of the same jurisdictions.
    """
    from arrears.cli.strategy import shown_difference
    from arrears.rulepacks import shipped
    from arrears.rulepacks.checking import pack_files
    from arrears.rulepacks.reading import read_pack
    from arrears.strategies.differing import differences_of

    was = [read_pack(file) for file in pack_files(before)]
    own = {pack.jurisdiction for pack in was}
    is_ = (
        [pack for pack in shipped() if pack.jurisdiction in own]
        if after is None
        else [read_pack(file) for file in pack_files(after)]
    )
    rows = [shown_difference(each, format_) for each in differences_of("rule", _keys_of(was), _keys_of(is_))]
    columns = ("what", "name", "change", "key", "before", "after")
    print_report(format_, f"From {before} to {after or 'the shipped packs'}", rows, columns=columns)


def _keys_of(packs: Sequence[Pack]) -> dict[str, dict[str, Any]]:
    """Every rule and exception by id, and what it says; its cases aside."""
    rules = (rule for pack in packs for rule in (*pack.rules, *pack.exceptions))
    return {rule.id: dict(_says(rule)) for rule in rules}


def _says(rule: Rule) -> Iterator[tuple[str, Any]]:
    yield from (("kind", rule.kind), ("strength", rule.strength.value), ("effect", rule.effect.name.lower()))
    yield from ((f"match.{name}", list(names)) for name, names in rule.match.items())
    yield from ((f"params.{name}", value) for name, value in rule.params.items())
    yield from (("lifts", list(rule.lifts)), ("releases_by", rule.releases_by))
    yield from (("citation", rule.citation), ("certainty", rule.certainty))
    for name, on in (("in_force_from", rule.in_force_from), ("in_force_until", rule.in_force_until)):
        yield name, None if on is None else on.isoformat()
    yield from ((f"about.{language}", said) for language, said in rule.about.items())


@law.command()
@click.argument("jurisdictions", nargs=-1, required=True)
@click.option("--switch-on", "on", multiple=True, metavar="RULE", help="An uncertain exception to rely on.")
@click.option("--switch-off", "off", multiple=True, metavar="RULE", help="An uncertain rule not to apply.")
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
    from_on: datetime | None,
    approver: str | None,
    lender: str | None,
    actor: str,
) -> None:
    """Be bound by the packs of these JURISDICTIONS (cn us ...) from a day on, beside one's own policy.

    Until a lender adopts some, every shipped pack binds it.
    """
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
        approver=actor.removeprefix("staff:") if approver is None else approver,
        from_on=None if from_on is None else from_on.date(),
        actor=actor,
        at=now(),
    )
    note(f"{owner.name} is bound by {', '.join(adopted.jurisdictions)} from {adopted.from_on} on.")
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
            "version": each.version,
            "says_the_same": says_the_same(each),
            "approver": each.approver,
            "adopted_by": each.actor.name,
            "recorded_at": each.recorded_at,
            "is_in_use": each == in_use,
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


def _every(loaded: Law) -> list[Rule]:
    """Rules and exceptions, on and off, by id."""
    off = [rule for rule, _ in loaded.switched_off]
    return sorted((*loaded.rules, *loaded.exceptions, *off), key=lambda rule: rule.id)


def _row(rule: Rule, loaded: Law) -> dict[str, Any]:
    return {
        "id": rule.id,
        "kind": rule.kind,
        "strength": "exception" if rule.lifts else rule.strength.value,
        "certainty": rule.certainty,
        "state": _state(rule, loaded),
        "citation": rule.citation,
    }


def _state(rule: Rule, loaded: Law) -> str:
    why = {each.id: reason for each, reason in loaded.switched_off}.get(rule.id)
    if why:
        return f"off: {why}"
    return "on, uncertain" if rule.is_uncertain else "on"


def _told(rule: Rule, loaded: Law, lang: str) -> Iterator[tuple[str, Any]]:
    from arrears.kernel.law.kinds import RELEASED_BY

    yield "id", rule.id
    yield "about", rule.about[lang]
    yield from list(_row(rule, loaded).items())[1:]
    if not rule.lifts:
        yield "effect", rule.effect.name.lower()
    yield "applies_to", {field: list(names) for field, names in rule.match.items()}
    yield "values", dict(rule.params)
    yield "in_force_from", rule.in_force_from
    yield "in_force_until", rule.in_force_until
    yield "released_by", rule.releases_by or RELEASED_BY.get(rule.kind)
    yield "lifts", list(rule.lifts)
    yield "lifted_by", [exception.id for exception in loaded.exceptions_to(rule)]
    yield "law_version", loaded.version


def _text(value: object) -> str:
    """A value on one line, nothing where there is nothing to say."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _alike(rule: str, loaded: Law) -> str:
    from difflib import get_close_matches

    near = get_close_matches(rule, [each.id for each in _every(loaded)], n=3)
    return f"Did you mean {' or '.join(near)}?" if near else "`arrears law list` shows them all."


def _shipped_tables() -> list[Path]:
    from arrears.rulepacks.tables import shipped_tables

    return [file.path for file in shipped_tables()]


def _shipped_files() -> list[Path]:
    from arrears.rulepacks import shipped

    return [pack.path for pack in shipped()]
