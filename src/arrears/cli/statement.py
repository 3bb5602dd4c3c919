"""`arrears statement`: the arithmetic of one loan's arrears, to be checked with a pencil."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.options import LANGUAGE
from arrears.cli.output import known_at_option, print_csv, print_json, print_report, report_format_option

if TYPE_CHECKING:
    from arrears.actions.telling_statements import Told


@click.command()
@click.argument("loan")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day, at its end.  [default: today]")
@click.option("--lang", type=LANGUAGE, help="[default: the lender's]")
@known_at_option
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@report_format_option
@needs_database
def statement(
    loan: str,
    *,
    on: datetime | None,
    lang: str | None,
    known_at: datetime | None,
    lender: str | None,
    format_: str,
) -> None:
    """Show how the arrears of the loan with the lender's number LOAN come about, line by line."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.statements import get_statement
    from arrears.actions.telling_statements import document, tell_statement
    from arrears.locale.notices import language_of
    from arrears.store.clock import now

    at = now()
    owner = None if lender is None else get_lender(lender).id
    found = get_statement(
        loan_ref=loan,
        on=on.date() if on else None,
        known_at=known_at or at,
        now=at,
        lender=owner,
    )
    told = tell_statement(found, lang or language_of(found.subject.language))
    if format_ == "json":
        print_json(document(found))
    elif format_ == "csv":
        print_csv(list(_lines(told)))
    else:
        _print(told)


def _print(told: Told) -> None:
    for line in told.heading:
        click.echo(line)
    click.echo()
    for table in told.tables:
        print_report("table", table.title, table.rows)
    click.echo(told.sum_title)
    for line in told.sum:
        click.echo(f"  {line}")


def _lines(told: Told) -> Iterator[Mapping[str, Any]]:
    """Everything as text, a line each: which part it stands in, and what it says."""
    for line in told.heading:
        yield {"part": "heading", "line": line}
    for table in told.tables:
        for row in table.rows:
            told_row = "; ".join(f"{name}: {value}" for name, value in row.items() if value)
            yield {"part": table.title, "line": told_row}
    for line in told.sum:
        yield {"part": told.sum_title, "line": line}
