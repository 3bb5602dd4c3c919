"""Arrears from schedules and statements, one loan lived day by day in plain Python: the oracle.

Read where the sentences about arrears leave room, this way:

* added debts of one due day and number stand in the order they came: value day, then ordinal;
* an added debt that names an installment may be paid as long as the installment as it is written,
  but never ends before its own due day; one that names an installment nobody knows names none but
  keeps its place;
* a stated part that names an installment may be taken by everything open of that number and
  component, charges included; parts that name an installment go before those that name none;
  parts that state more than the payment brought stay short, and that is a difference too;
* kept and free money is tried once all debts of the day are added and before the day's payments,
  on every day a debt is added and every day on which an amount above zero falls due; kept money
  reaches only what is due by then;
* a waiver for a component or an installment goes through the product's order, then to what the
  order leaves out, oldest first;
* a refund un-pays the product's order backwards, as if surplus went to the next, then what the
  order leaves out, latest first;
* a refund larger than all that was ever paid ends there;
* on the day of a statement all money goes before the statement; waivers of statement loans hit
  whatever is open, and stated allocations mean nothing there;
* statements and reports of later days are not known yet: they are no source.
"""

from __future__ import annotations

from collections.abc import Iterable

from arrears.kernel.vocabulary import Component, LoanEventKind, PauseBasis, Surplus
from tests.kernel.arrears.books import TIMES, Books, Event, Installment, Part, Payment, Statement, Terms
from tests.kernel.arrears.coming_due_oracle import NOTHING_COMING, coming_due
from tests.kernel.arrears.ledger import FAR, Cell, Debt, Difference, Late, Ledger, Move

ADDING = (LoanEventKind.CHARGE, LoanEventKind.CHARGEBACK)
FORGIVING = (LoanEventKind.WAIVER, LoanEventKind.WRITE_OFF)


def ledger_of(books: Books, as_of: int) -> Ledger:
    """The loan at the end of day `as_of`."""
    debts = [installment_debt(each) for each in books.installments]
    ledger = Ledger(books, books.terms or Terms(), sorted(debts, key=lambda d: d.place))
    live = live_a_statement_day if books.statements and not books.installments else live_a_day
    for day in range(first_day_of(books), as_of + 1):
        live(ledger, day)
        if late := lateness(ledger, day):
            ledger.late_on[day] = late
    return ledger


def first_day_of(books: Books) -> int:
    days = [each.value_on for each in (*books.payments, *books.events)]
    days += [each.due_on for each in books.installments]
    days += [each.statement_on for each in books.statements]
    return min(days, default=FAR)


def installment_debt(it: Installment) -> Debt:
    cells = [Cell(each, getattr(it, each.name.lower())) for each in Component]
    return Debt(it.due_on, it.payable_until_on, it.number, cells)


def added_debt(event: Event, installments: tuple[Installment, ...]) -> Debt:
    usual = Component.FEE if event.kind == LoanEventKind.CHARGE else Component.PRINCIPAL
    cell = Cell(usual if event.component is None else event.component, event.amount)
    named = next((it for it in installments if it.number == event.number), None)
    due_on = event.due_on if event.due_on is not None else named.due_on if named else event.value_on
    payable = max(due_on, named.payable_until_on) if named else due_on
    return Debt(due_on, payable, event.number, [cell], event, None, named.due_on if named else None)


# -- lateness ---------------------------------------------------------------------------------


def lateness(ledger: Ledger, day: int) -> Late | None:
    """Whether the loan as it stands is late at the end of `day`."""
    past_due = past_due_debts(ledger.debts, day)
    overdue = sum(debt.open for debt, _ in past_due)
    running = 0
    for debt, payable_until_on in past_due:
        running += debt.open
        if running > ledger.terms.tolerance_minor:
            if day - payable_until_on <= ledger.terms.tolerance_days:
                return None
            return Late(debt, overdue, by_component(debt for debt, _ in past_due))
    return None


def past_due_debts(debts: list[Debt], day: int) -> list[tuple[Debt, int]]:
    """Debts that should be paid by now, oldest first, each with its last day to pay.

    No debt may be paid for a shorter time than an older one.
    """
    found, last = [], -FAR
    for debt in sorted(debts, key=lambda debt: debt.counted_on):  # those of one day stay as they stand
        last = max(last, debt.payable_until_on)
        if last < day:
            found.append((debt, last))
    return found


def by_component(debts: Iterable[Debt]) -> dict[Component | None, int]:
    sums: dict[Component | None, int] = {}
    for debt in debts:
        for cell in debt.cells:
            sums[cell.component] = sums.get(cell.component, 0) + cell.open
    return sums


# -- a day of a loan with a schedule ----------------------------------------------------------


def live_a_day(ledger: Ledger, day: int) -> None:
    events = sorted((e for e in ledger.books.events if e.value_on == day), key=lambda e: e.ordinal)
    payments = sorted((p for p in ledger.books.payments if p.value_on == day), key=turn_of(ledger.terms))
    added = [added_debt(e, ledger.books.installments) for e in events if e.kind in ADDING]
    ledger.debts = sorted(ledger.debts + added, key=lambda d: d.place)
    if added or any(debt.due_on == day and debt.amount for debt in ledger.debts):
        use_credit(ledger, day)
    for payment in payments:
        pay(ledger, payment)
    for event in (e for e in events if e.kind in FORGIVING):
        forgive(ledger, event)
    for event in (e for e in events if e.kind == LoanEventKind.REFUND):
        listed = in_order(ledger, day, Surplus.NEXT)
        give_back(ledger, event, [*reversed(listed), *reversed(others(ledger, listed))])


def turn_of(terms: Terms):
    """Payments with stated parts go first, the others by where their surplus goes."""
    return lambda p: (0, 0, p.ordinal) if p.parts else (1, surplus_of(p, terms), p.ordinal)


def surplus_of(payment: Payment, terms: Terms) -> Surplus:
    return terms.surplus if payment.surplus is None else payment.surplus


def use_credit(ledger: Ledger, day: int) -> None:
    ledger.held = ledger.take(ledger.held, in_order(ledger, day, Surplus.HOLD), day, "credit", None)
    ledger.free = ledger.take(ledger.free, in_order(ledger, day, ledger.terms.surplus), day, "credit", None)


def pay(ledger: Ledger, payment: Payment) -> None:
    day, surplus = payment.value_on, surplus_of(payment, ledger.terms)
    money = payment.amount
    for part in sorted(payment.parts, key=lambda p: (p.number is None, p.number, p.component)):
        money -= take_as_stated(ledger, payment, part, money)
    money = ledger.take(money, in_order(ledger, day, surplus), day, "payment", payment.id)
    if surplus == Surplus.HOLD:
        ledger.held += money
    else:
        ledger.free += money


def take_as_stated(ledger: Ledger, payment: Payment, part: Part, money: int) -> int:
    stated = min(money, part.amount)
    cells = matching(ledger, part.number, part.component)
    taken = stated - ledger.take(stated, cells, payment.value_on, "payment", payment.id)
    if taken != part.amount:
        ledger.differences.append(Difference(payment.id, part, taken))
    return taken


def forgive(ledger: Ledger, event: Event) -> None:
    surplus = Surplus.NEXT if ledger.terms.surplus == Surplus.HOLD else ledger.terms.surplus
    cells = in_order(ledger, event.value_on, surplus)
    if event.number is not None or event.component is not None:
        wanted = [id(cell) for _, cell in matching(ledger, event.number, event.component)]
        cells = [(debt, cell) for debt, cell in cells + others(ledger, cells) if id(cell) in wanted]
    ledger.take(event.amount, cells, event.value_on, "waiver", event.id)


def give_back(ledger: Ledger, event: Event, cells: Iterable[tuple[Debt, Cell]]) -> None:
    money = event.amount
    for pocket in ("free", "held"):
        taken = min(money, getattr(ledger, pocket))
        setattr(ledger, pocket, getattr(ledger, pocket) - taken)
        money -= taken
    for debt, cell in cells:
        taken = min(money, cell.paid)
        if taken > 0:
            money -= taken
            cell.paid -= taken
            ledger.moves.append(Move(event.value_on, "refund", event.id, debt, cell.component, -taken))
    ledger.given_back += event.amount - money


# -- orders -----------------------------------------------------------------------------------


def in_order(ledger: Ledger, day: int, surplus: Surplus) -> list[tuple[Debt, Cell]]:
    """The cells money of this day goes to, first to last."""
    order, at = ledger.terms.order, debts_by_time(ledger.debts, day, surplus)
    if order.is_by_component:
        return [
            pair
            for time, each in order.items
            for together in at[time]
            for debt in together
            for pair in cells_of(debt, each)
        ]
    return [
        pair
        for time in TIMES
        for together in at[time]
        for its_time, each in order.items
        if its_time == time
        for debt in together
        for pair in cells_of(debt, each)
    ]


def debts_by_time(debts: list[Debt], day: int, surplus: Surplus) -> dict[str, list[list[Debt]]]:
    """What belongs to one installment stands together, with the days of each its own."""
    in_advance = together([debt for debt in debts if debt.due_on > day])
    return {
        "past_due": together([debt for debt in debts if debt.due_on < day]),
        "due": together([debt for debt in debts if debt.due_on == day]),
        "in_advance": {Surplus.NEXT: in_advance, Surplus.LAST: in_advance[::-1], Surplus.HOLD: []}[surplus],
    }


def together(debts: list[Debt]) -> list[list[Debt]]:
    found: list[list[Debt]] = []
    for debt in debts:
        if found and found[-1][0].is_with(debt):
            found[-1].append(debt)
        else:
            found.append([debt])
    return found


def cells_of(debt: Debt, component: Component | None) -> list[tuple[Debt, Cell]]:
    return [(debt, cell) for cell in debt.cells if component is None or cell.component == component]


def others(ledger: Ledger, listed: list[tuple[Debt, Cell]]) -> list[tuple[Debt, Cell]]:
    """What an order leaves out, oldest first."""
    seen = {id(cell) for _, cell in listed}
    return [(debt, cell) for debt, cell in matching(ledger, None, None) if id(cell) not in seen]


def matching(ledger: Ledger, number: int | None, component: Component | None) -> list[tuple[Debt, Cell]]:
    """Oldest first."""
    debts = [debt for debt in ledger.debts if number is None or debt.number == number]
    return [pair for debt in debts for pair in cells_of(debt, component)]


# -- a day of a loan with statements ----------------------------------------------------------


def live_a_statement_day(ledger: Ledger, day: int) -> None:
    payments = [p for p in ledger.books.payments if p.value_on == day]
    for payment in sorted(payments, key=lambda p: (not p.parts, p.ordinal)):
        ledger.free += ledger.take(payment.amount, matching(ledger, None, None), day, "payment", payment.id)
    events = sorted((e for e in ledger.books.events if e.value_on == day), key=lambda e: e.ordinal)
    for event in (e for e in events if e.kind in FORGIVING):
        ledger.take(event.amount, matching(ledger, None, None), day, "waiver", event.id)
    for event in (e for e in events if e.kind == LoanEventKind.REFUND):
        give_back(ledger, event, reversed(matching(ledger, None, None)))
    for statement in (s for s in ledger.books.statements if s.statement_on == day):
        state(ledger, statement)


def state(ledger: Ledger, statement: Statement) -> None:
    """A new minimum: what was paid too much before it is in it already."""
    ledger.dropped, ledger.free = ledger.dropped + ledger.free, 0
    already = sum(debt.open for debt in ledger.debts) if statement.includes_unpaid else 0
    new = Cell(None, max(0, statement.minimum - already))
    debt = Debt(statement.due_on, statement.payable_until_on, None, [new], statement=statement)
    too_much = max(0, already - statement.minimum)
    ledger.take(too_much, matching(ledger, None, None), statement.statement_on, "statement", None)
    ledger.debts = sorted([*ledger.debts, debt], key=lambda d: (d.due_on, d.statement.statement_on))


# -- the answer -------------------------------------------------------------------------------


def arrears_of_books(books: Books, as_of: int) -> dict[str, object]:
    """The columns of one loan of which no report speaks; None where nothing is said."""
    if not books.installments and all(statement.statement_on > as_of for statement in books.statements):
        return NOTHING_KNOWN
    ledger = ledger_of(books, as_of)
    late = ledger.late_on.get(as_of)
    balance = None if books.installments else newest_balance(books, as_of)
    has_amount = late is not None or (balance or 0) > 0
    return {
        **NOTHING_KNOWN,
        "source": "schedule" if books.installments else "statements",
        "is_known": True,
        **(NOT_LATE if late is None else since_when(ledger, late, as_of)),
        "outstanding_minor": sum(debt.open for debt in ledger.debts) if books.installments else None,
        "credit_minor": ledger.free + ledger.held,
        **coming_due(ledger, books, as_of),
        "reported_on": as_of,
        "statement_minor": balance,
        "amount_known": has_amount,
        "is_late_without_balance": late is not None and not has_amount,
    }


def since_when(ledger: Ledger, late: Late, as_of: int) -> dict[str, object]:
    past_due, paused = as_of - late.since.counted_on, paused_days(ledger, late, as_of)
    return {
        "is_late": True,
        "past_due_days": past_due,
        "paused_days": paused,
        "delinquent_days": max(0, past_due - ledger.terms.grace_days - paused),
        "overdue_since_on": late.since.counted_on,
        "episode_start_on": episode_start_on(ledger, as_of),
        "overdue_minor": late.overdue,
        **{f"overdue_{each.name.lower()}_minor": late.by_component.get(each, 0) for each in Component},
    }


def paused_days(ledger: Ledger, late: Late, as_of: int) -> int:
    since = late.since.counted_on if ledger.terms.pause_basis == PauseBasis.OVERLAP else -FAR
    days: set[int] = set()
    for pause in ledger.books.pauses:
        end = as_of if pause.end_on is None else min(as_of, pause.end_on)
        days.update(range(max(since, pause.first_on), end))
    return len(days)


def episode_start_on(ledger: Ledger, as_of: int) -> int:
    """Walk back from `as_of`, on which the loan is late, while it was late."""
    day = as_of
    while day - 1 in ledger.late_on:
        day -= 1
    return day


def newest_balance(books: Books, as_of: int) -> int:
    known = [each for each in books.statements if each.statement_on <= as_of]
    return max(known, key=lambda each: each.statement_on).balance


OVERDUE = ("overdue_minor", *(f"overdue_{each.name.lower()}_minor" for each in Component))
NOT_LATE: dict[str, object] = {
    "is_late": False,
    "past_due_days": 0,
    "paused_days": 0,
    "delinquent_days": 0,
    "overdue_since_on": None,
    "episode_start_on": None,
    **dict.fromkeys(OVERDUE, 0),
}
NOTHING_KNOWN: dict[str, object] = {
    **NOT_LATE,
    **dict.fromkeys(OVERDUE),
    "source": None,
    "is_known": False,
    "outstanding_minor": None,
    "credit_minor": 0,
    **NOTHING_COMING,
    "is_reported": False,
    "reported_on": None,
    "status": None,
    "months_late": 0,
    "statement_minor": None,
    "amount_known": False,
    "is_late_without_balance": False,
}
