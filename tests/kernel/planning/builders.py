"""Small ladders, and the facts a ladder reads."""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import NO_DATE, UNKNOWN_MINOR, Facts, facts_of
from arrears.kernel.planning.strategy import CatchUp, Ladder, Step, Strategy, Tone, Track
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose


def a_step(number, offset_days, *, catch_up=CatchUp.IN_ORDER, channel=Channel.IN_APP, window_days=1, **more):
    return Step(
        id=f"s{number}",
        rank=number,
        offset_days=offset_days,
        channels=channel if isinstance(channel, tuple) else (channel,),
        notice=NoticeKind.PAYMENT_REMINDER,
        purpose=Purpose.COLLECT,
        window_days=window_days,
        catch_up=catch_up,
        **{"tone": Tone.PLAIN, **more},
    )


def a_strategy(*offsets, catch_up=CatchUp.IN_ORDER, channel=Channel.IN_APP, window_days=1) -> Strategy:
    """Steps s1, s2, ... of rank 1, 2, ... at these offsets."""
    policies = catch_up if isinstance(catch_up, tuple) else (catch_up,) * len(offsets)
    channels = channel if isinstance(channel, tuple) else (channel,) * len(offsets)
    steps = tuple(
        a_step(n, offset, catch_up=policies[n - 1], channel=channels[n - 1], window_days=window_days)
        for n, offset in enumerate(offsets, 1)
    )
    return a_strategy_of(*steps)


def a_strategy_of(*steps, **more) -> Strategy:
    """A strategy of one ladder."""
    return Strategy("test", "v1", (Ladder("standard", steps),), **more)


def done(step, on, *, loan=0, person=0, track=Track.ARREARS, is_superseded=False):
    """One row of `step_done` for step `s<rank>`."""
    rank = int(step.removeprefix("s"))
    told = {"loan": loan, "done_on": on, "rank": rank, "person": person, "track": int(track)}
    return {**told, "is_superseded": is_superseded}


def ladder_facts(steps, *, loans=1) -> Facts:
    """Loans 0, 1, ... with these rows of `step_done`."""
    loan = {name: np.zeros(loans, np.int64) for name in ("lender", "borrower", "debt", "debt_kind")}
    loan |= {"loan": np.arange(loans), "law_place": np.full(loans, -1), "is_closed": np.zeros(loans, bool)}
    loan |= dict.fromkeys(("contact_group", "currency", "risk", "opened_on"), np.zeros(loans, np.int64))
    tables = {"loan": loan}
    if steps:
        tables["step_done"] = {name: [row[name] for row in steps] for name in steps[0]}
    return facts_of(tables, known_at=0)


def late(days, *, start, is_late=True):
    """The columns of `reported_arrears` that the ladder reads, one row per loan."""
    days, start = np.atleast_1d(days), np.atleast_1d(start)
    return {
        "is_late": np.broadcast_to(np.asarray(is_late), len(days)),
        "episode_start_on": start.astype(np.int64),
        "delinquent_days": days.astype(np.int64),
        "past_due_days": days.astype(np.int64),
        "overdue_minor": np.full(len(days), 1000),
        "product": np.full(len(days), -1),
        "next_due_on": np.full(len(days), NO_DATE),
        "cycle_start_on": np.full(len(days), NO_DATE),
        "next_due_minor": np.full(len(days), UNKNOWN_MINOR),
    }
