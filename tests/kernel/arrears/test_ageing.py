"""The ageing report counts every reported loan once, and adds up nothing across currencies."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.arrears import Portfolio, ageing_of, arrears_of
from arrears.kernel.facts import UNKNOWN_MINOR
from arrears.kernel.money import Money
from arrears.rulepacks.zones import ZONES
from tests.kernel.arrears.builders import facts_about, late, not_late


def ageing_on(as_of, reports, *, currency=None, borrowers=None, currencies=("TWD", "USD")):
    facts = facts_about(reports, borrowers=borrowers)
    codes = np.array([(currency or {}).get(loan, 0) for loan in sorted(reports)], np.int64)
    arrears = arrears_of(facts, as_of, ZONES)
    return ageing_of(Portfolio(arrears, facts["loan"]["borrower"], codes, tuple(currencies)))


def test_classes_are_those_the_reports_state():
    ageing = ageing_on(
        100,
        {
            1: [late(100, months=1, since=70, statement=500)],
            2: [late(100, months=1, since=70, statement=-20)],
            3: [late(100, months=3, since=10, statement=900)],
            4: [not_late(100, statement=7)],
            5: [],
        },
    )

    seen = [(row.name, row.months_late, row.loans, row.late_without_balance) for row in ageing.classes]
    assert seen == [("paid_in_full", 0, 1, 0), ("late", 1, 2, 1), ("late", 3, 1, 0)]
    assert ageing.classes[1].statements == (Money(480, "TWD"),)
    assert (ageing.total.loans, ageing.late.loans, ageing.unreported) == (4, 3, 1)


def test_a_customer_with_two_late_loans_is_one_customer():
    reports = {loan: [late(100, since=70)] for loan in (1, 2, 3)}

    ageing = ageing_on(100, reports, borrowers={1: 8, 2: 8, 3: 9})

    assert (ageing.late.loans, ageing.late.customers) == (3, 2)


def test_statements_are_added_up_per_currency():
    reports = {1: [not_late(100, statement=5)], 2: [not_late(100, statement=7)], 3: [not_late(100)]}

    row = ageing_on(100, reports, currency={2: 1}).classes[0]

    assert row.statements == (Money(5, "TWD"), Money(7, "USD"))
    assert row.without_statement == 1


def test_buckets_hold_both_their_ends():
    days = (0, 1, 29, 30, 59, 60, 89, 90, 4000)
    reports = {n: [late(5000, since=5000 - past)] for n, past in enumerate(days)}

    buckets = {row.name: row.loans for row in ageing_on(5000, reports).buckets}

    assert buckets == {"0": 1, "1-29": 2, "30-59": 2, "60-89": 2, "90+": 2}


def test_before_the_first_report_there_is_only_a_count_of_unreported_loans():
    ageing = ageing_on(99, {1: [late(100, since=70)]})

    assert (ageing.classes, ageing.total.loans, ageing.unreported) == ((), 0, 1)


def test_sums_larger_than_a_machine_word_are_exact():
    huge = 2**62
    reports = {loan: [not_late(100, statement=huge)] for loan in range(1, 6)}

    assert ageing_on(100, reports).total.statements == (Money(5 * huge, "TWD"),)


REPORTS = st.one_of(
    st.builds(late, st.just(100), months=st.integers(1, 4), since=st.integers(0, 100)),
    st.builds(not_late, st.just(100), statement=st.none() | st.integers(-(10**15), 10**15)),
)


@given(st.dictionaries(st.integers(1, 40), st.lists(REPORTS, max_size=1), max_size=12))
def test_every_loan_stands_in_exactly_one_class_and_every_late_one_in_one_bucket(reports):
    ageing = ageing_on(100, reports)

    known = [r.statement for each in reports.values() for r in each if r.statement is not None]
    assert sum(row.loans for row in ageing.classes) + ageing.unreported == len(reports)
    assert sum(row.loans for row in ageing.buckets) == ageing.late.loans
    assert sum(money.minor for money in ageing.total.statements) == sum(known)
    assert UNKNOWN_MINOR not in {money.minor for row in ageing.classes for money in row.statements}
