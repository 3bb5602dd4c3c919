"""What a lender still has to tell or to answer, and by when. Nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from arrears.actions.days import today_at
from arrears.actions.laws import law_in_use
from arrears.kernel.days import date_of, instant_of
from arrears.kernel.facts import NEVER, NO_ID
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.obligations.alarms import Alarm, alarms_of
from arrears.kernel.obligations.rules import Obligation, Trigger
from arrears.kernel.obligations.standing import Standing, obligations_of
from arrears.rulepacks import ZONES
from arrears.rulepacks.obligations import CALENDARS, load_obligations
from arrears.store.obligations import load_triggers


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """One thing to be told or answered.

    last_on, days_left  None where the law names no day; `days_left` is negative when it is over
    loan_ref            None for what is about no one loan
    request             our number of the request it answers, else None
    """

    rule: Obligation
    standing: Standing
    trigger: Trigger
    arose_on: date
    last_on: date | None
    days_left: int | None
    alarm: Alarm
    loan_ref: str | None
    request: int | None


def list_open(*, lender_id: int, at: datetime, known_at: datetime) -> list[OpenObligation]:
    """What is open at `at` as it was known at `known_at`: overdue first, then by the least time left.

    Under the jurisdictions in use on the lender's business day of `at`.
    """
    rules = load_obligations(law_in_use(lender_id, on=today_at(lender_id, at)).adopted)
    stored = load_triggers(lender_id=lender_id, known_at=known_at, actor_kinds=_actors_of(rules))
    told, instant = stored.told, instant_of(at)
    found = obligations_of(told, rules, at=instant, zones=ZONES, calendars=CALENDARS)
    alarm = alarms_of(found.arose_at, found.not_after_at).at(instant)
    zone = ZONES[told.zones[0]]
    rows = np.flatnonzero(found.is_open)
    listed = []
    for row in rows[np.argsort(found.not_after_at[rows], kind="stable")]:
        trigger = found.trigger[row]
        last_on = _day(int(found.not_after_at[row]), zone)
        listed.append(
            OpenObligation(
                rule=rules[found.rule[row]],
                standing=Standing(int(found.standing[row])),
                trigger=Trigger(int(told.triggers["kind"][trigger])),
                arose_on=date_of(int(zone.day(found.arose_at[row : row + 1])[0])),
                last_on=last_on,
                days_left=None if last_on is None else (last_on - _today(instant, zone)).days,
                alarm=Alarm(int(alarm[row])),
                loan_ref=stored.loan_refs[trigger] or None,
                request=_number(int(stored.request_ids[trigger])),
            )
        )
    return listed


def _actors_of(rules: Sequence[Obligation]) -> set[str]:
    """Whose first contact gives rise to something."""
    first = [rule for rule in rules if Trigger.FIRST_COMMUNICATION in rule.triggers]
    return {kind for rule in first for kind in rule.match["actor_kind"]}


def _day(instant: int, zone: ZoneSegments) -> date | None:
    return None if instant == NEVER else _today(instant, zone)


def _today(instant: int, zone: ZoneSegments) -> date:
    return date_of(int(zone.day(np.array([instant]))[0]))


def _number(request: int) -> int | None:
    return None if request == NO_ID else request
