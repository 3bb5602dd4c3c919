"""Counts: how often, per whom, and from when on again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel import vocabulary as v
from arrears.kernel.facts import NEVER, NO_ID, Facts
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.counts import COUNTED, SCOPES
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.solver import Result, solve
from arrears.rulepacks.zones import ZONES
from tests.effort import effort
from tests.kernel.law import civil
from tests.kernel.law.builders import a_cap, a_person_called, instant, with_contact, with_rows
from tests.kernel.law.laws import a_law, a_rule
from tests.kernel.law.moments import ZONE_NAMES, Moments, moments
from tests.kernel.law.oracle import LONGEST_EXTRA, UNITS, Oracle, rows_of_table
from tests.kernel.law.test_zones import SAMPLE
from tests.kernel.law.worlds import VALUES, some_candidates, some_facts

HOUR = 3_600_000_000
DAY = 24 * HOUR


# -- P6 --------------------------------------------------------------------------------------------


@st.composite
def caps(draw: st.DrawFn) -> Rule:
    counts = draw(st.sampled_from(sorted(COUNTED)))
    unit = draw(st.sampled_from(["civil_days", "civil_days", "hours", "minutes", "ever"]))
    rule = a_cap(
        draw(st.sampled_from(SCOPES)), counts, draw(st.integers(1, 3)), unit, draw(st.integers(1, 8))
    )
    return rule if counts == "contact" else replace_match(rule)


def replace_match(rule: Rule) -> Rule:
    return a_rule("cap", "count", params=rule.params, match={"channel": ("call",)})


def most_in_one_window(oracle: Oracle, rule: Rule, candidate: dict[str, int], at: int) -> int:
    """The fullest window of the rule that holds the instant `at`, over every plausible zone."""
    counted = [row for row in oracle.counted(rule) if oracle._is_same_scope(candidate, rule, row)]
    instants = [row["at"] for row in counted]
    if rule.params["unit"] == "ever":
        return len(instants)
    length = rule.params["length"]
    if rule.params["unit"] in UNITS:
        windows = [(start, start + length * UNITS[rule.params["unit"]]) for start in instants]
        full = [sum(low <= each < high for each in instants) for low, high in windows if low <= at < high]
        return max(full, default=0)
    days = [
        _fullest_days(oracle.facts, names, instants, at, length)
        for row in counted
        for names in oracle.zone_sets_reached(rule, row)
    ]
    return max(days, default=0)


def _fullest_days(facts: Facts, names: list[str], instants: list[int], at: int, length: int) -> int:
    fullest = 0
    for name in names or ["UTC"]:
        days = [civil.day_number(civil.date_at(name, each)) for each in instants]
        today = civil.day_number(civil.date_at(name, at))
        for first in range(today - length + 1, today + 1):
            fullest = max(fullest, sum(first <= day < first + length for day in days))
    return fullest


@given(data=st.data(), rule=caps())
@settings(max_examples=effort(100, 600))
def test_contacts_placed_where_the_law_says_in_any_order_never_break_a_count(data, rule):
    when: Moments = data.draw(moments())
    facts = data.draw(some_facts(when, most_contacts=5))
    candidates = data.draw(some_candidates(facts, most=4))
    asked = data.draw(
        st.lists(st.tuples(st.integers(0, len(candidates["loan"]) - 1), when.some()), min_size=1, max_size=6)
    )
    law = a_law((rule,))
    for row, t in asked:
        one = take(candidates, np.array([row]))
        at = int(solve(facts, law, one, np.array([t])).from_at[0])
        if at == NEVER or (rule.match and one["channel"][0] != v.Channel.CALL):
            continue
        facts = with_contact(facts, one, 0, at)
        candidate = rows_of_table(one)[0]
        if _is_scoped(candidate, rule):
            assert most_in_one_window(Oracle(facts, law), rule, candidate, at) <= rule.params["max"]


def _is_scoped(candidate: dict[str, int], rule: Rule) -> bool:
    """A contact without a number counts under no number."""
    return rule.params["scope"] != "value" or candidate["value"] != NO_ID


# -- by hand ---------------------------------------------------------------------------------------


def first_permitted(facts: Facts, candidates: Candidates, rule: Rule, t: int) -> int:
    return int(solve(facts, a_law((rule,)), candidates, np.array([t])).from_at[0])


def test_a_contact_of_the_hour_before_the_clock_went_back_past_midnight_still_counts_today():
    st_johns = "America/St_Johns"
    back = next(
        at
        for at in civil.changes_of_clock(st_johns)
        if civil.date_at(st_johns, at).isoformat() == "2010-11-06"
    )
    facts, candidates = a_person_called(zones=[st_johns], at=[back + HOUR // 4])  # 23:16 for the second time

    assert first_permitted(facts, candidates, a_cap(), back + HOUR // 2) == back + HOUR - 60_000_000


def test_where_no_zone_is_known_a_day_lasts_as_long_as_anywhere():
    at = instant("UTC", "2026-07-14 09:00")
    facts, candidates = a_person_called(zones=[], at=[at])

    assert first_permitted(facts, candidates, a_cap(), at) == at + DAY + LONGEST_EXTRA


def test_no_place_makes_a_day_longer_than_we_allow_for_an_unknown_one():
    for name in SAMPLE + ZONE_NAMES:
        first = ZONES[name].first_instant(np.arange(14_610, 25_567))  # 2010 to 2039
        assert int(np.diff(first).max()) <= DAY + LONGEST_EXTRA, name


def test_a_number_that_two_people_share_counts_by_the_days_of_both():
    at = instant("Asia/Shanghai", "2026-07-14 23:00")  # 11:00 the same day in New York
    facts, candidates = a_person_called(zones=["America/New_York"], other_zones=["Asia/Shanghai"], at=[at])

    found = first_permitted(facts, candidates, a_cap(scope="value"), at)

    assert found == instant("America/New_York", "2026-07-15 00:00")


def test_the_day_of_a_shared_number_ends_where_it_ends_last_whoever_was_called():
    at = instant("Asia/Shanghai", "2026-07-14 23:00")
    places = ["Asia/Shanghai"], ["Pacific/Honolulu"]
    for zones, others in (places, places[::-1]):
        facts, candidates = a_person_called(zones=zones, other_zones=others, at=[at])

        found = first_permitted(facts, candidates, a_cap(scope="value"), at)

        assert found == instant("Pacific/Honolulu", "2026-07-15 00:00")


def test_whoever_was_once_called_at_a_number_shares_it():
    at = instant("Asia/Shanghai", "2026-07-14 23:00")
    facts, candidates = a_person_called(zones=["Asia/Shanghai"], other_zones=["Pacific/Honolulu"], at=[])
    points = dict(facts["point"], value=np.array(VALUES))  # the other has it no more
    facts = replace(facts, tables={**facts.tables, "point": points})
    call = {"value": VALUES[0], "channel": 3, "direction": 0, "network_result": 4, "is_conversation": True}
    call["voice"] = 0
    once, now = {"contact": 0, "at": at - 90 * DAY, "person": 11}, {"contact": 1, "at": at, "person": 10}
    facts = with_rows(facts, "contact", [{**call, **once}, {**call, **now}])

    found = first_permitted(facts, candidates, a_cap(scope="value"), at)

    assert found == instant("Pacific/Honolulu", "2026-07-15 00:00")


def test_contacts_whose_number_is_unknown_count_under_no_number():
    at = instant("UTC", "2026-07-14 09:00")
    facts, candidates = a_person_called(zones=["UTC"], at=[at], value=NO_ID)
    without_number = {**candidates, "value": np.array([NO_ID])}

    assert first_permitted(facts, without_number, a_cap(scope="value"), at) == at


def test_a_contact_planned_for_tomorrow_stands_in_the_way_of_one_today():
    tomorrow = instant("Asia/Taipei", "2026-07-15 09:00")
    facts, candidates = a_person_called(zones=["Asia/Taipei"], at=[tomorrow])

    assert first_permitted(facts, candidates, a_cap(), tomorrow - DAY) == instant(
        "Asia/Taipei", "2026-07-16 00:00"
    )


def test_seven_days_include_the_day_of_the_contact_in_the_last_plausible_zone():
    at = instant("Pacific/Honolulu", "2026-07-07 15:00")  # the 8th in New York only from 18:00 on
    facts, candidates = a_person_called(zones=["America/New_York", "Pacific/Honolulu"], at=[at])

    found = first_permitted(facts, candidates, a_cap(length=7), at)

    assert found == instant("Pacific/Honolulu", "2026-07-14 00:00")


def test_rolling_hours_run_from_contact_to_contact():
    at = instant("UTC", "2026-07-14 09:00")
    facts, candidates = a_person_called(zones=["UTC"], at=[at, at + HOUR])

    assert (
        first_permitted(facts, candidates, a_cap(unit="hours", length=2, maximum=2), at + HOUR)
        == at + 2 * HOUR
    )


def test_of_equal_instants_each_counts():
    at = instant("UTC", "2026-07-14 09:00")
    facts, candidates = a_person_called(zones=["UTC"], at=[at, at, at])

    solution = solve(facts, a_law((a_cap(maximum=3),)), candidates, np.array([at]))

    assert solution.result[0] == Result.REFUSE
    assert first_permitted(facts, candidates, a_cap(maximum=4), at) == at
