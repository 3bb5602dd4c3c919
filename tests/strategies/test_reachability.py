"""The limits of reachability: as a file gives them, as they are told again, and as a rule."""

from __future__ import annotations

import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.law.unreached import NO_LIMITS, Limit, Miss, Reachability
from arrears.kernel.vocabulary import Channel
from arrears.strategies import list_strategies, load_strategy, read_strategy, text_of
from arrears.strategies.reachability import (
    KIND,
    keys_of_reachability,
    said_of_limit,
    with_reachability,
)
from tests.kernel.planning.builders import a_step, a_strategy_of
from tests.kernel.planning.world import a_law

ALL = """
[reachability]
retry_after_days = 45

[reachability.email]
failed = 3
failed_within_days = 30
unconfirmed = 4

[reachability.call]
unanswered = 5
unanswered_over_days = 9

[reachability.in_app]
unread = 2
"""


def read(table):
    """The limits of the shipped sample with this table added."""
    return read_strategy(text_of("sample")[0] + table, file="ours.toml").reachability


def test_counts_and_days_are_read_and_days_not_given_have_their_defaults():
    assert read(ALL) == Reachability(
        (
            Limit(Channel.IN_APP, Miss.SILENT, 2, 14),
            Limit(Channel.EMAIL, Miss.FAILED, 3, 30),
            Limit(Channel.EMAIL, Miss.SILENT, 4, 7),
            Limit(Channel.CALL, Miss.UNANSWERED, 5, 9),
        ),
        45,
    )
    assert read("[reachability.sms]\nfailed = 2") == Reachability(
        (Limit(Channel.SMS, Miss.FAILED, 2, 60),), 90
    )


def test_without_a_table_soft_evidence_is_of_no_account():
    assert read("") == NO_LIMITS


@pytest.mark.parametrize(
    ("table", "key", "what"),
    [
        ("[reachability.sms]\nfailed = 1", "reachability.sms.failed", "must be a whole number from 2 to 50"),
        ("[reachability.sms]\nfailed = true", "reachability.sms.failed", "must be a whole number"),
        (
            "[reachability.sms]\nfailed = 2\nfailed_within_days = 0",
            "reachability.sms.failed_within_days",
            "365",
        ),
        ("[reachability.sms]\nfailed_within_days = 9", "reachability.sms.failed_within_days", "'failed'"),
        ("[reachability.sms]\nunread = 3", "reachability.sms.unread", "is not known here"),
        ("[reachability.letter]\nfailed = 3", "reachability.letter", "is not known here"),
        ("[reachability.sms]", "reachability.sms", "must be a table with failed, unconfirmed"),
        ("[reachability]\nretry_after_days = 9", "reachability", "says nothing of any channel"),
        ("[reachability]\nretry_after_days = 0\nsms = {failed = 2}", "reachability.retry_after_days", "365"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(table, key, what):
    with pytest.raises(BadInput) as raised:
        read(table)

    assert (raised.value.facts["file"], raised.value.facts["key"]) == ("ours.toml", key)
    assert what in str(raised.value)


def test_a_reachability_that_is_no_table_is_refused():
    text = text_of("sample")[0]

    with pytest.raises(BadInput, match="reachability must be a table"):
        read_strategy("reachability = 3\n" + text, file="ours.toml")


def test_the_keys_told_again_are_those_of_the_file():
    assert keys_of_reachability(read(ALL)) == {
        "retry_after_days": 45,
        "in_app": {"unread": 2, "unread_days": 14},
        "email": {"failed": 3, "failed_within_days": 30, "unconfirmed": 4, "unconfirmed_days": 7},
        "call": {"unanswered": 5, "unanswered_over_days": 9},
    }
    assert keys_of_reachability(NO_LIMITS) == {}


def test_the_sample_that_nobody_adopted_has_none():
    assert load_strategy("sample").reachability == NO_LIMITS


@pytest.mark.parametrize("name", sorted({*list_strategies()} - {"sample"}))
def test_every_strategy_that_ships_has_limits_only_of_what_is_always_reported(name):
    limits = load_strategy(name).reachability.limits

    assert {(each.channel, each.miss) for each in limits} == {
        (Channel.EMAIL, Miss.FAILED),
        (Channel.SMS, Miss.FAILED),
        (Channel.CALL, Miss.UNANSWERED),
    }


def test_the_rule_names_the_numbers_of_the_strategy_in_every_language():
    strategy = a_strategy_of(a_step(1, 3), reachability=read("[reachability.sms]\nfailed = 2"))

    rule = with_reachability(a_law(), strategy).rule("strategy.reachability")

    assert rule.citation == "Strategy test"
    assert {language: "2" in text and "60" in text for language, text in rule.about.items()} == {
        "en": True,
        "zh-Hans": True,
        "zh-Hant": True,
    }


def test_a_law_has_the_limits_of_one_strategy_at_a_time():
    some = a_strategy_of(a_step(1, 3), reachability=read(ALL))
    law = with_reachability(with_reachability(a_law(), some), some)

    assert sum(rule.kind == KIND for rule in law.rules) == 1
    assert with_reachability(law, a_strategy_of(a_step(1, 3))).rules == a_law().rules


def test_a_limit_is_said_with_its_channel():
    assert said_of_limit(Limit(Channel.CALL, Miss.UNANSWERED, 4, 7), "en") == (
        "calls: 4 in a row that nobody took, over at least 7 days"
    )
