"""Facts that are only supposed: a payment that may come, a hold that may be placed.

What is supposed becomes known on its own day, before that day's run, and not earlier: the days
before it are decided as they will be, by people who do not know of it. So a supposed payment
never counts before its value day, and nothing is refused for its sake before it came.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.pauses import Zones
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR, Facts
from arrears.kernel.planning.assumed import with_rows, with_tables
from arrears.kernel.vocabulary import ANY, ArrearsSource, HoldReason, Stops


@dataclass(frozen=True, slots=True)
class Coming:
    """Rows by table that become known on day `on`, before its run."""

    on: int
    rows: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed on one loan at the end of a day.

    source             `ArrearsSource`, or NO_ID where nothing is known
    overdue_minor      what has to be paid that day for nothing to be overdue at its end; 0 when
                       the loan is not late, None when a report does not say how much is overdue
                       or the product's order gives no money to it
    outstanding_minor  what has to be paid for nothing of the schedule to be open, less money that
                       is kept already; None for a loan without a schedule
    reported_on        the day the newest report speaks of; NO_DATE where arrears are computed
    """

    source: int
    overdue_minor: int | None
    outstanding_minor: int | None
    reported_on: int


def owed(facts: Facts, zones: Zones, loan: int, on: int) -> Owed:
    """What is owed on a loan of `facts` at the end of day `on`, as far as is known now."""
    alone = _alone(facts, loan)
    row = {name: int(column[0]) for name, column in arrears_of(alone, on, zones).items()}
    is_reported = row["source"] == ArrearsSource.REPORTED
    has_schedule = row["source"] == ArrearsSource.SCHEDULE
    return Owed(
        source=row["source"],
        overdue_minor=_reported_overdue(row) if is_reported else _overdue(alone, zones, loan, on),
        outstanding_minor=max(row["outstanding_minor"] - row["credit_minor"], 0) if has_schedule else None,
        reported_on=row["reported_on"] if is_reported else NO_DATE,
    )


def payment(facts: Facts, loan: int, *, on: int, amount_minor: int) -> Coming:
    """A payment on a loan with value on day `on`, in the books before that day's run.

    It stands after every known payment of its day. An amount of 0 has come without moving
    anything: a payment of unknown size on a loan whose arrears are only reported.
    """
    known = facts["payment"]
    same_day = (known["loan"] == loan) & (known["value_on"] == on)
    row = {
        "loan": [loan],
        "value_on": [on],
        "ordinal": [int(known["ordinal"][same_day].max(initial=0)) + 1],
        "payment": [int(known["payment"].max(initial=0)) + 1],
        "amount_minor": [amount_minor],
        "surplus": [ANY],
        "recorded_at": [facts.known_at],
    }
    return Coming(on, {"payment": row})


def hold(
    facts: Facts,
    *,
    on: int,
    from_at: int,
    until_at: int,
    stops: Collection[Stops],
    reason: HoldReason,
    loan: int = NO_ID,
    person: int = NO_ID,
) -> Coming:
    """A hold on a loan or on a person, placed on day `on`, the day of its lender that it begins on.

    It stops `stops` from `from_at` until before `until_at` (NEVER: no end).
    """
    assert (loan == NO_ID) != (person == NO_ID), "a hold is on a loan or on a person"
    row = {
        "hold": [int(facts["hold"]["hold"].max(initial=0)) + 1],
        "loan": [loan],
        "person": [person],
        "reason": [int(reason)],
        "stops": [sum({int(each) for each in stops})],
        "from_at": [from_at],
        "until_at": [until_at],
    }
    return Coming(on, {"hold": row})


def with_coming(facts: Facts, coming: Sequence[Coming]) -> Facts:
    """The facts once all of this is known."""
    for each in coming:
        facts = with_rows(facts, each.rows)
    return facts


def _alone(facts: Facts, loan: int) -> Facts:
    """The facts with this loan only; what is known of others stays beside it and is not read."""
    row = int(np.searchsorted(facts["loan"]["loan"], loan))
    assert facts["loan"]["loan"][row] == loan, "the loan is not in the facts"
    return with_tables(
        facts, {"loan": {name: column[row : row + 1] for name, column in facts["loan"].items()}}
    )


def _reported_overdue(row: Mapping[str, int]) -> int | None:
    if not row["is_late"]:
        return 0
    return None if row["overdue_minor"] == UNKNOWN_MINOR else row["overdue_minor"]


def _overdue(facts: Facts, zones: Zones, loan: int, on: int) -> int | None:
    """The least amount of one payment that pays what is overdue and leaves nothing overdue.

    More than what is overdue where the product's order gives money to other parts first; None
    where it never gives any to what is overdue.
    """

    def rest(amount: int) -> int:
        paid = with_coming(facts, [payment(facts, loan, on=on, amount_minor=amount)])
        return int(arrears_of(paid, on, zones)["overdue_minor"][0])

    arrears = arrears_of(facts, on, zones)
    low = int(arrears["overdue_minor"][0]) if arrears["is_late"][0] else 0
    if low == 0 or rest(low) == 0:
        return low
    high = int(arrears["outstanding_minor"][0])
    if high <= low or rest(high) > 0:
        return None
    while high - low > 1:  # too little, enough
        middle = (low + high) // 2
        low, high = (low, middle) if rest(middle) == 0 else (middle, high)
    return high
