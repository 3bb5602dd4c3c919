"""All that is wrong with a strategy, and what is unusual about it.

An error would stop a run or a message later; a remark may well be meant.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from arrears.kernel.planning.reachability import ELECTRONIC
from arrears.kernel.planning.strategy import Lane, Step, Strategy
from arrears.kernel.vocabulary import Channel, NoticeKind, name_of
from arrears.rulepacks.mistakes import Mistake
from arrears.strategies import read_as_far_as_it_goes
from arrears.strategies.reading import LANGUAGES

Texts = Collection[tuple[str, str, str]]
"""The notice, channel and language of every text that can be sent."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding: a stable code, the step or ladder it is about ("" for the whole), and a sentence.

    `hint` says what to do. `line` is that of the file, where it is known.
    """

    code: str
    is_error: bool
    about: str
    what: str
    hint: str = "It may be meant."
    key: str = ""
    line: int | None = None


def findings_in(text: str, *, file: str, texts: Texts) -> tuple[Finding, ...]:
    """Everything found in the text of a file, by line, errors first.

    Where something cannot be read, what is unusual about the whole is not told.
    """
    read = read_as_far_as_it_goes(text, file=file)
    found: Iterable[Finding]
    if read.strategy is not None:
        found = check_strategy(read.strategy, texts)
    else:
        sent = [(step.id, step.notice, step.channels) for step in read.steps if step.is_sent]
        found = (*map(_of_mistake, read.mistakes), *_without_text(sent, texts))
    placed = (replace(each, line=each.line or read.line_of(each.about)) for each in found)
    return tuple(sorted(placed, key=lambda each: (not each.is_error, each.line is None, each.line or 0)))


def _of_mistake(mistake: Mistake) -> Finding:
    return Finding(
        "mistake",
        is_error=True,
        about=mistake.rule,
        what=f"{mistake.key} {mistake.what}".strip() + ".",
        hint=mistake.hint,
        key=mistake.key,
        line=mistake.line,
    )


def check_strategy(strategy: Strategy, texts: Texts) -> tuple[Finding, ...]:
    """Everything found, errors first, then in the order of the file; each thing once."""
    found = dict.fromkeys(
        (
            *_without_text([(step.id, step.notice, step.channels) for step in strategy.steps], texts),
            *_overlapping(strategy),
            *_abrupt(strategy),
            *_unused(strategy),
            *_uncalled(strategy),
        )
    )
    return tuple(found)


def _without_text(
    sent: Iterable[tuple[str, NoticeKind, tuple[Channel, ...]]], texts: Texts
) -> Iterator[Finding]:
    """`sent`: step, notice and channels."""
    for step, kind, channels in sent:
        for channel in channels:
            notice, over = name_of(kind), name_of(channel)
            missing = [language for language in LANGUAGES if (notice, over, language) not in texts]
            if missing:
                yield Finding(
                    "no_text",
                    is_error=True,
                    about=step,
                    what=f"There is no text for {notice} over {over} in {', '.join(missing)}.",
                    hint="Name another notice, or a channel over which it can be sent.",
                    key="channels",
                )


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
