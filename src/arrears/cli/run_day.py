"""`arrears run-day`: plan the contacts of one business day."""

from __future__ import annotations

import os
from contextlib import ExitStack
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from arrears.cli.actor import by_option
from arrears.cli.django import needs_database
from arrears.cli.output import format_option, note, print_json, print_report, progress
from arrears.cli.strategy_option import strategy_for, strategy_option

if TYPE_CHECKING:
    from arrears.actions.days import DaySummary

_FIGURES = {
    "loans": "loans on file",
    "late": "late",
    "in_episode": "of these not closed",
    "late_without_balance": "late without a known balance",
    "due": "steps due",
    "decisions": "candidates decided",
    "contacts": "contacts planned",
    "loans_told": "loans told in them",
    "superseded": "steps passed over",
    "lapsed": "contacts of other days let go",
}


@click.command("run-day")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The lender's business day.")
@click.option("--lender", help="Number or name; not needed while there is only one.")
@strategy_option
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Run in parts by so many processes; unasked for a large portfolio, by one for each core.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the files of runs in parts are kept. Default: nights in the data folder.",
)
@by_option
@format_option
@needs_database
def run_day(
    *,
    on: datetime,
    lender: str | None,
    strategy: str | None,
    workers: int | None,
    folder: Path | None,
    actor: str,
    format_: str,
) -> None:
    """Plan the contacts of one business day: what is due, what the law permits, and why not.

    Running a day again changes nothing; a run that was interrupted goes on where it stopped.
    """
    from arrears.actions.laws import law_in_use
    from arrears.actions.lenders import get_lender
    from arrears.store.clock import now

    owner = get_lender(lender)
    ladder = strategy_for(strategy, lender=owner.id, on=on.date(), is_binding=True)
    law = law_in_use(owner.id, on=on.date())
    asked = {"lender": owner.id, "on": on.date(), "strategy": ladder, "law": law, "actor": actor}
    workers = workers or _workers_unasked(owner.id, on.date())
    if workers:
        summary = _run_in_parts(workers, folder, at=now(), **asked)
    else:
        summary = _run_in_one_piece(at=now(), **asked)
    if format_ == "json":
        print_json(_document(summary, owner.name, ladder.name))
    else:
        _print(summary, owner.name)
    _say_what_it_means(summary)


def _workers_unasked(lender: int, on: date) -> int:
    """How many workers a run takes that was not told; 0 for a run in one piece."""
    from arrears.actions import nights

    return len(os.sched_getaffinity(0)) if nights.is_better_in_parts(lender, on) else 0


def _run_in_one_piece(**asked: Any) -> DaySummary:
    from arrears.actions import days

    with progress("candidates written") as advance:
        return days.run_day(**asked, progress=_Written(advance).tell)


def _run_in_parts(workers: int, folder: Path | None, **asked: Any) -> DaySummary:
    from arrears.actions import nights
    from arrears.conf.paths import data_folder

    base = folder or data_folder() / "nights"
    with ExitStack() as shown:
        parts = nights.InParts(workers, base)
        return nights.run_night(**asked, parts=parts, progress=_Stages(shown).tell)


class _Stages:
    """Shows one line of progress after the other, a stage each."""

    def __init__(self, shown: ExitStack) -> None:
        self.shown, self.stage = shown, ""

    def tell(self, stage: str, loans: int, total: int) -> None:
        if stage != self.stage:
            self.shown.close()
            self.stage = stage
            self.advance = self.shown.enter_context(progress(f"loans {stage}", total=total))
        self.advance(loans)


class _Written:
    """Turns "so many written by now" into "so many more"."""

    def __init__(self, advance: Any) -> None:
        self.advance, self.done = advance, 0

    def tell(self, done: int, _total: int) -> None:
        self.advance(done - self.done)
        self.done = done


def _document(summary: DaySummary, lender: str, strategy: str) -> dict[str, Any]:
    return {
        "lender": lender,
        "on": summary.business_on,
        "is_new": summary.is_new,
        "run": summary.run_id,
        "strategy": {"name": strategy, "version": summary.strategy_version},
        "law_version": summary.law_version,
        "zones_version": summary.zones_version,
        **summary.counts,
    }


def _print(summary: DaySummary, lender: str) -> None:
    counts = summary.counts
    figures = [{"what": words, "number": counts[name]} for name, words in _FIGURES.items()]
    print_report("table", f"{lender}: run of {summary.business_on}", figures)
    planned = [
        {"channel": channel, "step": step, "contacts": number}
        for channel, steps in sorted(counts["planned"].items())
        for step, number in sorted(steps.items())
    ]
    print_report("table", "Planned", planned, columns=("channel", "step", "contacts"))
    refused = [
        {"rule": rule, "candidates": number}
        for rule, number in sorted(counts["refused"].items(), key=lambda each: (-each[1], each[0]))
    ]
    print_report("table", "Refused, by rule", refused, columns=("rule", "candidates"))
    ladders = [
        {"ladder": name, "steps due": of["due"], "loans told": of["loans_told"]}
        for name, of in sorted(counts["ladders"].items())
    ]
    print_report("table", "By ladder", ladders, columns=("ladder", "steps due", "loans told"))


def _say_what_it_means(summary: DaySummary) -> None:
    if not summary.is_new:
        note(f"{summary.business_on} had been run before. Nothing was changed; these are its figures.")
    if "house.books" in summary.counts["refused"]:
        note(
            "The books are not complete to the day before, so nobody is contacted about them. "
            "Next: import the payments, with the day through which they are complete."
        )
    elif summary.counts["contacts"]:
        note("Next: arrears send")
