"""`arrears obligations`: what must still be told or answered, by when, and by which law."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import click

from arrears.cli.django import needs_database
from arrears.cli.errors import FAILED
from arrears.cli.options import LANGUAGE
from arrears.cli.output import format_option, note, print_report

_COLUMNS = (
    "rule",
    "last_on",
    "days_left",
    "last_permitted_on",
    "slack_days",
    "alarm",
    "next",
    "missing",
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
@click.option("--lang", type=LANGUAGE, default="en", show_default=True)
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@click.pass_context
@needs_database
def obligations(
    context: click.Context, *, on: datetime | None, lang: str, lender: str | None, format_: str
) -> None:
    """List what the lender still has to tell or to answer, what is overdue and what ends soonest first.

    Alarms: half, four_fifths (of the period is over), last_day (a day is left at most), overdue.
    Next: answer, write (there is no text, or what it has to say is missing: a person writes and gives
    it), plan (the next run-day does), send (it is planned), prove (it was sent), resolve (no way is
    permitted in time: ends with 1).
    """
    from arrears.actions.lenders import get_lender
    from arrears.actions.obligations import list_open
    from arrears.actions.telling_obligations import tell_obligation
    from arrears.store.clock import now

    owner = get_lender(lender)
    known_at = now()
    at = known_at if on is None else _end_of(on, owner.zone)
    found = list_open(lender_id=owner.id, at=at, known_at=known_at)
    rows = told = [tell_obligation(each, lang) for each in found]
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
    conflicts = [each for each in told if each["next"] == "resolve"]
    for each in conflicts:
        note(_conflict(each))
    if conflicts:
        context.exit(FAILED)


def _said(way: dict[str, Any]) -> str:
    return f"{way['channel']} (by exception)" if way["by_exception"] else str(way["channel"])


def _conflict(told: dict[str, Any]) -> str:
    """A duty and every ban that stands in its way, each with where it is written."""
    by = "without a last day" if told["last_on"] is None else f"by {told['last_on']}"
    duty = f"Conflict: {told['rule']} ({told['citation']}) wants a notice about loan {told['loan']} {by}."
    bans = dict.fromkeys(f"  {ban['channel']}: {ban['rule']} ({ban['citation']})" for ban in told["bans"])
    return "\n".join([duty, *bans])


def _end_of(on: datetime, zone: str) -> datetime:
    """The last instant of a day at the lender."""
    from zoneinfo import ZoneInfo

    return (on + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
