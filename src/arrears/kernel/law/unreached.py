"""Addresses that soft evidence shows not to reach anybody: derived from what came of contacts, never stored.

Nothing single is evidence. A **miss** is a message reported as not delivered, a call that nobody
took, or a message of which nothing was heard for some days; misses in a row, with no sign of life
between them, are counted against the limits of the lender's strategy. From the miss that fills a
limit on the channel does not reach the address, until a sign of life, or for so many days: then it
is tried again. All of it follows the number or address, whoever was contacted there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import IntEnum

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, Codes, Facts, Instants, Mask, rows_of
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.permitted import Case, Permitted, all_but, next_where
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import Arrival, Channel


class Miss(IntEnum):
    """What counts as a miss."""

    FAILED = 0  # a message reported as not delivered; `count` of them within `days` days
    UNANSWERED = 1  # a call that nobody took; `count` of them, the first and last `days` days apart
    SILENT = 2  # a message neither delivered nor read in `days` days; `count` of them


_SIGN_OF = {Miss.FAILED: Arrival.FAILED, Miss.UNANSWERED: Arrival.UNANSWERED, Miss.SILENT: Arrival.SENT}
_ALIVE = (Arrival.TALKED, Arrival.HEARD, Arrival.CONFIRMED)
"""Signs of life whatever the channel: somebody was there."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many misses of one kind in a row, through one channel, show that it does not reach an address."""

    channel: Channel
    miss: Miss
    count: int
    days: int


@dataclass(frozen=True, slots=True)
class Reachability:
    """The limits of a strategy; without any, soft evidence is of no account.

    A channel that does not reach an address is tried again `retry_after_days` after the last miss.
    """

    limits: tuple[Limit, ...] = ()
    retry_after_days: int = 90


NO_LIMITS = Reachability()


@dataclass(frozen=True, slots=True)
class Spells:
    """When channels do not reach addresses: rows sorted by value; none goes on after a sign of life.

    from_at, until_at  half open; `since_at` is the first miss of the run, `count` its misses by then
    limit              place in `Reachability.limits`
    """

    value: Codes
    channel: Codes
    limit: Codes
    since_at: Instants
    from_at: Instants
    until_at: Instants
    count: Codes

    def take(self, rows: Rows | Mask) -> Spells:
        return Spells(*(getattr(self, each.name)[rows] for each in fields(self)))

    def at(self, at: int) -> Spells:
        """Those that last at the instant."""
        return self.take((self.from_at <= at) & (at < self.until_at))


def unreached(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Not at an address or number that the channel does not reach, as the strategy's limits have it."""
    found = spells_of(case.facts, rule.params["reachability"])
    row, spell = join(case.candidates["value"][rows], found.value)
    is_same = found.channel[spell] == case.candidates["channel"][rows[row]]
    row, spell = row[is_same], spell[is_same]
    return all_but(case, rows, row, found.from_at[spell], found.until_at[spell])


def spells_of(facts: Facts, reachability: Reachability) -> Spells:
    """Every spell of the facts' addresses; computed once for the facts and what is assumed on top of them."""
    kept: Spells | None = facts._cache.get(("arrival", reachability))
    if kept is None:
        found = _joined([*_every(facts, reachability)])
        kept = facts._cache["arrival", reachability] = found.take(np.argsort(found.value, kind="stable"))
    return kept


def _every(facts: Facts, reachability: Reachability) -> Iterator[Spells]:
    for number, limit in enumerate(reachability.limits):
        yield _of_limit(facts, number, limit, reachability.retry_after_days * DAY)


def _joined(parts: list[Spells]) -> Spells:
    none = np.empty(0, np.int64)
    return Spells(
        *(np.concatenate([none, *(getattr(part, each.name) for part in parts)]) for each in fields(Spells))
    )


def _of_limit(facts: Facts, number: int, limit: Limit, retry: int) -> Spells:
    value, at, is_alive = _history(facts, limit)
    every, first = np.arange(len(value)), _first_of_run(value, is_alive)
    nth = every - first + 1
    hit = np.flatnonzero(~is_alive & (nth >= limit.count))
    hit = hit[_is_full(limit, at, hit, first[hit])]
    end = np.minimum(next_where(value, at, is_alive)[hit], at[hit] + retry)
    return Spells(
        value=value[hit],
        channel=np.full(len(hit), int(limit.channel)),
        limit=np.full(len(hit), number),
        since_at=at[first[hit]],
        from_at=at[hit],
        until_at=end,
        count=nth[hit],
    )


def _is_full(limit: Limit, at: Instants, hit: Rows, first: Rows) -> Mask:
    """Whether the misses up to each hit lie as close together, or as far apart, as the limit wants."""
    if limit.miss is Miss.FAILED:
        return np.asarray(at[hit] - at[hit - limit.count + 1] <= limit.days * DAY)
    if limit.miss is Miss.UNANSWERED:
        return np.asarray(at[hit] - at[first] >= limit.days * DAY)
    return np.ones(len(hit), np.bool_)


def _history(facts: Facts, limit: Limit) -> tuple[Codes, Instants, Mask]:
    """(value, at, is it a sign of life) of misses and signs of life, by value and instant.

    Only of values with misses enough; of one instant a sign of life stands last, as in the facts.
    """
    told = facts["arrival"]
    is_miss = (told["channel"] == limit.channel) & (told["sign"] == _SIGN_OF[limit.miss])
    values, counts = np.unique(told["value"][is_miss], return_counts=True)
    is_alive = _is_alive(facts, limit.channel)
    rows = np.flatnonzero(is_miss | is_alive)
    rows = rows[rows_of(values[counts >= limit.count], told["value"][rows]) >= 0]
    value, at, alive = told["value"][rows], told["at"][rows], is_alive[rows]
    if limit.miss is not Miss.SILENT:
        return value, at, alive
    waited = limit.days * DAY
    is_over = alive | (next_where(value, at, alive) > np.minimum(at, NEVER - waited) + waited)
    value, at, alive = value[is_over], at[is_over], alive[is_over]
    at = np.where(alive, at, at + waited)
    order = np.lexsort([alive, at, value]) if alive.any() else np.arange(len(value))
    return value[order], at[order], alive[order]


def _is_alive(facts: Facts, channel: Channel) -> Mask:
    """Signs of life for a channel: of delivery through it, and of somebody there by whatever way."""
    told = facts["arrival"]
    through = (Arrival.READ,) if channel is Channel.IN_APP else (Arrival.READ, Arrival.DELIVERED)
    came_through = (told["channel"] == channel) & _one_of(through)[told["sign"]]
    return np.asarray(came_through | _one_of(_ALIVE)[told["sign"]])


def _one_of(signs: tuple[Arrival, ...]) -> Mask:
    """By the code of a sign whether it is one of these."""
    is_one = np.zeros(len(Arrival), np.bool_)
    is_one[list(signs)] = True
    return is_one


def _first_of_run(value: Codes, is_alive: Mask) -> Rows:
    """For each element the first one of its value since its last sign of life."""
    begins = np.ones(len(value), np.bool_)
    begins[1:] = (value[1:] != value[:-1]) | is_alive[:-1]
    return np.asarray(np.maximum.accumulate(np.where(begins, np.arange(len(value)), 0)))
