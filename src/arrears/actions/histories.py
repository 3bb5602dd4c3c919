"""What the tables say about one loan: planned, made, refused, and who reports it. Nothing is written."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection

from arrears.kernel.days import day_of, instant_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.rules import Law, Release
from arrears.kernel.law.solver import Binding
from arrears.kernel.planning.answers import Route
from arrears.kernel.planning.forecast import Line, Pending
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, RecipientKind, code_of
from arrears.strategies.reachability import RULE as REACHABILITY

_SHOWN = 20
_REFUSALS_FROM = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Made:
    """One attempt about the loan, and what became of it."""

    at: datetime
    channel: str
    direction: str
    state: str


LAPSES = ("no_agent", "window_ended", "tries_used_up")
"""Why planned contacts come to nothing without anybody's decision."""


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A contact that was planned from `at` and that nobody made in time; `because` is one of `LAPSES`."""

    at: datetime
    channel: str
    because: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A step decided against for the same rules from one day to another, as often as `times`."""

    step: str | None
    channel: str
    first_on: date
    last_on: date
    times: int
    rules: tuple[str, ...]


def list_pending(
    loans: Sequence[int], *, today: date, at: datetime, law: Law, strategy: Strategy
) -> list[Pending]:
    """Contacts about these loans that runs of today or later have planned and that may still be made.

    Contacts of steps that the strategy no longer has are left out.
    """
    rows = _rows(_PENDING, loans=list(loans), today=today, at=at)
    contacts = (list(rows) for _, rows in groupby(rows, key=lambda row: row[0]))
    found = (_pending(served, law, strategy, at) for served in contacts)
    return [one for one in found if min((one.line.step, *one.line.steps)) >= 0]


def list_made(loan: int, *, at: datetime) -> tuple[Made, ...]:
    """The newest attempts about the loan that may have left, newest first."""
    return tuple(Made(*row) for row in _rows(_MADE, loan=loan, at=at, shown=_SHOWN))


def list_lapsed(loan: int, *, at: datetime) -> tuple[Lapsed, ...]:
    """The contacts about the loan that were planned lately and not made in time, newest first."""
    rows = _rows(_LAPSED, loan=loan, at=at, since=at - _REFUSALS_FROM, lapses=list(LAPSES), shown=_SHOWN)
    return tuple(Lapsed(*row) for row in rows)


def list_refused(loan: int, *, zone: str, at: datetime) -> tuple[Refused, ...]:
    """What runs and gates decided against lately, newest first; days are those of `zone`."""
    rows = _rows(_REFUSED, loan=loan, zone=zone, at=at, since=at - _REFUSALS_FROM)
    alike = groupby(rows, key=lambda row: (*row[1:3], _lasting(row[3])))
    return tuple(_refused(key, [row[0] for row in same]) for key, same in alike)[:_SHOWN]


def list_shown_reasons(holds: Sequence[int]) -> dict[int, str]:
    """What the borrower is to read of each hold, in the words of whoever placed it."""
    return dict(_rows("SELECT id, shown_reason FROM hold WHERE id = ANY(%(holds)s)", holds=list(holds)))


def list_routes(loan: int, *, on: date) -> tuple[Route, ...]:
    """The institutions behind the loan on a day, and what each has stated about reporting."""
    return tuple(
        Route(name, is_reported, bureau) for name, is_reported, bureau in _rows(_ROUTES, loan=loan, on=on)
    )


_PENDING = """
SELECT planned.id, planned.planned_for_on, planned.person_id, planned.value_key, planned.channel,
       planned.contact_point_id, planned.not_before_at, planned.not_after_at, served.step, served.loan_id,
       decision.reasons, planned.state = 'reserved', planned.recipient_kind
  FROM planned_contact_loan AS served
  JOIN planned_contact AS planned ON planned.id = served.planned_contact_id
  LEFT JOIN decision ON decision.id = served.decision_id AND decision.decided_at = served.decided_at
 WHERE served.loan_id = ANY(%(loans)s) AND served.is_live AND planned.state IN ('planned', 'reserved')
   AND planned.planned_for_on >= %(today)s AND planned.recorded_at <= %(at)s AND planned.not_after_at > %(at)s
 ORDER BY planned.id, served.loan_id
"""

_MADE = """
SELECT attempt.at, attempt.channel, attempt.direction, attempt.state
  FROM attempt_loan JOIN attempt ON attempt.id = attempt_loan.attempt_id
 WHERE attempt_loan.loan_id = %(loan)s AND attempt.at <= %(at)s AND attempt.state <> 'not_sent'
 ORDER BY attempt.at DESC, attempt.id DESC LIMIT %(shown)s
"""

_LAPSED = """
SELECT planned.not_before_at, planned.channel, planned.end_reason
  FROM planned_contact_loan AS served
  JOIN planned_contact AS planned ON planned.id = served.planned_contact_id
 WHERE served.loan_id = %(loan)s AND planned.state = 'lapsed' AND planned.end_reason = ANY(%(lapses)s)
   AND planned.state_at <= %(at)s AND planned.state_at > %(since)s
 ORDER BY planned.not_before_at DESC, planned.id DESC LIMIT %(shown)s
"""

_REFUSED = """
SELECT (asked_at AT TIME ZONE %(zone)s)::date, step, channel, reasons
  FROM decision
 WHERE loan_id = %(loan)s AND use IN ('plan', 'gate') AND outcome = 'refused'
   AND decided_at <= %(at)s AND decided_at > %(since)s
 ORDER BY decided_at DESC, id DESC
"""

_ROUTES = """
SELECT funder.name, loan_funder.is_reported, coalesce(bureau.name, '')
  FROM loan_funder
  JOIN organisation AS funder ON funder.id = loan_funder.organisation_id
  LEFT JOIN organisation AS bureau ON bureau.id = loan_funder.reports_to_id
 WHERE loan_funder.loan_id = %(loan)s AND coalesce(loan_funder.from_on <= %(on)s, true)
   AND coalesce(loan_funder.until_on > %(on)s, true)
   AND NOT EXISTS (SELECT FROM loan_funder AS newer WHERE newer.supersedes_id = loan_funder.id)
 ORDER BY loan_funder.id
"""


def _rows(statement: str, **named: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, named)
        return list(cursor.fetchall())


def _pending(served: list[tuple[Any, ...]], law: Law, strategy: Strategy, at: datetime) -> Pending:
    _, on, person, value, channel, point, not_before, not_after, step, *_ = served[0]
    reasons, is_reserved, recipient_kind = served[0][10:]
    line = Line(
        on=day_of(on),
        step=strategy.position(step),
        loans=tuple(row[9] for row in served),
        person=person,
        recipient_kind=int(code_of(RecipientKind, recipient_kind)),
        channel=int(code_of(Channel, channel)),
        is_planned=True,
        from_at=instant_of(max(not_before, at)),
        until_at=instant_of(not_after),
        point=point,
        bindings=tuple(_bindings(law, json.loads(reasons or "[]"))),
    )
    steps = tuple(strategy.position(row[8]) for row in served)
    return Pending(replace(line, steps=steps) if set(steps) != {line.step} else line, value, is_reserved)


def _bindings(law: Law, reasons: Sequence[Mapping[str, Any]]) -> Iterator[Binding]:
    """Stored reasons as the solver gave them; those of rules the law no longer has are left out."""
    known = {rule.id for rule in law.rules}
    for reason in reasons:
        if reason["rule"] in known:
            release = reason["release"]
            yield Binding(
                rule=law.rule(reason["rule"]),
                from_at=_instant(reason["from"]),
                is_now=reason["now"],
                release=Release(release["kind"], release["fact"], _instant(release["at"])),
            )


def _instant(text: str | None) -> int:
    return NEVER if text is None else instant_of(datetime.fromisoformat(text))


def _lasting(reasons: str) -> tuple[str, ...]:
    """The rules that no time releases, and what does not reach; all of them where there is no such rule.

    An address is tried again after months, on a day for which other rules wait for facts: they are not
    why it is left out.
    """
    told = json.loads(reasons)
    if any(each["rule"] == REACHABILITY for each in told):
        told = [each for each in told if each["now"]]
    lasting = tuple(
        each["rule"] for each in told if each["release"]["kind"] != "time" or each["rule"] == REACHABILITY
    )
    return lasting or tuple(each["rule"] for each in told)


def _refused(key: tuple[Any, ...], days: list[date]) -> Refused:
    step, channel, rules = key
    return Refused(step, channel, first_on=days[-1], last_on=days[0], times=len(days), rules=rules)
