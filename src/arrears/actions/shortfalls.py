"""What a notice of sums in arrears says was missed, from the arithmetic of the loan itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from arrears.kernel.arrears.tracing import Trace, trace_of
from arrears.kernel.days import date_of
from arrears.kernel.facts import Facts
from arrears.kernel.money import Money
from arrears.locale.notices import LateLoan, Shortfall


def with_shortfall(late: LateLoan, loan: int, facts: Facts, on: int) -> LateLoan:
    """The loan with what it has missed at the end of day `on`.

    Without it where no schedule says what was to be paid: of a card the minimum due may hold earlier ones.
    Nor where the parts do not come to the amount that is told as overdue: a cap leaves out a part.
    """
    trace = trace_of(facts, loan, on)
    if trace is None or late.overdue is None or any(cell.component is None for cell in trace.cells):
        return late
    shortfall = shortfall_of(trace, date_of(on), late.overdue.currency)
    return replace(late, shortfall=shortfall) if shortfall.total == late.overdue else late


def shortfall_of(trace: Trace, on: date, currency: str) -> Shortfall:
    """What is unpaid and may no longer be paid in time at the end of `on`.

    What a charge or chargeback added stands apart from the payments of the schedule.
    """
    unpaid: Counter[date] = Counter()
    charges = 0
    for cell in trace.cells:
        if cell.last_on < on and cell.open_minor:
            if cell.event is None:
                unpaid[cell.due_on] += cell.open_minor
            else:
                charges += cell.open_minor
    payments = tuple((due_on, Money(minor, currency)) for due_on, minor in sorted(unpaid.items()))
    return Shortfall(payments, Money(charges, currency))
