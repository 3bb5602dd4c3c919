"""One part of a night: facts in, a plan and its figures out, which nothing but the arguments decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import day_of
from arrears.kernel.facts import Codes, Facts
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.capacity import calls_of, surplus_of
from arrears.kernel.planning.duties import Duties
from arrears.kernel.planning.plan import DayPlan, plan_day
from arrears.kernel.planning.strategy import Strategy


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with the figures of the portfolio it was made for, by name.

    loans, late, in_episode, late_without_balance
    """

    plan: DayPlan
    counts: dict[str, int]


def plan_facts(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    *,
    on: date,
    at: int,
    busy: Codes,
    duties: Duties | None = None,
) -> Planned:
    """The plan of business day `on`: asked of the law at `at`, or when the lender's day begins if later.

    `busy` are loans with a contact under way, ascending; others than those of the facts do not matter,
    and neither do `duties` about others.
    """
    day, lender = day_of(on), facts["lender"]
    begins_at = law.zones[facts.zones[lender["zone"][0]]].first_instant(np.array([day]))[0]
    arrears = arrears_of(facts, day, law.zones)
    at = max(int(begins_at), at)
    plan = plan_day(facts, law, strategy, arrears, on=day, at=at, busy=busy, duties=duties)
    is_closed = facts["loan"]["is_closed"]
    counts = {
        "loans": len(facts["loan"]["loan"]),
        "late": int(arrears["is_late"].sum()),
        "in_episode": int((arrears["is_late"] & ~is_closed).sum()),
        "late_without_balance": int(arrears["is_late_without_balance"].sum()),
    }
    return Planned(plan, counts)


def figures_of(plan: DayPlan, strategy: Strategy, rows: Rows) -> dict[str, Any]:
    """What was decided about these candidates, their contacts among them, by name.

    due, decisions, contacts, loans_told; `planned` by channel and step, `refused` by rule, and
    `ladders`: due and loans_told of each ladder that somebody climbs
    """
    led = np.flatnonzero(np.isin(plan.contacts.lead, rows))
    planned: dict[str, dict[str, int]] = {}
    channel = plan.proposals.candidates["channel"][plan.contacts.lead[led]]
    pairs, counts = np.unique([channel, plan.contacts.step[led]], axis=1, return_counts=True)
    for code, position, count in zip(*pairs.tolist(), counts.tolist(), strict=True):
        planned.setdefault(v.name_of(v.Channel(code)), {})[strategy.steps[position].id] = count
    return {
        "due": len(np.unique(plan.proposals.due[rows])),
        "decisions": len(rows),
        "contacts": len(led),
        "loans_told": int((plan.choice.contact[rows] >= 0).sum()),
        "planned": planned,
        "refused": plan.refused_by(rows),
        "ladders": _by_ladder(plan, strategy, rows),
    }


def _by_ladder(plan: DayPlan, strategy: Strategy, rows: Rows) -> dict[str, dict[str, int]]:
    ladder_of_lane = np.array([lane.ladder for lane in strategy.lanes], np.int64)
    due = plan.proposals.due[rows]
    told = due[plan.choice.contact[rows] >= 0]
    found = {}
    for name, of in (("due", np.unique(due)), ("loans_told", told)):
        counts = np.bincount(ladder_of_lane[plan.due.lane[of]], minlength=len(strategy.ladders))
        found[name] = counts.tolist()
    return {
        ladder.name: {name: counts[number] for name, counts in found.items()}
        for number, ladder in enumerate(strategy.ladders)
        if found["due"][number]
    }


def surplus_calls(
    strategy: Strategy, parts: Iterable[int], read: Callable[[int], DayPlan]
) -> dict[int, Rows]:
    """By part, the contacts that are calls beyond `strategy.calls_per_day`, over all parts together.

    `read` gives the plan of a part; one at a time is kept in memory.
    """
    if strategy.calls_per_day is None:
        return {}
    owner, calls, keys = [], [np.empty(0, np.int64)], [np.empty((3, 0), np.int64)]
    for part in parts:
        plan = read(part)
        mine, key = calls_of(strategy, plan.due, plan.proposals, plan.contacts)
        owner += [part] * len(mine)
        calls.append(mine)
        keys.append(key)
    surplus = surplus_of(np.concatenate(keys, axis=1), strategy.calls_per_day)
    of_part, contact = np.array(owner, np.int64)[surplus], np.concatenate(calls)[surplus]
    return {part: contact[of_part == part] for part in np.unique(of_part).tolist()}


def merged(counts: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Figures added up, name by name and level by level."""
    total = dict(counts)
    for name, value in more.items():
        if isinstance(value, Mapping):
            total[name] = merged(total.get(name, {}), value)
        else:
            total[name] = total.get(name, 0) + value
    return total
