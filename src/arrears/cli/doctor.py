"""`arrears doctor`: what is missing, and how to get it."""

from __future__ import annotations

import click

from arrears.cli.errors import FAILED
from arrears.cli.output import format_option, note, print_report


@click.command()
@format_option
@click.pass_context
def doctor(context: click.Context, format_: str) -> None:
    """Say whether everything is here that arrears needs, and how to get what is not.

    Changes nothing. Ends with code 1 only when something needed is missing.
    """
    from arrears.conf.checks import State, findings

    found = list(findings())
    rows = [
        {"check": one.check, "state": one.state.value, "found": one.found, "what_to_do": one.advice}
        for one in found
    ]
    print_report(format_, "What arrears needs", rows)
    missing = [one.check for one in found if one.state is State.MISSING and one.is_needed]
    if missing:
        note(f"Missing: {', '.join(missing)}.")
        context.exit(FAILED)
    note("Everything needed is here.")
