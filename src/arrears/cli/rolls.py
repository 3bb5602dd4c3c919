"""`arrears rolls`: from which bucket into which the loans went between two days."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.cli.output import (
    known_at_option,
    note,
    print_csv,
    print_json,
    print_report,
    report_format_option,
)

if TYPE_CHECKING:
    from arrears.actions.rolls import RollReport
    from arrears.kernel.arrears.rolls import Roll

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--from", "from_", type=_DAY, required=True, help="The earlier day, at its end.")
@click.option("--to", type=_DAY, required=True, help="The later day, at its end.")
@click.option("--by", type=click.Choice(["product"]), help="Product by product.")
@click.option("--buckets", metavar="BANDS", help="days, months or 1-29/30-89/90+ for every product.")
@click.option("--as-then-known", is_flag=True, help="Each day as it was known at its own end.")
@known_at_option
@click.option("--lender", help="Number or name; not needed while there is only one.")
@report_format_option
@needs_database
def rolls(
    *,
    from_: datetime,
    to: datetime,
    by: str | None,
    buckets: str | None,
    as_then_known: bool,
    known_at: datetime | None,
    lender: str | None,
    format_: str,
) -> None:
    """Roll rates: the share of each bucket's loans that stand in another bucket later."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.rolls import get_rolls
    from arrears.store.clock import now

    owner = get_lender(lender)
    report = get_rolls(
        lender_id=owner.id,
        from_on=from_.date(),
        to_on=to.date(),
        known_at=known_at or now(),
        as_then_known=as_then_known,
        by_product=by is not None,
        buckets=buckets,
    )
    if format_ == "table":
        _print(report, owner.name)
    else:
        (print_json if format_ == "json" else print_csv)([_line(name, roll) for name, roll in report.rolls])
    if not report.rolls:
        note("Nothing is known of any loan on these days. Next: arrears import folder FOLDER")


def _print(report: RollReport, lender: str) -> None:
    """A matrix per product: a row per bucket left, a column per bucket entered."""
    title = f"{lender}: {report.from_on} (rows) to {report.to_on} (columns), loans and shares of the row"
    for product in dict.fromkeys(name for name, _ in report.rolls):
        mine = [roll for name, roll in report.rolls if name == product]
        print_report("table", title if product is None else f"{title}, {product}", _matrix(mine))
    if not report.rolls:
        print_report("table", title, [])


def _matrix(rolls: list[Roll]) -> list[dict[str, object]]:
    left = list(dict.fromkeys(roll.from_bucket for roll in rolls))
    entered = dict.fromkeys(roll.to_bucket for roll in rolls)
    targets = dict.fromkeys([*(name for name in left if name in entered), *entered])
    rows: dict[str, dict[str, object]] = {}
    for roll in rolls:
        row = rows.setdefault(
            roll.from_bucket, {"from": roll.from_bucket, "loans": roll.of_from, **dict.fromkeys(targets, "")}
        )
        row[roll.to_bucket] = f"{roll.loans:,} ({roll.loans / roll.of_from:.1%})"
    return list(rows.values())


def _line(product: str | None, roll: Roll) -> dict[str, object]:
    told: dict[str, object] = {} if product is None else {"product": product}
    return told | {
        "from": roll.from_bucket,
        "to": roll.to_bucket,
        "loans": roll.loans,
        "of_from": roll.of_from,
        "share": f"{roll.loans / roll.of_from:.6f}",
        "overdue": ", ".join(map(str, roll.overdue)),
    }
