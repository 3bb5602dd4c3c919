"""`arrears sweep`: settle what interrupted senders left behind."""

from __future__ import annotations

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, print_report

_MEANINGS = {
    "not_sent": "reservations never handed over: decided again",
    "accepted": "letters that the print house had already",
    "unsure": "may have arrived: for a person to look at",
    "lapsed": "planned contacts past their window",
    "receipts": "receipts settled",
    "inbound": "messages from people understood",
}


@click.command()
@by_option
@format_option
@needs_database
def sweep(actor: str, format_: str) -> None:
    """Settle expired reservations, windows that have ended, receipts and messages that wait.

    Safe at any time and as often as you like. `arrears send` does it first.
    """
    from arrears.actions.sweeping import sweep as sweep_everything
    from arrears.conf.servers import servers_set

    swept = sweep_everything(actor=actor, servers=servers_set())
    rows = [{"what": name, "number": swept[name], "meaning": words} for name, words in _MEANINGS.items()]
    print_report(format_, "Swept", rows)
