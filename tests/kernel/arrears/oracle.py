"""Arrears as reported, read loan by loan and day by day in plain Python: the oracle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Report:
    as_of: int
    is_late: bool
    months: int = 0
    since: int | None = None
    overdue: int | None = None
    statement: int | None = None


@dataclass(frozen=True)
class Hold:
    """A hold that stops ageing, on this loan or its borrower; in microseconds, until None: open."""

    from_at: int
    until_at: int | None


def wall_day(at: int, zone: str) -> int:
    local = (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))
    return (local.date() - EPOCH.date()).days


def is_paused(day: int, holds: list[Hold], zone: str) -> bool:
    return any(
        wall_day(hold.from_at, zone) <= day and (hold.until_at is None or day < wall_day(hold.until_at, zone))
        for hold in holds
    )


def expected_arrears(reports: list[Report], holds: list[Hold], as_of: int, zone: str) -> dict[str, object]:
    """The answer for one loan; None where the kernel has a sentinel."""
    known = sorted((r for r in reports if r.as_of <= as_of), key=lambda r: r.as_of)
    if not known:
        return {"is_reported": False, "is_late": False, "past_due_days": 0, "delinquent_days": 0}
    newest = known[-1]
    answer: dict[str, object] = {
        "is_reported": True,
        "reported_on": newest.as_of,
        "is_late": newest.is_late,
        "months_late": newest.months,
        "past_due_days": 0,
        "delinquent_days": 0,
    }
    if not newest.is_late:
        return answer
    start = episode_start(known)
    since = start if newest.since is None else newest.since
    past_due = range(since, as_of)
    has_amount = (newest.overdue or 0) > 0 or (newest.statement or 0) > 0
    return answer | {
        "overdue_since_on": since,
        "episode_start_on": start,
        "past_due_days": len(past_due),
        "delinquent_days": sum(not is_paused(day, holds, zone) for day in past_due),
        "is_late_without_balance": not has_amount,
    }


def episode_start(known: list[Report]) -> int:
    """Walk back from the newest report while reports say late."""
    first = len(known) - 1
    while first > 0 and known[first - 1].is_late:
        first -= 1
    since = known[first].as_of if known[first].since is None else known[first].since
    if first == 0:
        return since
    return max(since, known[first - 1].as_of + 1)
