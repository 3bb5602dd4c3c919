"""Forecasts made on one morning of the demo, held against what was decided and done on the days after it.

A forecast says what happens while nothing new does. So of each one is asked, first, whether
something new happened to its borrower, and if nothing did, whether every line came true: the
same steps on the same days through the same channels, and the same refusals, and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from arrears.actions.forecasts import Foretold, foretell
from arrears.actions.telling import tell_line
from arrears.kernel.days import date_of
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, name_of
from arrears.locale.answers import Speech

REFUSED = "refused"


@dataclass(frozen=True, slots=True, order=True)
class Event:
    """A step of one loan on one day: the channel it went through, or `REFUSED`."""

    on: date
    step: str
    through: str


@dataclass(frozen=True)
class Held:
    """One forecast beside the days it foretold.

    `news` are the kinds of facts that came after it; a forecast is to come true where there are none.
    """

    foretold: Foretold
    expected: tuple[Event, ...]
    happened: tuple[Event, ...]
    news: frozenset[str]

    @property
    def came_true(self) -> bool:
        return self.expected == self.happened


def foretell_some(
    count: int, *, lender: int, strategy: Strategy, law: Law, at: datetime, days: int
) -> list[Foretold]:
    """Forecasts for up to `count` loans reported late, spread over the lender's numbers."""
    return [
        foretell(loan_ref=ref, strategy=strategy, law=law, at=at, days=days, lender=lender)
        for (ref,) in _rows(_LATE, lender=lender, count=count)
    ]


def hold_against(foretold: Sequence[Foretold], *, through_on: date) -> list[Held]:
    """Each forecast beside what is on record up to the end of `through_on`."""
    return [
        Held(
            foretold=each,
            expected=_expected(each, through_on),
            happened=_happened(each, through_on),
            news=frozenset(kind for (kind,) in _rows(_NEWS, person=each.subject.borrower, at=each.at)),
        )
        for each in foretold
    ]


def most_telling(held: Iterable[Held]) -> Held | None:
    """Of the forecasts that met nothing new the one with the most lines; None where there is none."""
    quiet = [each for each in held if not each.news and each.expected]
    return max(quiet, key=lambda each: (len(each.expected), each.foretold.subject.loan_ref), default=None)


def said_of(held: Held, language: str) -> dict[Event, str]:
    """The words of the forecast for each of its events."""
    foretold, loan = held.foretold, held.foretold.subject.loan
    speech = Speech(language, foretold.strategy, foretold.zone, foretold.subject.lender_country)
    return {
        _event(foretold, line): tell_line(line, foretold.strategy, speech)["said"]
        for line in reversed(foretold.nothing_changes.lines)
        if loan in line.loans
    }


def _expected(foretold: Foretold, through_on: date) -> tuple[Event, ...]:
    loan = foretold.subject.loan
    lines = (line for line in foretold.nothing_changes.lines if loan in line.loans)
    events = sorted(_event(foretold, line) for line in lines)
    return tuple(_told_once(event for event in events if event.on <= through_on))


def _event(foretold: Foretold, line: Any) -> Event:
    step = foretold.strategy.steps[line.step_for(foretold.subject.loan)].id
    through = name_of(Channel(line.channel)) if line.is_planned else REFUSED
    return Event(date_of(line.on), step, through)


def _happened(foretold: Foretold, through_on: date) -> tuple[Event, ...]:
    named = {"loan": foretold.subject.loan, "on": foretold.on, "through_on": through_on}
    return tuple(_told_once(sorted(Event(*row) for row in _rows(_EVENTS, **named))))


def _told_once(events: Iterable[Event]) -> Iterator[Event]:
    """Leave out a refusal that follows a refusal of the same step."""
    last: dict[str, str] = {}
    for event in events:
        if not event.through == last.get(event.step) == REFUSED:
            yield event
        last[event.step] = event.through


_LATE = """
WITH newest AS (
    SELECT DISTINCT ON (loan_id) loan_id, status
      FROM reported_arrears ORDER BY loan_id, as_of_on DESC, id DESC
)
SELECT source_ref FROM loan JOIN newest ON newest.loan_id = loan.id
 WHERE loan.lender_id = %(lender)s AND newest.status = 'late'
 ORDER BY md5(source_ref), source_ref LIMIT %(count)s
"""

_EVENTS = """
SELECT planned.planned_for_on, served.step, attempt.channel
  FROM attempt
  JOIN attempt_loan AS about ON about.attempt_id = attempt.id
  JOIN planned_contact AS planned ON planned.id = attempt.planned_contact_id
  JOIN planned_contact_loan AS served
    ON served.planned_contact_id = planned.id AND served.loan_id = about.loan_id
 WHERE about.loan_id = %(loan)s AND attempt.state <> 'not_sent'
   AND planned.planned_for_on BETWEEN %(on)s AND %(through_on)s
UNION ALL
SELECT run.business_on, decision.step, 'refused'
  FROM decision JOIN run ON run.id = decision.run_id
 WHERE decision.loan_id = %(loan)s AND decision.use = 'plan'
   AND run.business_on BETWEEN %(on)s AND %(through_on)s
 GROUP BY run.business_on, decision.step HAVING bool_and(decision.outcome = 'refused')
"""

# What came after the forecast about the borrower or any of his loans.
_NEWS = """
WITH mine AS (
    SELECT loan_id FROM loan_party WHERE person_id = %(person)s
), here AS (
    SELECT id, value_key FROM contact_point WHERE person_id = %(person)s
)
SELECT 'payment' FROM payment WHERE loan_id IN (SELECT loan_id FROM mine) AND recorded_at > %(at)s
UNION SELECT 'report' FROM reported_arrears
 WHERE loan_id IN (SELECT loan_id FROM mine) AND recorded_at > %(at)s
UNION SELECT 'hold' FROM hold
 WHERE (person_id = %(person)s OR loan_id IN (SELECT loan_id FROM mine)) AND recorded_at > %(at)s
UNION SELECT 'opt-out' FROM preference
 WHERE (person_id = %(person)s OR value_key IN (SELECT value_key FROM here)) AND recorded_at > %(at)s
UNION SELECT 'address' FROM attempt
 WHERE value_key IN (SELECT value_key FROM here) AND attempt.at > %(at)s
   AND state IN ('refused_by_provider', 'returned', 'undelivered', 'complained')
"""


def _rows(query: str, **named: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, named)
        return list(cursor.fetchall())
