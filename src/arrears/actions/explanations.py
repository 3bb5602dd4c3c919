"""Explaining one loan: the four answers, what was done, and what the coming days hold.

Nothing is written. The answers come from the functions of the nightly run over the facts of
one borrower, so what is foretold here is what will be decided.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
from django.db import connection

from arrears.actions.days import list_busy
from arrears.actions.duties import with_duties
from arrears.actions.duties_ahead import DutiesAhead, ForetoldDuty
from arrears.actions.gating.capping import cap_on
from arrears.actions.histories import (
    Lapsed,
    Made,
    Refused,
    list_lapsed,
    list_made,
    list_pending,
    list_refused,
    list_routes,
    list_shown_reasons,
)
from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import date_of, datetime_of, day_of, instant_of
from arrears.kernel.errors import BadInput, NotFound, NotPossible
from arrears.kernel.facts import NO_DATE, Codes, Facts
from arrears.kernel.law.rules import Law
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.planning.answers import Answer, Standpoint, four_answers
from arrears.kernel.planning.circumstances import StandingHold, standing_holds
from arrears.kernel.planning.forecast import FORECAST_DAYS, DutiesOn, Forecast, Line, Pending, forecast
from arrears.kernel.planning.standing_plans import asked_again
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.planning.supposing import Coming, with_coming
from arrears.kernel.tables.demands import Beyond
from arrears.store.facts import load_facts
from arrears.strategies.reachability import with_reachability

FARTHEST_DAYS = 1_100
"""About three years: further away than anything here is kept or foretold."""


@dataclass(frozen=True, slots=True)
class Subject:
    """The loan that is asked about, its lender and its borrower."""

    loan: int
    loan_ref: str
    currency: str
    lender: int
    lender_name: str
    lender_zone: str
    lender_country: str
    language: str
    borrower: int


@dataclass(frozen=True, slots=True)
class ShownHold:
    """A hold on the loan or its borrower, and the words in which the borrower is told of it."""

    hold: StandingHold
    shown_reason: str


@dataclass(frozen=True)
class Explanation:
    """Everything that can be told about one loan on day `on`, asked at instant `at`.

    `arrears` is the loan's row of `arrears_of`. `zone` is where the borrower is, or the
    lender's when he may be in several zones. `duties` are what is still to be told or answered. `beyond`
    is what the caps of the law leave out of the demand; None where they leave out nothing.
    """

    subject: Subject
    on: date
    at: datetime
    arrears: dict[str, int]
    answers: tuple[Answer, ...]
    holds: tuple[ShownHold, ...]
    forecast: Forecast
    made: tuple[Made, ...]
    lapsed: tuple[Lapsed, ...]
    refused: tuple[Refused, ...]
    strategy: Strategy
    law: Law
    zone: ZoneSegments
    duties: tuple[ForetoldDuty, ...]
    beyond: Beyond | None = None


def explain(
    *,
    loan_ref: str,
    strategy: Strategy,
    law: Law,
    at: datetime,
    on: date | None = None,
    lender: int | None = None,
) -> Explanation:
    """The loan with this number as it stands on day `on` (today by default), asked at `at`.

    A day to come is seen from today, with the days between foretold; a day gone by is seen from
    its first instant, knowing what was known then. Raises NotFound with the nearest numbers for
    a loan that does not exist, NotPossible for one without a borrower on file, BadInput for a day
    further from today than `FARTHEST_DAYS`, NotFound for one before anything was known of the loan.
    """
    law = with_reachability(law, strategy)
    subject, strategy = get_subject(loan_ref, lender=lender), with_duties(strategy)
    wall = law.zones[subject.lender_zone]
    today = date_of(wall.day(np.array([instant_of(at)]))[0])
    day = today if on is None else on
    if abs(day - today).days > FARTHEST_DAYS:
        raise BadInput(
            "explain.too_far",
            f"{day} is more than {FARTHEST_DAYS} days from today, {today}.",
            hint="Give --on a day nearer to today.",
        )
    if day < today:
        at = datetime_of(wall.first_instant(np.array([day_of(day)]))[0])
    facts = load_facts(lender_id=subject.lender, persons=[subject.borrower], known_at=at)
    if subject.loan not in facts["loan"]["loan"]:
        raise NotFound(
            "explain.not_known_then",
            f"Nothing was known about loan {loan_ref} on {day}.",
            hint="Give --on a later day.",
        )
    until_on = day_of(day) + FORECAST_DAYS
    start = starting_from(subject, facts, law, strategy, today=min(day, today), at=at)
    ahead = duties_ahead_of(subject, facts, law, strategy, at=at)
    whole = forecast_from(start, facts, law, strategy, until_on=until_on, duties=ahead.found_on)
    foretold = whole.since(day_of(day))
    seen = Standpoint(
        facts,
        law,
        strategy,
        foretold,
        subject.loan,
        day_of(day),
        instant_of(at),
        is_told_before=whole.told_about(subject.loan) and not foretold.told_about(subject.loan),
    )
    arrears = seen.arrears()
    return Explanation(
        subject=subject,
        on=day,
        at=at,
        arrears=arrears,
        answers=four_answers(seen, list_routes(subject.loan, on=day)),
        holds=_shown_holds(facts, subject.loan, instant_of(at)),
        forecast=foretold,
        made=list_made(subject.loan, at=at),
        lapsed=list_lapsed(subject.loan, at=at),
        refused=list_refused(subject.loan, zone=subject.lender_zone, at=at),
        strategy=strategy,
        law=law,
        zone=zone_of(subject, facts, law),
        duties=ahead.foretold(whole),
        beyond=cap_on(facts, arrears, law, subject.loan, on=day_of(day), at=at),
    )


def get_subject(loan_ref: str, *, lender: int | None = None) -> Subject:
    """The loan with this number of the lender's. Raises as `explain` does."""
    with connection.cursor() as cursor:
        cursor.execute(_SUBJECT, {"lender": lender, "ref": loan_ref})
        found = cursor.fetchall()
    if not found:
        raise _unknown(loan_ref, lender)
    if len(found) > 1:
        raise NotPossible(
            "explain.several_lenders",
            f"{len(found)} lenders have a loan with the number {loan_ref}.",
            hint="Say which one with --lender: " + ", ".join(row[3] for row in found) + ".",
        )
    loan, currency, owner, name, zone, country, language, borrower = found[0]
    if borrower is None:
        raise NotPossible(
            "explain.no_borrower",
            f"Loan {loan_ref} has no borrower on file.",
            hint="Import the parties of the loan first.",
        )
    return Subject(loan, loan_ref, currency, owner, name, zone, country, language, borrower)


def _shown_holds(facts: Facts, loan: int, at: int) -> tuple[ShownHold, ...]:
    found = standing_holds(facts, loan, at)
    shown = list_shown_reasons([each.hold for each in found])
    return tuple(ShownHold(each, shown[each.hold]) for each in found)


def duties_ahead_of(
    subject: Subject, facts: Facts, law: Law, strategy: Strategy, *, at: datetime
) -> DutiesAhead:
    """What is to be told or answered about the loan, to be asked by one forecast."""
    who = {"loan": subject.loan, "lender": subject.lender, "borrower": subject.borrower}
    return DutiesAhead(facts, law, strategy, **who, at=at)


@dataclass(frozen=True, slots=True)
class Start:
    """Where a forecast begins: after the runs that are over, with the contacts they planned.

    `today` is the day of asking and `on` the first day whose run is still to come. The `pending`
    contacts are asked about once more; nothing is planned for loans that are `busy`.
    """

    today: int
    on: int
    at: int
    pending: tuple[Pending, ...]
    busy: Codes


def starting_from(
    subject: Subject, facts: Facts, law: Law, strategy: Strategy, *, today: date, at: datetime
) -> Start:
    """What the database says about the runs of the lender and the contacts of these loans."""
    loans = facts["loan"]["loan"]
    pending = list_pending(loans.tolist(), today=today, at=at, law=law, strategy=strategy)
    told = [loan for one in pending for loan in one.line.loans]
    return Start(
        today=day_of(today),
        on=max(day_of(today), _last_run_on(subject.lender, at) + 1),
        at=instant_of(at),
        pending=tuple(pending),
        busy=np.setdiff1d(list_busy(subject.lender, loans), told),
    )


def forecast_from(
    start: Start,
    facts: Facts,
    law: Law,
    strategy: Strategy,
    *,
    until_on: int,
    coming: Sequence[Coming] = (),
    duties: DutiesOn | None = None,
) -> Forecast:
    """The days until before `until_on`; contacts planned already are asked about once more."""
    standing, refused = _asked_again(start, facts, law, strategy, coming)
    foretold = forecast(
        facts,
        law,
        strategy,
        on=start.on,
        at=start.at,
        pending=standing,
        busy=start.busy,
        days=until_on - start.on,
        coming=coming,
        duties=duties,
    )
    return replace(foretold, lines=(*refused, *foretold.lines)) if refused else foretold


def _asked_again(
    start: Start, facts: Facts, law: Law, strategy: Strategy, coming: Sequence[Coming]
) -> tuple[list[Pending], list[Line]]:
    """(contacts that still stand, lines of those refused), each with what will be known on its day."""
    zone = law.zones[facts.zones[facts["lender"]["zone"][0]]]
    standing: list[Pending] = []
    refused: list[Line] = []
    for one in start.pending:
        day = int(zone.day(np.array([one.line.from_at]))[0])
        known = [each for each in coming if each.on <= day]
        seen, on = (with_coming(facts, known), day) if known else (facts, start.today)
        stands, falls = asked_again(seen, law, strategy, arrears_of(seen, on, law.zones), [one])
        standing += stands
        refused += falls
    return standing, refused


def _last_run_on(lender: int, at: datetime) -> int:
    """The last day whose run is finished; before every calendar when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(business_on) FROM run WHERE lender_id = %s AND finished_at <= %s", [lender, at]
        )
        last = cursor.fetchone()[0]
    return NO_DATE if last is None else day_of(last)


def zone_of(subject: Subject, facts: Facts, law: Law) -> ZoneSegments:
    """Where the borrower is, or the lender when he may be in several zones."""
    persons = facts["person"]
    row = int(persons["person"].searchsorted(subject.borrower))
    plausible = facts.zone_sets[persons["zones"][row]]
    return law.zones[facts.zones[plausible[0]] if len(plausible) == 1 else subject.lender_zone]


def _unknown(loan_ref: str, lender: int | None) -> NotFound:
    """The error that there is no such loan, with the numbers that stand next to it; to be raised."""
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, {"lender": lender, "ref": loan_ref})
        near = [row[0] for row in cursor.fetchall()]
    hint = f"The numbers next to it: {', '.join(near)}." if near else "No loan has been imported yet."
    return NotFound("explain.unknown_loan", f"There is no loan with the number {loan_ref}.", hint=hint)


_SUBJECT = """
SELECT loan.id, loan.currency, lender.id, lender.name, lender.zone, coalesce(lender.country, ''),
       coalesce(lender.language, 'en'),
       (SELECT person_id FROM loan_party WHERE loan_id = loan.id AND role = 'borrower'
         ORDER BY until_on DESC NULLS FIRST, from_on DESC NULLS LAST, person_id LIMIT 1)
  FROM organisation AS lender JOIN loan ON loan.lender_id = lender.id
 WHERE lender.kind = 'lender' AND (%(lender)s::bigint IS NULL OR lender.id = %(lender)s)
   AND loan.source_ref = %(ref)s
 ORDER BY lender.id
"""

_NEAREST = """
(SELECT source_ref FROM loan WHERE (%(lender)s::bigint IS NULL OR lender_id = %(lender)s)
    AND source_ref >= %(ref)s ORDER BY source_ref LIMIT 2)
UNION
(SELECT source_ref FROM loan WHERE (%(lender)s::bigint IS NULL OR lender_id = %(lender)s)
    AND source_ref < %(ref)s ORDER BY source_ref DESC LIMIT 2)
ORDER BY source_ref
"""
