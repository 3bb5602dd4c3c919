"""`arrears opt-out`: switch contact off for a person or an address, and on again."""

from __future__ import annotations

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report
from arrears.kernel.vocabulary import Channel, PointKind, name_of

_TOLD_BY = click.Choice(["call", "reply", "letter", "portal"])


@click.group("opt-out")
def opt_out() -> None:
    """Switch contact off for a person or an address, and on again."""


@opt_out.command()
@click.argument("loan", required=False)
@click.option("--address", help="Instead of a LOAN's borrower: this address or number, whoever has it.")
@click.option("--kind", type=click.Choice([name_of(each) for each in PointKind]), help="What the address is.")
@click.option("--country", help="How to read a number without a country code, ISO 3166.")
@click.option("--channel", type=click.Choice([name_of(each) for each in Channel]), help="[default: all]")
@click.option("--told-by", type=_TOLD_BY, default="call", show_default=True, help="How it was told.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@by_option
@needs_database
def add(
    *,
    loan: str | None,
    address: str | None,
    kind: str | None,
    country: str | None,
    channel: str | None,
    told_by: str,
    lender: str | None,
    actor: str,
) -> None:
    """Record an opt-out: of the borrower of LOAN, or of an --address. It binds at once, everywhere."""
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender
    from arrears.actions.opt_outs import record_opt_out, value_key_of
    from arrears.store.clock import now

    if (loan is None) == (address is None) or (address is None) != (kind is None):
        raise click.UsageError("Give the number of a LOAN, or --address with --kind.")
    owner = get_lender(lender).id
    person = get_subject(loan, lender=owner).borrower if loan else None
    value_key = value_key_of(kind, address, country=country) if kind and address else None
    number = record_opt_out(
        lender=owner,
        person=person,
        value_key=value_key,
        channel=channel,
        told_by=told_by,
        actor=actor,
        at=now(),
    )
    note(f"Recorded as opt-out {number}. To lift it: arrears opt-out lift {number}")


@opt_out.command("only-by")
@click.argument("loan")
@click.argument("channel", type=click.Choice([name_of(each) for each in Channel]))
@click.option("--told-by", type=_TOLD_BY, default="call", show_default=True, help="How it was told.")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@by_option
@needs_database
def only_by(*, loan: str, channel: str, told_by: str, lender: str | None, actor: str) -> None:
    """The borrower of LOAN wants to hear of us by CHANNEL only: opt-outs of every other channel."""
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender
    from arrears.actions.opt_outs import record_only_by
    from arrears.store.clock import now

    owner = get_lender(lender).id
    numbers = record_only_by(
        lender=owner,
        person=get_subject(loan, lender=owner).borrower,
        channel=channel,
        told_by=told_by,
        actor=actor,
        at=now(),
    )
    note(f"Recorded as opt-outs {', '.join(map(str, numbers))}. To lift one: arrears opt-out lift NUMBER")


@opt_out.command()
@click.argument("number", type=int)
@click.option("--told-by", type=_TOLD_BY, default="call", show_default=True, help="How it was told.")
@by_option
@needs_database
def lift(number: int, told_by: str, actor: str) -> None:
    """End the opt-out of this NUMBER from now on."""
    from arrears.actions.opt_outs import lift_opt_out
    from arrears.store.clock import now

    lift_opt_out(opt_out=number, told_by=told_by, actor=actor, at=now())
    note(f"Opt-out {number} is lifted.")


@opt_out.command("list")
@click.argument("loan")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@format_option
@needs_database
def list_(loan: str, lender: str | None, format_: str) -> None:
    """Show the opt-outs of the borrower of LOAN."""
    from arrears.actions.explanations import get_subject
    from arrears.actions.hearing.listing import messages_behind
    from arrears.actions.lenders import get_lender
    from arrears.actions.opt_outs import list_opt_outs

    subject = get_subject(loan, lender=get_lender(lender).id if lender else None)
    rows_of = list_opt_outs(person=subject.borrower)
    behind = messages_behind([row.pk for row in rows_of])
    rows = [
        {
            "number": row.pk,
            "channel": row.channel or "all",
            "from_at": row.from_at,
            "until_at": row.until_at,
            "told_by": row.told_by,
            "message": behind.get(row.pk),
        }
        for row in rows_of
    ]
    columns = ("number", "channel", "from_at", "until_at", "told_by", "message")
    print_report(format_, f"Opt-outs of the borrower of {loan}", rows, columns=columns)
