"""`arrears ageing`: how late the loans are at the end of a day, or of many days."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.output import (
    known_at_option,
    note,
    print_csv,
    print_json,
    print_report,
    progress,
    report_format_option,
)
from arrears.kernel.errors import BadInput

if TYPE_CHECKING:
    from arrears.actions.ageing import AgeingReport
    from arrears.actions.ageing_series import Point, Series
    from arrears.kernel.arrears import AgeingRow
    from arrears.kernel.money import Money

_FIGURES = ("loans", "customers", "overdue", "outstanding", "statements")
_COUNTS = ("without_overdue", "without_statement", "late_without_balance")
_COLUMNS = ("class", *_FIGURES, *_COUNTS)
_DAY = click.DateTime(["%Y-%m-%d"])
_BREAKDOWNS = ("bucket", "product", "funder", "currency")


@click.command()
@click.option("--on", type=_DAY, help="The day, at its end.")
@click.option("--by", multiple=True, type=click.Choice(_BREAKDOWNS), help="Break down; may be repeated.")
@click.option("--product", help="Only loans of this product.")
@click.option("--buckets", metavar="BANDS", help="days, months or 1-29/30-89/90+ for every product.")
@click.option("--from", "from_", type=_DAY, help="Over time: the first day.")
@click.option("--to", type=_DAY, help="Over time: the last day.")
@click.option("--every", type=click.Choice(["day", "week", "month"]), default="week", show_default=True)
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Over time: draw it here.")
@known_at_option
@click.option("--lender", help="Number or name; not needed while there is only one.")
@report_format_option
@needs_database
def ageing(
    *,
    on: datetime | None,
    by: tuple[str, ...],
    product: str | None,
    buckets: str | None,
    from_: datetime | None,
    to: datetime | None,
    every: str,
    svg: Path | None,
    known_at: datetime | None,
    lender: str | None,
    format_: str,
) -> None:
    """Count loans by how late they are: on one day, or over time with --from and --to."""
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    _check_days(on, from_, to, svg)
    owner = get_lender(lender)
    asked: dict[str, Any] = {
        "lender_id": owner.id,
        "known_at": known_at or now(),
        "product": product,
        "buckets": buckets,
    }
    if on is None:
        assert from_ is not None and to is not None, "checked before"  # noqa: PT018 - no test
        _over_time(owner.name, asked, (from_.date(), to.date(), every), svg, format_)
    else:
        _on_a_day(owner.name, {**asked, "on": on.date(), "by": by}, format_)


def _check_days(on: datetime | None, from_: datetime | None, to: datetime | None, svg: Path | None) -> None:
    is_series = from_ is not None and to is not None
    if (on is None) != is_series or (svg is not None and not is_series):
        raise BadInput(
            "ageing.which_days",
            "Ask for one day, or for many.",
            hint="--on 2026-05-31, or --from 2026-01-01 --to 2026-05-31, which --svg can draw.",
        )


def _on_a_day(lender: str, asked: dict[str, Any], format_: str) -> None:
    from arrears.actions.ageing import get_ageing

    report = get_ageing(**asked)
    if format_ == "json":
        print_json({"lender": lender, **_document(report, asked["by"])})
    elif format_ == "csv":
        print_csv(_lines(report, asked["by"]))
    else:
        _print(report, lender, asked["by"])
    _say_what_is_missing(report)


def _print(report: AgeingReport, lender: str, by: tuple[str, ...]) -> None:
    ageing = report.ageing
    title = f"{lender}: end of {report.on}"
    if by:
        rows = [dict(zip(by, names, strict=True)) | _figures(row) for names, row in report.groups]
        _table(title, rows, (*by, *_FIGURES, *_COUNTS))
        return
    rows = [_row(row, _class(row)) for row in ageing.classes]
    if rows or not report.computed:
        _table(f"{title}, as reported", rows, _COLUMNS)
    if report.computed or ageing.classes:
        late = [*(_row(row, row.name) for row in ageing.buckets), _row(ageing.late, "late")]
        _table(f"{title}, late by days past due", late, _COLUMNS)
        _table("All loans", [_row(ageing.total, "total")], _COLUMNS)


def _say_what_is_missing(report: AgeingReport) -> None:
    """What the figures do not cover, and what to do about it."""
    if report.loans == 0:
        note("No loans are on file. Next: arrears import folder FOLDER, or arrears import reported FILE")
    elif report.ageing.total.loans == 0 and report.first_on is None:
        note("Nothing says how late any loan is: no schedule, no statement, no report.")
    elif report.ageing.total.loans == 0:
        note(f"Nothing is reported up to {report.on}; the first report speaks of {report.first_on}.")
    elif report.reported_on is not None and report.reported_on < report.on:
        note(f"Days are counted on from the newest report, which speaks of {report.reported_on}.")
    if report.ageing.total.loans and report.ageing.unreported:
        note(f"Of {report.ageing.unreported:,} loans nothing is known up to {report.on}.")
    if report.computed and (report.books_through_on is None or report.books_through_on < report.on):
        told = report.books_through_on or "no day"
        note(f"Payments are in the books through {told}: what was paid later is not in these figures.")


def _over_time(
    lender: str, asked: dict[str, Any], days: tuple[date, date, str], svg: Path | None, format_: str
) -> None:
    from arrears.actions.ageing_series import get_ageing_series

    first, last, every = days
    with progress("days") as advance:
        series = get_ageing_series(**asked, from_on=first, to_on=last, every=every, advance=advance)
    if format_ == "json":
        print_json([{**_point(each), "overdue": list(map(_money, each.overdue))} for each in series.points])
    elif format_ == "csv":
        print_csv([{**_point(each), "overdue": ", ".join(map(str, each.overdue))} for each in series.points])
    else:
        print_report("table", f"{lender}: loans by bucket, ends of days", _by_day(series))
    if not any(point.loans for point in series.points):
        note("No loan is known on any of these days. Next: arrears import folder FOLDER")
    elif svg is not None and not series.late:
        note("No loan is late on any of these days: there is nothing to draw.")
    elif svg is not None:
        _draw(svg, lender, series)


def _point(point: Point) -> dict[str, object]:
    return {"on": point.on, "bucket": point.bucket, "loans": point.loans}


def _by_day(series: Series) -> list[dict[str, Any]]:
    loans = {(point.on, point.bucket): point.loans for point in series.points}
    return [{"on": day} | {name: loans[day, name] for name in series.buckets} for day in series.days]


def _draw(path: Path, lender: str, series: Series) -> None:
    from arrears.cli.charts import draw_stack

    late = [point for point in series.points if point.bucket in series.late]
    draw_stack(
        path,
        title=f"{lender}: loans that are late, by days past due",
        points=[(point.on, point.bucket, point.loans) for point in late],
        parts=series.late,
        axis="loans",
    )
    note(f"The picture is in {path}.")


def _class(row: AgeingRow) -> str:
    if row.name != "late":
        return row.name.replace("_", " ")
    months = "month" if row.months_late == 1 else "months"
    return f"late {row.months_late} {months}"


def _row(row: AgeingRow, name: str) -> dict[str, object]:
    return {"class": name, **_figures(row)}


def _figures(row: AgeingRow) -> dict[str, object]:
    sums = {name: _said(getattr(row, name)) for name in ("overdue", "outstanding", "statements")}
    return {"loans": row.loans, "customers": row.customers, **sums} | {
        name: getattr(row, name) for name in _COUNTS
    }


def _lines(report: AgeingReport, by: tuple[str, ...]) -> list[dict[str, object]]:
    """A line per group and currency, with plain numbers of minor units."""
    groups = report.groups if by else [((row.name,), row) for row in report.ageing.buckets]
    lines: list[dict[str, object]] = []
    for names, row in groups:
        sums = {name: getattr(row, name) for name in ("overdue", "outstanding", "statements")}
        for currency in sorted({money.currency for each in sums.values() for money in each}) or [""]:
            minor = {
                f"{name}_minor": next((money.minor for money in each if money.currency == currency), None)
                for name, each in sums.items()
            }
            counts = {"loans": row.loans, "customers": row.customers, "of_currency": currency}
            labels = dict(zip(by or ("bucket",), names, strict=True))
            lines.append({"on": report.on, **labels, **counts, **minor})
    return lines


def _document(report: AgeingReport, by: tuple[str, ...]) -> dict[str, object]:
    ageing = report.ageing
    return {
        "on": report.on,
        "known_at": report.known_at,
        "reported_on": report.reported_on,
        "payments_complete_through_on": report.books_through_on,
        "loans": report.loans,
        "computed": report.computed,
        "unreported": ageing.unreported,
        "classes": [_object(row) for row in ageing.classes],
        "total": _object(ageing.total),
        "days_past_due": [_object(row) for row in ageing.buckets],
        "late": _object(ageing.late),
        "groups": [dict(zip(by, names, strict=True)) | _object(row) for names, row in report.groups],
    }


def _object(row: AgeingRow) -> dict[str, object]:
    sums = ("overdue", "outstanding", "statements")
    return {
        "name": row.name,
        "months_late": row.months_late,
        "loans": row.loans,
        "customers": row.customers,
        **{name: [_money(money) for money in getattr(row, name)] for name in sums},
        **{name: getattr(row, name) for name in _COUNTS},
    }


def _said(sums: tuple[Money, ...]) -> str:
    return "\n".join(map(str, sums))


def _table(title: str, rows: list[dict[str, object]], columns: tuple[str, ...]) -> None:
    """A table without the columns that say nothing in any row."""
    kept = [
        name
        for name in columns
        if name not in (*_FIGURES[2:], *_COUNTS) or any(row[name] for row in rows) or not rows
    ]
    print_report("table", title, [{name: row[name] for name in kept} for row in rows], columns=kept)


def _money(money: Money) -> dict[str, object]:
    return {"currency": money.currency, "minor": money.minor}
