"""A strategy as tables: the steps of each ladder on each track, then who climbs which ladder."""

from __future__ import annotations

from typing import Any

from arrears.cli.output import note, print_report
from arrears.kernel.planning.strategy import LADDER_TRACKS, Ladder, Step, Strategy, Track
from arrears.kernel.vocabulary import name_of
from arrears.strategies.describing import keys_of_segment, keys_of_step, said_of_segment
from arrears.strategies.reachability import keys_of_reachability, said_of_limit

_DAYS_OF = {
    Track.BEFORE_DUE: "days before the next amount falls due",
    Track.ARREARS: "delinquent days",
    Track.REPORTING: "past-due days, as a credit bureau counts",
}


def document(strategy: Strategy, language: str) -> dict[str, Any]:
    """Everything that the tables show, for programs."""
    return {
        "name": strategy.name,
        "version": strategy.version,
        "about": strategy.about.get(language),
        "calls_per_day": strategy.calls_per_day,
        "reachability": keys_of_reachability(strategy.reachability),
        "ladders": [
            {
                "name": ladder.name,
                "about": ladder.about.get(language),
                "steps": [{**keys_of_step(step), "about": step.about.get(language)} for step in ladder.steps],
            }
            for ladder in strategy.ladders
        ],
        "segments": [
            {**keys_of_segment(segment), "said": said_of_segment(segment)} for segment in strategy.segments
        ],
        "first_ladder": strategy.ladders[0].name,
    }


def print_tables(strategy: Strategy, language: str) -> None:
    """Print a table per ladder and track, and one of who climbs which ladder."""
    note(f"{strategy.name}: {strategy.about.get(language, '')}")
    for ladder in strategy.ladders:
        for track in LADDER_TRACKS:
            _print_track(ladder, track, language)
    climbs = [
        {"ladder": segment.ladder, "climbed_by": f"loans {said_of_segment(segment)}"}
        for segment in strategy.segments
    ]
    rest = "all other loans" if climbs else "all loans"
    climbs.append({"ladder": strategy.ladders[0].name, "climbed_by": rest})
    print_report("table", "Who climbs which ladder: the first line that fits decides", climbs)
    if strategy.calls_per_day is not None:
        note(f"No more than {strategy.calls_per_day} calls are planned for one day.")
    reachability = strategy.reachability
    for limit in reachability.limits:
        note(f"Does not reach: {said_of_limit(limit, language)}.")
    if reachability.limits:
        note(f"What does not reach is tried again {reachability.retry_after_days} days after the last miss.")


def _print_track(ladder: Ladder, track: Track, language: str) -> None:
    steps = [step for step in ladder.steps if step.track is track]
    if steps:
        rows = [_row(step, language) for step in steps]
        print_report("table", f"Ladder {ladder.name}, {name_of(track)}: {_DAYS_OF[track]}", rows)


def _row(step: Step, language: str) -> dict[str, Any]:
    return {
        "day": step.offset_days,
        "step": step.id,
        "what": step.about.get(language),
        "channels": ", ".join(name_of(channel) for channel in step.channels),
        "to": ", ".join(name_of(kind) for kind in step.recipients),
        "tone": name_of(step.tone),
        "window_days": step.window_days,
        "catch_up": name_of(step.catch_up),
        "marks": ", ".join(_marks(step)),
    }


def _marks(step: Step) -> list[str]:
    marks = {"unreachable only": step.only_if_unreachable, "legal force": step.has_legal_force}
    return [mark for mark, is_so in marks.items() if is_so]
