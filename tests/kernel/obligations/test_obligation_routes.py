"""A duty against the bans of contact law: the way that is left, the last permitted day, or a conflict."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from arrears.kernel.days import DAY, HOUR, MINUTE, day_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.obligations.alarms import Alarm, alarms_of, last_permitted_days
from arrears.kernel.obligations.routes import routes_of
from arrears.kernel.vocabulary import Channel
from arrears.rulepacks.loading import load_law
from arrears.rulepacks.zones import ZONES
from tests.kernel.obligations.builders import a_trigger, an_obligation, standing_of, told
from tests.law.builders import a_pack, a_rule

START = day_of(date(2026, 1, 1)) * DAY
LAST_AT = START + 6 * DAY - 1
NIGHT = "2026-01-06T22:00:00+00:00"  # two hours before the last instant


def by_day(*channels, rule_id="t.hours", **params):
    hours = {"from": "08:00", "to": "20:00", **params}
    return a_rule(rule_id, kind="hours", match={"channel": list(channels)}, params=hours)


def asked(law_rules, channels, at=NIGHT):
    """(facts, law, candidates, instants): one candidate per channel, to one person in one zone."""
    law = load_law(["test"], packs=[a_pack(*law_rules)], with_house=False)
    recipient = {"places": ["AQ"], "zones": ["UTC"]}
    situations = [{"channel": channel, "at": at, "recipient": recipient} for channel in channels]
    facts, candidates, instants = situation_facts(situations, ZONES)
    return facts, law, candidates, instants


def routes(law_rules, channels):
    facts, law, candidates, instants = asked(law_rules, channels)
    rule = an_obligation()
    obligations = standing_of(told([a_trigger(START)]), rule, at=int(instants[0]))
    of = np.zeros(len(channels), np.int64)
    return routes_of(facts, law, candidates, of=of, at=instants, obligations=obligations, rules=[rule])


def test_the_first_channel_that_is_permitted_in_time_is_the_way():
    (way,), conflicts = routes([by_day("call")], ["email", "letter"])

    assert conflicts == []
    assert (way.candidate, way.is_fallback, way.from_at) == (0, False, START + 5 * DAY + 22 * HOUR)


def test_a_night_ban_that_would_outlast_the_period_sends_it_by_post_and_says_so():
    """X-03"""
    (way,), conflicts = routes([by_day("email", "sms")], ["email", "sms", "letter"])

    assert conflicts == []
    assert (way.candidate, way.is_fallback) == (2, True)


def test_where_every_channel_is_banned_until_after_the_end_the_conflict_names_duty_and_bans():
    bans = [
        by_day("email", rule_id="t.email"),
        a_rule("t.letter", match={"channel": ["letter"]}, citation="Act 2"),
    ]

    ways, (conflict,) = routes(bans, ["email", "letter"])

    assert ways == []
    assert (conflict.rule.id, conflict.not_after_at) == ("t.notice", LAST_AT)
    named = [(Channel(ban.channel), ban.binding.rule.id, ban.binding.from_at) for ban in conflict.bans]
    assert named == [
        (Channel.EMAIL, "t.email", START + 6 * DAY + 8 * HOUR),
        (Channel.LETTER, "t.letter", NEVER),
    ]
    assert conflict.bans[1].binding.rule.citation == "Act 2"


def test_alarms_stand_at_half_at_four_fifths_and_a_day_before_the_end():
    alarms = alarms_of(np.array([0, 0]), np.array([10 * DAY, NEVER]))

    assert [each.tolist() for each in (alarms.half_at, alarms.four_fifths_at, alarms.last_day_at)] == [
        [5 * DAY, NEVER],
        [8 * DAY, NEVER],
        [9 * DAY, NEVER],
    ]


@pytest.mark.parametrize(
    ("at", "alarm"),
    [
        (5 * DAY - 1, Alarm.NONE),
        (5 * DAY, Alarm.HALF),
        (8 * DAY, Alarm.FOUR_FIFTHS),
        (9 * DAY, Alarm.LAST_DAY),
        (11 * DAY, Alarm.LAST_DAY),
    ],
)
def test_the_loudest_alarm_that_has_gone_off_is_told(at, alarm):
    assert alarms_of(np.array([0]), np.array([10 * DAY])).at(at).tolist() == [alarm]


def permitted_days(rule, not_after_at, at="2026-01-02T12:00:00+00:00"):
    facts, law, candidates, instants = asked([rule], ["email"], at)
    last, before = last_permitted_days(facts, law, candidates, instants, np.array([not_after_at]))
    return int(last[0]), int(before[0])


def test_the_last_permitted_instant_lies_before_the_night_that_ends_the_period():
    evening = START + 4 * DAY + 20 * HOUR - 1

    assert permitted_days(by_day("email"), START + 5 * DAY + 7 * HOUR) == (evening, evening - DAY)


def test_the_permitted_day_before_leaves_out_days_on_which_nothing_may_be_sent():
    weekdays = by_day("email", weekdays=[1, 2, 3, 4, 5])  # 2026-01-02 is a Friday

    monday, friday = START + 4 * DAY + 10 * HOUR, START + DAY + 20 * HOUR - 1
    assert permitted_days(weekdays, monday) == (monday, friday)


def test_where_no_day_is_left_before_the_last_the_alarm_is_now():
    now = START + DAY + 12 * HOUR

    assert permitted_days(by_day("email"), now + MINUTE) == (now + MINUTE, now)


def test_where_nothing_is_permitted_in_time_there_is_no_last_day():
    last = START + 2 * DAY + HOUR

    assert permitted_days(by_day("email"), last, at="2026-01-02T21:00:00+00:00") == (NEVER, NEVER)
