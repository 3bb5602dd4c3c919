"""`arrears household`: with whom a borrower lives, as the lender knows it."""

from __future__ import annotations

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import note

_lender_option = click.option("--lender", help="Number or name; needed where two lenders share a number.")


@click.group()
def household() -> None:
    """Record with whom a borrower lives. Contacts with a household may be counted together.

    Never drawn from addresses: what nobody has recorded, nobody assumes.
    """


@household.command("join")
@click.argument("loan")
@click.argument("number")
@_lender_option
@by_option
@needs_database
def join_(loan: str, number: str, *, lender: str | None, actor: str) -> None:
    """The borrower of LOAN is of the household of this NUMBER from now on, and of no other."""
    _place(loan, number, lender, actor)


@household.command()
@click.argument("loan")
@_lender_option
@by_option
@needs_database
def leave(loan: str, *, lender: str | None, actor: str) -> None:
    """The borrower of LOAN is a household of his own from now on."""
    _place(loan, None, lender, actor)


def _place(loan: str, number: str | None, lender: str | None, actor: str) -> None:
    from arrears.actions.explanations import get_subject
    from arrears.actions.households import place_in_household
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    owner = get_lender(lender)
    person = get_subject(loan, lender=owner.id).borrower
    is_new = place_in_household(lender=owner.id, person=person, household_ref=number, actor=actor, at=now())
    note("Recorded." if is_new else "So it stands already.")
