"""Small books drawn to be as awkward as the rules allow: for property tests."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from arrears.kernel.vocabulary import Component, LoanEventKind, PauseBasis, Surplus
from tests.kernel.arrears.books import (
    TIMES,
    USUAL,
    Books,
    Event,
    Installment,
    Order,
    Part,
    Pause,
    Payment,
    Statement,
    Terms,
    same_at_any_time,
)

DAYS = st.integers(-5, 80)
AS_OF = st.integers(-10, 100)
DUE_DAYS = st.sampled_from([0, 10, 20, 30, 40]) | st.integers(0, 60)
SMALL = st.sampled_from([0, 1, 50, 100]) | st.integers(0, 300)
MONEY = st.sampled_from([1, 50, 100, 150, 200]) | st.integers(1, 700)
ROLLS = st.sampled_from([0, 0, 0, 1, 2, 3, 12])
NUMBERS = st.none() | st.integers(1, 7)
COMPONENTS = st.sampled_from(Component)
ADDING = (LoanEventKind.CHARGE, LoanEventKind.CHARGEBACK)


@st.composite
def installment_lists(draw, min_size=1):
    """Numbers are unique and mostly, not always, in the order of the due days."""
    days = draw(st.lists(DUE_DAYS, min_size=min_size, max_size=6))
    if draw(st.integers(0, 4)):
        days.sort()
    return tuple(draw(_an_installment(number, day)) for number, day in enumerate(days, 1))


@st.composite
def _an_installment(draw, number, due_on):
    amounts = draw(st.tuples(SMALL, SMALL, SMALL, SMALL) | st.tuples(SMALL, SMALL) | st.tuples(SMALL))
    return Installment(number, due_on, due_on + draw(ROLLS), *amounts)


@st.composite
def orders(draw):
    by_component = draw(st.booleans())
    if draw(st.booleans()):  # also by installment, as most products have it
        return same_at_any_time(*draw(st.permutations(Component)), is_by_component=by_component)
    every = [(time, each) for time in TIMES for each in Component]
    items = draw(st.permutations(every))
    if not draw(st.integers(0, 3)):  # what a list leaves out takes no money
        items = items[: draw(st.integers(1, len(items)))]
    return Order(by_component, tuple(items))


TERMS = st.none() | st.builds(
    Terms,
    tolerance_minor=st.sampled_from([0, 0, 1, 50, 200]),
    tolerance_days=st.sampled_from([0, 0, 1, 5, 15]),
    grace_days=st.sampled_from([0, 3, 20]),
    pause_basis=st.sampled_from(PauseBasis),
    order=st.just(USUAL) | orders(),
    surplus=st.sampled_from(Surplus),
)
PARTS = st.lists(
    st.builds(Part, NUMBERS, COMPONENTS, SMALL),
    max_size=4,
    unique_by=lambda part: (part.number, part.component),
).map(tuple)
PAYMENTS = st.lists(
    st.builds(
        Payment,
        id=st.just(0),
        value_on=DUE_DAYS | DAYS,
        amount=MONEY,
        surplus=st.none() | st.sampled_from(Surplus),
        parts=st.just(()) | PARTS,
    ),
    max_size=6,
)


@st.composite
def _an_event(draw):
    kind = draw(st.sampled_from(LoanEventKind))
    value_on = draw(DUE_DAYS | DAYS)
    due_on = draw(st.none() | st.integers(value_on, value_on + 40)) if kind in ADDING else None
    component = draw(st.none() | COMPONENTS)
    return Event(0, value_on, kind, draw(MONEY), due_on, draw(NUMBERS), component)


EVENTS = st.lists(_an_event(), max_size=5)
PAUSES = st.lists(
    st.tuples(st.integers(-5, 60), st.none() | st.integers(0, 30)).map(
        lambda drawn: Pause(drawn[0], None if drawn[1] is None else drawn[0] + drawn[1])
    ),
    max_size=3,
).map(tuple)


@st.composite
def _numbered(draw, lists):
    """Each with its own id and ordinal; which says nothing about the other."""
    drawn = draw(lists)
    ordinals = draw(st.permutations(range(len(drawn))))
    return tuple(replace(each, id=i, ordinal=ordinals[i]) for i, each in enumerate(drawn))


@st.composite
def statement_lists(draw):
    days = draw(st.lists(DUE_DAYS, min_size=1, max_size=5, unique=True))
    return tuple(draw(_a_statement(day)) for day in days)


@st.composite
def _a_statement(draw, statement_on):
    due_on = statement_on + draw(st.sampled_from([0, 5, 20, 35]))
    return Statement(
        statement_on, due_on, due_on + draw(ROLLS), draw(SMALL), draw(st.booleans()), draw(SMALL)
    )


def _books(**lists):
    return st.builds(
        Books, payments=_numbered(PAYMENTS), events=_numbered(EVENTS), pauses=PAUSES, terms=TERMS, **lists
    )


def _plain(books):
    """Payments alone, that say nothing of where they go: what most books are."""
    payments = tuple(replace(payment, surplus=None, parts=()) for payment in books.payments)
    return replace(books, payments=payments, events=())


BOOKS_OF_PLAIN_PAYMENTS = _books(installments=installment_lists()).map(_plain)
BOOKS_WITH_SCHEDULES = _books(installments=installment_lists()) | BOOKS_OF_PLAIN_PAYMENTS
BOOKS_WITH_STATEMENTS = _books(statements=statement_lists())
ALL_BOOKS = BOOKS_WITH_SCHEDULES | BOOKS_WITH_STATEMENTS


def enlarged(books: Books, factor: int) -> Books:
    """The same books with every amount `factor` times as large."""

    def times(each, *names):
        return replace(each, **{name: getattr(each, name) * factor for name in names})

    return replace(
        books,
        installments=tuple(times(i, "principal", "interest", "fee", "penalty") for i in books.installments),
        payments=tuple(
            replace(times(p, "amount"), parts=tuple(times(part, "amount") for part in p.parts))
            for p in books.payments
        ),
        events=tuple(times(event, "amount") for event in books.events),
        statements=tuple(times(s, "minimum", "balance") for s in books.statements),
        terms=books.terms and times(books.terms, "tolerance_minor"),
    )
