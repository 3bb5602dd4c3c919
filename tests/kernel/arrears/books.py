"""The books of loans, as plain values and as facts."""

from __future__ import annotations

from dataclasses import dataclass

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NO_DATE, Facts, facts_of
from arrears.kernel.vocabulary import ANY, Component, LoanEventKind, PauseBasis, Stops, Surplus
from tests.kernel.arrears.builders import ZONE, facts_about
from tests.kernel.arrears.oracle import Hold, Report

TAIPEI = 8 * HOUR
IDS_PER_LOAN = 1000
TIMES = ("past_due", "due", "in_advance")


@dataclass(frozen=True)
class Installment:
    number: int
    due_on: int
    payable_until_on: int
    principal: int = 0
    interest: int = 0
    fee: int = 0
    penalty: int = 0


@dataclass(frozen=True)
class Part:
    """What the core system says a part of a payment paid; number None: of any installment."""

    number: int | None
    component: Component
    amount: int


@dataclass(frozen=True)
class Payment:
    """Surplus None: as the product says. `parts` are what it is stated to have paid."""

    id: int
    value_on: int
    amount: int
    surplus: Surplus | None = None
    parts: tuple[Part, ...] = ()
    ordinal: int = 0


@dataclass(frozen=True)
class Event:
    id: int
    value_on: int
    kind: LoanEventKind
    amount: int
    due_on: int | None = None
    number: int | None = None
    component: Component | None = None
    ordinal: int = 0


@dataclass(frozen=True)
class Statement:
    statement_on: int
    due_on: int
    payable_until_on: int
    minimum: int
    includes_unpaid: bool
    balance: int = 0


@dataclass(frozen=True)
class Order:
    """Items are (one of TIMES, component), first to last."""

    is_by_component: bool
    items: tuple[tuple[str, Component], ...]


def same_at_any_time(*components: Component, is_by_component: bool = False) -> Order:
    return Order(is_by_component, tuple((time, each) for time in TIMES for each in components))


USUAL = same_at_any_time(Component.PENALTY, Component.FEE, Component.INTEREST, Component.PRINCIPAL)


@dataclass(frozen=True)
class Terms:
    tolerance_minor: int = 0
    tolerance_days: int = 0
    grace_days: int = 0
    pause_basis: PauseBasis = PauseBasis.OVERLAP
    order: Order = USUAL
    surplus: Surplus = Surplus.NEXT


@dataclass(frozen=True)
class Pause:
    """Civil days that do not age, from the first one to the day before `end_on`; None: no end."""

    first_on: int
    end_on: int | None


@dataclass(frozen=True)
class Books:
    """All that is known about one loan."""

    installments: tuple[Installment, ...] = ()
    payments: tuple[Payment, ...] = ()
    events: tuple[Event, ...] = ()
    statements: tuple[Statement, ...] = ()
    pauses: tuple[Pause, ...] = ()
    terms: Terms | None = None
    reports: tuple[Report, ...] = ()


def facts_of_books(books: dict[int, Books]) -> Facts:
    """Facts of these loans, each with its own terms, of a lender in Taipei."""
    holds = [
        (loan, None, _hold(pause), Stops.AGEING)
        for loan, its in sorted(books.items())
        for pause in its.pauses
    ]
    about = facts_about({loan: list(its.reports) for loan, its in books.items()}, holds=holds)
    tables = {
        name: rows for name, rows in about.tables.items() if name in ("loan", "lender", "report", "hold")
    }
    for name, rows_of in _ROWS.items():
        if rows := [row for loan in books for row in rows_of(loan, books[loan])]:
            tables[name] = {column: [row[column] for row in rows] for column in rows[0]}
    texts = _order_texts(books)
    if "terms" in tables:
        tables["terms"]["order"] = [texts.index(text) for text in tables["terms"]["order"]]
        tables["terms"]["product"] = [0] * len(tables["terms"]["loan"])
    return facts_of(tables, known_at=0, zones=(ZONE,), products=("any",), orders=texts)


def payment_id(loan: int, id_in_books: int) -> int:
    """The id in the facts of what has this id in the books of its loan; events likewise."""
    return loan * IDS_PER_LOAN + id_in_books


def order_text(order: Order) -> str:
    kind = "by_component" if order.is_by_component else "by_installment"
    return f"{kind}: " + ", ".join(f"{time} {component.name.lower()}" for time, component in order.items)


def _order_texts(books: dict[int, Books]) -> tuple[str, ...]:
    return tuple(sorted({order_text(its.terms.order) for its in books.values() if its.terms}))


def _hold(pause: Pause) -> Hold:
    return Hold(_midnight(pause.first_on), None if pause.end_on is None else _midnight(pause.end_on))


def _midnight(day: int) -> int:
    return day * DAY - TAIPEI


def _terms(loan, books):
    if books.terms is None:
        return
    yield {
        "loan": loan,
        "product": 0,
        "tolerance_minor": books.terms.tolerance_minor,
        "tolerance_days": books.terms.tolerance_days,
        "grace_days": books.terms.grace_days,
        "pause_basis": books.terms.pause_basis,
        "order": order_text(books.terms.order),
        "surplus": books.terms.surplus,
    }


def _installments(loan, books):
    for it in books.installments:
        yield {
            "loan": loan,
            "due_on": it.due_on,
            "number": it.number,
            "payable_until_on": it.payable_until_on,
            "principal_minor": it.principal,
            "interest_minor": it.interest,
            "fee_minor": it.fee,
            "penalty_minor": it.penalty,
        }


def _payments(loan, books):
    for payment in books.payments:
        yield {
            "loan": loan,
            "value_on": payment.value_on,
            "ordinal": payment.ordinal,
            "payment": payment_id(loan, payment.id),
            "amount_minor": payment.amount,
            "surplus": ANY if payment.surplus is None else payment.surplus,
            "recorded_at": 0,
        }


def _allocations(loan, books):
    for payment in books.payments:
        for part in payment.parts:
            yield {
                "payment": payment_id(loan, payment.id),
                "number": ANY if part.number is None else part.number,
                "component": part.component,
                "amount_minor": part.amount,
            }


def _events(loan, books):
    for event in books.events:
        yield {
            "loan": loan,
            "value_on": event.value_on,
            "ordinal": event.ordinal,
            "event": payment_id(loan, event.id),
            "kind": event.kind,
            "amount_minor": event.amount,
            "due_on": NO_DATE if event.due_on is None else event.due_on,
            "number": ANY if event.number is None else event.number,
            "component": ANY if event.component is None else event.component,
        }


def _statements(loan, books):
    for it in books.statements:
        yield {
            "loan": loan,
            "statement_on": it.statement_on,
            "due_on": it.due_on,
            "payable_until_on": it.payable_until_on,
            "balance_minor": it.balance,
            "minimum_due_minor": it.minimum,
            "minimum_includes_unpaid": it.includes_unpaid,
        }


_ROWS = {
    "terms": _terms,
    "installment": _installments,
    "payment": _payments,
    "allocation": _allocations,
    "loan_event": _events,
    "statement": _statements,
}
