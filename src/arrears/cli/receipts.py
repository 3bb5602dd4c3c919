"""`arrears receipts`: take one from a mail server's pipe, and list those that a person has to look at."""

from __future__ import annotations

from typing import BinaryIO

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report

ACTOR = "program:receipts-mail"
NOT_OURS, TRY_AGAIN = 67, 75
"""Exit codes of sysexits(3), which mail servers understand: no such user, and come again later."""

NUMBER_MAX = 2**63 - 1

_COLUMNS = ("receipt", "received_at", "channel", "provider", "state", "evidence", "code")


@click.group()
def receipts() -> None:
    """What providers reported: take a mail, list what nobody could read or match, show one."""


@receipts.command()
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--to", "recipient", required=True, help="The address it was delivered to, which has the mark.")
@click.option("--from", "sender", default="", help="The envelope's sender; empty in reports.")
@needs_database
def mail(file: BinaryIO, recipient: str, sender: str) -> None:
    """Store one mail that came back: FILE, or `-` for standard input, as a mail server's pipe gives it.

    Ends with 0 when it is stored, 67 when it is nothing for us, 75 when the server has to try again.
    """
    from arrears.actions.mail import MAIL_MAX, Incoming, receive_mail
    from arrears.store.clock import now

    content = file.read(MAIL_MAX + 1)
    incoming = Incoming(sender, [recipient], content)
    try:
        is_taken = len(content) <= MAIL_MAX and receive_mail(incoming, actor=ACTOR, at=now())
    except Exception as error:  # noqa: BLE001 - whatever it was, the server keeps the mail
        note(f"Not stored ({type(error).__name__}); to be tried again.")
        click.get_current_context().exit(TRY_AGAIN)
    if not is_taken:
        note("This is nothing for us: its address has no mark of a message of ours, or it is no report.")
        click.get_current_context().exit(NOT_OURS)


@receipts.command()
@click.argument("attempts", type=click.IntRange(1, NUMBER_MAX), nargs=-1, required=True)
@by_option
@needs_database
def opened(attempts: tuple[int, ...], *, actor: str) -> None:
    """Store that these messages of the inbox were opened, by the numbers of their ATTEMPTS.

    A number that is no message in an inbox is named, and then nothing is stored.
    """
    from arrears.actions.inbox import record_opened
    from arrears.store.clock import now

    record_opened(attempts, actor=actor, at=now())
    note(f"Stored: {len(set(attempts))}. What they mean is found out by the next arrears send or sweep.")


@receipts.command("list")
@format_option
@needs_database
def list_(format_: str) -> None:
    """List the receipts that nobody could read, or that name nothing of ours."""
    from arrears.actions.receipts import list_unsettled

    rows = [dict(zip(_COLUMNS, row, strict=True)) for row in list_unsettled()]
    print_report(format_, "Receipts to look at", rows, columns=_COLUMNS)


@receipts.command()
@click.argument("number", type=int)
@needs_database
def show(number: int) -> None:
    """Print the receipt of this NUMBER as it came. It quotes addresses."""
    from arrears.actions.receipts import get_content

    click.echo(get_content(receipt=number))
