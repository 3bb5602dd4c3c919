"""What a clerk adds up is what the kernel says: line by line, in sums and in days."""

from __future__ import annotations

from hypothesis import given, settings

from arrears.kernel.arrears.accounts import debts_of, past_due_of
from arrears.kernel.arrears.tracing import trace_of
from arrears.kernel.days import date_of, day_of
from arrears.kernel.facts import NO_DATE
from arrears.kernel.vocabulary import Component
from tests.effort import effort
from tests.kernel.arrears.books import Terms, facts_of_books
from tests.kernel.arrears.comparing import kernel_on
from tests.kernel.arrears.hostile_books import ALL_BOOKS, AS_OF, BOOKS_WITH_SCHEDULES


def read(books, as_of):
    trace = trace_of(facts_of_books({1: books}), 1, as_of)
    debts = [] if trace is None else debts_of(trace)
    tolerance = (books.terms or Terms()).tolerance_minor
    return trace, debts, past_due_of(debts, date_of(as_of), tolerance)


@settings(max_examples=effort(80, 400))
@given(books=ALL_BOOKS, as_of=AS_OF)
def test_every_line_adds_up_across_and_down(books, as_of):
    trace, debts, past_due = read(books, as_of)
    if trace is None:
        return

    for debt in debts:
        assert debt.asked_minor == debt.paid_minor + debt.forgiven_minor + debt.open_minor
    assert sum(debt.asked_minor for debt in debts) == sum(cell.amount_minor for cell in trace.cells)
    assert sorted(cell for debt in debts for cell in debt.cells) == list(range(len(trace.cells)))
    assert past_due.total_minor == sum(debt.open_minor for debt in past_due.debts)
    assert past_due.total_minor == sum(past_due.by_part.values())


@settings(max_examples=effort(80, 400))
@given(books=ALL_BOOKS, as_of=AS_OF)
def test_the_sum_and_the_day_counted_from_are_those_of_the_arrears(books, as_of):
    trace, _, past_due = read(books, as_of)
    if trace is None:
        return
    arrears = kernel_on(as_of, books)

    if arrears["is_late"]:
        assert past_due.counting is not None
        assert past_due.total_minor == arrears["overdue_minor"]
        assert day_of(past_due.debts[past_due.counting].counted_on) == arrears["overdue_since_on"]
    else:
        assert arrears["overdue_since_on"] == NO_DATE
    assert trace.credit_minor == arrears["credit_minor"]


@settings(max_examples=effort(80, 400))
@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_of_a_schedule_every_component_adds_up_to_what_is_overdue(books, as_of):
    _, _, past_due = read(books, as_of)
    arrears = kernel_on(as_of, books)

    if arrears["is_late"]:
        for component in Component:
            overdue = arrears[f"overdue_{component.name.lower()}_minor"]
            assert past_due.by_part.get(component, 0) == overdue
