"""What a core system reported, as arrears: days, episodes and what is known about money."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR
from arrears.kernel.vocabulary import ReportedStatus, Stops
from arrears.rulepacks.zones import ZONES
from tests.kernel.arrears.builders import arrears_on, facts_about, late, not_late, row_of, same
from tests.kernel.arrears.oracle import Hold, Report, expected_arrears

TAIPEI = 8 * HOUR
NOT_REPORTED = {
    *("source", "is_known", "product", "paused_days", "outstanding_minor", "credit_minor"),
    *("next_due_on", "cycle_start_on", "next_due_minor"),
    *(f"overdue_{part}_minor" for part in ("principal", "interest", "fee", "penalty")),
}


def midnight(day):
    """The first instant of a day in Taipei."""
    return day * DAY - TAIPEI


def a_pause(first, end):
    return Hold(midnight(first), midnight(end))


def test_the_due_day_itself_is_day_zero():
    assert arrears_on(100, late(100, since=100))["past_due_days"] == 0
    assert arrears_on(101, late(100, since=100))["past_due_days"] == 1


def test_days_go_on_after_the_newest_report():
    row = arrears_on(140, late(100, since=69))

    assert (row["past_due_days"], row["reported_on"]) == (71, 100)


def test_before_any_report_nothing_is_known():
    row = arrears_on(99, late(100, since=69, statement=500))

    known = {name: row[name] for name in row if name not in NOT_REPORTED}
    assert known == {
        "loan": 1,
        "is_reported": False,
        "reported_on": NO_DATE,
        "status": NO_ID,
        "months_late": 0,
        "is_late": False,
        "overdue_since_on": NO_DATE,
        "past_due_days": 0,
        "delinquent_days": 0,
        "episode_start_on": NO_DATE,
        "overdue_minor": UNKNOWN_MINOR,
        "statement_minor": UNKNOWN_MINOR,
        "amount_known": False,
        "is_late_without_balance": False,
    }


def test_a_loan_never_reported_is_not_late():
    assert arrears_on(100)["is_late"] is False


def test_a_report_about_a_later_day_changes_nothing_yet():
    assert arrears_on(120, late(100, since=69), not_late(121))["is_late"] is True
    assert arrears_on(121, late(100, since=69), not_late(121))["is_late"] is False


def test_a_loan_that_is_not_late_has_no_days_and_no_episode():
    row = arrears_on(130, not_late(100, statement=3000))

    assert (row["past_due_days"], row["overdue_since_on"], row["episode_start_on"]) == (0, NO_DATE, NO_DATE)
    assert row["status"] == ReportedStatus.PAID_IN_FULL
    assert row["amount_known"] is True


def test_a_partial_payment_moves_the_days_and_keeps_the_episode():
    row = arrears_on(131, late(100, since=39, months=2), late(131, since=100, months=1))

    assert (row["past_due_days"], row["episode_start_on"]) == (31, 39)


def test_a_loan_cured_and_late_again_starts_a_new_episode():
    row = arrears_on(162, late(100, since=69), not_late(131), late(162, since=140))

    assert row["episode_start_on"] == 140


def test_a_new_episode_does_not_reach_behind_the_report_that_said_cured():
    row = arrears_on(162, not_late(131), late(162, since=100))

    assert (row["episode_start_on"], row["past_due_days"]) == (132, 62)


def test_a_first_report_may_tell_of_lateness_long_before_it():
    assert arrears_on(100, late(100, since=-200))["episode_start_on"] == -200


def test_late_without_a_date_begins_on_the_reports_own_day():
    row = arrears_on(135, late(100), late(130))

    assert (row["episode_start_on"], row["overdue_since_on"], row["past_due_days"]) == (100, 100, 35)


def test_a_pause_excludes_its_days_the_end_not_among_them():
    row = arrears_on(150, late(100, since=70), holds=[a_pause(106, 130)])

    assert (row["past_due_days"], row["delinquent_days"]) == (80, 80 - 24)


def test_the_day_a_pause_begins_still_counts_what_was_reached_before_it():
    during = [
        arrears_on(day, late(100, since=70), holds=[a_pause(106, 109)])["delinquent_days"]
        for day in range(105, 111)
    ]

    assert during == [35, 36, 36, 36, 36, 37]


def test_overlapping_pauses_exclude_a_day_once():
    holds = [a_pause(80, 90), a_pause(85, 95), a_pause(95, 96)]

    assert arrears_on(100, late(100, since=70), holds=holds)["delinquent_days"] == 30 - 16


def test_a_pause_before_the_debt_fell_due_excludes_nothing():
    assert arrears_on(100, late(100, since=70), holds=[a_pause(40, 75)])["delinquent_days"] == 25


def test_a_pause_without_end_stops_the_count():
    assert arrears_on(500, late(100, since=70), holds=[Hold(midnight(90), None)])["delinquent_days"] == 20


def test_a_pause_lasts_civil_days_of_the_lender():
    placed_at_noon = Hold(midnight(80) + 12 * HOUR, midnight(90) + 12 * HOUR)
    same_day = Hold(midnight(80) + 1, midnight(80) + 20 * HOUR)

    assert arrears_on(100, late(100, since=70), holds=[placed_at_noon])["delinquent_days"] == 20
    assert arrears_on(100, late(100, since=70), holds=[same_day])["delinquent_days"] == 30


def test_a_hold_that_stops_only_notices_stops_no_ageing():
    facts = facts_about({1: [late(100, since=70)]}, holds=[(1, None, a_pause(80, 90), Stops.NOTICES)])

    assert arrears_of(facts, 100, ZONES)["delinquent_days"].tolist() == [30]


def test_a_hold_on_a_person_pauses_every_loan_he_borrowed():
    reports = {loan: [late(100, since=70)] for loan in (1, 2, 3)}
    facts = facts_about(
        reports,
        borrowers={1: 50, 2: 51, 3: 50},
        holds=[(None, 50, a_pause(80, 90), Stops.AGEING | Stops.NOTICES)],
    )

    assert arrears_of(facts, 100, ZONES)["delinquent_days"].tolist() == [20, 30, 20]


def test_late_with_a_statement_of_zero_or_less_is_late_without_balance():
    for statement in (0, -500, None):
        row = arrears_on(100, late(100, since=70, statement=statement))
        assert (row["amount_known"], row["is_late_without_balance"]) == (False, True)
    assert arrears_on(100, late(100, since=70, statement=1))["is_late_without_balance"] is False
    assert arrears_on(100, late(100, since=70, overdue=1, statement=-5))["is_late_without_balance"] is False


def test_an_amount_of_an_earlier_report_is_not_carried_over():
    row = arrears_on(131, late(100, since=70, statement=900), late(131, since=70))

    assert (row["statement_minor"], row["is_late_without_balance"]) == (UNKNOWN_MINOR, True)


DAYS = st.integers(-400, 400)
ZONES_TRIED = st.sampled_from(["Asia/Taipei", "America/New_York", "Pacific/Apia", "Asia/Kathmandu"])
AMOUNTS = st.none() | st.integers(-5, 5)


@st.composite
def report_lists(draw):
    days = draw(st.lists(DAYS, unique=True, max_size=6))
    return [draw(_a_report(day)) for day in days]


@st.composite
def _a_report(draw, day):
    if draw(st.booleans()):
        return Report(day, False, statement=draw(AMOUNTS))
    since = draw(st.none() | st.integers(day - 200, day))
    return Report(day, True, draw(st.integers(0, 9)), since, draw(AMOUNTS), draw(AMOUNTS))


@st.composite
def hold_lists(draw):
    instants = st.integers(-400 * DAY, 400 * DAY)
    return draw(st.lists(st.builds(Hold, instants, st.none() | instants), max_size=4))


@given(reports=report_lists(), holds=hold_lists(), as_of=DAYS, zone=ZONES_TRIED)
def test_the_kernel_says_what_the_oracle_says(reports, holds, as_of, zone):
    row = arrears_on(as_of, *reports, holds=holds, zone=zone)

    for name, value in expected_arrears(reports, holds, as_of, zone).items():
        assert row[name] == value, name


@given(
    portfolio=st.dictionaries(st.integers(1, 50), st.tuples(report_lists(), hold_lists()), max_size=8),
    as_of=DAYS,
)
def test_one_loan_alone_is_the_same_loan_among_many(portfolio, as_of):
    holds = [(loan, None, hold, Stops.AGEING) for loan, (_, its) in portfolio.items() for hold in its]
    together = arrears_of(
        facts_about({loan: its for loan, (its, _) in portfolio.items()}, holds=holds), as_of, ZONES
    )

    assert together["loan"].tolist() == sorted(portfolio)
    for row, loan in enumerate(sorted(portfolio)):
        alone = arrears_on(as_of, *portfolio[loan][0], holds=portfolio[loan][1])
        assert row_of(together, row) | {"loan": 1} == alone


@given(reports=report_lists(), holds=hold_lists(), as_of=DAYS, data=st.data())
def test_the_order_in_which_reports_and_holds_arrive_changes_nothing(reports, holds, as_of, data):
    shuffled = data.draw(st.permutations(reports)), data.draw(st.permutations(holds))

    assert arrears_on(as_of, *reports, holds=holds) == arrears_on(as_of, *shuffled[0], holds=shuffled[1])


@given(reports=report_lists(), as_of=DAYS, since=DAYS)
def test_while_reports_stay_late_the_episode_keeps_its_start(reports, as_of, since):
    before = arrears_on(as_of, *[r for r in reports if r.as_of <= as_of])
    newer = late(as_of + 1, since=min(since, as_of + 1))
    after = arrears_on(as_of + 1, *[r for r in reports if r.as_of <= as_of], newer)

    if before["is_late"]:
        assert after["episode_start_on"] == before["episode_start_on"]
    else:
        assert after["episode_start_on"] > before["reported_on"]


@given(reports=report_lists(), holds=hold_lists(), as_of=DAYS)
def test_delinquent_days_never_exceed_past_due_days_and_grow_by_one_a_day_at_most(reports, holds, as_of):
    reports = [r for r in reports if r.as_of <= as_of]
    today, tomorrow = (arrears_on(day, *reports, holds=holds) for day in (as_of, as_of + 1))

    assert 0 <= today["delinquent_days"] <= today["past_due_days"]
    assert tomorrow["delinquent_days"] - today["delinquent_days"] in (0, 1)


def test_columns_keep_the_kinds_that_facts_have():
    arrears = arrears_of(facts_about({}), 100, ZONES)

    assert {name for name, column in arrears.items() if column.dtype == np.int32} == {
        "reported_on",
        "overdue_since_on",
        "episode_start_on",
        "next_due_on",
        "cycle_start_on",
    }
    assert same(arrears, arrears_of(facts_about({}), 101, ZONES))
