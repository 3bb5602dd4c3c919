"""What lies beyond a cap is not demanded, and what a court may cut down is said."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.tables.demands import Beyond, Claimed, beyond_caps
from arrears.kernel.tables.entries import Entry
from arrears.rulepacks.tables import table_entries

ENTRIES = table_entries()
CARD = {"on": date(2026, 7, 14), "places": ["CN"], "creditor_licence": "bank", "currency": "CNY"}
CARD |= {"debt_kind": "credit_card", "actor_kind": "original_creditor"}


def claimed(interest=0, penalty=0, *, at=None, penal=None):
    return Claimed(interest, penalty, at, penal)


def a_cap(entry_id="t.cap", *, kind="rate_cap", **params):
    return Entry(entry_id, entry_id, kind, "test", (), {}, params, "Act 1", "A", {})


@pytest.mark.parametrize(
    ("penal", "beyond"),
    [
        (1_500, Beyond(0, (), ())),  # 1,000 and half of it: the top of the band
        (1_501, Beyond(7, ("cn.rate.penalty",), ())),
        (2_000, Beyond(2_500, ("cn.rate.penalty",), ())),
        (3_000, Beyond(5_000, ("cn.rate.penalty",), ("cn.rate.licensed24",))),
    ],
)
def test_a_penalty_rate_above_the_band_is_not_demanded_beyond_it(penal, beyond):
    assert beyond_caps(ENTRIES, claimed(penalty=10_000, at=1_000, penal=penal), CARD) == beyond


def test_interest_that_a_court_may_cut_down_is_demanded_and_said():
    found = beyond_caps(ENTRIES, claimed(interest=10_000, at=3_000), CARD)

    assert found == Beyond(0, (), ("cn.rate.licensed24",))


def test_interest_above_what_is_void_is_not_demanded():
    taiwan = {**CARD, "places": ["TW"], "currency": "TWD", "debt_kind": "consumer_loan"}

    found = beyond_caps(ENTRIES, claimed(interest=32_000, at=3_200), taiwan)

    assert (found.minor, found.by) == (16_000, ("tw.rate",))


def test_penal_interest_is_not_demanded_where_it_is_forbidden():
    india = {**CARD, "places": ["IN"], "currency": "INR", "on": date(2024, 4, 1)}

    assert beyond_caps(ENTRIES, claimed(penalty=900, penal=200), india) == Beyond(900, ("in.penal",), ())
    before = {**india, "on": date(2024, 3, 31)}
    assert beyond_caps(ENTRIES, claimed(penalty=900, penal=200), before) == Beyond(0, (), ())


def test_a_rate_that_nobody_told_is_not_guessed():
    assert beyond_caps(ENTRIES, claimed(interest=10_000, penalty=10_000), CARD) == Beyond(0, (), ())


def test_of_several_caps_the_strictest_decides_and_each_that_forbids_a_part_is_named():
    caps = [a_cap("t.a", max_bps=2_000), a_cap("t.b", max_bps=1_000), a_cap("t.c", max_bps=5_000)]

    found = beyond_caps(caps, claimed(interest=10_000, at=4_000), {"on": date(2026, 7, 14)})

    assert found == Beyond(7_500, ("t.a", "t.b"), ())


@given(
    interest=st.integers(0, 10**9),
    penalty=st.integers(0, 10**9),
    rate=st.integers(1, 20_000),
    most=st.integers(1, 20_000),
)
def test_what_is_demanded_never_grew_faster_than_the_cap_and_never_exceeds_the_books(
    interest, penalty, rate, most
):
    found = beyond_caps(
        [a_cap(max_bps=most)], claimed(interest, penalty, at=rate, penal=rate), {"on": date(2026, 7, 14)}
    )

    whole = interest + penalty
    assert 0 <= found.minor <= whole
    assert found.minor == 0 if rate <= most else (whole - found.minor) * rate <= whole * most
