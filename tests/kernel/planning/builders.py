"""Small ladders, and the facts a ladder reads."""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import Facts, facts_of
from arrears.kernel.planning.ladder import CatchUp, Step, Strategy, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose


def a_step(number, offset_days, *, catch_up=CatchUp.IN_ORDER, channel=Channel.IN_APP, window_days=1):
    return Step(
        id=f"s{number}",
        rank=number,
        offset_days=offset_days,
        channel=channel,
        notice=NoticeKind.PAYMENT_REMINDER,
        purpose=Purpose.COLLECT,
        window_days=window_days,
        catch_up=catch_up,
        tone=Tone.PLAIN,
    )


def a_strategy(*offsets, catch_up=CatchUp.IN_ORDER, channel=Channel.IN_APP, window_days=1) -> Strategy:
    """Steps s1, s2, ... of rank 1, 2, ... at these offsets."""
    policies = catch_up if isinstance(catch_up, tuple) else (catch_up,) * len(offsets)
    channels = channel if isinstance(channel, tuple) else (channel,) * len(offsets)
    steps = tuple(
        a_step(n, offset, catch_up=policies[n - 1], channel=channels[n - 1], window_days=window_days)
        for n, offset in enumerate(offsets, 1)
    )
    return Strategy("test", "v1", steps)


def done(step, on, *, loan=0, is_superseded=False):
    """One row of `step_done` for step `s<rank>`."""
    rank = int(step.removeprefix("s"))
    return {"loan": loan, "done_on": on, "rank": rank, "step": rank, "is_superseded": is_superseded}


def ladder_facts(steps, *, loans=1) -> Facts:
    """Loans 0, 1, ... with these rows of `step_done`."""
    loan = {name: np.zeros(loans, np.int64) for name in ("lender", "borrower", "debt", "debt_kind")}
    loan |= {"loan": np.arange(loans), "law_place": np.full(loans, -1), "is_closed": np.zeros(loans, bool)}
    loan["contact_group"] = np.zeros(loans, np.int64)
    tables = {"loan": loan}
    if steps:
        tables["step_done"] = {name: [row[name] for row in steps] for name in steps[0]}
    return facts_of(tables, known_at=0)


def late(days, *, start, is_late=True):
    """The columns of `reported_arrears` that the ladder reads, one row per loan."""
    days, start = np.atleast_1d(days), np.atleast_1d(start)
    return {
        "is_late": np.full(len(days), is_late),
        "episode_start_on": start.astype(np.int64),
        "delinquent_days": days.astype(np.int64),
    }
