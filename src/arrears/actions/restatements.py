"""Decisions that relied on what is known differently now: read, nothing written.

A decision of day D relied on the arrears at the end of the day before, as they were known when
it was made. A payment dated back, a reversal, another schedule, statement, report, event or
hold that came later may have changed them. What was decided stays as it was.
"""

# ruff: noqa: S608 - only constants are put together here; values travel as parameters

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection

from arrears.kernel.arrears import arrears_of
from arrears.kernel.arrears.restating import Figure, restated
from arrears.kernel.days import day_of
from arrears.rulepacks import ZONES
from arrears.store.facts import load_facts

_LOANS_AT_ONCE = 5_000


@dataclass(frozen=True, slots=True)
class Change:
    """A fact recorded after a decision that bears on a day before it."""

    kind: str
    recorded_at: datetime
    effective_on: date


@dataclass(frozen=True, slots=True)
class Relied:
    """One decision that relied on another figure. `contact` is the state of the contact planned, if any.

    `use` is plan or gate, `outcome` what was made of the decision, `on` the day whose end it relied on.
    """

    decision: int
    decided_at: datetime
    loan_ref: str
    currency: str
    use: str
    step: str | None
    outcome: str | None
    contact: str | None
    on: date
    then: Figure
    now: Figure
    changes: tuple[Change, ...]


def list_relied(*, lender_id: int, since: datetime, known_at: datetime) -> list[Relied]:
    """Decisions made at `since` or later whose figures are other ones, known at `known_at`; oldest first."""
    found: list[Relied] = []
    for (on, knew_at), rows in _suspects(lender_id, since, known_at).items():
        for some in (rows[n : n + _LOANS_AT_ONCE] for n in range(0, len(rows), _LOANS_AT_ONCE)):
            found += _relied(lender_id, on, knew_at, known_at, some)
    return sorted(found, key=lambda each: (each.decided_at, each.decision))


@dataclass(frozen=True, slots=True)
class _Suspect:
    decision: int
    decided_at: datetime
    loan: int
    loan_ref: str
    currency: str
    use: str
    step: str | None
    outcome: str | None
    contact: str | None


def _suspects(
    lender_id: int, since: datetime, known_at: datetime
) -> dict[tuple[date, datetime], list[_Suspect]]:
    """Decisions about loans of which something came later, by the day they relied on and what was known."""
    found: dict[tuple[date, datetime], list[_Suspect]] = {}
    named: dict[str, Any] = {"lender": lender_id, "decided": since, "known": known_at}
    with connection.chunked_cursor() as cursor:
        cursor.execute(_FIRST_KNOWN, named)
        named["since"] = cursor.fetchone()[0] or since
        cursor.execute(_SUSPECTS, named)
        for day, knew_at, *rest in cursor:
            found.setdefault((day - timedelta(days=1), knew_at), []).append(_Suspect(*rest))
    return found


def _relied(
    lender_id: int, on: date, knew_at: datetime, known_at: datetime, suspects: list[_Suspect]
) -> Iterator[Relied]:
    loans = sorted({each.loan for each in suspects})
    then, now = (
        arrears_of(load_facts(lender_id=lender_id, loans=loans, known_at=at), day_of(on), ZONES)
        for at in (knew_at, known_at)
    )
    figures = {each.loan: each for each in restated(then, now)}
    changes = _changes(lender_id, sorted(figures), on, knew_at, known_at) if figures else {}
    for each in suspects:
        if each.loan in figures:
            yield Relied(
                decision=each.decision,
                decided_at=each.decided_at,
                loan_ref=each.loan_ref,
                currency=each.currency,
                use=each.use,
                step=each.step,
                outcome=each.outcome,
                contact=each.contact,
                on=on,
                then=figures[each.loan].then,
                now=figures[each.loan].now,
                changes=tuple(changes.get(each.loan, ())),
            )


def _changes(
    lender_id: int, loans: list[int], on: date, knew_at: datetime, known_at: datetime
) -> dict[int, list[Change]]:
    found: dict[int, list[Change]] = {}
    named: dict[str, Any] = {
        "lender": lender_id,
        "loans": loans,
        "on": on,
        "since": knew_at,
        "known": known_at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES_OF, named)
        for loan, kind, recorded_at, effective_on in cursor.fetchall():
            found.setdefault(loan, []).append(Change(kind, recorded_at, effective_on))
    return found


# Facts about loans recorded after %(since)s, with the first day they bear on.
_LATER = """
later AS MATERIALIZED (
    SELECT loan_id, 'payment' AS kind, recorded_at, value_on AS effective_on FROM payment
     WHERE lender_id = %(lender)s AND recorded_at > %(since)s AND recorded_at <= %(known)s
    UNION ALL
    SELECT coalesce(payment.loan_id, loan_event.loan_id), 'reversal', reversal.recorded_at,
           coalesce(payment.value_on, loan_event.value_on)
      FROM reversal LEFT JOIN payment ON payment.id = payment_id
      LEFT JOIN loan_event ON loan_event.id = loan_event_id
     WHERE reversal.lender_id = %(lender)s AND reversal.recorded_at > %(since)s
       AND reversal.recorded_at <= %(known)s
    UNION ALL
    SELECT payment.loan_id, 'allocation', part.recorded_at, payment.value_on
      FROM payment_allocation AS part JOIN payment ON payment.id = payment_id
     WHERE part.lender_id = %(lender)s AND part.recorded_at > %(since)s
       AND part.recorded_at <= %(known)s AND part.recorded_at > payment.recorded_at
    UNION ALL
    SELECT loan_id, kind, recorded_at, value_on FROM loan_event
     WHERE lender_id = %(lender)s AND recorded_at > %(since)s AND recorded_at <= %(known)s
    UNION ALL
    SELECT loan_id, 'schedule', recorded_at, '-infinity' FROM schedule
     WHERE lender_id = %(lender)s AND recorded_at > %(since)s AND recorded_at <= %(known)s
    UNION ALL
    SELECT loan_id, 'statement', recorded_at, statement_on FROM statement
     WHERE lender_id = %(lender)s AND recorded_at > %(since)s AND recorded_at <= %(known)s
    UNION ALL
    SELECT loan_id, 'report', recorded_at, as_of_on FROM reported_arrears
     WHERE lender_id = %(lender)s AND recorded_at > %(since)s AND recorded_at <= %(known)s
    UNION ALL
    SELECT party.loan_id, 'hold', hold.recorded_at,
           (least(hold.from_at, replaced.from_at) AT TIME ZONE lender.zone)::date
      FROM hold JOIN organisation AS lender ON lender.id = hold.lender_id
      LEFT JOIN hold AS replaced ON replaced.id = hold.supersedes_id
      JOIN loan_party AS party ON party.role = 'borrower' AND party.lender_id = hold.lender_id
       AND (party.loan_id = hold.loan_id OR party.person_id = hold.person_id
            OR hold.area IS NOT NULL AND EXISTS (
                SELECT FROM zone_evidence AS there WHERE there.person_id = party.person_id
                   AND (there.place = hold.area OR starts_with(there.place, hold.area || '-'))))
     WHERE hold.lender_id = %(lender)s AND (hold.stops_ageing OR replaced.stops_ageing)
       AND hold.recorded_at > %(since)s AND hold.recorded_at <= %(known)s
    UNION ALL
    SELECT loan.id, 'product', product.recorded_at, '-infinity'
      FROM product JOIN loan ON loan.lender_id = product.lender_id AND loan.product = product.code
     WHERE product.lender_id = %(lender)s AND product.recorded_at > %(since)s
       AND product.recorded_at <= %(known)s)
"""

_FIRST_KNOWN = """
SELECT min(known_at) FROM decision
 WHERE lender_id = %(lender)s AND decided_at >= %(decided)s AND decided_at <= %(known)s
"""

_SUSPECTS = f"""
WITH {_LATER},
decided AS MATERIALIZED (
    SELECT decision.*, (asked_at AT TIME ZONE lender.zone)::date AS day
      FROM decision JOIN organisation AS lender ON lender.id = decision.lender_id
     WHERE decision.lender_id = %(lender)s AND decided_at >= %(decided)s AND decided_at <= %(known)s
       AND use IN ('plan', 'gate'))
SELECT decided.day, decided.known_at, decided.id, decided.decided_at, loan.id, loan.source_ref,
       loan.currency, decided.use, decided.step, decided.outcome, planned.state
  FROM decided JOIN loan ON loan.id = decided.loan_id
  LEFT JOIN planned_contact AS planned ON planned.id = decided.planned_contact_id
 WHERE EXISTS (SELECT FROM later WHERE later.loan_id = decided.loan_id
                  AND later.recorded_at > decided.known_at AND later.effective_on < decided.day)
"""

_CHANGES_OF = f"""
WITH {_LATER}
SELECT loan_id, kind, recorded_at, CASE WHEN isfinite(effective_on) THEN effective_on ELSE %(on)s END
  FROM later WHERE loan_id = ANY(%(loans)s) AND effective_on <= %(on)s ORDER BY loan_id, recorded_at, kind
"""
