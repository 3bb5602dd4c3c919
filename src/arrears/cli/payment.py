"""`arrears payment`: record a payment that came."""

from __future__ import annotations

from datetime import datetime

import click

from arrears.cli.actor import by_option
from arrears.cli.amounts import to_minor
from arrears.cli.django import needs_database
from arrears.cli.output import note
from arrears.kernel.money import Money


@click.command()
@click.argument("loan")
@click.argument("amount")
@click.option("--ref", "source_ref", required=True, help="The lender's number of the payment.")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day it counts from.")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@by_option
@needs_database
def payment(*, loan: str, amount: str, source_ref: str, on: datetime, lender: str | None, actor: str) -> None:
    """Record a payment of AMOUNT (1250.00, in the loan's currency) on LOAN.

    The same payment given again changes nothing. No contact leaves before the next report says
    whether the loan is still late.
    """
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender
    from arrears.actions.payments import post_payment
    from arrears.store.clock import now

    subject = get_subject(loan, lender=get_lender(lender).id if lender else None)
    minor = to_minor(amount, subject.currency, code="payment.amount")
    number = post_payment(
        loan=subject.loan,
        source_ref=source_ref,
        amount_minor=minor,
        value_on=on.date(),
        actor=actor,
        at=now(),
    )
    note(f"{Money(minor, subject.currency)} on {loan}, recorded as payment {number}.")
