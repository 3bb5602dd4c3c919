"""`arrears retention`: which records may go, which must stay and by which rule. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from arrears.actions.retention import RetentionRow

_COLUMNS = ("record", "records", "state", "stays_through", "rules", "waits_for")


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day asked about.")
@click.option(
    "--loan", metavar="NUMBER", help="Only the records of the loan with this number of the lender's."
)
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def retention(*, on: datetime, loan: str | None, lender: str | None, format_: str) -> None:
    """Say which records may go on a day, which must stay, until when and by which rule.

    A record that stays although its deletion was asked for is locked: stored, and used for nothing else.
    Nothing is deleted.
    """
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender
    from arrears.actions.retention import get_retention

    owner = get_lender(lender)
    if loan is not None:
        get_subject(loan, lender=owner.id)
    rows = get_retention(lender_id=owner.id, on=on.date(), loan_ref=loan)
    if format_ == "json":
        print_json({"lender": owner.name, "on": on.date(), "records": [_object(row) for row in rows]})
    else:
        title = f"{owner.name}: records on {on.date()}"
        print_report("table", title, [_row(row) for row in rows], columns=_COLUMNS)
    if any(row.is_uncertain for row in rows):
        note("Rules marked (?) were recalled and not read: have counsel confirm them.")


def _row(row: RetentionRow) -> dict[str, Any]:
    rules = ", ".join(row.because)
    return {
        "record": row.record.replace("_", " "),
        "records": row.records,
        "state": row.state.replace("_", " "),
        "stays_through": _days(row),
        "rules": f"{rules} (?)" if row.is_uncertain else rules,
        "waits_for": ", ".join(row.missing),
    }


def _days(row: RetentionRow) -> str:
    days = dict.fromkeys(str(day) for day in (row.first_through_on, row.last_through_on) if day)
    return " to ".join(days)


def _object(row: RetentionRow) -> dict[str, Any]:
    return {
        "record": row.record,
        "records": row.records,
        "state": row.state,
        "first_through_on": row.first_through_on,
        "last_through_on": row.last_through_on,
        "rules": list(row.because),
        "waits_for": list(row.missing),
        "is_uncertain": row.is_uncertain,
    }
