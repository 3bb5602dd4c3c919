"""`arrears push`: the keys of notifications, and browsers' subscriptions."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report

_lender_option = click.option("--lender", help="Number or name; needed where two lenders share a number.")


@click.group()
def push() -> None:
    """Make the keys of notifications, and record which browsers have subscribed to them."""


@push.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def keys(file: Path) -> None:
    """Make a key in FILE, and print its public half, which browsers subscribe with.

    In a FILE that has keys the new one is put first: new subscriptions are made with it, and those
    with the older ones go on. Keep a copy; without its key no subscription can be used.
    """
    from arrears.channels.web_push.keys import write_new_key

    click.echo(write_new_key(file))
    note(f"Set ARREARS_PUSH_URL='webpush://{file.resolve()}?contact=mailto:YOUR-STAFF'")


@push.command()
@needs_database
def key() -> None:
    """Print the public key that browsers subscribe with now."""
    click.echo(_server_keys()[0])


@push.command()
@click.argument("loan")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--replaces", metavar="ENDPOINT", help="The subscription whose place it takes.")
@_lender_option
@by_option
@needs_database
def subscribe(*, loan: str, file: IO[str], replaces: str | None, lender: str | None, actor: str) -> None:
    """Keep a browser's subscription for the borrower of LOAN.

    FILE (- for standard input) is the JSON of the browser's PushSubscription, with
    applicationServerKey; without it the key is that of `arrears push key`.
    """
    from arrears.actions.push_subscriptions import subscribe as keep
    from arrears.kernel.push_subscriptions import with_server_key
    from arrears.store.clock import now

    owner, person = _borrower(loan, lender)
    ours = _server_keys()
    kept = keep(
        lender=owner,
        person=person,
        subscription=with_server_key(file.read(), ours[0]),
        replaces=replaces,
        server_keys=ours,
        actor=actor,
        at=now(),
    )
    if kept.state == "gone":
        note(f"{kept.host} does not know this subscription any more: the browser has to subscribe again.")
    else:
        note(f"On file as contact point {kept.number}, at {kept.host}.")


@push.command()
@click.argument("loan")
@click.argument("endpoint")
@_lender_option
@by_option
@needs_database
def unsubscribe(*, loan: str, endpoint: str, lender: str | None, actor: str) -> None:
    """End the subscription at ENDPOINT of the borrower of LOAN. It binds at once."""
    from arrears.actions.push_subscriptions import unsubscribe as end
    from arrears.store.clock import now

    owner, person = _borrower(loan, lender)
    is_ended = end(lender=owner, person=person, endpoint=endpoint, actor=actor, at=now())
    note("The subscription is ended." if is_ended else "He has no such subscription.")


@push.command(name="list")
@click.argument("loan")
@_lender_option
@format_option
@needs_database
def list_(*, loan: str, lender: str | None, format_: str) -> None:
    """List the subscriptions of the borrower of LOAN, the newest first, without their endpoints."""
    from arrears.actions.push_subscriptions import list_subscriptions
    from arrears.store.clock import now

    _, person = _borrower(loan, lender)
    rows = [
        {
            "number": each.number,
            "push_service": each.host,
            "key": f"{each.server_key[:12]}…",
            "recorded_at": each.recorded_at,
            "expires_at": each.expires_at,
            "state": each.state,
        }
        for each in list_subscriptions(person=person, at=now())
    ]
    columns = ("number", "push_service", "key", "recorded_at", "expires_at", "state")
    print_report(format_, f"Subscriptions of the borrower of {loan}", rows, columns=columns)


def _borrower(loan: str, lender: str | None) -> tuple[int, int]:
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender

    subject = get_subject(loan, lender=get_lender(lender).id if lender else None)
    return subject.lender, subject.borrower


def _server_keys() -> tuple[str, ...]:
    """The public keys that are set. Raises BadInput when none are."""
    from arrears.channels.web_push import read_push_route
    from arrears.conf.servers import servers_set
    from arrears.store.identity import is_live

    return read_push_route(servers_set().push_url, is_simulation=not is_live()).keys.public_keys
