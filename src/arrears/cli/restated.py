"""`arrears restated`: decisions that relied on what is known differently now."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.cli.output import note, print_csv, print_json, print_report, report_format_option, to_instant

if TYPE_CHECKING:
    from arrears.actions.restatements import Relied
    from arrears.kernel.arrears.restating import Figure


@click.command()
@click.option(
    "--since",
    required=True,
    metavar="INSTANT",
    callback=lambda _context, _parameter, text: to_instant(text),
    help="Decisions made then or later, 2026-06-01T00:00+08:00.",
)
@click.option("--lender", help="Number or name; not needed while there is only one.")
@report_format_option
@needs_database
def restated(*, since: datetime, lender: str | None, format_: str) -> None:
    """List decisions whose loan's arrears are known to have been other ones. Nothing is decided anew."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.restatements import list_relied
    from arrears.store.clock import now

    owner = get_lender(lender)
    found = list_relied(lender_id=owner.id, since=since, known_at=now())
    if format_ == "table":
        title = f"{owner.name}: decisions since {since} that relied on another figure"
        print_report("table", title, [_row(each) for each in found])
    else:
        (print_json if format_ == "json" else print_csv)([_line(each) for each in found])
    if not found:
        note("Every decision relied on what is still known to be so.")


def _row(relied: Relied) -> dict[str, object]:
    return {
        "decided": relied.decided_at,
        "loan": relied.loan_ref,
        "step": relied.step,
        "outcome": relied.outcome,
        "contact": relied.contact,
        "of day": relied.on,
        "then": _said(relied.then, relied.currency),
        "now": _said(relied.now, relied.currency),
        "because of": ", ".join(f"{each.kind} of {each.effective_on}" for each in relied.changes),
    }


def _said(figure: Figure, currency: str) -> str:
    from arrears.kernel.money import Money

    if not figure.is_late:
        return "not late"
    overdue = "amount not known" if figure.overdue_minor is None else Money(figure.overdue_minor, currency)
    return f"{figure.past_due_days} days ({figure.delinquent_days} delinquent), {overdue}"


def _line(relied: Relied) -> dict[str, object]:
    figures = {
        f"{name}_{when}": getattr(figure, name)
        for when, figure in (("then", relied.then), ("now", relied.now))
        for name in ("is_late", "past_due_days", "delinquent_days", "overdue_minor")
    }
    return {
        "decision": relied.decision,
        "decided_at": relied.decided_at,
        "use": relied.use,
        "loan": relied.loan_ref,
        "step": relied.step,
        "outcome": relied.outcome,
        "contact": relied.contact,
        "on": relied.on,
        "currency": relied.currency,
        **figures,
        "changes": " ".join(f"{each.kind}:{each.effective_on}" for each in relied.changes),
    }
