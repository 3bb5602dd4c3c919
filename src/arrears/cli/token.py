"""`arrears token`: which other systems may ask, reserve and report over HTTP."""

from __future__ import annotations

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report

_lender = click.option("--lender", help="Its number or name; not needed while there is only one.")


@click.group()
def token() -> None:
    """Let other systems in, and shut them out again."""


@token.command()
@click.argument("system")
@_lender
@click.option(
    "--scope",
    "scopes",
    type=click.Choice(["decide", "reserve", "report", "inbox"]),
    multiple=True,
    required=True,
    help="What it may do; may be given several times. inbox: show a person's inbox in the lender's app.",
)
@click.option(
    "--requests-per-minute",
    type=click.IntRange(1, 1_000_000),
    default=6_000,
    show_default=True,
    help="How often it may ask.",
)
@by_option
@format_option
@needs_database
def add(
    system: str,
    *,
    lender: str | None,
    scopes: tuple[str, ...],
    requests_per_minute: int,
    actor: str,
    format_: str,
) -> None:
    """Make a token for SYSTEM, of one lender. It is shown once; only its digest is stored."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.tokens import add_token
    from arrears.store.clock import now

    found = get_lender(lender)
    issued = add_token(
        lender=found.id,
        system=system,
        scopes=scopes,
        requests_per_minute=requests_per_minute,
        actor=actor,
        at=now(),
    )
    if format_ == "json":
        print_json({"token": issued.id, "secret": issued.secret})
        return
    note(f"Token {issued.id} of {system} for {found.name}. Keep it safe; it is not shown again:")
    click.echo(issued.secret)


@token.command(name="list")
@_lender
@format_option
@needs_database
def list_(lender: str | None, format_: str) -> None:
    """Show the tokens that were made, and which are revoked."""
    from arrears.actions.lenders import get_lender
    from arrears.actions.tokens import list_tokens

    rows = list_tokens(lender=None if lender is None else get_lender(lender).id)
    columns = ("token", "lender", "system", "scopes", "requests_per_minute", "recorded_at", "revoked_at")
    print_report(format_, "Tokens", rows, columns=columns)


@token.command()
@click.argument("number", type=int)
@by_option
@needs_database
def revoke(number: int, actor: str) -> None:
    """Shut out whoever shows token NUMBER, from the next request on."""
    from arrears.actions.tokens import revoke_token
    from arrears.store.clock import now

    revoke_token(token=number, actor=actor, at=now())
    note(f"Revoked: token {number}.")
