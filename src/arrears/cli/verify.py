"""`arrears verify`: was a contact with this code genuine?"""

from __future__ import annotations

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report
from arrears.kernel.vocabulary import LANGUAGES

_COLUMNS = ("genuine", "lender", "channel", "hour", "attempt", "state")


@click.command()
@click.argument("code")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@format_option
@needs_database
def verify(code: str, language: str, format_: str) -> None:
    """Look up the CODE of a contact for somebody who asks whether it was ours.

    Tell them what stands below the table, and nothing of the attempt.
    """
    from arrears.actions.verifications import find_seen
    from arrears.locale.verification import say_genuine, say_unknown

    seen = find_seen(code)
    found = seen.verified if seen else None
    row = {
        "genuine": found is not None,
        "lender": found and found.lender,
        "channel": found and found.channel,
        "hour": found and found.hour_local.isoformat(timespec="hours"),
        "attempt": seen and seen.attempt,
        "state": seen and seen.state,
    }
    print_report(format_, "Verification", [row], columns=_COLUMNS)
    if found is None:
        note(say_unknown(language))
        return
    when = {"hour_local": found.hour_local, "until_local": found.until_local}
    note(say_genuine(language, lender=found.lender, channel=found.channel, **when))
