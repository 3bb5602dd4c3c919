"""What can be paid: every part of every installment, and what was added to it since.

A **debt** is an installment with everything added to it by charges and chargebacks that name
it, an amount added for itself, or the minimum of a statement; a **cell** is one component of one
of them. The debts of a loan stand in the order in which they fall due: (due day, number), those
added without a number last on their day. Inside a debt the schedule stands first, then what was
added, in the lender's order: each added part has a due day of its own, which says whether money
finds it past due, due or in advance.

Lateness looks at the same cells by the day that late days count from (`by_day`), and there the
last day to pay is never before that of a cell that stands before: a later debt is not late
before an older one, and nothing that is added makes an older debt less late.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from arrears.kernel.arrears.segments import offsets_of, running_max, slices_of
from arrears.kernel.facts import ALWAYS, NO_DATE, NO_ID, Codes, Facts, rows_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import ANY, Component, LoanEventKind

AMOUNTS = tuple(f"{component.name.lower()}_minor" for component in Component)
MINIMUM = len(Component)
"""In place of a component: the minimum of a statement, of which no parts are known."""

_LAST_NUMBER = 1 << 40
_ADDS = (LoanEventKind.CHARGE, LoanEventKind.CHARGEBACK)


@dataclass(frozen=True, slots=True)
class Cells:
    """One row per cell, by loan and in the order of the debts; `loan` are positions 0..loans-1.

    `debt` numbers the debts through. `amount` was asked for from day `from_on` on and falls due on
    `due_on`; `counted_on` is the day late days count from, which is never before the due day of
    the installment it belongs to; `last_on` is the last day to pay. `by_day` lists the cells of
    each loan by `counted_on`. `number` is the installment's,
    ANY for what names none; `event` the id of the charge or chargeback that added it, `NO_ID` for
    the schedule.
    """

    loans: int
    loan: Rows
    debt: Rows
    due_on: Codes
    counted_on: Codes
    last_on: Codes
    by_day: Rows
    number: Codes
    component: Codes
    amount: Codes
    from_on: Codes
    event: Codes

    @property
    def offsets(self) -> Rows:
        return offsets_of(self.loan, self.loans)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Installments and added amounts, by the day of the debt they belong to."""

    loan: Rows
    belongs_on: Codes
    due_on: Codes
    number: Codes
    ordinal: Codes  # by day and the lender's order; ALWAYS for the schedule
    payable_until_on: Codes
    from_on: Codes
    event: Codes
    amounts: Codes  # one column per component


def schedule_cells(facts: Facts, loans: Codes, as_of: int) -> Cells:
    """The cells of the schedules of these loans (ids, ascending) and of what was added up to `as_of`."""
    parts = _merged(_scheduled(facts, loans), _added(facts, loans, as_of))
    counted_on = np.maximum(parts.due_on, parts.belongs_on)
    last_on = _last_days(parts, counted_on, len(loans))
    of_debt = _number_of_debt(parts)
    part, component = np.nonzero(parts.amounts)
    return Cells(
        loans=len(loans),
        loan=parts.loan[part],
        debt=of_debt[part],
        due_on=parts.due_on[part],
        counted_on=counted_on[part],
        last_on=last_on[part],
        by_day=in_order_of_days(parts.loan[part], counted_on[part]),
        number=parts.number[part],
        component=component,
        amount=parts.amounts[part, component],
        from_on=parts.from_on[part],
        event=parts.event[part],
    )


def statement_cells(facts: Facts, loans: Codes, as_of: int) -> Cells:
    """One cell per statement up to `as_of`: what it newly asks for is found as the days are lived."""
    statement, (loan, at) = facts["statement"], statements_in_order(facts, loans, as_of)
    last_on = running_max(statement["payable_until_on"][at], offsets_of(loan, len(loans)))
    due_on = statement["due_on"][at].astype(np.int64)
    return Cells(
        loans=len(loans),
        loan=loan,
        debt=np.arange(len(loan)),
        due_on=due_on,
        counted_on=due_on,
        last_on=last_on,
        by_day=np.arange(len(loan)),
        number=np.full(len(loan), ANY),
        component=np.full(len(loan), MINIMUM),
        amount=np.zeros(len(loan), np.int64),
        from_on=statement["statement_on"][at].astype(np.int64),
        event=np.full(len(loan), NO_ID),
    )


def statements_in_order(facts: Facts, loans: Codes, as_of: int) -> tuple[Rows, Rows]:
    """(position of the loan, row) of every statement up to `as_of`, by loan and due day."""
    statement = facts["statement"]
    loan, at = slices_of(statement["loan"], loans)
    known = statement["statement_on"][at] <= as_of
    loan, at = loan[known], at[known]
    order = np.lexsort([statement["statement_on"][at], statement["due_on"][at], loan])
    return loan[order], at[order]


def _merged(schedule: _Parts, added: _Parts) -> _Parts:
    """Both in the order in which they fall due; the schedule stands so already."""
    if len(added.loan) == 0:
        return schedule
    both = _Parts(
        *(np.concatenate([getattr(schedule, name), getattr(added, name)]) for name in _Parts.__slots__)
    )
    number = np.where(both.number == ANY, _LAST_NUMBER, both.number)
    order = np.lexsort([both.ordinal, number, both.belongs_on, both.loan])
    return _Parts(*(getattr(both, name)[order] for name in _Parts.__slots__))


def _scheduled(facts: Facts, loans: Codes) -> _Parts:
    table = facts["installment"]
    loan, at = slices_of(table["loan"], loans)
    due_on = table["due_on"][at].astype(np.int64)
    return _Parts(
        loan=loan,
        belongs_on=due_on,
        due_on=due_on,
        number=table["number"][at],
        ordinal=np.full(len(at), ALWAYS),
        payable_until_on=table["payable_until_on"][at].astype(np.int64),
        from_on=np.full(len(at), ALWAYS),
        event=np.full(len(at), NO_ID),
        amounts=np.stack([table[name][at] for name in AMOUNTS], axis=1),
    )


def _added(facts: Facts, loans: Codes, as_of: int) -> _Parts:
    table = facts["loan_event"]
    loan, at = slices_of(table["loan"], loans)
    adds = np.isin(table["kind"][at], _ADDS) & (table["value_on"][at] <= as_of)
    loan, at = loan[adds], at[adds]
    value_on = table["value_on"][at].astype(np.int64)
    belongs_on, due_on, until_on = _due_days(facts, loans, loan, at)
    component = table["component"][at]
    usual = np.where(table["kind"][at] == LoanEventKind.CHARGE, Component.FEE, Component.PRINCIPAL)
    amounts = np.zeros((len(at), len(Component)), np.int64)
    amounts[np.arange(len(at)), np.where(component == ANY, usual, component)] = table["amount_minor"][at]
    return _Parts(
        loan=loan,
        belongs_on=belongs_on,
        due_on=due_on,
        number=table["number"][at],
        ordinal=(value_on << 20) + table["ordinal"][at],
        payable_until_on=until_on,
        from_on=value_on,
        event=table["event"][at],
        amounts=amounts,
    )


def _due_days(facts: Facts, loans: Codes, loan: Rows, at: Rows) -> tuple[Codes, Codes, Codes]:
    """Of added amounts: the due day of the debt they belong to, their own, and their last day to pay.

    Their own is as stated, else their installment's, else the day they were added.
    """
    event, schedule = facts["loan_event"], facts["installment"]
    stated = event["due_on"][at].astype(np.int64)
    of_installment, until_on = (np.full(len(at), NO_DATE, np.int64) for _ in range(2))
    if np.any(event["number"][at] != ANY):
        row, index = slices_of(schedule["loan"], loans)
        order = np.lexsort([schedule["number"][index], row])
        key = row[order] * _LAST_NUMBER + schedule["number"][index[order]]
        found = rows_of(key, loan * _LAST_NUMBER + event["number"][at])
        is_found = (found >= 0) & (event["number"][at] != ANY)
        mine = index[order[found[is_found]]]
        of_installment[is_found] = schedule["due_on"][mine]
        until_on[is_found] = schedule["payable_until_on"][mine]
    value_on = event["value_on"][at].astype(np.int64)
    due_on = np.where(
        stated != NO_DATE, stated, np.where(of_installment != NO_DATE, of_installment, value_on)
    )
    belongs_on = np.where(of_installment != NO_DATE, of_installment, due_on)
    return belongs_on, due_on, np.maximum(due_on, until_on)


def _last_days(parts: _Parts, counted_on: Codes, loans: int) -> Codes:
    """The last day to pay each part: never before that of a part whose late days begin earlier."""
    order = in_order_of_days(parts.loan, counted_on)
    last_on = np.empty(len(order), np.int64)
    last_on[order] = running_max(parts.payable_until_on[order], offsets_of(parts.loan, loans))
    return last_on


def in_order_of_days(loan: Rows, day: Codes) -> Rows:
    """Rows by loan and day; what stands so already is not sorted again."""
    steps = np.diff(day) < 0
    if not np.any(steps & (np.diff(loan) == 0)):
        return np.arange(len(loan))
    return np.lexsort([day, loan])


def _number_of_debt(parts: _Parts) -> Rows:
    """Which debt each part belongs to, counted through; what names no installment is one for itself."""
    if len(parts.loan) == 0:
        return np.empty(0, np.int64)
    same = (np.diff(parts.loan) == 0) & (np.diff(parts.belongs_on) == 0) & (np.diff(parts.number) == 0)
    is_new = np.append([True], ~same | (parts.number[1:] == ANY))
    return np.cumsum(is_new) - 1
