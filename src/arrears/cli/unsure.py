"""`arrears unsure`: contacts that may or may not have arrived, for a person to look at."""

from __future__ import annotations

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, print_report

_COLUMNS = ("attempt", "loan", "channel", "provider", "handed_over_at", "because")


@click.command()
@format_option
@needs_database
def unsure(format_: str) -> None:
    """List contacts whose sender or provider fell silent.

    They count against every limit, prove nothing, and are never sent again. A receipt that comes
    later settles them by itself.
    """
    from arrears.actions.attempts import list_unsure

    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in list_unsure()]
    print_report(format_, "May or may not have arrived", rows, columns=_COLUMNS)
