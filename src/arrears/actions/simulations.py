"""A strategy or a law tried over a past period beside the current one: read, nothing written."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from django.db import connection

from arrears.actions.tried_laws import LawBasis
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.errors import BadInput, NotPossible
from arrears.kernel.facts import NO_DATE, Codes, Facts, rows_of
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.comparing import DifferentLoans, differences
from arrears.kernel.planning.lived import live_beside
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.planning.tally import Tally, tally_of
from arrears.store.facts import load_facts
from arrears.strategies.reachability import with_reachability

DAYS_MAX = 400
Progress = Callable[[int], None]
"""Told after each day that both sides have lived: one more."""


@dataclass(frozen=True, slots=True)
class Side:
    """What is tried: a strategy under a law, and on what that law rests."""

    strategy: Strategy
    law: Law
    law_basis: LawBasis = field(default_factory=LawBasis)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What both sides would have done on days `from_on` to `to_on`, both included.

    `different` are the loans treated differently, grouped by how. `books_through_on` is the day
    through which payments are known, None when no day is: what lies after it is refused.
    """

    from_on: date
    to_on: date
    known_at: datetime
    books_through_on: date | None
    loans: int
    current: Tally
    new: Tally
    different: list[DifferentLoans]


def simulate(
    *,
    lender_id: int,
    current: Side,
    new: Side,
    from_on: date,
    to_on: date,
    at: datetime,
    progress: Progress = lambda _days: None,
) -> Simulation:
    """Live the days `from_on` to `to_on` of the lender's loans twice, from the facts known at `at`.

    Every contact planned is taken to be made and not answered; what the lender really did in the
    period is left out (`kernel.planning.past`). Raises BadInput for days out of order, not over
    yet or more than `DAYS_MAX`; NotPossible for a lender without loans.
    """
    _check_order(from_on, to_on)
    facts = load_facts(lender_id=lender_id, known_at=at)
    if len(facts["loan"]["loan"]) == 0:
        raise NotPossible(
            "simulation.no_loans",
            "The lender has no loans on file, so there is nothing to simulate.",
            hint="Import them first: arrears import folder FOLDER",
        )
    _check_over(facts, current.law, to_on, at)
    closed_on = _closed_on(facts, lender_id)
    both = live_beside(
        facts,
        [(with_reachability(side.law, side.strategy), side.strategy) for side in (current, new)],
        from_on=day_of(from_on),
        until_on=day_of(to_on) + 1,
        closed_on=closed_on,
        told=lambda _day: progress(1),
    )
    through_on = int(facts["lender"]["payments_complete_through_on"][0])
    return Simulation(
        from_on=from_on,
        to_on=to_on,
        known_at=at,
        books_through_on=None if through_on == NO_DATE else date_of(through_on),
        loans=len(facts["loan"]["loan"]),
        current=tally_of(both[0]),
        new=tally_of(both[1]),
        different=differences(*both),
    )


def refs_of(loans: Iterable[int]) -> dict[int, str]:
    """The lender's number of each of these loans."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, source_ref FROM loan WHERE id = ANY(%s)", [list(loans)])
        return dict(cursor.fetchall())


def find_currency(lender_id: int) -> str | None:
    """The lender's currency, else the only one its loans are in; None where there is neither."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENCY, {"lender": lender_id})
        found = cursor.fetchone()
    return None if found is None else found[0]


def _check_order(from_on: date, to_on: date) -> None:
    if to_on < from_on:
        raise BadInput(
            "simulation.days", f"{to_on} lies before {from_on}.", hint="--from is the earlier day."
        )
    days = (to_on - from_on).days + 1
    if days > DAYS_MAX:
        raise BadInput(
            "simulation.too_long",
            f"{from_on} to {to_on} are {days} days; at most {DAYS_MAX} are simulated at once.",
            hint="Give a shorter period.",
        )


def _check_over(facts: Facts, law: Law, to_on: date, at: datetime) -> None:
    """Only days that are over have facts: of a day to come nobody knows who pays."""
    zone = law.zones[facts.zones[facts["lender"]["zone"][0]]]
    today = date_of(zone.day(np.array([instant_of(at)]))[0])
    if to_on >= today:
        raise BadInput(
            "simulation.not_over",
            f"{to_on} is not over yet: it is {today} for the lender.",
            hint="Give --to a day before it; what lies ahead of one loan is told by arrears explain.",
        )


def _closed_on(facts: Facts, lender_id: int) -> Codes:
    """The day each loan of the facts was closed, `NO_DATE` for those that were not."""
    loans = facts["loan"]["loan"]
    closed_on = np.full(len(loans), NO_DATE, np.int64)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, closed_on FROM loan WHERE lender_id = %s AND closed_on IS NOT NULL ORDER BY id",
            [lender_id],
        )
        closed = [(loan, day_of(on)) for loan, on in cursor.fetchall()]
    table = np.array(closed, np.int64).reshape(-1, 2)
    at = rows_of(loans, table[:, 0])
    closed_on[at[at >= 0]] = table[at >= 0, 1]
    return closed_on


_CURRENCY = """
SELECT coalesce(lender.currency, (SELECT min(currency) FROM loan WHERE lender_id = lender.id
                                  HAVING count(DISTINCT currency) = 1))
  FROM organisation AS lender WHERE lender.id = %(lender)s
"""
