"""`arrears inbound list|show|record|settle|link|gateway`: messages from people, and what was done."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report, to_instant
from arrears.kernel.inbound.wishes import Wish
from arrears.kernel.vocabulary import Channel, name_of

if TYPE_CHECKING:
    from arrears.actions.hearing.listing import Shown

_STATES = ("new", "waiting", "applied", "settled")
_COLUMNS = ("message", "said_at", "channel", "loans", "state", "understood", "text")
_lender = click.option("--lender", help="Its number or name; not needed while there is only one.")


@click.command("list")
@click.option(
    "--state",
    "states",
    type=click.Choice(_STATES),
    multiple=True,
    default=("new", "waiting"),
    show_default=True,
    help="Which messages; may be given several times.",
)
@click.option("--lender", help="Number or name; default: those of every lender.")
@format_option
@needs_database
def list_(states: tuple[str, ...], lender: str | None, format_: str) -> None:
    """List the messages that wait for a person."""
    from arrears.actions.hearing.listing import list_inbound
    from arrears.actions.lenders import get_lender

    found = list_inbound(states=states, lender=None if lender is None else get_lender(lender).id)
    print_report(format_, "Messages", [_row(each) for each in found], columns=_COLUMNS)


@click.command()
@click.argument("number", type=int)
@format_option
@needs_database
def show(number: int, format_: str) -> None:
    """Show message NUMBER: its words, how they were understood, and what was done because of them."""
    from arrears.actions.hearing.listing import get_inbound

    found = get_inbound(number)
    done = [
        {"what": each.what, "number": each.number, "reason": each.reason or None, "at": each.at}
        for each in found.effects
    ]
    if format_ == "json":
        more = {"provider": found.provider, "sender": found.sender, "lender": found.lender}
        print_json({**_row(found), **more, "settled_by": found.settled_by, "done": done})
        return
    print_report("table", f"Message {number}", [_row(found)], columns=_COLUMNS)
    print_report("table", "Done because of it", done, columns=("what", "number", "reason", "at"))


@click.command()
@click.argument("text")
@click.option(
    "--channel",
    type=click.Choice([name_of(each) for each in Channel]),
    default="call",
    show_default=True,
    help="How he said it.",
)
@click.option("--loan", help="The borrower of this loan said it.")
@click.option("--person", help="The person with this customer number said it.")
@click.option("--from", "sender", default="", help="The number or address he used.")
@click.option(
    "--at", "said_at", callback=lambda _c, _p, text: text and to_instant(text), help="[default: now]"
)
@_lender
@by_option
@needs_database
def record(
    text: str,
    *,
    channel: str,
    loan: str | None,
    person: str | None,
    sender: str,
    said_at: datetime | None,
    lender: str | None,
    actor: str,
) -> None:
    """Record TEXT that somebody said or wrote to an agent. It is understood as if he had texted it."""
    from arrears.actions.inbound import Heard, receive, settle_inbound, speaker_of
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    if not (loan or person or sender):
        raise click.UsageError("Say who it was: --loan, --person or --from.")
    owner = get_lender(lender).id
    heard = Heard(
        channel=channel,
        provider="agent",
        text=text,
        sender=sender,
        lender=owner,
        person=speaker_of(owner, loan_ref=loan, person_ref=person),
        said_at=said_at,
    )
    number = receive(heard, actor=actor, at=now()).message
    state = settle_inbound(number, actor=actor)
    note(f"Recorded as message {number}: {state}. See: arrears inbound show {number}")


@click.command()
@click.argument("number", type=int, required=False)
@click.option(
    "--meant",
    type=click.Choice([str(each) for each in Wish]),
    multiple=True,
    help="What it means; may be given several times. other: nothing of the list.",
)
@by_option
@needs_database
def settle(number: int | None, meant: tuple[str, ...], actor: str) -> None:
    """Say what message NUMBER means: that is done, and what was done without being meant is undone.

    Without NUMBER, every message that nobody has looked at is understood now.
    """
    from arrears.actions.inbound import settle_by_hand, settle_waiting

    if number is None:
        settled = settle_waiting(actor=actor)
        note(f"{settled.total()} understood, {settled['waiting']} of them wait for a person.")
        return
    if not meant:
        raise click.UsageError("Say what it means: --meant.")
    settle_by_hand(number, meant=[Wish(each) for each in meant], actor=actor)
    note(f"Message {number} is settled. See: arrears inbound show {number}")


@click.command()
@click.option(
    "--ours", default="http://127.0.0.1:8000", show_default=True, help="Where arrears serve answers."
)
@needs_database
def gateway(ours: str) -> None:
    """Print what Kannel's configuration needs so that what telephones write comes here. It holds a secret."""
    from django.conf import settings

    from arrears.channels.kannel.inbound import service_for
    from arrears.channels.kannel.route import read_gateway
    from arrears.store.identity import is_live

    route = read_gateway(settings.ARREARS_SMS_URL, is_simulation=not is_live())
    click.echo(service_for(route, ours.rstrip("/")))


@click.command()
@click.argument("loan")
@click.option(
    "--days", type=click.IntRange(1, 366), default=30, show_default=True, help="How long it is good."
)
@_lender
@needs_database
def link(loan: str, days: int, lender: str | None) -> None:
    """Print the token of a link by which the borrower of LOAN can write one message.

    Another system shows the page, and hands over what was written with the token: POST /api/v1/inbound.
    """
    from arrears.actions.hearing.links import make_link
    from arrears.actions.inbound import speaker_of
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    person = speaker_of(get_lender(lender).id, loan_ref=loan, person_ref=None)
    assert person is not None, loan
    click.echo(make_link(person=person, days=days, at=now()))


def _row(shown: Shown) -> dict[str, Any]:
    understood = f"{', '.join(shown.wishes)} ({shown.certainty})" if shown.certainty else None
    return {
        "message": shown.message,
        "said_at": shown.said_at,
        "channel": shown.channel,
        "loans": " ".join(shown.loans) or None,
        "state": shown.state,
        "understood": understood,
        "text": shown.text,
    }


COMMANDS = (list_, show, record, settle, link, gateway)
