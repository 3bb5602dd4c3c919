"""What a person said binds: conversations, consents to more calls, and times that do not suit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from arrears.kernel.days import datetime_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Effect, Law
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.rulepacks.zones import ZONES
from tests.kernel.law.laws import a_law, a_rule

QUIET = a_rule("quiet", "quiet_after", params={"civil_days": 7})
STATED = a_rule("stated", "stated_hours")
CAP = a_rule(
    "cap",
    "count",
    params={"scope": "person_and_debt", "counts": "call", "max": 2, "unit": "civil_days", "length": 7},
)
EXTRA = a_rule("extra", "extra_calls", params={"civil_days": 7}, lifts=("cap", "quiet"))


def answer(law: Law, at: str, *, zones: tuple[str, ...] = ("UTC",), **told: Any) -> str:
    """The first permitted instant as `MM-DD HH:MM` UTC, "now" or "never"."""
    situation = {
        "channel": "call",
        "at": f"2026-{at}Z",
        "recipient": {"places": ["US"], "zones": list(zones)},
        **told,
    }
    facts, candidates, asked = situation_facts([situation], ZONES)
    found = int(solve(facts, law, candidates, asked).from_at[0])
    if found == asked[0]:
        return "now"
    return "never" if found == NEVER else f"{datetime_of(found):%m-%d %H:%M}"


def talk(at: str, **told: Any) -> dict[str, Any]:
    return {"at": f"2026-{at}Z", "conversation": True, "result": "answered", **told}


def a_call(at: str, **told: Any) -> dict[str, Any]:
    return {"at": f"2026-{at}Z", "result": "rang_out", **told}


# -- quiet periods -----------------------------------------------------------------------------


@pytest.mark.parametrize("direction", ["out", "in"])
def test_a_conversation_is_followed_by_quiet_whoever_called(direction):
    contacts = [talk("06-02T10:00", direction=direction)]

    assert answer(a_law((QUIET,)), "06-02T09:59", contacts=contacts) == "now"
    assert answer(a_law((QUIET,)), "06-02T10:00", contacts=contacts) == "06-09 00:00"
    assert answer(a_law((QUIET,)), "06-08T23:59", contacts=contacts) == "06-09 00:00"
    assert answer(a_law((QUIET,)), "06-09T00:00", contacts=contacts) == "now"


def test_the_quiet_days_are_those_of_the_last_plausible_place():
    contacts = [talk("06-02T03:00")]  # the first of June still in Honolulu

    found = answer(
        a_law((QUIET,)), "06-03T12:00", zones=("Asia/Shanghai", "Pacific/Honolulu"), contacts=contacts
    )

    assert found == "06-08 16:00"  # the ninth begins in Shanghai, the eighth ends six hours later


def test_quiet_follows_on_every_debt_discussed_and_on_no_other():
    contacts = [talk("06-02T10:00", debts=["hospital"], discussed=["hospital", "card"])]

    for debt, expected in (("hospital", "06-09 00:00"), ("card", "06-09 00:00"), ("car", "now")):
        assert answer(a_law((QUIET,)), "06-03T10:00", loan={"debt": debt}, contacts=contacts) == expected


@pytest.mark.parametrize("told", [{"conversation": False}, {"channel": "visit"}, {"to": "spouse"}])
def test_what_was_no_telephone_conversation_with_the_person_makes_no_quiet(told):
    assert answer(a_law((QUIET,)), "06-03T10:00", contacts=[talk("06-02T10:00", **told)]) == "now"


# -- consent to more calls ---------------------------------------------------------------------

TWO = [a_call("06-04T10:00"), a_call("06-05T10:00")]
CONSENT = {"kind": "extra_calls", "since": "2026-06-03T10:00Z"}


def test_calls_with_consent_are_permitted_for_its_days_and_never_counted():
    law = a_law((CAP,), (EXTRA,))

    assert answer(a_law((CAP,)), "06-09T12:00", contacts=TWO) == "06-11 00:00"
    assert answer(law, "06-09T12:00", contacts=TWO, consents=[CONSENT]) == "now"
    assert answer(law, "06-10T12:00", contacts=TWO, consents=[CONSENT]) == "now"


def test_the_day_of_the_consent_is_the_first_of_its_days():
    more = [a_call("06-10T10:00"), a_call("06-10T11:00")]

    assert answer(a_law((CAP,), (EXTRA,)), "06-09T23:59", contacts=more, consents=[CONSENT]) == "now"
    assert answer(a_law((CAP,), (EXTRA,)), "06-10T12:00", contacts=more, consents=[CONSENT]) == "06-17 00:00"


def test_a_consent_ends_where_its_day_ends_first():
    talked = [talk("06-03T09:00")]
    law = a_law((QUIET,), (EXTRA,))
    places = ("Asia/Shanghai", "America/New_York")

    assert answer(law, "06-09T15:59", zones=places, contacts=talked, consents=[CONSENT]) == "now"
    assert answer(law, "06-09T16:00", zones=places, contacts=talked, consents=[CONSENT]) == "06-10 04:00"


@pytest.mark.parametrize(
    "told",
    [
        {"until": "2026-06-04T09:00Z"},
        {"debt": "car"},
        {"given_to": "another"},
        {"kind": "automated_calls"},
        {"channel": "sms"},
    ],
)
def test_a_consent_that_ended_or_is_of_something_else_changes_nothing(told):
    found = answer(a_law((CAP,), (EXTRA,)), "06-06T12:00", contacts=TWO, consents=[{**CONSENT, **told}])

    assert found == "06-11 00:00"


def test_the_next_conversation_about_the_debt_ends_a_consent_and_was_itself_covered():
    law = a_law((CAP, QUIET), (EXTRA,))
    talked = [talk("06-04T10:00")]

    assert answer(law, "06-05T10:00", contacts=talked, consents=[CONSENT]) == "06-11 00:00"
    assert (
        answer(law, "06-05T10:00", contacts=[talk("06-04T10:00", debts=["car"])], consents=[CONSENT]) == "now"
    )
    counted = a_law((CAP,), (EXTRA,))
    assert (
        answer(counted, "06-06T10:00", contacts=[*talked, a_call("06-05T10:00")], consents=[CONSENT]) == "now"
    )
    assert (
        answer(counted, "06-06T10:00", contacts=[*talked, *TWO[1:] * 2], consents=[CONSENT]) == "06-12 00:00"
    )


def test_a_consent_given_in_a_conversation_is_not_ended_by_it():
    found = answer(
        a_law((QUIET,), (EXTRA,)), "06-05T10:00", contacts=[talk("06-03T10:00")], consents=[CONSENT]
    )

    assert found == "now"


def test_a_consent_to_a_rule_that_it_does_not_lift_leaves_calls_counted():
    other = a_rule("other", "extra_calls", params={"civil_days": 7}, lifts=("quiet",))

    assert (
        answer(a_law((CAP, QUIET), (other,)), "06-06T12:00", contacts=TWO, consents=[CONSENT])
        == "06-11 00:00"
    )


# -- times that do not suit --------------------------------------------------------------------


def test_a_time_that_does_not_suit_is_refused_on_its_days_until_it_ends():
    afternoon = [{"weekdays": [3], "from": "15:00", "to": "17:00"}]

    assert answer(a_law((STATED,)), "07-15T15:00", inconvenient=afternoon) == "07-15 17:00"
    assert answer(a_law((STATED,)), "07-16T15:00", inconvenient=afternoon) == "now"


def test_it_is_refused_by_the_clock_of_any_place_where_the_person_may_be():
    afternoon = [{"from": "15:00", "to": "17:00"}]
    places = ("America/Chicago", "America/Denver")

    assert answer(a_law((STATED,)), "07-15T20:00", zones=places, inconvenient=afternoon) == "07-15 23:00"


def test_where_no_place_is_known_any_time_may_be_the_one_that_does_not_suit():
    assert (
        answer(a_law((STATED,)), "07-15T12:00", zones=(), inconvenient=[{"from": "15:00", "to": "17:00"}])
        == "never"
    )


@pytest.mark.parametrize("told", [{"channel": "sms"}, {"number": "B"}, {"until": "2026-07-15T00:00Z"}])
def test_a_statement_binds_for_its_channel_its_number_and_its_time_only(told):
    assert answer(a_law((STATED,)), "07-15T12:00", inconvenient=[told]) == "now"
    assert (
        answer(a_law((STATED,)), "07-14T12:00", channel="sms", point={"number": "B"}, inconvenient=[told])
        != "now"
    )


def test_not_on_mondays_lasts_from_midnight_to_midnight():
    assert answer(a_law((STATED,)), "07-13T00:00", inconvenient=[{"weekdays": [1]}]) == "07-14 00:00"


# -- places that do not suit ---------------------------------------------------------------------

NOT_THERE = a_rule("not there", "stated_place")
AT_WORK = {"place": "work"}


@pytest.mark.parametrize(
    ("point", "said", "when"),
    [
        ({"place": "work"}, AT_WORK, "never"),
        ({"owner": "work"}, AT_WORK, "never"),
        ({"place": "home"}, AT_WORK, "now"),
        ({}, AT_WORK, "now"),
        ({"owner": "work"}, {"place": "home"}, "now"),
        ({"place": "other"}, {"place": "other", "to": "15:00"}, "07-15 15:00"),
        ({"place": "work"}, {"place": "work", "channel": "email"}, "now"),
        ({"place": "work", "number": "B"}, {"place": "work", "number": "A"}, "now"),
    ],
)
def test_a_place_that_does_not_suit_binds_every_number_of_it(point, said, when):
    assert answer(a_law((NOT_THERE,)), "07-15T12:00", point=point, inconvenient=[said]) == when


def test_a_statement_about_a_place_says_nothing_of_hours_elsewhere_and_the_other_way_round():
    assert answer(a_law((STATED,)), "07-15T12:00", point=AT_WORK, inconvenient=[AT_WORK]) == "now"
    assert answer(a_law((NOT_THERE,)), "07-15T12:00", point=AT_WORK, inconvenient=[{}]) == "now"


def test_a_rule_may_speak_of_some_places_only():
    home = a_rule("home", "stated_place", params={"places": ["home"]})

    assert answer(a_law((home,)), "07-15T12:00", point=AT_WORK, inconvenient=[AT_WORK]) == "now"
    at_home = {"place": "home"}
    assert answer(a_law((home,)), "07-15T12:00", point=at_home, inconvenient=[at_home]) == "never"


@pytest.mark.parametrize(
    ("said", "zones", "when"),
    [
        ({"form": "oral", "since": "2026-07-10T12:00Z"}, ("UTC",), "07-16 00:00"),
        ({"form": "oral", "since": "2026-07-10T12:00Z"}, ("America/Chicago",), "07-16 05:00"),
        ({"form": "oral", "since": "2026-07-10T12:00Z"}, ("UTC", "America/Chicago"), "07-16 05:00"),
        ({"form": "oral", "since": "2026-07-09T12:00Z"}, ("UTC",), "now"),
        ({"form": "written", "since": "2026-07-09T12:00Z"}, ("UTC",), "never"),
        ({"since": "2026-07-09T12:00Z"}, ("UTC",), "never"),
        ({"form": "oral"}, ("UTC",), "never"),
        ({"form": "oral", "since": "2026-07-10T12:00Z"}, (), "07-16 15:00"),
    ],
)
def test_word_of_mouth_holds_for_some_civil_days_wherever_he_is(said, zones, when):
    law = a_law((a_rule("spoken", "stated_place", params={"oral_days": 5}),))
    said = {**AT_WORK, **said}

    assert answer(law, "07-15T12:00", zones=zones, point=AT_WORK, inconvenient=[said]) == when


# -- counts without an end, over minutes, and across callers -----------------------------------


def test_what_counts_for_good_is_never_released():
    once = a_rule(
        "once", "count", params={"scope": "person", "counts": "communication", "max": 1, "unit": "ever"}
    )

    assert answer(a_law((once,)), "06-06T12:00", contacts=[talk("01-02T10:00")]) == "never"
    assert answer(a_law((once,)), "06-06T12:00", contacts=[a_call("01-02T10:00")]) == "now"


def test_minutes_run_from_call_to_call():
    gap = {"scope": "value", "counts": "unanswered_call", "max": 1, "unit": "minutes", "length": 5}

    assert (
        answer(a_law((a_rule("gap", "count", params=gap),)), "06-06T12:02", contacts=[a_call("06-06T12:00")])
        == "06-06 12:05"
    )


def test_contacts_count_whoever_made_them():
    made = [a_call("06-04T10:00", by="agency"), a_call("06-05T10:00", by="law_firm")]

    assert answer(a_law((CAP,)), "06-06T12:00", contacts=made) == answer(
        a_law((CAP,)), "06-06T12:00", contacts=TWO
    )


def test_a_flag_marks_the_slot_and_moves_nothing():
    flag = a_rule("flag", "count", params=dict(CAP.params), effect=Effect.FLAG)
    situation = {
        "channel": "call",
        "at": "2026-06-06T12:00Z",
        "recipient": {"zones": ["UTC"]},
        "contacts": TWO,
    }
    facts, candidates, at = situation_facts([situation], ZONES)

    solution = solve(facts, a_law((flag,)), candidates, at)

    assert np.array_equal(solution.from_at, at)
    assert solution.result[0] == Result.ALLOW
    assert [rule.id for rule in solution.flags(0)] == ["flag"]
