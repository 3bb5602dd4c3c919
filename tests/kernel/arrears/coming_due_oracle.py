"""What falls due next for one loan in plain Python: the oracle's part about due days.

Read where the sentences leave room, this way:

* due days are those of the installments, of whatever amount, or of the known statements;
* what was added counts on its own due day, and is reminded of where that is a due day as well;
* money that nothing took is spent on the days to come, oldest first, before anything is open;
* of statements the newest that is open counts, even where an older one falls due before it.
"""

from __future__ import annotations

from tests.kernel.arrears.books import Books
from tests.kernel.arrears.ledger import Ledger

NOTHING_COMING: dict[str, object] = dict.fromkeys(("next_due_on", "cycle_start_on", "next_due_minor"))


def coming_due(ledger: Ledger, books: Books, as_of: int) -> dict[str, object]:
    """The three columns; the ledger stands at the end of `as_of`."""
    if books.installments:
        days = sorted({each.due_on for each in books.installments})
        found = first_open_day(ledger, days, as_of)
    else:
        days = sorted({each.due_on for each in books.statements if each.statement_on <= as_of})
        found = newest_open_day(ledger, as_of)
    if found is None:
        return NOTHING_COMING
    day, open_ = found
    before = [each for each in days if each < day]
    cycle_start_on = before[-1] + 1 if before else day - 31
    return {"next_due_on": day, "cycle_start_on": cycle_start_on, "next_due_minor": open_}


def first_open_day(ledger: Ledger, due_days: list[int], as_of: int) -> tuple[int, int] | None:
    """Live the days to come with the money there is."""
    money = ledger.free + ledger.held
    for day in range(as_of, due_days[-1] + 1):
        open_ = open_on(ledger, day)
        spent = min(money, open_)
        money -= spent
        if day in due_days and open_ > spent:
            return day, open_ - spent
    return None


def newest_open_day(ledger: Ledger, as_of: int) -> tuple[int, int] | None:
    for debt in sorted(ledger.debts, key=lambda debt: debt.statement.statement_on, reverse=True):
        if debt.due_on >= as_of and debt.open:
            return debt.due_on, open_on(ledger, debt.due_on)
    return None


def open_on(ledger: Ledger, day: int) -> int:
    return sum(debt.open for debt in ledger.debts if debt.due_on == day)
