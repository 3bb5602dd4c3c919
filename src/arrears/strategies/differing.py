"""What tells two strategies apart: step by step and key by key, then the segments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from arrears.kernel.planning.strategy import Strategy
from arrears.strategies.describing import keys_of_segment, keys_of_step
from arrears.strategies.reachability import keys_of_reachability

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference: `what` (strategy, ladder, step, segment) of this `name` was added, removed, changed.

    `key`, `before` and `after` are of a changed key; a step or segment that is only in one of
    the two has no key, and is its own `before` or `after`.
    """

    what: str
    name: str
    change: str
    key: str | None
    before: Any
    after: Any


def differences(before: Strategy, after: Strategy) -> tuple[Difference, ...]:
    """Everything that has to be changed in `before` to come to `after`; nothing when they say the same."""
    return (
        *differences_of("strategy", {"": _keys(before)}, {"": _keys(after)}),
        *differences_of("ladder", _ladders(before), _ladders(after)),
        *differences_of("step", _steps(before), _steps(after)),
        *differences_of("segment", _segments(before), _segments(after)),
    )


def differences_of(
    what: str, before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]]
) -> Iterator[Difference]:
    """What tells two tables apart, by the names of their rows and the keys of each row."""
    for name, keys in before.items():
        if name not in after:
            yield Difference(what, name, REMOVED, None, keys, None)
            continue
        for key in dict.fromkeys((*keys, *after[name])):
            was, will_be = keys.get(key), after[name].get(key)
            if was != will_be:
                yield Difference(what, name, CHANGED, key, was, will_be)
    for name, keys in after.items():
        if name not in before:
            yield Difference(what, name, ADDED, None, None, keys)


def _keys(strategy: Strategy) -> dict[str, Any]:
    about = dict(strategy.about)
    reachability = keys_of_reachability(strategy.reachability)
    return {
        "name": strategy.name,
        "calls_per_day": strategy.calls_per_day,
        "reachability": reachability,
        "about": about,
    }


def _ladders(strategy: Strategy) -> dict[str, dict[str, Any]]:
    """Ladders by name. Only which one is the first matters: who fits no segment climbs it."""
    return {
        ladder.name: {"is_first": number == 0, "about": dict(ladder.about)}
        for number, ladder in enumerate(strategy.ladders)
    }


def _steps(strategy: Strategy) -> dict[str, dict[str, Any]]:
    return {
        step.id: {"ladder": ladder.name, **keys_of_step(step)}
        for ladder in strategy.ladders
        for step in ladder.steps
    }


def _segments(strategy: Strategy) -> dict[str, dict[str, Any]]:
    """Segments by their place: the first that fits decides, so their order is what they say."""
    return {str(number): keys_of_segment(segment) for number, segment in enumerate(strategy.segments, 1)}
