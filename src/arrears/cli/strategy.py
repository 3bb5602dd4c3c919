"""`arrears strategy`: which ladders there are, what a file says, and which one a lender follows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from arrears.store.models import StrategyAdoption
    from arrears.strategies.differing import Difference

_DAY = click.DateTime(["%Y-%m-%d"])
_FILE = "FILE|NAME"
_SHORT = 12


@click.group()
def strategy() -> None:
    """The ladders that loans climb: what a strategy file says, and which one a lender follows."""


@strategy.command("list")
@format_option
def list_(format_: str) -> None:
    """List the strategies that ship with Arrears."""
    from arrears.strategies import list_strategies, load_strategy

    rows = []
    for name in list_strategies():
        shipped = load_strategy(name)
        ladders, steps = len(shipped.ladders), len(shipped.steps)
        rows.append({"name": name, "ladders": ladders, "steps": steps, "about": shipped.about["en"]})
        rows[-1]["version"] = _version(shipped.version, format_)
    print_report(format_, "Shipped strategies", rows)


@strategy.command()
@click.argument("source", metavar=_FILE)
@format_option
@click.pass_context
def check(context: click.Context, source: str, format_: str) -> None:
    """Check a strategy: what is wrong, what would fail later, and what is unusual and may be meant.

    Every mistake is named with its file, line, step and key, and with what to do about it: all in one
    run. Ends with code 1 when there is an error; a remark is none.
    """
    from arrears.locale.notices import load_templates
    from arrears.strategies import text_of
    from arrears.strategies.checking import findings_in

    text, file = text_of(source)
    found = findings_in(text, file=file, texts=load_templates().keys())
    columns = ("line", "kind", "about", "key", "what", "to_do")
    rows = [
        {
            "file": file,
            "line": each.line,
            "code": each.code,
            "kind": "error" if each.is_error else "remark",
            "about": each.about,
            "key": each.key,
            "what": each.what,
            "to_do": each.hint,
        }
        for each in found
    ]
    print_report(format_, f"Findings in {source}", rows, columns=columns)
    if any(each.is_error for each in found):
        context.exit(FAILED)


@strategy.command()
@click.argument("source", metavar=_FILE)
@click.option("--lang", type=LANGUAGE, default="en", show_default=True)
@format_option
def show(source: str, *, lang: str, format_: str) -> None:
    """Show every ladder of a strategy, step by step, and who climbs which."""
    from arrears.cli.strategy_show import document, print_tables
    from arrears.strategies import load_strategy

    shown = load_strategy(source)
    if format_ == "json":
        print_json(document(shown, lang))
    else:
        print_tables(shown, lang)


@strategy.command()
@click.argument("before", metavar=_FILE)
@click.argument("after", metavar=_FILE)
@format_option
def diff(before: str, after: str, format_: str) -> None:
    """Show what tells two strategies apart: by step and key, then the segments."""
    from arrears.strategies import load_strategy
    from arrears.strategies.differing import differences

    found = differences(load_strategy(before), load_strategy(after))
    rows = [shown_difference(each, format_) for each in found]
    columns = ("what", "name", "change", "key", "before", "after")
    print_report(format_, f"From {before} to {after}", rows, columns=columns)


@strategy.command()
@click.argument("source", metavar=_FILE)
@click.option(
    "--from", "from_on", type=_DAY, help="The lender's first business day under it. [default: today]"
)
@click.option("--challenger", metavar=_FILE, help="Another strategy, for a share of the borrowers.")
@click.option("--share", type=click.IntRange(1, 99), help="The challenger's share, in percent of borrowers.")
@click.option("--salt", help="Any text; another one draws other borrowers.")
@click.option("--approved-by", "approver", help="Who decided it.  [default: whoever adopts it]")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@by_option
@needs_database
def adopt(
    source: str,
    *,
    from_on: datetime | None,
    challenger: str | None,
    share: int | None,
    salt: str | None,
    approver: str | None,
    lender: str | None,
    actor: str,
) -> None:
    """Follow a strategy from a day on. What the file says today is kept: later changes need adopting."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.strategies import adopt_strategy
    from arrears.store.clock import now

    owner = get_lender(lender)
    adopted = adopt_strategy(
        lender=owner.id,
        source=source,
        approver=actor.removeprefix("staff:") if approver is None else approver,
        from_on=None if from_on is None else from_on.date(),
        challenger=challenger,
        share_percent=share,
        salt=salt,
        actor=actor,
        at=now(),
    )
    beside = "" if adopted.challenger_name is None else f", {share} % of borrowers {adopted.challenger_name}"
    note(f"{owner.name} follows {adopted.name}{beside} from {adopted.from_on} on.")


@strategy.command()
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def adopted(lender: str | None, format_: str) -> None:
    """Show what a lender has adopted, from when on, and which of them is in use today."""
    from arrears.actions.days import today_at
    from arrears.actions.lenders import get_lender
    from arrears.actions.strategies import find_adoption, list_adoptions
    from arrears.store.clock import now

    owner = get_lender(lender)
    in_use = find_adoption(owner.id, on=today_at(owner.id, now()))
    rows = [_adoption(each, is_in_use=each == in_use, format_=format_) for each in list_adoptions(owner.id)]
    print_report(format_, f"Adopted by {owner.name}", rows)
    if in_use is None:
        note("None is in use today, so the shipped sample is. Next: arrears strategy adopt NAME --by NAME")


def _adoption(adopted: StrategyAdoption, *, is_in_use: bool, format_: str) -> dict[str, Any]:
    basis_points = adopted.share_basis_points
    return {
        "from_on": adopted.from_on,
        "name": adopted.name,
        "version": _version(adopted.version, format_),
        "challenger": adopted.challenger_name,
        "challenger_version": adopted.challenger_version and _version(adopted.challenger_version, format_),
        "share_percent": None if basis_points is None else basis_points // 100,
        "salt": adopted.salt,
        "approver": adopted.approver,
        "adopted_by": adopted.actor.name,
        "recorded_at": adopted.recorded_at,
        "is_in_use": is_in_use,
    }


def shown_difference(found: Difference, format_: str) -> dict[str, Any]:
    """A row of a report; what is no text is written as JSON where people read it."""
    sides = {"before": found.before, "after": found.after}
    if format_ != "json":
        sides = {name: _text(value) for name, value in sides.items()}
    return {"what": found.what, "name": found.name, "change": found.change, "key": found.key, **sides}


def _text(value: object) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


def _version(version: str, format_: str) -> str:
    """The whole digest for programs, its beginning for people."""
    return version if format_ == "json" else version[:_SHORT]
