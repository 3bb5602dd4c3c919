"""`arrears obligations`: what must still be told or answered, by when, and by which law."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report

if TYPE_CHECKING:
    from arrears.actions.obligations import OpenObligation

_LANGUAGES = ("en", "zh-Hans", "zh-Hant")
_COLUMNS = (
    "rule",
    "last_on",
    "days_left",
    "alarm",
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
)


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="As of the end of this day.  [default: now]")
@click.option("--lang", type=click.Choice(_LANGUAGES), default="en", show_default=True)
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def obligations(*, on: datetime | None, lang: str, lender: str | None, format_: str) -> None:
    """List what the lender still has to tell or to answer, what is overdue and what ends soonest first.

    Alarms: half, four_fifths (of the period is over), last_day (a day is left at most), overdue.
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
        rows = [{key: row[key] for key in row if key != "about"} for row in rows]
    columns = _COLUMNS if format_ == "json" else _COLUMNS[:-1]
    print_report(format_, f"{owner.name}: what must still be told or answered", rows, columns=columns)
    if not found:
        note(
            "Nothing is open. Obligations arise from requests and from first contacts of those who collect"
            " for others;\ncontacts and notices come in with arrears import folder, see arrears schema show"
            " contacts and arrears schema show notices."
        )


def _row(each: OpenObligation, lang: str) -> dict[str, Any]:
    from arrears.kernel.obligations.standing import Standing
    from arrears.kernel.vocabulary import name_of

    is_overdue = each.standing is Standing.OVERDUE
    return {
        "rule": each.rule.id,
        "last_on": each.last_on,
        "days_left": each.days_left,
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


def _end_of(on: datetime, zone: str) -> datetime:
    """The last instant of a day at the lender."""
    from zoneinfo import ZoneInfo

    return (on + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)) - timedelta(microseconds=1)
