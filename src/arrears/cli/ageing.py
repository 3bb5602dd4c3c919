"""`arrears ageing`: how late the loans are at the end of a day."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report

if TYPE_CHECKING:
    from arrears.actions.ageing import AgeingReport
    from arrears.kernel.arrears import AgeingRow
    from arrears.kernel.money import Money

_COLUMNS = ("class", "loans", "customers", "statements", "without_statement", "late_without_balance")


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day, at its end.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@format_option
@needs_database
def ageing(on: datetime, lender: str | None, format_: str) -> None:
    """Count loans by how late they are, as the core system reports them."""
    from arrears.actions.ageing import get_ageing
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    owner = get_lender(lender)
    report = get_ageing(lender_id=owner.id, on=on.date(), known_at=now())
    if format_ == "json":
        print_json({"lender": owner.name, **_document(report)})
    else:
        _print(report, owner.name)
    _say_what_is_missing(report)


def _print(report: AgeingReport, lender: str) -> None:
    ageing = report.ageing
    rows = [_row(row, _class(row)) for row in ageing.classes]
    rows += [_row(ageing.total, "total")] if rows else []
    print_report("table", f"{lender}: as reported, end of {report.on}", rows, columns=_COLUMNS)
    if ageing.late.loans:
        late = [*(_row(row, row.name) for row in ageing.buckets), _row(ageing.late, "late")]
        print_report("table", "Late, by days past due", late, columns=_COLUMNS)


def _say_what_is_missing(report: AgeingReport) -> None:
    """What the figures do not cover, and what to do about it."""
    if report.loans == 0:
        note("No loans are on file. Next: arrears import reported FILE --mapping NAME")
    elif report.first_on is None:
        note("Nothing is reported of any loan. Next: arrears import reported FILE --mapping NAME")
    elif report.reported_on is None:
        note(f"Nothing is reported up to {report.on}; the first report speaks of {report.first_on}.")
    elif report.reported_on < report.on:
        note(f"Days are counted on from the newest report, which speaks of {report.reported_on}.")
    if report.reported_on is not None and report.ageing.unreported:
        note(f"Of {report.ageing.unreported:,} loans nothing is reported up to {report.on}.")


def _class(row: AgeingRow) -> str:
    if row.name != "late":
        return row.name.replace("_", " ")
    months = "month" if row.months_late == 1 else "months"
    return f"late {row.months_late} {months}"


def _row(row: AgeingRow, name: str) -> dict[str, object]:
    return {
        "class": name,
        "loans": row.loans,
        "customers": row.customers,
        "statements": ", ".join(map(str, row.statements)),
        "without_statement": row.without_statement,
        "late_without_balance": row.late_without_balance,
    }


def _document(report: AgeingReport) -> dict[str, object]:
    ageing = report.ageing
    return {
        "on": report.on,
        "reported_on": report.reported_on,
        "loans": report.loans,
        "unreported": ageing.unreported,
        "classes": [_object(row) for row in ageing.classes],
        "total": _object(ageing.total),
        "days_past_due": [_object(row) for row in ageing.buckets],
        "late": _object(ageing.late),
    }


def _object(row: AgeingRow) -> dict[str, object]:
    return {
        "name": row.name,
        "months_late": row.months_late,
        "loans": row.loans,
        "customers": row.customers,
        "statements": [_money(money) for money in row.statements],
        "without_statement": row.without_statement,
        "late_without_balance": row.late_without_balance,
    }


def _money(money: Money) -> dict[str, object]:
    return {"currency": money.currency, "minor": money.minor}
