"""`arrears inbound`: what people write back."""

from __future__ import annotations

import click

from arrears.cli.inbound_messages import COMMANDS
from arrears.cli.output import format_option, print_report


@click.group()
def inbound() -> None:
    """What people write back: how a text is understood."""


@inbound.command()
@click.argument("text")
@format_option
def understand(text: str, format_: str) -> None:
    """Show which wishes a TEXT states, how sure that is, and because of which entries of the lexicon."""
    from arrears.kernel.inbound.understanding import understand as understood_of
    from arrears.locale.inbound import load_lexicon

    understood = understood_of(text, load_lexicon())
    rows = [
        {
            "wish": each.wish,
            "certainty": each.certainty,
            "about": each.subject,
            "because": each.entry,
            "words": each.words,
        }
        for each in understood.found
    ]
    if not rows:
        rows = [{"wish": "other", "certainty": "unclear", "about": "", "because": "", "words": ""}]
    print_report(format_, f"Understood: {', '.join(understood.wishes)} ({understood.certainty})", rows)


for _command in COMMANDS:
    inbound.add_command(_command)
