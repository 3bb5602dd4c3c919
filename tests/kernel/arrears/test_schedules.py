"""Arrears computed from schedules and statements: the kernel against the oracle, and what always holds."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.moves import Move
from arrears.kernel.arrears.reported import reported_arrears
from arrears.kernel.arrears.tracing import trace_of
from arrears.kernel.days import day_of
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR
from arrears.kernel.vocabulary import Component, LoanEventKind
from arrears.rulepacks.zones import ZONES
from tests.effort import effort
from tests.kernel.arrears.books import IDS_PER_LOAN, Books, Event, Terms, facts_of_books
from tests.kernel.arrears.builders import late, not_late, row_of
from tests.kernel.arrears.comparing import differing, kernel_on, oracle_on
from tests.kernel.arrears.hostile_books import (
    ALL_BOOKS,
    AS_OF,
    BOOKS_WITH_SCHEDULES,
    BOOKS_WITH_STATEMENTS,
    PAUSES,
    TERMS,
    enlarged,
)
from tests.kernel.arrears.schedule_oracle import arrears_of_books, ledger_of

OFTEN = effort(150, 1_000)  # what must meet to go wrong is rare
BIG = 10**15 // 700  # no amount drawn is above 700
KIND = {
    "payment": (Move.PAYMENT, Move.PAYMENT_AS_STATED),
    "credit": (Move.USE_KEPT,),
    "waiver": (Move.FORGIVEN,),
    "refund": (Move.REFUND,),
    "statement": (Move.STATEMENT,),
}


@settings(max_examples=OFTEN)
@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_the_kernel_reads_a_schedule_as_the_oracle_does(books, as_of):
    assert differing(kernel_on(as_of, books), oracle_on(as_of, books)) == {}


@settings(max_examples=OFTEN)
@given(books=BOOKS_WITH_STATEMENTS, as_of=AS_OF)
def test_the_kernel_reads_statements_as_the_oracle_does(books, as_of):
    assert differing(kernel_on(as_of, books), oracle_on(as_of, books)) == {}


# -- who paid what ----------------------------------------------------------------------------


def traced(as_of, books):
    return trace_of(facts_of_books({1: books}), 1, as_of)


def local(id_in_facts):
    return None if id_in_facts is None else id_in_facts - IDS_PER_LOAN


def name_of_line(line):
    since = None if line.from_on is None else day_of(line.from_on)
    return (line.number, local(line.event), since), line.component


def takings_of_kernel(trace):
    """(day, what took, its id) -> {cell: amount}, in order."""
    found = {}
    for move in trace.moves:
        by = next(by for by, kinds in KIND.items() if move.kind in kinds)
        taken = {name_of_line(trace.cells[each.cell]): each.amount_minor for each in move.taken}
        if taken:
            found[day_of(move.value_on), by, local(move.id)] = taken
    return found


def takings_of_oracle(ledger):
    found = {}
    for move in ledger.moves:
        taken = found.setdefault((move.value_on, move.by, move.id), {})
        cell = move.debt.name, move.component
        taken[cell] = taken.get(cell, 0) + move.amount
    return found


@settings(max_examples=OFTEN)
@given(books=ALL_BOOKS, as_of=AS_OF)
def test_every_move_pays_the_cells_the_oracle_says_in_the_same_order_of_moves(books, as_of):
    trace = traced(as_of, books)
    if trace is None:
        assert not arrears_of_books(books, as_of)["is_known"]
        return
    kernel, oracle = takings_of_kernel(trace), takings_of_oracle(ledger_of(books, as_of))

    assert kernel == oracle
    assert list(kernel) == list(oracle)


@given(books=ALL_BOOKS, as_of=AS_OF)
def test_every_cell_is_paid_forgiven_and_open_as_the_oracle_says(books, as_of):
    trace = traced(as_of, books)
    if trace is None:
        return
    cells = {
        name_of_line(line): (line.amount_minor, line.paid_minor, line.forgiven_minor, line.open_minor)
        for line in trace.cells
        if line.amount_minor
    }

    assert cells == {
        (debt.name, cell.component): (cell.amount, cell.paid, cell.forgiven, cell.open)
        for debt in ledger_of(books, as_of).debts
        for cell in debt.cells
        if cell.amount
    }


@settings(max_examples=OFTEN)
@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_every_stated_part_that_could_not_be_taken_whole_is_told(books, as_of):
    told = [
        (local(move.id), each.number, each.component, each.stated_minor, each.missing_minor)
        for move in traced(as_of, books).moves
        for each in move.differences
    ]

    assert told == [
        (each.payment, each.part.number, each.part.component, each.part.amount, each.part.amount - each.taken)
        for each in ledger_of(books, as_of).differences
    ]


# -- what always holds ------------------------------------------------------------------------


def money_that_stayed(books, as_of):
    """What came less what was given back, of which there is never more than had come."""
    refunds = [(e.value_on, 1, -e.amount) for e in books.events if e.kind == LoanEventKind.REFUND]
    stayed = 0
    for value_on, _, amount in sorted([(p.value_on, 0, p.amount) for p in books.payments] + refunds):
        if value_on <= as_of:
            stayed = max(0, stayed + amount)
    return stayed


@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_what_was_paid_is_handed_out_to_the_last_unit(books, as_of):
    trace = traced(as_of, books)

    assert sum(line.paid_minor for line in trace.cells) + trace.credit_minor == money_that_stayed(
        books, as_of
    )
    assert trace.credit_minor == kernel_on(as_of, books)["credit_minor"]


@given(books=BOOKS_WITH_STATEMENTS, as_of=AS_OF)
def test_between_statements_money_is_paid_kept_dropped_or_given_back(books, as_of):
    ledger = ledger_of(books, as_of)
    paid = sum(cell.paid for debt in ledger.debts for cell in debt.cells)

    came = sum(payment.amount for payment in books.payments if payment.value_on <= as_of)
    assert paid + ledger.free + ledger.dropped + ledger.given_back == came


@given(books=ALL_BOOKS, as_of=AS_OF)
def test_no_move_takes_more_than_its_amount_and_no_cell_more_than_was_asked(books, as_of):
    trace = traced(as_of, books)
    if trace is None:
        return
    for move in trace.moves:
        if move.kind not in (Move.USE_KEPT, Move.STATEMENT):
            assert sum(abs(each.amount_minor) for each in move.taken) <= move.amount_minor
    for line in trace.cells:
        assert min(line.paid_minor, line.forgiven_minor, line.open_minor) >= 0
        assert line.paid_minor + line.forgiven_minor + line.open_minor == line.amount_minor


@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_components_add_up_to_what_is_overdue_and_open_cells_to_what_is_outstanding(books, as_of):
    row = kernel_on(as_of, books)

    assert sum(row[f"overdue_{each.name.lower()}_minor"] for each in Component) == row["overdue_minor"]
    assert sum(line.open_minor for line in traced(as_of, books).cells) == row["outstanding_minor"]


@given(books=ALL_BOOKS, as_of=AS_OF, data=st.data())
def test_the_order_in_which_facts_arrive_changes_nothing(books, as_of, data):
    """Neither where they stand in a file nor the ids they got, which count up as they come."""

    def arriving(facts):
        facts = data.draw(st.permutations(facts))
        return tuple(replace(each, id=place) for place, each in enumerate(facts))

    shuffled = replace(
        books,
        installments=tuple(data.draw(st.permutations(books.installments))),
        statements=tuple(data.draw(st.permutations(books.statements))),
        pauses=tuple(data.draw(st.permutations(books.pauses))),
        payments=arriving(books.payments),
        events=arriving(books.events),
    )

    assert kernel_on(as_of, shuffled) == kernel_on(as_of, books)


@given(books=BOOKS_WITH_SCHEDULES, as_of=AS_OF)
def test_a_day_on_which_nothing_is_paid_or_forgiven_only_makes_it_later(books, as_of):
    adding = (LoanEventKind.CHARGE, LoanEventKind.CHARGEBACK)
    quiet = replace(
        books,
        payments=tuple(p for p in books.payments if p.value_on <= as_of),
        events=tuple(e for e in books.events if e.value_on <= as_of or e.kind in adding),
    )
    today, tomorrow = (kernel_on(day, quiet) for day in (as_of, as_of + 1))

    if today["is_late"] and not today["credit_minor"]:
        assert tomorrow["is_late"]
        assert tomorrow["past_due_days"] > today["past_due_days"]
        assert tomorrow["delinquent_days"] >= today["delinquent_days"]
        assert tomorrow["overdue_minor"] >= today["overdue_minor"]
        assert tomorrow["episode_start_on"] == today["episode_start_on"]


ADDED = st.builds(
    Event,
    id=st.just(9_999),
    value_on=st.integers(1, 60),
    kind=st.sampled_from([LoanEventKind.CHARGE, LoanEventKind.CHARGEBACK]),
    amount=st.integers(1, 300),
    due_on=st.none() | st.integers(60, 90),
    number=st.none() | st.integers(1, 6),
    ordinal=st.just(9_999),
)


@settings(max_examples=OFTEN)
@given(books=BOOKS_WITH_SCHEDULES, added=ADDED, as_of=AS_OF)
def test_a_charge_or_chargeback_more_never_makes_a_loan_less_late(books, added, as_of):
    plain = replace(books, events=())
    before = kernel_on(as_of, plain)
    after = kernel_on(as_of, replace(plain, events=(added,)))

    if before["is_late"]:
        assert after["is_late"]
        assert after["past_due_days"] >= before["past_due_days"]
        assert after["overdue_minor"] >= before["overdue_minor"]
        assert after["episode_start_on"] <= before["episode_start_on"]


@given(books=ALL_BOOKS, as_of=AS_OF)
def test_an_episode_begins_on_a_late_day_after_one_that_was_not(books, as_of):
    """As the days themselves say; no later fact is looked at but those of the days themselves."""
    row = kernel_on(as_of, books)
    if not row["is_late"]:
        assert row["episode_start_on"] == NO_DATE
        return
    first = row["episode_start_on"]

    assert not kernel_on(first - 1, books)["is_late"]
    assert all(kernel_on(day, books)["episode_start_on"] == first for day in {first, (first + as_of) // 2})


@given(portfolio=st.dictionaries(st.integers(1, 50), ALL_BOOKS, max_size=8), as_of=AS_OF)
def test_one_loan_alone_is_the_same_loan_among_many(portfolio, as_of):
    together = arrears_of(facts_of_books(portfolio), as_of, ZONES)

    assert together["loan"].tolist() == sorted(portfolio)
    for row, loan in enumerate(sorted(portfolio)):
        alone = kernel_on(as_of, portfolio[loan])
        assert row_of(together, row) | {"loan": 1} == alone


@given(books=BOOKS_WITH_SCHEDULES)
def test_before_anything_happened_all_is_outstanding_and_nothing_overdue(books):
    row = kernel_on(-1000, books)

    scheduled = sum(it.principal + it.interest + it.fee + it.penalty for it in books.installments)
    assert (row["is_late"], row["overdue_minor"], row["credit_minor"]) == (False, 0, 0)
    assert (row["is_known"], row["outstanding_minor"]) == (True, scheduled)


@given(books=BOOKS_WITH_STATEMENTS)
def test_before_the_first_statement_nothing_is_known(books):
    row = kernel_on(-1000, books)

    assert (row["is_known"], row["source"], row["is_late"]) == (False, NO_ID, False)
    assert (row["overdue_minor"], row["outstanding_minor"]) == (UNKNOWN_MINOR, UNKNOWN_MINOR)


@given(books=ALL_BOOKS, as_of=AS_OF)
def test_sums_of_a_million_millions_are_as_exact_as_small_ones(books, as_of):
    small, big = kernel_on(as_of, books), kernel_on(as_of, enlarged(books, BIG))

    for name, value in small.items():
        is_amount = name.endswith("_minor") and value != UNKNOWN_MINOR
        assert big[name] == (value * BIG if is_amount else value), name


@st.composite
def report_lists(draw):
    days = draw(st.lists(AS_OF, unique=True, max_size=4))
    return tuple(draw(_a_report(day)) for day in days)


def _a_report(day):
    since, amounts = st.integers(day - 60, day), st.none() | st.integers(-5, 5)
    says_late = st.builds(late, st.just(day), since=since, overdue=amounts)
    return says_late | st.builds(not_late, st.just(day), statement=amounts)


@given(books=BOOKS_WITH_SCHEDULES, reports=report_lists(), as_of=AS_OF)
def test_a_report_about_a_loan_with_a_schedule_changes_nothing(books, reports, as_of):
    assert kernel_on(as_of, replace(books, reports=reports)) == kernel_on(as_of, books)


@given(reports=report_lists(), pauses=PAUSES, terms=TERMS, as_of=AS_OF)
def test_a_loan_with_reports_alone_is_as_late_as_they_say_and_its_product_forgives_days(
    reports, pauses, terms, as_of
):
    books = Books(reports=reports, pauses=pauses, terms=terms)
    row = kernel_on(as_of, books)

    said = row_of(reported_arrears(facts_of_books({1: books}), as_of), 0)
    grace_days = (terms or Terms()).grace_days
    assert {name: row[name] for name in said} == said
    assert row["delinquent_days"] == max(0, row["past_due_days"] - grace_days - row["paused_days"])
    assert (row["outstanding_minor"], row["credit_minor"]) == (UNKNOWN_MINOR, 0)
