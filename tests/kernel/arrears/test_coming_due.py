"""The due day people are reminded of: which it is, its cycle, and what is open of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from arrears.kernel.arrears.day_by_day import schedule_ledger, standing_day_by_day
from arrears.kernel.arrears.in_one_order import standing_in_one_order
from arrears.kernel.arrears.terms import terms_of
from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR
from arrears.kernel.vocabulary import Component, LoanEventKind, Surplus
from tests.kernel.arrears.books import (
    Books,
    Event,
    Installment,
    Order,
    Part,
    Payment,
    Statement,
    Terms,
    facts_of_books,
)
from tests.kernel.arrears.builders import arrears_on, late, not_late
from tests.kernel.arrears.comparing import agreed_on, kernel_on
from tests.kernel.arrears.hostile_books import ALL_BOOKS, AS_OF, BOOKS_OF_PLAIN_PAYMENTS, BOOKS_WITH_SCHEDULES

THREE_OF_100 = tuple(Installment(n, 10 * n, 10 * n, principal=100) for n in (1, 2, 3))
NONE = (None, None, None)
HOLD, LAST = Terms(surplus=Surplus.HOLD), Terms(surplus=Surplus.LAST)


def coming(as_of, *installments, **books):
    """(next due day, first day of its cycle, what is open of it)."""
    answer = agreed_on(as_of, Books(installments or THREE_OF_100, **books))
    return answer["next_due_on"], answer["cycle_start_on"], answer["next_due_minor"]


def coming_of_statements(as_of, *statements, **books):
    answer = agreed_on(as_of, Books(statements=statements, **books))
    return answer["next_due_on"], answer["cycle_start_on"], answer["next_due_minor"]


# -- schedules --------------------------------------------------------------------------------


def test_the_due_day_itself_is_still_coming_and_the_day_after_the_next_one_is():
    assert coming(10) == (10, -21, 100)
    assert coming(11) == (20, 11, 100)
    assert coming(20) == (20, 11, 100)
    assert coming(30) == (30, 21, 100)


def test_after_the_last_due_day_nothing_is_coming_even_while_all_is_late():
    assert coming(31) == NONE
    assert agreed_on(31, Books(THREE_OF_100))["overdue_minor"] == 300


def test_a_due_day_counts_and_not_the_day_until_which_it_may_be_paid():
    assert coming(11, Installment(1, 10, 13, principal=100)) == NONE


def test_the_first_due_day_has_a_cycle_of_31_days():
    assert coming(0, Installment(1, 50, 50, principal=1)) == (50, 19, 1)


def test_installments_of_one_day_are_one_due_day():
    its = *THREE_OF_100, Installment(4, 20, 25, interest=7, fee=5, penalty=3)

    assert coming(12, *its) == (20, 11, 115)
    assert coming(12, *its, payments=(Payment(1, 5, 210),)) == (20, 11, 5)
    assert coming(21, *its) == (30, 21, 100)


def test_an_installment_of_nothing_is_a_due_day_that_nobody_is_reminded_of():
    its = Installment(1, 10, 10, principal=100), Installment(2, 20, 20), Installment(3, 30, 30, principal=100)

    assert coming(11, *its) == (30, 21, 100)


def test_a_late_loan_has_a_next_due_day_too():
    answer = agreed_on(15, Books(THREE_OF_100, (Payment(1, 9, 30),)))

    assert (answer["is_late"], answer["overdue_minor"]) == (True, 70)
    assert coming(15, payments=(Payment(1, 9, 30),)) == (20, 11, 100)


@pytest.mark.parametrize("terms", [None, HOLD])
def test_what_was_paid_in_advance_covers_the_next_due_days_also_while_it_waits(terms):
    paid = {"payments": (Payment(1, 5, 150),), "terms": terms}

    assert coming(4, **paid) == (10, -21, 100)
    assert coming(5, **paid) == (20, 11, 50)
    assert coming(10, **paid) == (20, 11, 50)


@pytest.mark.parametrize("surplus", [Surplus.NEXT, Surplus.HOLD, Surplus.LAST])
def test_who_has_paid_everything_has_nothing_coming(surplus):
    assert coming(5, payments=(Payment(1, 5, 300),), terms=Terms(surplus=surplus)) == NONE


def test_surplus_that_pays_the_last_leaves_the_next_to_be_paid():
    paid = {"payments": (Payment(1, 5, 150),), "terms": LAST}

    assert coming(5, **paid) == (10, -21, 100)
    assert coming(11, **paid) == (20, 11, 50)
    assert coming(21, **paid) == NONE


def test_one_payment_that_is_held_covers_what_the_product_would_not_hold():
    assert coming(5, payments=(Payment(1, 5, 130, Surplus.HOLD),), terms=LAST) == (20, 11, 70)


def test_money_that_the_order_takes_on_the_due_day_only_covers_it_before():
    order = Order(False, (("past_due", Component.PRINCIPAL), ("due", Component.PRINCIPAL)))

    assert coming(5, payments=(Payment(1, 5, 150),), terms=Terms(order=order)) == (20, 11, 50)


def test_what_is_forgiven_is_not_coming():
    part = Event(1, 3, LoanEventKind.WAIVER, 40, number=1)
    whole = Event(2, 4, LoanEventKind.WAIVER, 60, number=1, ordinal=1)

    assert coming(3, events=(part, whole)) == (10, -21, 60)
    assert coming(4, events=(part, whole)) == (20, 11, 100)


def test_an_installment_paid_as_stated_before_the_others_is_passed_over():
    stated = Payment(1, 5, 100, parts=(Part(2, Component.PRINCIPAL, 100),))

    assert coming(5, payments=(stated,)) == (10, -21, 100)
    assert coming(11, payments=(stated,)) == (30, 21, 100)


def test_a_refund_makes_what_was_paid_come_again():
    books = {"payments": (Payment(1, 5, 100),), "events": (Event(2, 7, LoanEventKind.REFUND, 30),)}

    assert coming(5, **books) == (20, 11, 100)
    assert coming(7, **books) == (10, -21, 30)


def test_a_charge_counts_with_the_due_day_it_falls_on_once_it_is_known():
    events = Event(1, 13, LoanEventKind.CHARGE, 5, number=2), Event(2, 14, LoanEventKind.CHARGE, 8, due_on=20)

    assert coming(12, events=events) == (20, 11, 100)
    assert coming(13, events=events) == (20, 11, 105)
    assert coming(14, events=events) == (20, 11, 113)
    assert coming(14, events=events, payments=(Payment(1, 12, 200),)) == (20, 11, 13)


def test_a_charge_with_a_day_of_its_own_neither_hides_a_due_day_nor_begins_a_cycle():
    events = Event(1, 12, LoanEventKind.CHARGE, 5), Event(2, 12, LoanEventKind.CHARGE, 8, due_on=17)

    assert [coming(day, events=events) for day in (12, 17, 18)] == [(20, 11, 100)] * 3
    assert coming(31, events=(Event(1, 31, LoanEventKind.CHARGE, 5, due_on=40),)) == NONE


def test_held_money_is_used_by_a_charge_that_is_due_before():
    """50 are held: 30 of them go to the charge due on 7."""
    charge = Event(2, 4, LoanEventKind.CHARGE, 30, due_on=7)
    books = {"payments": (Payment(1, 4, 50),), "events": (charge,), "terms": HOLD}

    assert coming(5, **books) == (10, -21, 80)
    assert coming(7, **books) == (10, -21, 80)


# -- statements and reports -------------------------------------------------------------------


def a_statement(first, due_on, minimum, *, includes_unpaid=True):
    return Statement(first, due_on, due_on, minimum, includes_unpaid, balance=1000)


def test_of_a_statement_its_minimum_is_coming_until_it_is_paid():
    first, second = a_statement(0, 20, 100), a_statement(30, 50, 80)
    payments = Payment(1, 10, 40), Payment(2, 15, 60, ordinal=1)

    days = [coming_of_statements(day, first, second, payments=payments) for day in (0, 10, 15, 29, 30, 50)]
    assert days == [(20, -11, 100), (20, -11, 60), NONE, NONE, (50, 21, 80), (50, 21, 80)]
    assert coming_of_statements(51, first, second, payments=payments) == NONE


def test_what_is_late_of_an_older_statement_does_not_fall_due_again_with_the_newer():
    first, second = a_statement(0, 20, 100), a_statement(30, 50, 150)

    assert coming_of_statements(30, first, second) == (50, 21, 50)


def test_of_several_statements_the_newest_that_is_open_counts():
    """Money goes to the oldest, a waiver too; a newer one that asks for nothing is passed over."""
    first, second = a_statement(0, 35, 100), a_statement(30, 50, 150)

    assert coming_of_statements(29, first, second) == (35, 4, 100)
    assert coming_of_statements(30, first, second) == (50, 36, 50)
    assert coming_of_statements(30, first, a_statement(30, 50, 100)) == (35, 4, 100)


def test_a_minimum_of_nothing_ends_a_cycle_all_the_same():
    assert coming_of_statements(30, a_statement(0, 20, 0), a_statement(30, 50, 10)) == (50, 21, 10)
    assert coming_of_statements(0, a_statement(0, 20, 0)) == NONE


def test_a_report_says_nothing_of_what_is_coming():
    for row in (
        arrears_on(100, late(100, since=69, overdue=5)),
        arrears_on(100, not_late(100)),
        arrears_on(1),
    ):
        assert (row["next_due_on"], row["cycle_start_on"]) == (NO_DATE, NO_DATE)
        assert row["next_due_minor"] == UNKNOWN_MINOR


# -- what always holds ------------------------------------------------------------------------


@given(books=BOOKS_OF_PLAIN_PAYMENTS, as_of=AS_OF)
def test_the_sum_and_the_lived_days_say_the_same(books, as_of):
    facts, loans = facts_of_books({1: books}), np.array([1])
    terms = terms_of(facts)
    assume(terms.is_in_one_order[0])
    by_sum = standing_in_one_order(facts, loans, terms, as_of)
    lived = standing_day_by_day(facts, loans, terms, as_of, schedule_ledger)

    for name in ("next_due_on", "cycle_start_on", "next_due_minor"):
        assert getattr(by_sum, name).tolist() == getattr(lived, name).tolist(), name


@given(books=ALL_BOOKS, as_of=AS_OF)
def test_what_is_coming_is_above_zero_and_not_before_today_or_its_cycle(books, as_of):
    row = kernel_on(as_of, books)
    if row["next_due_on"] == NO_DATE:
        assert (row["cycle_start_on"], row["next_due_minor"]) == (NO_DATE, UNKNOWN_MINOR)
        return

    assert row["next_due_on"] >= max(as_of, row["cycle_start_on"])
    assert row["next_due_minor"] > 0


@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF, data=st.data())
def test_a_cycle_begins_on_one_day_whatever_is_paid_and_on_whatever_day_one_asks(books, as_of, data):
    row = kernel_on(as_of, books)
    day = row["next_due_on"]
    assume(
        any(
            it.due_on == day and it.principal + it.interest + it.fee + it.penalty for it in books.installments
        )
    )
    asked_on = data.draw(st.integers(row["cycle_start_on"], day))
    bare = kernel_on(asked_on, replace(books, payments=(), events=()))

    assert (bare["next_due_on"], bare["cycle_start_on"]) == (day, row["cycle_start_on"])


@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_no_two_due_days_of_a_loan_share_a_cycle(books, as_of):
    rows = [kernel_on(day, books) for day in range(as_of, 61, 5)]
    cycles = {(row["next_due_on"], row["cycle_start_on"]) for row in rows}

    assert len({start for _, start in cycles}) == len({day for day, _ in cycles}) == len(cycles)


@given(books=BOOKS_OF_PLAIN_PAYMENTS, as_of=AS_OF)
def test_who_pays_what_is_overdue_and_what_is_coming_is_not_reminded_of_that_day_again(books, as_of):
    """Where money goes to the oldest first or waits; whatever the product tolerates."""
    terms = replace(books.terms or Terms(), surplus=Surplus.HOLD, tolerance_minor=0, tolerance_days=0)
    books = replace(books, terms=terms)
    row = kernel_on(as_of, books)
    assume(row["next_due_on"] != NO_DATE)
    before = sum(
        it.principal + it.interest + it.fee + it.penalty
        for it in books.installments
        if it.due_on <= row["next_due_on"]
    )
    came = sum(payment.amount for payment in books.payments if payment.value_on <= as_of)
    missing = Payment(99, as_of, before - came, ordinal=99)

    assert (
        kernel_on(as_of, replace(books, payments=(*books.payments, missing)))["next_due_on"]
        != row["next_due_on"]
    )
