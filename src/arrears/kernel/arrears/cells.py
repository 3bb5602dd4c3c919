"""What can be paid: every part of every installment, and what was added to it since.

A **debt** is an installment, an amount added by a charge or chargeback, or the minimum of a
statement; a **cell** is one component of one debt. The debts of a loan stand in the order
in which they fall due: (due_on, number, schedule before added, lender's order), those added
without a number last on their day. The last day to pay a debt is never before that of a debt
that stands before it: a later debt is not late before an older one.
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

    `debt` numbers the debts through. `amount` was asked for from day `from_on` on; `last_on` is
    the last day to pay. `number` is the installment's, ANY for what names none; `event` the id
    of the charge or chargeback that added it, `NO_ID` for the schedule.
    """

    loans: int
    loan: Rows
    debt: Rows
    due_on: Codes
    last_on: Codes
    number: Codes
    component: Codes
    amount: Codes
    from_on: Codes
    event: Codes

    @property
    def offsets(self) -> Rows:
        return offsets_of(self.loan, self.loans)


@dataclass(frozen=True, slots=True)
class _Debts:
    loan: Rows
    due_on: Codes
    number: Codes
    ordinal: Codes  # by day and the lender's order; ALWAYS for the schedule
    payable_until_on: Codes
    from_on: Codes
    event: Codes
    amounts: Codes  # one column per component


def schedule_cells(facts: Facts, loans: Codes, as_of: int) -> Cells:
    """The cells of the schedules of these loans (ids, ascending) and of what was added up to `as_of`."""
    debts = _merged(_scheduled(facts, loans), _added(facts, loans, as_of))
    last_on = running_max(debts.payable_until_on, offsets_of(debts.loan, len(loans)))
    debt, component = np.nonzero(debts.amounts)
    return Cells(
        loans=len(loans),
        loan=debts.loan[debt],
        debt=debt,
        due_on=debts.due_on[debt],
        last_on=last_on[debt],
        number=debts.number[debt],
        component=component,
        amount=debts.amounts[debt, component],
        from_on=debts.from_on[debt],
        event=debts.event[debt],
    )


def statement_cells(facts: Facts, loans: Codes, as_of: int) -> Cells:
    """One cell per statement up to `as_of`: what it newly asks for is found as the days are lived."""
    statement, (loan, at) = facts["statement"], statements_in_order(facts, loans, as_of)
    last_on = running_max(statement["payable_until_on"][at], offsets_of(loan, len(loans)))
    return Cells(
        loans=len(loans),
        loan=loan,
        debt=np.arange(len(loan)),
        due_on=statement["due_on"][at].astype(np.int64),
        last_on=last_on,
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


def _merged(schedule: _Debts, added: _Debts) -> _Debts:
    """Both in the order in which they fall due; the schedule stands so already."""
    if len(added.loan) == 0:
        return schedule
    both = _Debts(
        *(np.concatenate([getattr(schedule, name), getattr(added, name)]) for name in _Debts.__slots__)
    )
    number = np.where(both.number == ANY, _LAST_NUMBER, both.number)
    order = np.lexsort([both.ordinal, number, both.due_on, both.loan])
    return _Debts(*(getattr(both, name)[order] for name in _Debts.__slots__))


def _scheduled(facts: Facts, loans: Codes) -> _Debts:
    table = facts["installment"]
    loan, at = slices_of(table["loan"], loans)
    return _Debts(
        loan=loan,
        due_on=table["due_on"][at].astype(np.int64),
        number=table["number"][at],
        ordinal=np.full(len(at), ALWAYS),
        payable_until_on=table["payable_until_on"][at].astype(np.int64),
        from_on=np.full(len(at), ALWAYS),
        event=np.full(len(at), NO_ID),
        amounts=np.stack([table[name][at] for name in AMOUNTS], axis=1),
    )


def _added(facts: Facts, loans: Codes, as_of: int) -> _Debts:
    table = facts["loan_event"]
    loan, at = slices_of(table["loan"], loans)
    adds = np.isin(table["kind"][at], _ADDS) & (table["value_on"][at] <= as_of)
    loan, at = loan[adds], at[adds]
    value_on = table["value_on"][at].astype(np.int64)
    due_on, until_on = _due_days(facts, loans, loan, at)
    component = table["component"][at]
    usual = np.where(table["kind"][at] == LoanEventKind.CHARGE, Component.FEE, Component.PRINCIPAL)
    amounts = np.zeros((len(at), len(Component)), np.int64)
    amounts[np.arange(len(at)), np.where(component == ANY, usual, component)] = table["amount_minor"][at]
    return _Debts(
        loan=loan,
        due_on=due_on,
        number=table["number"][at],
        ordinal=(value_on << 20) + table["ordinal"][at],
        payable_until_on=until_on,
        from_on=value_on,
        event=table["event"][at],
        amounts=amounts,
    )


def _due_days(facts: Facts, loans: Codes, loan: Rows, at: Rows) -> tuple[Codes, Codes]:
    """(due day, last day to pay) of added amounts: as stated, as their installment's, else their own day."""
    event, schedule = facts["loan_event"], facts["installment"]
    due_on = event["due_on"][at].astype(np.int64)
    value_on = event["value_on"][at].astype(np.int64)
    names_one = event["number"][at] != ANY
    until_on = np.full(len(at), NO_DATE, np.int64)
    if np.any(names_one):
        row, index = slices_of(schedule["loan"], loans)
        order = np.lexsort([schedule["number"][index], row])
        key = row[order] * _LAST_NUMBER + schedule["number"][index[order]]
        found = rows_of(key, loan * _LAST_NUMBER + event["number"][at])
        found = np.where(names_one, found, -1)
        mine = index[order[found[found >= 0]]]
        until_on[found >= 0] = schedule["payable_until_on"][mine]
        of_installment = np.full(len(at), NO_DATE, np.int64)
        of_installment[found >= 0] = schedule["due_on"][mine]
        due_on = np.where(due_on == NO_DATE, of_installment, due_on)
    due_on = np.where(due_on == NO_DATE, value_on, due_on)
    return due_on, np.maximum(np.where(until_on == NO_DATE, due_on, until_on), due_on)
