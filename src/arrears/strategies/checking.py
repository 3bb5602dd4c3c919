"""What is wrong with a strategy that can be read, and what is unusual about it.

An error would stop a run or a message later; a remark may well be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

from arrears.kernel.planning.reachability import ELECTRONIC
from arrears.kernel.planning.strategy import Lane, Step, Strategy
from arrears.kernel.vocabulary import Channel, name_of
from arrears.strategies.reading import LANGUAGES

Texts = Collection[tuple[str, str, str]]
"""The notice, channel and language of every text that can be sent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a stable code, the step or ladder it is about ("" for the whole), and a sentence."""

    code: str
    is_error: bool
    about: str
    what: str


def check_strategy(strategy: Strategy, texts: Texts) -> tuple[Finding, ...]:
    """Everything found, errors first, then in the order of the file; each thing once."""
    found = dict.fromkeys(
        (
            *_without_text(strategy, texts),
            *_overlapping(strategy),
            *_abrupt(strategy),
            *_unused(strategy),
            *_uncalled(strategy),
        )
    )
    return tuple(found)


def _without_text(strategy: Strategy, texts: Texts) -> Iterator[Finding]:
    for step in strategy.steps:
        for channel in step.channels:
            notice, over = name_of(step.notice), name_of(channel)
            missing = [language for language in LANGUAGES if (notice, over, language) not in texts]
            if missing:
                what = f"There is no text for {notice} over {over} in {', '.join(missing)}."
                yield Finding("no_text", is_error=True, about=step.id, what=what)


def _overlapping(strategy: Strategy) -> Iterator[Finding]:
    for lane in strategy.lanes:
        for lower, higher in pairwise(_steps(strategy, lane)):
            if lower.offset_days + lower.window_days > higher.offset_days:
                what = f"Its window still runs on the day of the next step, {higher.id}."
                yield _remark("window_overlaps", lower.id, what)


def _abrupt(strategy: Strategy) -> Iterator[Finding]:
    """Calls and steps for the unreachable that come before anything electronic was tried."""
    for lane in strategy.lanes:
        for step in _before(_steps(strategy, lane), _is_electronic):
            if Channel.CALL in step.channels:
                yield _remark("call_first", step.id, "A call comes before anything electronic was tried.")
            if step.only_if_unreachable:
                what = "It is for the unreachable, and comes before anything electronic was tried."
                yield _remark("unreachable_first", step.id, what)


def _unused(strategy: Strategy) -> Iterator[Finding]:
    reached = {strategy.ladders[0].name, *(segment.ladder for segment in strategy.segments)}
    for ladder in strategy.ladders:
        if ladder.name not in reached:
            yield _remark("ladder_unreached", ladder.name, "No segment names this ladder: nobody climbs it.")


def _uncalled(strategy: Strategy) -> Iterator[Finding]:
    calls = [step.id for step in strategy.steps if Channel.CALL in step.channels]
    if strategy.calls_per_day == 0 and calls:
        what = f"calls_per_day is 0, so no call is ever planned: {', '.join(calls)}."
        yield _remark("no_calls", "", what)


def _steps(strategy: Strategy, lane: Lane) -> list[Step]:
    return [strategy.steps[position] for position in lane.positions]


def _before(steps: list[Step], ends: Callable[[Step], bool]) -> Iterator[Step]:
    for step in steps:
        if ends(step):
            return
        yield step


def _is_electronic(step: Step) -> bool:
    """Only electronic, or electronic by preference; a step for the unreachable reaches them otherwise."""
    return step.channels[0] in ELECTRONIC and not step.only_if_unreachable


def _remark(code: str, about: str, what: str) -> Finding:
    return Finding(code, is_error=False, about=about, what=what)
