"""One candidate and a million through all shipped rules, by the same function.

The floor reads the same columns and writes the same outputs without asking any rule.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from arrears.cli.output import print_report
from arrears.kernel import vocabulary as v
from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, Facts, Instants, facts_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution, solve
from arrears.rulepacks import load_law

ROWS = 1_000_000
AT = 1_784_000_000_000_000  # 2026-07-14 03:33:20 UTC
TODAY = AT // DAY
ZONES = ("Asia/Shanghai", "Asia/Taipei", "America/New_York", "America/Denver", "Pacific/Honolulu")
ZONE_SETS = ((), (0,), (1,), (2,), (2, 3), (2, 4))
PLACES = ("CN", "TW", "US-NY", "US-CO", "US-HI")
PLACE_SETS = ((), (0,), (1,), (2,), (2, 3), (2, 4))

Rng = np.random.Generator


def main() -> None:
    law = load_law()
    title = f"The law: {len(law.rules)} rules and {len(law.exceptions)} exceptions; processor time"
    print_report("table", title, [*_few(law), *_many(law)])


def _few(law: Law) -> list[dict[str, Any]]:
    """One row, and the five hundred of a gate's batch."""
    return [
        _row(f"solve, {count} at a time", count, _repeated(partial(_solve, law, *a_portfolio(count)), runs))
        for count, runs in ((1, 2_000), (500, 300))
    ]


def _many(law: Law) -> list[dict[str, Any]]:
    portfolio = a_portfolio(ROWS)
    solution = _solve(law, *portfolio)
    solved = _repeated(partial(_solve, law, *portfolio), 5)
    floor = _repeated(partial(_floor, solution, *portfolio), 5)
    ratio = np.median(solved) / np.median(floor)
    return [
        _row("floor: read the columns, write the outputs", ROWS, floor),
        {**_row("solve, a million at a time", ROWS, solved), "over_floor": f"{ratio:.1f}"},
    ]


def _solve(law: Law, facts: Facts, candidates: Candidates, at: Instants) -> Solution:
    """Solve with nothing remembered about the facts."""
    return solve(replace(facts, _cache={}), law, candidates, at)


def _floor(solution: Solution, _: Facts, candidates: Candidates, at: Instants) -> list[Any]:
    read = [column.sum() for column in (*candidates.values(), at)]
    answers = ("from_at", "until_at", "hard_from_at", "hard_until_at")
    bound = ("bound_row", "bound_rule", "bound_from_at", "bound_now")
    return [*read, *(getattr(solution, name).copy() for name in (*answers, *bound))]


def _repeated(work: Callable[[], object], runs: int) -> list[float]:
    """Processor seconds of each run, which other work on the machine disturbs least.

    The first run does not count: it reads time zones and lays out hours, once per process.
    """
    work()
    seconds = []
    for _ in range(runs):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return seconds


def _row(what: str, count: int, seconds: list[float]) -> dict[str, Any]:
    p50, p99 = np.percentile(seconds, [50, 99])
    return {
        "what": what,
        "runs": len(seconds),
        "p50_ms": f"{p50 * 1e3:,.3f}",
        "p99_ms": f"{p99 * 1e3:,.3f}",
        "microseconds_a_row": f"{p50 / count * 1e6:,.3f}",
        "over_floor": "",
    }


def a_portfolio(count: int) -> tuple[Facts, Candidates, Instants]:
    """Facts about `count` loans of as many persons in three countries, one candidate a loan."""
    rng = np.random.default_rng(7)
    ids = np.arange(count)
    where = rng.integers(1, len(ZONE_SETS), count)
    facts = facts_of(
        {
            "person": {
                "person": ids,
                "zones": where,
                "places": where,
                "is_place_known": rng.random(count) < 0.99,
            },
            "lender": _lenders(),
            "loan": {
                "loan": ids,
                "lender": rng.integers(0, 2, count),
                "borrower": ids,
                "debt": ids,
                "debt_kind": np.full(count, int(v.DebtKind.CONSUMER_LOAN)),
                "law_place": np.minimum(where, 3) - 1,
                "contact_group": ids,
                "is_closed": np.zeros(count, np.bool_),
                "currency": np.zeros(count, np.int64),
                "risk": np.full(count, -1),
                "opened_on": np.full(count, NO_DATE),
            },
            "point": {
                "point": ids,
                "person": ids,
                "kind": np.full(count, int(v.PointKind.MOBILE)),
                "value": ids,
                "source": np.zeros(count, np.int64),
                "dead_from_at": np.where(rng.random(count) < 0.03, AT - DAY, NEVER),
            },
            **_history(rng, count),
            **_statements(rng, count),
        },
        known_at=AT,
        zones=ZONES,
        places=PLACES,
        zone_sets=ZONE_SETS,
        place_sets=PLACE_SETS,
    )
    candidates = candidates_of(
        facts,
        loan=ids,
        person=ids,
        recipient_kind=np.where(rng.random(count) < 0.02, v.RecipientKind.FAMILY, v.RecipientKind.BORROWER),
        point=ids,
        channel=rng.choice([v.Channel.SMS, v.Channel.EMAIL, v.Channel.CALL], count).astype(np.int64),
        notice=np.full(count, int(v.NoticeKind.OVERDUE_NOTICE)),
        purpose=np.zeros(count, np.int64),
        is_amount_known=(rng.random(count) < 0.98).astype(np.int64),
        reported_on=np.full(count, TODAY - 1),
    )
    return facts, candidates, AT + rng.integers(0, DAY, count)


def _lenders() -> dict[str, list[int]]:
    return {
        "lender": [0, 1],
        "payments_complete_through_on": [TODAY - 1, TODAY],
        "contacts_known_from_on": [TODAY - 365, TODAY - 365],
        "zone": [0, 2],
        "actor_kind": [int(v.ActorKind.ORIGINAL_CREDITOR), int(v.ActorKind.AGENCY)],
        "licence": [0, 3],
    }


def _history(rng: Rng, count: int) -> dict[str, dict[str, Any]]:
    """As many contacts as loans in the last fortnight, a tenth of them from the customer."""
    ids, person = np.arange(count), rng.integers(0, count, count)
    return {
        "contact": {
            "contact": ids,
            "at": AT - rng.integers(0, 14 * DAY, count),
            "person": person,
            "value": person,
            "channel": rng.choice([int(v.Channel.SMS), int(v.Channel.CALL)], count),
            "direction": (rng.random(count) < 0.1).astype(np.int64),
            "network_result": rng.integers(0, 5, count),
            "is_conversation": rng.random(count) < 0.3,
            "voice": np.full(count, NO_ID),
        },
        "contact_loan": {"contact": ids, "loan": person, "is_discussed": rng.random(count) < 0.3},
    }


def _statements(rng: Rng, count: int) -> dict[str, dict[str, Any]]:
    """Two in a hundred have opted out, one is on hold, one paid, half a one agreed on hours."""

    def some(share: float) -> np.ndarray[Any, Any]:
        return np.sort(rng.choice(count, max(int(count * share), 1), replace=False))

    out, held, paid, agreed = some(0.02), some(0.01), some(0.01), some(0.005)
    return {
        "opt_out": {
            "person": out,
            "value": np.full(len(out), -1),
            "channel": np.full(len(out), int(v.Channel.SMS)),
            **_since(len(out)),
        },
        "hold": {
            "hold": np.arange(len(held)),
            "loan": held,
            "person": np.full(len(held), -1),
            "reason": np.zeros(len(held), np.int64),
            "stops": np.full(len(held), 3),
            **_since(len(held)),
        },
        "payment": {
            "loan": paid,
            "value_on": np.full(len(paid), TODAY),
            "ordinal": np.arange(len(paid)),
            "payment": np.arange(len(paid)),
            "surplus": np.full(len(paid), v.ANY),
            "amount_minor": np.ones(len(paid), np.int64),
            "recorded_at": np.full(len(paid), AT),
        },
        "agreement": {
            "person": agreed,
            "given_to": np.zeros(len(agreed), np.int64),
            "complied": np.full(len(agreed), NO_ID),
            "channel": np.full(len(agreed), v.ANY),
            "weekdays": np.full(len(agreed), 127),
            "start_local": np.full(len(agreed), 20 * HOUR),
            "end_local": np.full(len(agreed), 23 * HOUR),
            **_since(len(agreed)),
        },
    }


def _since(count: int) -> dict[str, Any]:
    return {"from_at": np.full(count, ALWAYS), "until_at": np.full(count, AT + 30 * DAY)}
