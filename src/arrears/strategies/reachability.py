"""From the `reachability` table of a strategy file to limits, back again, and to the rule that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from arrears.kernel.law.rules import EFFECT_OF, Law, Rule, Strength
from arrears.kernel.law.unreached import NO_LIMITS, Limit, Miss, Reachability
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, name_of
from arrears.strategies.reading import LANGUAGES, Place, read_whole, to_write

KIND, RULE = "unreached", "strategy.reachability"
RETRY = "retry_after_days"
_COUNTS, _DAYS = (2, 50), (1, 365)
"""Of what is counted at least two: nothing single is evidence."""


@dataclass(frozen=True, slots=True)
class _Key:
    """How a file writes one kind of limit: what it counts, the key of its days, and those if not given."""

    miss: Miss
    days: str
    default_days: int


_FAILED = {"failed": _Key(Miss.FAILED, "failed_within_days", 60)}
_REPORTED = {**_FAILED, "unconfirmed": _Key(Miss.SILENT, "unconfirmed_days", 7)}
_KEYS: Mapping[Channel, Mapping[str, _Key]] = {
    Channel.IN_APP: {"unread": _Key(Miss.SILENT, "unread_days", 14)},
    Channel.EMAIL: _REPORTED,
    Channel.SMS: _REPORTED,
    Channel.PUSH: _REPORTED,
    Channel.CALL: {"unanswered": _Key(Miss.UNANSWERED, "unanswered_over_days", 7)},
}


def read_reachability(content: Mapping[str, Any], place: Place) -> Reachability:
    """The `reachability` table; where there is none, soft evidence is of no account."""
    if "reachability" not in content:
        return NO_LIMITS
    table = content["reachability"]
    if not isinstance(table, Mapping):
        what = "must be a table such as [reachability.email]"
        place.wrong("reachability", what, to_write(content, "reachability"))
        return NO_LIMITS
    within = place.under("reachability")
    channels = {name_of(channel): channel for channel in _KEYS}
    within.only_keys(table, (RETRY, *channels))
    limits = tuple(
        limit
        for name, channel in channels.items()
        if name in table
        for limit in _limits(table[name], channel, within)
    )
    if not limits and place.is_right("reachability"):
        place.wrong("reachability", "says nothing of any channel", "Leave it out, or give a count.")
    if RETRY not in table:
        return Reachability(limits)
    return Reachability(limits, _whole(table, RETRY, within, _DAYS))


def _limits(table: object, channel: Channel, place: Place) -> Iterator[Limit]:
    name, keys = name_of(channel), _KEYS[channel]
    if not isinstance(table, Mapping) or not table:
        place.wrong(name, f"must be a table with {', '.join(keys)}", "Give a count, or leave it out.")
        return
    within = place.under(name)
    within.only_keys(table, [*keys, *(key.days for key in keys.values())])
    for count, key in keys.items():
        if count not in table and key.days in table:
            within.wrong(key.days, f"stands without {count!r}", "Give the count as well.")
        if count in table:
            days = _whole(table, key.days, within, _DAYS) if key.days in table else key.default_days
            yield Limit(channel, key.miss, _whole(table, count, within, _COUNTS), days)


def _whole(table: Mapping[str, Any], key: str, place: Place, bounds: tuple[int, int]) -> int:
    low, high = bounds
    return read_whole(table, key, place, low=low, high=high)


def keys_of_reachability(reachability: Reachability) -> dict[str, Any]:
    """Every key as a file would give it; nothing where it sets no limit."""
    if not reachability.limits:
        return {}
    told: dict[str, Any] = {RETRY: reachability.retry_after_days}
    for limit in reachability.limits:
        (name, key), *_ = ((n, k) for n, k in _KEYS[limit.channel].items() if k.miss is limit.miss)
        told.setdefault(name_of(limit.channel), {}).update({name: limit.count, key.days: limit.days})
    return told


def said_of_limit(limit: Limit, language: str) -> str:
    """One limit in words, with its channel."""
    text = _SAID[limit.miss][LANGUAGES.index(language)]
    channel = _CHANNELS[limit.channel][LANGUAGES.index(language)]
    return text.format(channel=channel, count=limit.count, days=limit.days)


def with_reachability(law: Law, strategy: Strategy) -> Law:
    """The law with the strategy's limits as a rule: what does not reach is not used.

    An approver may set it aside for a person: soft evidence may be wrong. The version stays that of
    the law, for the limits have the strategy's.
    """
    return _limited(law, strategy.reachability, strategy.name)


@lru_cache(maxsize=32)
def _limited(law: Law, reachability: Reachability, name: str) -> Law:
    """Made once for a law and its strategy, so that what is remembered with it is found again."""
    rest = tuple(rule for rule in law.rules if rule.kind != KIND)
    made = (_rule(reachability, name),) if reachability.limits else ()
    return replace(law, rules=(*rest, *made)) if made or len(rest) < len(law.rules) else law


def _rule(reachability: Reachability, name: str) -> Rule:
    limits = reachability.limits
    return Rule(
        id=RULE,
        kind=KIND,
        jurisdiction="house",
        match={"channel": tuple(name_of(channel) for channel in _KEYS)},
        params={"reachability": reachability},
        strength=Strength.SHOULD_NOT,
        effect=EFFECT_OF[Strength.SHOULD_NOT],
        citation=f"Strategy {name}",
        certainty="A",
        is_uncertain=False,
        about={
            language: _ABOUT[number].format(
                limits=_BETWEEN[number].join(said_of_limit(limit, language) for limit in limits)
            )
            for number, language in enumerate(LANGUAGES)
        },
    )


_ABOUT = (
    "An address or number that does not reach is not used until there is a sign of life from it ({limits}).",
    "已知无法送达的地址或号码，在重新得到回应之前不再使用（{limits}）。",
    "已知無法送達的地址或號碼，在重新得到回應之前不再使用（{limits}）。",
)
_BETWEEN = ("; ", "；", "；")
_SAID: Mapping[Miss, tuple[str, str, str]] = {
    Miss.FAILED: (
        "{channel}: {count} in a row not delivered within {days} days",
        "{channel}：{days} 日内连续 {count} 次未送达",
        "{channel}：{days} 日內連續 {count} 次未送達",
    ),
    Miss.UNANSWERED: (
        "{channel}: {count} in a row that nobody took, over at least {days} days",
        "{channel}：连续 {count} 次无人接听，前后至少 {days} 日",
        "{channel}：連續 {count} 次無人接聽，前後至少 {days} 日",
    ),
    Miss.SILENT: (
        "{channel}: {count} in a row neither confirmed nor read for {days} days",
        "{channel}：连续 {count} 条满 {days} 日无回执或未读",
        "{channel}：連續 {count} 則滿 {days} 日無回執或未讀",
    ),
}
_CHANNELS: Mapping[Channel, tuple[str, str, str]] = {
    Channel.IN_APP: ("messages in the app", "站内消息", "應用程式內訊息"),
    Channel.EMAIL: ("e-mails", "电子邮件", "電子郵件"),
    Channel.SMS: ("text messages", "短信", "簡訊"),
    Channel.PUSH: ("push messages", "推送消息", "推播訊息"),
    Channel.CALL: ("calls", "电话", "電話"),
}
