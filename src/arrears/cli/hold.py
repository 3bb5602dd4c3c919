"""`arrears hold`: suspend what runs against a loan, a borrower or an area, and let it run again."""

from __future__ import annotations

from datetime import datetime

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.options import midnight
from arrears.cli.output import note
from arrears.kernel.vocabulary import HoldReason, Stops, name_of

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def hold() -> None:
    """Suspend what runs against a loan, a borrower or an area, and let it run again."""


@hold.command()
@click.argument("loan", required=False)
@click.option("--whole-person", is_flag=True, help="Hold all of the borrower's loans, not only LOAN.")
@click.option("--area", help="Instead of a LOAN: everybody who may be there, ISO 3166 (TW or US-NY).")
@click.option("--reason", type=click.Choice([name_of(each) for each in HoldReason]), required=True)
@click.option("--shown", required=True, help="What the borrower reads about it.")
@click.option(
    "--stops",
    type=click.Choice([each.name.lower() for each in Stops]),
    multiple=True,
    default=("notices", "calls"),
    show_default=True,
    help="What stands still; may be given several times.",
)
@click.option("--until", type=_DAY, help="The first day on which it does not hold.  [default: no end]")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@by_option
@needs_database
def place(
    *,
    loan: str | None,
    whole_person: bool,
    area: str | None,
    reason: str,
    shown: str,
    stops: tuple[str, ...],
    until: datetime | None,
    lender: str | None,
    actor: str,
) -> None:
    """Place a hold on LOAN, on its borrower (--whole-person) or on an --area. It binds at once."""
    from arrears.actions.explanations import get_subject
    from arrears.actions.holds import place_hold
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    if (loan is None) == (area is None) or (whole_person and loan is None):
        raise click.UsageError("Give the number of a LOAN, or --area.")
    owner = get_lender(lender)
    subject = get_subject(loan, lender=owner.id) if loan else None
    number = place_hold(
        lender=owner.id,
        loan=subject.loan if subject and not whole_person else None,
        person=subject.borrower if subject and whole_person else None,
        area=area,
        reason=reason,
        shown_reason=shown,
        stops=stops,
        until_at=None if until is None else midnight(until, owner.zone),
        actor=actor,
        at=now(),
    )
    note(f"Recorded as hold {number}. To end it: arrears hold end {number}")


@hold.command()
@click.argument("number", type=int)
@by_option
@needs_database
def end(number: int, actor: str) -> None:
    """End the hold of this NUMBER now."""
    from arrears.actions.holds import end_hold
    from arrears.store.clock import now

    end_hold(hold=number, actor=actor, at=now())
    note(f"Hold {number} has ended.")
