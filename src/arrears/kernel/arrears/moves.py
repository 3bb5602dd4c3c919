"""What moves money, loan by loan in the order in which it counts.

On one day: what was kept is used for what is new or falls due, then come payments with an
allocation of their own, then other payments by where their surplus goes, then what is forgiven,
then refunds, and last the statement of that day. Equals keep the order of the lender's numbers,
so that the order in which facts arrived decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from arrears.kernel.arrears.cells import Cells
from arrears.kernel.arrears.segments import offsets_of, slices_of
from arrears.kernel.arrears.terms import Terms
from arrears.kernel.facts import ALWAYS, NO_ID, Codes, Facts, Mask, rows_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import ANY, LoanEventKind, Surplus


class Move(IntEnum):
    """Kinds, in the order of one day."""

    USE_KEPT = 0
    PAYMENT_AS_STATED = 1
    PAYMENT = 2
    FORGIVEN = 3
    REFUND = 4
    STATEMENT = 5


_OF_EVENT = {
    LoanEventKind.WAIVER: Move.FORGIVEN,
    LoanEventKind.WRITE_OFF: Move.FORGIVEN,
    LoanEventKind.REFUND: Move.REFUND,
}


@dataclass(frozen=True, slots=True)
class Moves:
    """One row per move, by loan (a position) and in order.

    `id` is the payment's or the event's, for a statement its cell. `surplus` is what the
    payment or the product says; `component` and `number` are what a waiver is limited to, or ANY.
    """

    loan: Rows
    value_on: Codes
    kind: Codes
    id: Codes
    amount: Codes
    surplus: Codes
    component: Codes
    number: Codes
    ordinal: Codes

    def __len__(self) -> int:
        return len(self.loan)

    def offsets(self, loans: int) -> Rows:
        return offsets_of(self.loan, loans)


def schedule_moves(facts: Facts, loans: Codes, terms: Terms, cells: Cells, as_of: int) -> Moves:
    """Everything that moves money of these loans up to the end of `as_of`."""
    payments = _payments(facts, loans, terms, as_of)
    keeps = (terms.surplus == Surplus.HOLD) | ~terms.takes_all_in_advance
    keeps[payments.loan[payments.surplus == Surplus.HOLD]] = True
    return _in_order(payments, _events(facts, loans, terms, as_of), _uses(cells, terms, keeps, as_of))


def statement_moves(facts: Facts, loans: Codes, terms: Terms, cells: Cells, as_of: int) -> Moves:
    """Statements, and the money between them; a revolving account hands nothing out in advance."""
    payments, events = _payments(facts, loans, terms, as_of), _events(facts, loans, terms, as_of)
    for moves in (payments, events):
        moves.surplus[:], moves.component[:], moves.number[:] = Surplus.NEXT, ANY, ANY
    cell = np.arange(len(cells.loan))
    statements = _moves(cells.loan, cells.from_on, np.full(len(cell), Move.STATEMENT), id=cell)
    return _in_order(payments, events, statements)


def _payments(facts: Facts, loans: Codes, terms: Terms, as_of: int) -> Moves:
    table = facts["payment"]
    loan, at = slices_of(table["loan"], loans)
    counts = table["value_on"][at] <= as_of
    loan, at = loan[counts], at[counts]
    is_stated = has_stated(facts, table["payment"][at])
    surplus = table["surplus"][at]
    return _moves(
        loan,
        table["value_on"][at].astype(np.int64),
        np.where(is_stated, Move.PAYMENT_AS_STATED, Move.PAYMENT),
        id=table["payment"][at],
        amount=table["amount_minor"][at],
        surplus=np.where(surplus == ANY, terms.surplus[loan], surplus),
        ordinal=table["ordinal"][at],
    )


def has_stated(facts: Facts, payments: Codes) -> Mask:
    """Whether each of these payments came with an allocation of its own."""
    return np.asarray(rows_of(facts["allocation"]["payment"], payments) >= 0)


def _events(facts: Facts, loans: Codes, terms: Terms, as_of: int) -> Moves:
    table = facts["loan_event"]
    loan, at = slices_of(table["loan"], loans)
    counts = np.isin(table["kind"][at], list(_OF_EVENT)) & (table["value_on"][at] <= as_of)
    loan, at = loan[counts], at[counts]
    is_refund, surplus = table["kind"][at] == LoanEventKind.REFUND, terms.surplus[loan]
    return _moves(
        loan,
        table["value_on"][at].astype(np.int64),
        np.where(is_refund, Move.REFUND, Move.FORGIVEN),
        id=table["event"][at],
        amount=table["amount_minor"][at],
        surplus=np.where(is_refund | (surplus == Surplus.HOLD), Surplus.NEXT, surplus),
        component=table["component"][at],
        number=table["number"][at],
        ordinal=table["ordinal"][at],
    )


def _uses(cells: Cells, terms: Terms, keeps: Mask, as_of: int) -> Moves:
    """The days on which kept money may find something: a cell is added, or one falls due."""
    is_added = cells.from_on != ALWAYS
    falls_due = keeps[cells.loan] & (cells.due_on <= as_of)
    loan = np.concatenate([cells.loan[is_added], cells.loan[falls_due]])
    day = np.concatenate([cells.from_on[is_added], cells.due_on[falls_due]])
    both = np.unique(np.stack([loan, day], axis=1), axis=0)
    loan, day = both[:, 0], both[:, 1]
    return _moves(loan, day, np.full(len(both), Move.USE_KEPT), surplus=terms.surplus[loan])


def _moves(loan: Rows, value_on: Codes, kind: Codes, **stated: Codes) -> Moves:
    size = len(loan)
    otherwise = {"id": NO_ID, "amount": 0, "surplus": Surplus.NEXT, "component": ANY, "number": ANY}
    columns = {name: stated.get(name, np.full(size, int(value))) for name, value in otherwise.items()}
    ordinal = stated.get("ordinal", np.zeros(size, np.int64))
    return Moves(loan, value_on, np.asarray(kind, np.int64), **columns, ordinal=ordinal)


def _in_order(*several: Moves) -> Moves:
    every = Moves(*(np.concatenate([getattr(each, name) for each in several]) for name in Moves.__slots__))
    plain = np.where(every.kind == Move.PAYMENT, every.surplus, 0)
    order = np.lexsort([every.ordinal, plain, every.kind, every.value_on, every.loan])
    return Moves(*(getattr(every, name)[order] for name in Moves.__slots__))
