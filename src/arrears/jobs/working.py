"""What the jobs do: each function is one job, run in a thread, safe to be run again and by several at once.

They raise nothing that a person can act on: that is logged, and the next look finds the work again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from arrears.actions import days, nights
from arrears.actions.audit import ENTRIES_MAX, seal_entries
from arrears.actions.due_work import DueChannel, DueNight, list_due_channels, list_due_nights
from arrears.actions.handing_over import Manner
from arrears.actions.laws import law_in_use, laws_to_send_by
from arrears.actions.sending import ChannelRun, Sending, send_channel
from arrears.actions.strategies import choose_strategy, choose_to_send_by
from arrears.actions.sweeping import sweep
from arrears.channels.registry import Servers
from arrears.kernel.errors import ArrearsError
from arrears.store import clock
from arrears.store.identity import is_live
from arrears.store.partitions import ensure_months

T = TypeVar("T")
ACTOR = "program:work"
logger = logging.getLogger("arrears.jobs")


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the jobs of one worker share.

    `nights` is the folder of runs in parts, `told` what is called with each send that was made.
    """

    servers: Servers
    nights: Path
    batch: int
    manner: Manner
    told: Callable[[ChannelRun], None] = lambda _run: None


class Stopped(Exception):
    """The worker is to stop: between two batches, so that nothing is half."""


def look() -> tuple[list[DueChannel], list[DueNight]]:
    """What there is to do now."""
    at = clock.now()
    return list_due_channels(at=at), list_due_nights(at=at)


def send_batch(workshop: Workshop, channel: str) -> bool:
    """One batch of one channel; whether more may be due."""
    at = clock.now()
    strategies = {lender: each.strategy for lender, each in choose_to_send_by(None, at=at).items()}
    sending = Sending(
        laws_to_send_by(at=at),
        strategies,
        workshop.servers,
        workshop.batch,
        is_until_empty=False,
        manner=workshop.manner,
    )
    run = send_channel(channel, sending, actor=ACTOR)
    workshop.told(run)
    if run.gated.due or run.states or run.away:
        _log("sent", channel=channel, due=run.gated.due, away=run.away, **run.states)
    return run.gated.due > 0 and run.away is None


def settle() -> None:
    """Leases, windows, receipts and what people wrote."""
    if swept := sweep(actor=ACTOR):
        _log("swept", **swept)


def seal(workshop: Workshop) -> None:
    """All of the audit trail that has no seal yet."""
    sealed = ENTRIES_MAX
    while sealed == ENTRIES_MAX and not workshop.manner.is_stopping():
        sealed = seal_entries(at=clock.now())
        if sealed:
            _log("sealed", entries=sealed)


def keep_house() -> None:
    """The partitions of this month and the next."""
    ensure_months(clock.now())


def run_night(workshop: Workshop, lender: int, on: date) -> None:
    """Plan the lender's day; what another worker has done of it stays done."""
    asked: dict[str, Any] = {
        "lender": lender,
        "on": on,
        "strategy": choose_strategy(None, lender=lender, on=on, is_binding=True).strategy,
        "law": law_in_use(lender, on=on),
        "actor": ACTOR,
        "at": clock.now(),
    }
    summary = _planned(workshop, asked)
    figures = {name: summary.counts[name] for name in ("loans", "due", "decisions", "contacts")}
    _log("planned", lender=lender, run=summary.run_id, is_new=summary.is_new, **figures)


def _planned(workshop: Workshop, asked: Mapping[str, Any]) -> days.DaySummary:
    def advance(*_how_far: object) -> None:
        if workshop.manner.is_stopping():
            raise Stopped

    if nights.is_better_in_parts(asked["lender"], asked["on"]):
        parts = nights.InParts(len(os.sched_getaffinity(0)), workshop.nights)
        return nights.run_night(**asked, parts=parts, progress=advance)
    return days.run_day(**asked, progress=advance)


def quietly(work: Callable[[], T], /, **ids: object) -> T | None:
    """What the job returns; None where it failed for a reason that has a code, or was to stop."""
    try:
        return work()
    except ArrearsError as error:
        logger.warning("failed", extra={"facts": {**ids, "code": error.code}})
    except Stopped:
        _log("stopped", **ids)
    return None


def standing_clock() -> datetime | None:
    """Where the clock of a simulation stands; None in a live database, where time passes."""
    return None if is_live() else clock.now()


def _log(event: str, **facts: object) -> None:
    logger.info(event, extra={"facts": facts})
