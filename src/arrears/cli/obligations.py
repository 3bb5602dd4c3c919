"""`arrears obligations`: what must still be told or answered, by when, and by which law."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.output import format_option, note, print_report

if TYPE_CHECKING:
    from arrears.actions.obligations import OpenObligation
    from arrears.actions.reaching import Way
    from arrears.kernel.obligations.routes import Ban

_LANGUAGES = ("en", "zh-Hans", "zh-Hant")
_COLUMNS = (
    "rule",
    "last_on",
    "days_left",
    "last_permitted_on",
    "slack_days",
    "alarm",
    "next",
    "ways",
    "loan",
    "request",
    "because_of",
    "since",
    "give",
    "to",
    "satisfied_by",
    "certainty",
    "citation",
    "about",
    "bans",
)
_ONLY_ELSEWHERE = ("last_permitted_on", "since", "because_of", "to", "satisfied_by", "about", "bans")
"""Columns that a table has no room for."""


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of the end of this day.  [default: now]")
@click.option("--lang", type=click.Choice(_LANGUAGES), default="en", show_default=True)
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@click.pass_context
@needs_database
def obligations(
    context: click.Context, *, on: datetime | None, lang: str, lender: str | None, format_: str
) -> None:
    """List what the lender still has to tell or to answer, what is overdue and what ends soonest first.

    Alarms: half, four_fifths (of the period is over), last_day (a day is left at most), overdue.
    Next: answer, write (there is no text: a person writes and gives it), plan (the next run-day does),
    send (it is planned), prove (it was sent), resolve (no way is permitted in time: ends with 1).
    """
    from arrears.actions.lenders import get_lender
    from arrears.actions.obligations import list_open
    from arrears.store.clock import now

    owner = get_lender(lender)
    known_at = now()
    at = known_at if on is None else _end_of(on, owner.zone)
    found = list_open(lender_id=owner.id, at=at, known_at=known_at)
    rows = [_row(each, lang) for each in found]
    if format_ == "table":
        rows = [{**row, "ways": ", ".join(map(_said, row["ways"] or ()))} for row in rows]
    columns = [each for each in _COLUMNS if format_ != "table" or each not in _ONLY_ELSEWHERE]
    rows = [{key: row[key] for key in columns} for row in rows]
    print_report(format_, f"{owner.name}: what must still be told or answered", rows, columns=columns)
    if not found:
        note(
            "Nothing is open. Obligations arise from requests and from first contacts of those who collect"
            " for others;\ncontacts and notices come in with arrears import folder, see arrears schema show"
            " contacts and arrears schema show notices."
        )
    conflicts = [each for each in found if each.is_conflict]
    for each in conflicts:
        note(_conflict(each))
    if conflicts:
        context.exit(FAILED)


def _row(each: OpenObligation, lang: str) -> dict[str, Any]:
    from arrears.kernel.obligations.standing import Standing
    from arrears.kernel.vocabulary import name_of

    is_overdue = each.standing is Standing.OVERDUE
    return {
        "rule": each.rule.id,
        "last_on": each.last_on,
        "days_left": each.days_left,
        "last_permitted_on": each.last_permitted_on,
        "slack_days": each.slack_days,
        "next": name_of(each.next_step),
        "ways": None if each.reach is None else [_way(way) for way in each.reach.ways],
        "bans": None if each.reach is None else [_ban(ban) for ban in each.reach.bans],
        "alarm": "overdue" if is_overdue else name_of(each.alarm),
        "loan": each.loan_ref,
        "request": each.request,
        "because_of": name_of(each.trigger),
        "since": each.arose_on,
        "give": name_of(each.rule.duty),
        "to": name_of(each.rule.recipient),
        "satisfied_by": name_of(each.rule.satisfied_by),
        "certainty": each.rule.certainty,
        "citation": each.rule.citation,
        "about": each.rule.about[lang],
    }


def _way(way: Way) -> dict[str, Any]:
    from arrears.kernel.vocabulary import name_of

    return {"channel": name_of(way.channel), "by_exception": way.is_exception}


def _said(way: dict[str, Any]) -> str:
    return f"{way['channel']} (by exception)" if way["by_exception"] else str(way["channel"])


def _ban(ban: Ban) -> dict[str, Any]:
    from arrears.kernel.vocabulary import Channel, name_of

    rule, release = ban.binding.rule, ban.binding.release
    return {
        "channel": name_of(Channel(ban.channel)),
        "rule": rule.id,
        "citation": rule.citation,
        "certainty": rule.certainty,
        "release": {"kind": release.kind, "fact": release.fact or None},
    }


def _conflict(each: OpenObligation) -> str:
    """A duty and every ban that stands in its way, each with where it is written."""
    by = "without a last day" if each.last_on is None else f"by {each.last_on}"
    duty = f"Conflict: {each.rule.id} ({each.rule.citation}) wants a notice about loan {each.loan_ref} {by}."
    assert each.reach is not None, each.rule.id
    bans = dict.fromkeys(
        f"  {ban['channel']}: {ban['rule']} ({ban['citation']})" for ban in map(_ban, each.reach.bans)
    )
    return "\n".join([duty, *bans])


def _end_of(on: datetime, zone: str) -> datetime:
    """The last instant of a day at the lender."""
    from zoneinfo import ZoneInfo

    return (on + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
