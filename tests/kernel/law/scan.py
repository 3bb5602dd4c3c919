"""The first permitted interval by brute force: ask the oracle at every instant that could matter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import timedelta

from arrears.kernel.facts import NEVER
from tests.kernel.law import civil
from tests.kernel.law.moments import MINUTE
from tests.kernel.law.oracle import DAY, HOUR, LONGEST_EXTRA, Oracle, since_midnight


def first_interval(
    permits: Callable[[int], bool], instants: list[int], t: int, horizon: int
) -> tuple[int, int]:
    """`[from, until)`: the first interval from `t` on that `permits`, starting before the horizon.

    `instants` are ascending and reach past the horizon; an end beyond the last is NEVER.
    """
    starts = [t, *instants[bisect_right(instants, t) : bisect_left(instants, horizon)]]
    begin = next((at for at in starts if at < horizon and permits(at)), NEVER)
    if begin == NEVER:
        return NEVER, NEVER
    later = instants[bisect_right(instants, begin) :]
    return begin, next((at for at in later if not permits(at)), NEVER)


def critical_instants(oracle: Oracle, first: int, last: int) -> list[int]:
    """Every instant of `[first, last]` at which any rule's answer may change, ascending."""
    found = set(_instants_of_facts(oracle))
    times = _times_of_day(oracle)
    for name in _zone_names(oracle):
        found.update(civil.changes_of_clock(name))
        on, end = civil.date_at(name, first), civil.date_at(name, last)
        while on <= end:
            for since in times:
                found.update(civil.instants_showing(name, on, since))
            on += timedelta(days=1)
    return sorted(at for at in found if first <= at <= last)


def _zone_names(oracle: Oracle) -> set[str]:
    every = (*oracle.law.rules, *oracle.law.exceptions)
    return {*oracle.facts.zones, *(rule.reference_zone for rule in every)}


def _times_of_day(oracle: Oracle) -> set[int]:
    found = {0}
    for rule in oracle.law.rules:
        if rule.kind == "hours":
            for key in ("from", "to"):
                since = since_midnight(rule.params[key])
                found |= {since % DAY, (since + 1) % DAY}
    for row in (*oracle.tables["agreement"], *oracle.tables["inconvenience"]):
        found |= {row["start_local"] % DAY, row["end_local"] % DAY}
    return found


def _instants_of_facts(oracle: Oracle) -> Iterator[int]:
    for rows in oracle.tables.values():
        for row in rows:
            yield from (value for name, value in row.items() if name.endswith("at"))
    for row in oracle.tables["contact"]:
        for rule in oracle.law.rules:
            length = rule.params.get("length", rule.params.get("civil_days", 0))
            for unit in (MINUTE, HOUR):
                yield row["at"] + length * unit
            yield row["at"] + length * DAY + LONGEST_EXTRA
        for rule in oracle.law.exceptions:
            yield row["at"] + rule.params.get("within_hours", 0) * HOUR
            yield row["at"] + rule.params.get("within_days", 0) * DAY
    yield from _instants_of_prior_facts(oracle)


def _instants_of_prior_facts(oracle: Oracle) -> Iterator[int]:
    for row in oracle.tables["consent"]:
        for rule in oracle.law.exceptions:
            yield row["from_at"] + (rule.params.get("civil_days", 0) - 1) * DAY - LONGEST_EXTRA
    for row in oracle.tables["inconvenience"]:
        for rule in oracle.law.rules:
            yield row["from_at"] + (rule.params.get("oral_days", 0) + 1) * DAY + LONGEST_EXTRA
    for row in oracle.tables["notice_proof"]:
        for rule in oracle.law.rules:
            yield row["at"] + (rule.params.get("wait_days", 0) + 1) * DAY + LONGEST_EXTRA
