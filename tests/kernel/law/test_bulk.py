"""Many rows, long waits and rules that leave each other next to no time."""

from __future__ import annotations

import numpy as np
import pytest

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import NEVER, NO_ID
from arrears.kernel.law.candidates import take
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import _CHUNK, _EXACT_CHUNK, _ROUNDS, HORIZON, Result, solve
from arrears.rulepacks import load_law
from tests.kernel.law.builders import a_cap, a_person_called, instant, with_rows
from tests.kernel.law.laws import a_law, a_rule

NEW_YORK = "America/New_York"
MONDAYS = a_rule("mondays", "hours", params={"from": "08:00", "to": "09:00", "weekdays": [1]})
TUESDAYS = a_rule("tuesdays", "hours", params={"from": "08:00", "to": "09:00", "weekdays": [2]})
AGREED = a_rule("agreed", "agreed_hours", lifts=("tuesdays",))


def one_hour_in_a_year():
    """A law of Mondays and Tuesdays, and an agreement that covers a single Monday morning."""
    facts, candidates = a_person_called(zones=[NEW_YORK], at=[])
    hour = instant(NEW_YORK, "2027-05-03 08:00")
    span = {"from_at": hour, "until_at": hour + HOUR}
    whom = {"person": 10, "given_to": 1, "complied": -1, "channel": -1}
    agreed = {**whom, "weekdays": 127, "start_local": 0, "end_local": 0, **span}
    facts = with_rows(facts, "agreement", [agreed])
    return facts, candidates, a_law((MONDAYS, TUESDAYS), (AGREED,)), hour


def test_rules_that_share_one_hour_a_year_find_it():
    facts, candidates, law, hour = one_hour_in_a_year()
    weeks = (hour - instant(NEW_YORK, "2026-07-14 12:00")) // (7 * DAY)
    assert weeks > _ROUNDS  # taking turns would not get there

    for asked, expected in (
        (hour - 300 * DAY, (hour, hour + HOUR)),
        (hour - HORIZON, (NEVER, NEVER)),
        (hour - HORIZON + 1, (hour, hour + HOUR)),
        (hour + HOUR - 1, (hour + HOUR - 1, hour + HOUR)),
        (hour + HOUR, (NEVER, NEVER)),
    ):
        solution = solve(facts, law, candidates, np.array([asked]))
        assert (solution.from_at[0], solution.until_at[0]) == expected


def test_many_rows_that_do_not_settle_by_turns_are_each_intersected():
    facts, candidates, law, hour = one_hour_in_a_year()
    at = np.linspace(hour - 350 * DAY, hour + 10 * DAY, 2 * _EXACT_CHUNK + 1).astype(np.int64)

    solution = solve(facts, law, take(candidates, np.zeros(len(at), np.int64)), at)

    assert (solution.from_at == np.where(at < hour + HOUR, np.maximum(at, hour), NEVER)).all()


def test_rules_without_a_common_hour_are_never_and_both_are_named():
    facts, candidates = a_person_called(zones=[NEW_YORK], at=[])
    at = instant(NEW_YORK, "2026-07-14 12:00")

    solution = solve(facts, a_law((MONDAYS, TUESDAYS)), candidates, np.array([at]))

    assert solution.from_at[0] == NEVER
    assert [each.rule.id for each in solution.reasons(0)] == ["mondays", "tuesdays"]


def test_a_rule_that_only_refuses_where_another_releases_is_named_after_it():
    at = instant(NEW_YORK, "2026-07-14 15:00")
    facts, candidates = a_person_called(zones=[NEW_YORK], at=[at - HOUR])
    day = a_rule("day", "hours", params={"from": "08:00", "to": "20:00"})

    solution = solve(facts, a_law((day, a_cap())), candidates, np.array([at]))

    midnight, morning = instant(NEW_YORK, "2026-07-15 00:00"), instant(NEW_YORK, "2026-07-15 08:00")
    assert solution.from_at[0] == morning
    assert [(each.rule.id, each.is_now, each.from_at) for each in solution.reasons(0)] == [
        ("cap", True, midnight),
        ("day", False, morning),
    ]


def every_kind_of_row(law: Law):
    """Facts of one person with a few contacts, and candidates that differ in what rules look at."""
    at = instant("Asia/Taipei", "2026-07-14 09:00")
    facts, candidates = a_person_called(zones=["Asia/Taipei", NEW_YORK], at=[at, at + 3 * DAY])
    rows = _CHUNK + 1_000
    mixed = {name: np.resize(column, rows) for name, column in candidates.items()}
    for name, codes in {
        "channel": [0, 1, 2, 3],
        "voice": [NO_ID, NO_ID, NO_ID, 0],
        "actor_kind": [0, 3, 4],
        "recipient_kind": [0, 2, 9],
        "zones": [0, 1],
        "is_amount_known": [1, 1, 0, 1, 1],
        "is_place_known": [1, 1, 1, 0, 1, 1, 1],
    }.items():
        mixed[name] = np.resize(np.array(codes, np.int64), rows)
    return facts, mixed, at + np.arange(rows) * (30 * DAY // rows)


@pytest.mark.parametrize("law", [load_law()], ids=["shipped"])
def test_a_row_is_answered_alike_alone_and_beyond_the_chunk_boundary(law):
    facts, candidates, at = every_kind_of_row(law)

    together = solve(facts, law, candidates, at)

    for row in (*range(0, len(at), 997), _CHUNK - 1, _CHUNK, len(at) - 1):
        alone = solve(facts, law, take(candidates, np.array([row])), at[[row]])
        for name in ("from_at", "until_at", "hard_from_at", "hard_until_at", "result"):
            assert getattr(alone, name)[0] == getattr(together, name)[row], (row, name)
        assert alone.reasons(0) == together.reasons(row)
        assert alone.flags(0) == together.flags(row)


def test_no_rows_are_no_answers():
    facts, candidates = a_person_called(zones=[], at=[])
    none = np.empty(0, np.int64)

    solution = solve(facts, load_law(), take(candidates, none), none)

    assert len(solution.from_at) == len(solution.result) == len(solution.bound_row) == 0


def test_no_rules_permit_everything():
    facts, candidates = a_person_called(zones=[], at=[])

    solution = solve(facts, a_law(()), candidates, np.array([5]))

    assert (solution.from_at[0], solution.until_at[0], solution.result[0]) == (5, NEVER, Result.ALLOW)


def test_a_horizon_at_the_end_of_time_is_a_mistake():
    facts, candidates = a_person_called(zones=[NEW_YORK], at=[])

    with pytest.raises(AssertionError, match="ten years"):
        solve(facts, a_law((MONDAYS,)), candidates, np.array([0]), horizon_at=np.array([NEVER]))
