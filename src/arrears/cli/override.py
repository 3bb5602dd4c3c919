"""`arrears override`: a named approver sets a rule aside for one person, or that ends."""

from __future__ import annotations

from datetime import datetime

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report, to_instant

_COLUMNS = ("override", "rule", "loan", "reason", "approved_by", "requested_by", "approved_at", "until")


@click.group()
def override() -> None:
    """Set a rule aside for one person, where the rule is open to that, and let it bind again."""


@override.command()
@click.argument("rule")
@click.option("--loan", required=True, metavar="REF", help="The lender's number of the loan.")
@click.option("--person", metavar="REF", help="Whom it is about, by number.  [default: the borrower]")
@click.option("--all-loans", is_flag=True, help="About every loan, not only this one.")
@click.option("--reason", required=True, metavar="CODE", help="Why; of those the law names where it does.")
@click.option("--approved-by", "approver", required=True, metavar="NAME", help="Who approved it.")
@click.option(
    "--until",
    required=True,
    callback=lambda _context, _parameter, text: to_instant(text),
    metavar="INSTANT",
    help="Until when it holds, 2026-06-01T09:00+08:00.",
)
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@by_option
@needs_database
def approve(
    *,
    rule: str,
    loan: str,
    person: str | None,
    all_loans: bool,
    reason: str,
    approver: str,
    until: datetime,
    lender: str | None,
    actor: str,
) -> None:
    """Record that RULE is set aside for contacts about a loan from now on.

    Who approves is not who asks (--by). A rule that nobody may override is refused.
    """
    from arrears.actions.lenders import get_lender
    from arrears.actions.overrides import approve_override
    from arrears.store.clock import now

    approval = approve_override(
        rule=rule,
        loan_ref=loan,
        person_ref=person,
        all_loans=all_loans,
        reason=reason,
        approver=f"staff:{approver}",
        until=until,
        lender=None if lender is None else get_lender(lender).id,
        actor=actor,
        at=now(),
    )
    note(f"Override {approval.pk} of {rule}; arrears override revoke {approval.pk} takes it back.")


@override.command()
@click.argument("number", type=int)
@by_option
@needs_database
def revoke(number: int, actor: str) -> None:
    """End an override: the rule binds every contact that has not left yet."""
    from arrears.actions.overrides import revoke_override
    from arrears.store.clock import now

    revoke_override(override=number, actor=actor, at=now())
    note(f"Override {number} is ended.")


@override.command("list")
@format_option
@needs_database
def list_(format_: str) -> None:
    """List the overrides that stand."""
    from arrears.actions.overrides import list_overrides
    from arrears.store.clock import now

    rows = [
        {
            "override": each.pk,
            "rule": each.rule,
            "loan": each.loan.source_ref if each.loan else None,
            "reason": each.reason_code,
            "approved_by": each.approved_by.name,
            "requested_by": each.requested_by.name,
            "approved_at": each.approved_at,
            "until": each.until_at,
        }
        for each in list_overrides(at=now())
    ]
    print_report(format_, "Overrides", rows, columns=_COLUMNS)
