"""`arrears lender`: whose loans these are."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report
from arrears.kernel.vocabulary import ActorKind, CreditorLicence, name_of

Command = TypeVar("Command", bound=Callable[..., object])


def _said_in_notices(command: Command) -> Command:
    """The options for what notices say of a lender."""
    for option in (
        click.option(
            "--collects-for",
            help="Whose loans these are, where it collects for another or under another name.",
        ),
        click.option(
            "--arrears-information-sheet",
            help="Where the sheet can be read that goes with a British notice of sums in arrears.",
        ),
        click.option("--postal-address", help="Where letters come back to, in one line."),
        click.option("--email-from", help="The sender of its e-mail."),
        click.option("--check-through", help="Where they check that a notice is genuine."),
        click.option("--ask-through", help="Where borrowers ask."),
        click.option("--pay-through", help="Official ways to pay, as notices name them."),
    ):
        command = option(command)
    return command


@click.group()
def lender() -> None:
    """Say whose loans these are."""


@lender.command()
@click.argument("name")
@click.option("--country", required=True, help="Where it is, ISO 3166: TW.")
@click.option("--zone", required=True, help="Where its business days begin, IANA: Asia/Taipei.")
@click.option("--language", type=click.Choice(["zh-Hans", "zh-Hant", "en"]), default="en", show_default=True)
@click.option("--currency", help="Its own, ISO 4217: TWD.")
@click.option(
    "--actor-kind",
    type=click.Choice([name_of(each) for each in ActorKind]),
    default=name_of(ActorKind.ORIGINAL_CREDITOR),
    show_default=True,
    help="What it is to its borrowers.",
)
@click.option(
    "--licence",
    type=click.Choice([name_of(each) for each in CreditorLicence]),
    default=name_of(CreditorLicence.BANK),
    show_default=True,
)
@_said_in_notices
@by_option
@needs_database
def add(actor: str, **described: str | None) -> None:
    """Record a lender."""
    from arrears.actions.lenders import create_lender
    from arrears.store.clock import now

    created = create_lender(**described, actor=actor, at=now())  # type: ignore[arg-type] # click's choices
    note(f"Recorded as lender {created.id}.")


@lender.command()
@click.argument("which", metavar="LENDER")
@_said_in_notices
@by_option
@needs_database
def change(which: str, actor: str, **said: str | None) -> None:
    """Change what the notices of LENDER (number or name) say of it."""
    from arrears.actions.lenders import change_lender, get_lender
    from arrears.store.clock import now

    found = get_lender(which)
    change_lender(lender=found.id, actor=actor, at=now(), **said)
    note(f"Changed: {found.name}.")


@lender.command(name="list")
@format_option
@needs_database
def list_(format_: str) -> None:
    """Show the lenders recorded."""
    from arrears.store.models import Organisation

    columns = ("id", "name", "country", "zone", "language", "currency", "actor_kind", "licence")
    rows = list(Organisation.objects.filter(kind="lender").order_by("id").values(*columns))
    print_report(format_, "Lenders", rows, columns=columns)
