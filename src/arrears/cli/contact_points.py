"""`arrears contact-points`: which channels reach whoever owes a loan, and what says that they do not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from arrears.cli.django import needs_database
from arrears.cli.output import format_option, print_report
from arrears.cli.strategy_option import strategy_for, strategy_option
from arrears.kernel.vocabulary import name_of

if TYPE_CHECKING:
    from arrears.actions.reached import Reached
    from arrears.kernel.planning.reachability import PointState

_COLUMNS = ("role", "point", "kind", "channel", "state", "misses", "since", "tried_again")


@click.command("contact-points")
@click.argument("loan")
@click.option("--lender", help="Number or name; needed where two lenders share a number.")
@strategy_option
@format_option
@needs_database
def contact_points(loan: str, *, lender: str | None, strategy: str | None, format_: str) -> None:
    """List the addresses of whoever owes LOAN by their numbers, and which channels reach them.

    By the limits of the strategy; no address is shown.
    """
    from arrears.actions.days import today_at
    from arrears.actions.explanations import get_subject
    from arrears.actions.lenders import get_lender
    from arrears.actions.reached import reached_about
    from arrears.store.clock import now

    at, owner = now(), None if lender is None else get_lender(lender).id
    its_lender = get_subject(loan, lender=owner).lender
    ladder = strategy_for(strategy, lender=its_lender, on=today_at(its_lender, at))
    found = reached_about(loan_ref=loan, strategy=ladder, at=at, lender=owner)
    rows = [_row(each, point) for each in found for point in each.points]
    print_report(format_, f"Who is reached about {loan}, and by what", rows, columns=_COLUMNS)


def _row(reached: Reached, point: PointState) -> dict[str, Any]:
    from arrears.kernel.days import datetime_of
    from arrears.kernel.planning.reachability import State

    evidence = point.evidence
    is_left_out = evidence is not None and point.state is State.DOES_NOT_REACH
    return {
        "role": name_of(reached.role),
        "point": point.point,
        "kind": name_of(point.kind),
        "channel": name_of(point.channel),
        "state": name_of(point.state),
        "misses": None if evidence is None else f"{evidence.count} {name_of(evidence.miss)}",
        "since": None if evidence is None else datetime_of(evidence.since_at).isoformat(),
        "tried_again": datetime_of(evidence.until_at).isoformat() if evidence and is_left_out else None,
    }
