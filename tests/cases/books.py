"""One loan's books while a case is lived: what is on file so far, as the kernel's facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.orders import DEFAULT_ORDER
from arrears.kernel.arrears.tracing import Trace, trace_of
from arrears.kernel.days import DAY, day_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, Facts, facts_of
from arrears.kernel.vocabulary import (
    ANY,
    Component,
    HoldReason,
    LoanEventKind,
    PauseBasis,
    Stops,
    Surplus,
)
from arrears.rulepacks.zones import ZONES

LOAN = 1
PARTS = ("principal", "interest", "fee", "penalty")


def minor(text: str) -> int:
    """Hundredths."""
    value = Decimal(text) * 100
    assert value == int(value), text
    return int(value)


@dataclass
class Installment:
    number: int
    due_on: date
    amounts: dict[str, int]


@dataclass
class Payment:
    value_on: date
    amount: int
    kind: str = ""
    surplus: int = ANY
    stated: tuple[tuple[int, Component, int], ...] = ()
    is_reversed: bool = False


@dataclass
class Event:
    kind: LoanEventKind
    value_on: date
    amount: int
    component: int = ANY
    number: int = ANY
    due_on: date | None = None
    is_reversed: bool = False


@dataclass
class Pause:
    """From the first day to the day before `end_on`."""

    first_on: date
    end_on: date


@dataclass
class Books:
    """What is known; reversed rows stay listed and count on no day."""

    order: str = DEFAULT_ORDER
    surplus: Surplus = Surplus.NEXT
    grace_days: int = 0
    pause_basis: PauseBasis = PauseBasis.OVERLAP
    installments: list[Installment] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)

    def arrears(self, on: date) -> dict[str, Any]:
        """The loan's row of `arrears_of` at the end of a day."""
        columns = arrears_of(self.facts(), day_of(on), ZONES)
        return {name: column[0].item() for name, column in columns.items()}

    def trace(self, on: date) -> Trace:
        trace = trace_of(self.facts(), LOAN, day_of(on))
        assert trace is not None, "a loan without a schedule"
        return trace

    def facts(self) -> Facts:
        tables = {
            "loan": [
                {
                    "loan": LOAN,
                    "lender": 1,
                    "borrower": 1,
                    "debt": LOAN,
                    "debt_kind": 0,
                    "law_place": NO_ID,
                    "contact_group": 1,
                    "is_closed": False,
                    "currency": NO_ID,
                    "risk": NO_ID,
                    "opened_on": NO_DATE,
                }
            ],
            "lender": [
                {
                    "lender": 1,
                    "payments_complete_through_on": NO_DATE,
                    "contacts_known_from_on": NO_DATE,
                    "zone": 0,
                    "actor_kind": 0,
                    "licence": 0,
                }
            ],
            "terms": [
                {
                    "loan": LOAN,
                    "product": 0,
                    "tolerance_minor": 0,
                    "tolerance_days": 0,
                    "grace_days": self.grace_days,
                    "pause_basis": int(self.pause_basis),
                    "order": 0,
                    "surplus": int(self.surplus),
                }
            ],
            "installment": [self._installment(each) for each in self.installments],
            "payment": [
                self._payment(n, each) for n, each in enumerate(self.payments) if not each.is_reversed
            ],
            "allocation": [
                {"payment": n, "number": number, "component": int(component), "amount_minor": amount}
                for n, each in enumerate(self.payments)
                if not each.is_reversed
                for number, component, amount in each.stated
            ],
            "loan_event": [
                self._event(n, each) for n, each in enumerate(self.events) if not each.is_reversed
            ],
            "hold": [self._hold(n, each) for n, each in enumerate(self.pauses)],
        }
        columns = {
            name: {column: [row[column] for row in rows] for column in rows[0]}
            for name, rows in tables.items()
            if rows
        }
        return facts_of(columns, known_at=0, zones=("UTC",), products=("case",), orders=(self.order,))

    @staticmethod
    def _installment(each: Installment) -> dict[str, Any]:
        due_on = day_of(each.due_on)
        amounts = {f"{part}_minor": each.amounts.get(part, 0) for part in PARTS}
        return {
            "loan": LOAN,
            "due_on": due_on,
            "number": each.number,
            "payable_until_on": due_on,
            **amounts,
        }

    @staticmethod
    def _payment(number: int, each: Payment) -> dict[str, Any]:
        return {
            "loan": LOAN,
            "value_on": day_of(each.value_on),
            "ordinal": number,
            "payment": number,
            "amount_minor": each.amount,
            "surplus": each.surplus,
            "recorded_at": 0,
        }

    @staticmethod
    def _event(number: int, each: Event) -> dict[str, Any]:
        return {
            "loan": LOAN,
            "value_on": day_of(each.value_on),
            "ordinal": number,
            "event": number,
            "kind": int(each.kind),
            "amount_minor": each.amount,
            "due_on": NO_DATE if each.due_on is None else day_of(each.due_on),
            "number": each.number,
            "component": each.component,
        }

    @staticmethod
    def _hold(number: int, each: Pause) -> dict[str, Any]:
        return {
            "hold": number,
            "loan": LOAN,
            "person": NO_ID,
            "reason": int(HoldReason.HARDSHIP),
            "stops": int(Stops.AGEING),
            "from_at": day_of(each.first_on) * DAY,
            "until_at": NEVER if each.end_on is None else day_of(each.end_on) * DAY,
        }
