"""What happens to one loan in the coming days if nothing changes, and what if something did.

Nothing is written. Both forecasts start from the same facts, read once; what is supposed
becomes known on its day (`kernel.planning.supposing`), so either is what the runs will decide.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

import numpy as np

from arrears.actions.duties import with_duties
from arrears.actions.duties_ahead import ForetoldDuty
from arrears.actions.explanations import (
    Subject,
    duties_ahead_of,
    forecast_from,
    get_subject,
    starting_from,
    zone_of,
)
from arrears.kernel.days import date_of, day_of, instant_of
from arrears.kernel.errors import BadInput, NotPossible
from arrears.kernel.facts import NEVER, Facts
from arrears.kernel.law.rules import Law
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.money import Money, minor_of
from arrears.kernel.planning.forecast import Forecast
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.planning.supposing import Coming, Owed, hold, owed, payment
from arrears.kernel.vocabulary import ArrearsSource, HoldReason, Stops, code_of
from arrears.store.facts import load_facts
from arrears.strategies.reachability import with_reachability

DAYS = 90
DAYS_MAX = 366


class Kind(Enum):
    """What can be supposed."""

    PAY = "pay"
    PAY_OVERDUE = "pay_overdue"
    PAY_OFF = "pay_off"
    HOLD = "hold"


@dataclass(frozen=True, slots=True)
class Supposition:
    """Something that may happen to the loan.

    on            first day: of the payment, or of the hold
    amount        of `PAY`, as a person writes it, in the loan's currency
    until_on      of `HOLD`: the first day on which it does not stand; None for no end
    reason, stops of `HOLD`: words of `HoldReason` and `Stops`
    of_borrower   of `HOLD`: it stands on all of the borrower's loans
    """

    kind: Kind
    on: date
    amount: str = ""
    until_on: date | None = None
    reason: str = ""
    stops: tuple[str, ...] = ("notices", "calls")
    of_borrower: bool = False


@dataclass(frozen=True, slots=True)
class Supposed:
    """A supposition as it was understood.

    `amount_minor` is None for a hold, and for a payment of what is overdue where no report says
    how much that is. `owed` is what is owed on the day without it; None for a hold.
    """

    supposition: Supposition
    amount_minor: int | None
    owed: Owed | None
    coming: Coming

    @property
    def waits_for_report(self) -> bool:
        """It is a payment on a loan whose arrears only its core system knows."""
        return self.owed is not None and self.owed.source == ArrearsSource.REPORTED


@dataclass(frozen=True)
class Foretold:
    """The coming days of one loan from day `on`, asked at `at`: as they are, and as they might be."""

    subject: Subject
    on: date
    at: datetime
    days: int
    nothing_changes: Forecast
    supposed: Supposed | None
    if_supposed: Forecast | None
    duties: tuple[ForetoldDuty, ...]
    duties_if_supposed: tuple[ForetoldDuty, ...] | None
    strategy: Strategy
    law: Law
    zone: ZoneSegments


def foretell(
    *,
    loan_ref: str,
    strategy: Strategy,
    law: Law,
    at: datetime,
    days: int = DAYS,
    supposition: Supposition | None = None,
    lender: int | None = None,
) -> Foretold:
    """The `days` days from today on of the loan with this number, with and without the supposition.

    Raises NotFound and NotPossible as `explain` does, BadInput for a supposition that cannot be
    (a day that is over or not foretold, an amount that is none or more than is owed, a hold that
    ends before it begins), NotPossible for a payment whose amount cannot be told.
    """
    if not 1 <= days <= DAYS_MAX:
        raise BadInput("forecast.days", f"A forecast is of 1 to {DAYS_MAX} days, not of {days}.")
    law = with_reachability(law, strategy)
    subject, strategy = get_subject(loan_ref, lender=lender), with_duties(strategy)
    wall = law.zones[subject.lender_zone]
    today = date_of(wall.day(np.array([instant_of(at)]))[0])
    if supposition is not None:
        _check_days(supposition, today, days)
    facts = load_facts(lender_id=subject.lender, persons=[subject.borrower], known_at=at)
    supposed = None if supposition is None else _understood(supposition, subject, facts, law)
    start = starting_from(subject, facts, law, strategy, today=today, at=at)
    until_on = day_of(today) + days
    seen, duties = [], []
    for coming in ([], *([] if supposed is None else [[supposed.coming]])):
        ahead = duties_ahead_of(subject, facts, law, strategy, at=at)
        of_it = forecast_from(
            start, facts, law, strategy, until_on=until_on, coming=coming, duties=ahead.found_on
        )
        seen.append(of_it)
        duties.append(ahead.foretold(of_it))
    return Foretold(
        subject=subject,
        on=today,
        at=at,
        days=days,
        nothing_changes=seen[0],
        supposed=supposed,
        if_supposed=None if supposed is None else seen[1],
        duties=duties[0],
        duties_if_supposed=None if supposed is None else duties[1],
        strategy=strategy,
        law=law,
        zone=zone_of(subject, facts, law),
    )


def _check_days(supposition: Supposition, today: date, days: int) -> None:
    on, until_on = supposition.on, supposition.until_on
    if on < today:
        raise BadInput(
            "forecast.day_is_over",
            f"{on} is over; it is {today} at the lender.",
            hint="Suppose something of today or of a later day.",
        )
    if (on - today) >= timedelta(days=days):
        raise BadInput(
            "forecast.day_not_foretold",
            f"{on} is not among the {days} days from {today} on.",
            hint="Suppose something of an earlier day, or ask for more days.",
        )
    if until_on is not None and until_on <= on:
        raise BadInput("hold.ends_before_it_begins", "A hold has to end after it begins.")


def _understood(supposition: Supposition, subject: Subject, facts: Facts, law: Law) -> Supposed:
    if supposition.kind is Kind.HOLD:
        return Supposed(supposition, None, None, _hold(supposition, subject, facts, law))
    on = day_of(supposition.on)
    debt = owed(facts, law.zones, subject.loan, on)
    minor = _AMOUNTS[supposition.kind](supposition, subject, debt)
    moved = 0 if minor is None else minor  # of unknown size: it has come, and moves nothing here
    return Supposed(supposition, minor, debt, payment(facts, subject.loan, on=on, amount_minor=moved))


def _stated(supposition: Supposition, subject: Subject, debt: Owed) -> int:
    minor, most = minor_of(supposition.amount, subject.currency), debt.outstanding_minor
    if minor == 0:
        raise BadInput("payment.amount", "The amount of a payment is more than zero.")
    if most is not None and minor > most:
        raise BadInput(
            "forecast.more_than_owed",
            f"{Money(minor, subject.currency)} is more than all that is open on {supposition.on}:"
            f" {Money(most, subject.currency)}.",
            hint="Give a smaller amount, or suppose that the loan is paid off.",
        )
    return minor


def _overdue(supposition: Supposition, subject: Subject, debt: Owed) -> int | None:
    if debt.overdue_minor == 0:
        raise NotPossible(
            "forecast.nothing_overdue",
            f"Nothing of loan {subject.loan_ref} is overdue on {supposition.on}, as far as is known today.",
            hint="Suppose an amount instead.",
        )
    if debt.overdue_minor is None and debt.source != ArrearsSource.REPORTED:
        raise NotPossible(
            "forecast.takes_no_money",
            f"No payment reaches what is overdue of loan {subject.loan_ref}:"
            " the order of its product gives that no money.",
            hint="Suppose an amount instead.",
        )
    return debt.overdue_minor


def _outstanding(supposition: Supposition, subject: Subject, debt: Owed) -> int:
    if debt.outstanding_minor is None:
        raise NotPossible(
            "forecast.no_schedule",
            f"What would pay off loan {subject.loan_ref} is not known: it has no schedule on file.",
            hint="Suppose an amount, or that what is overdue is paid.",
        )
    if debt.outstanding_minor == 0:
        raise NotPossible(
            "forecast.nothing_open", f"Nothing of loan {subject.loan_ref} is open on {supposition.on}."
        )
    return debt.outstanding_minor


_AMOUNTS = {Kind.PAY: _stated, Kind.PAY_OVERDUE: _overdue, Kind.PAY_OFF: _outstanding}


def _hold(supposition: Supposition, subject: Subject, facts: Facts, law: Law) -> Coming:
    """A hold from the first instant of its first day at the lender."""
    wall, end_on = law.zones[subject.lender_zone], supposition.until_on
    days = [day_of(supposition.on), day_of(end_on or supposition.on)]
    from_at, until_at = wall.first_instant(np.array(days)).tolist()
    try:
        reason = code_of(HoldReason, supposition.reason)
        stops = [code_of(Stops, name) for name in supposition.stops]
    except KeyError as error:
        raise BadInput("hold.word", f"{error.args[0]}.") from None
    if not stops:
        raise BadInput("hold.stops_nothing", "A hold has to stop something.")
    on_what = {"person": subject.borrower} if supposition.of_borrower else {"loan": subject.loan}
    until = NEVER if end_on is None else until_at
    return hold(facts, on=days[0], from_at=from_at, until_at=until, stops=stops, reason=reason, **on_what)
