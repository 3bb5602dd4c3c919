"""`arrears letters approve`, `revoke` and `approvals`: who answers for a lawyer's letter."""

from __future__ import annotations

from datetime import datetime

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_report, to_instant

_COLUMNS = ("approval", "loan", "text", "approved_by", "requested_by", "approved_at", "until")


@click.command()
@click.option("--loan", required=True, metavar="REF", help="The lender's number of the loan.")
@click.option("--approved-by", "approver", required=True, metavar="NAME", help="Who approved it.")
@click.option(
    "--until",
    callback=lambda _context, _parameter, text: None if text is None else to_instant(text),
    metavar="INSTANT",
    help="Until when it holds, 2026-06-01T09:00+08:00.  [default: no end]",
)
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@by_option
@needs_database
def approve(*, loan: str, approver: str, until: datetime | None, lender: str | None, actor: str) -> None:
    """Record that a lawyer's letter about a loan is approved, in its text as it stands now.

    Who approves is not who asks (--by). Nothing is approved while the letter could not be signed.
    """
    from arrears.actions.approvals import approve_lawyers_letter
    from arrears.actions.lenders import get_lender
    from arrears.channels.registry import signer_set
    from arrears.conf.servers import servers_set
    from arrears.store.clock import now

    signer_set(servers_set())
    approval = approve_lawyers_letter(
        loan_ref=loan,
        approver=f"staff:{approver}",
        lender=None if lender is None else get_lender(lender).id,
        until=until,
        actor=actor,
        at=now(),
    )
    note(f"Approval {approval.pk} of the text {approval.subject_ref}; arrears letters revoke takes it back.")


@click.command()
@click.argument("approval", type=int)
@by_option
@needs_database
def revoke(approval: int, actor: str) -> None:
    """Take an approval back: no letter that has not left yet leaves on it."""
    from arrears.actions.approvals import revoke_approval
    from arrears.store.clock import now

    revoke_approval(approval=approval, actor=actor, at=now())
    note(f"Approval {approval} is ended.")


@click.command()
@format_option
@needs_database
def approvals(format_: str) -> None:
    """List the approvals of lawyer's letters that stand."""
    from arrears.actions.approvals import list_approvals
    from arrears.store.clock import now

    rows = [
        {
            "approval": each.pk,
            "loan": each.loan.source_ref if each.loan else None,
            "text": each.subject_ref,
            "approved_by": each.approved_by.name,
            "requested_by": each.requested_by.name,
            "approved_at": each.approved_at,
            "until": each.until_at,
        }
        for each in list_approvals(at=now())
    ]
    print_report(format_, "Approvals of lawyer's letters", rows, columns=_COLUMNS)
