"""Notices demand what is lawful: what lies beyond a cap of the tables is left out, and said beside it.

The books stay as they are. Whoever calls reads in the script what is not demanded and why, and the
audit has an entry for each contact that demands less than the books have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from arrears.actions.gating.claims import Claim
from arrears.actions.gating.reserving import Reservation
from arrears.actions.gating.wording import Lateness, Worded
from arrears.kernel import vocabulary as v
from arrears.kernel.days import date_of
from arrears.kernel.facts import NO_DATE, NO_ID, Column, Facts, rows_of
from arrears.kernel.law.rules import Law
from arrears.kernel.tables.demands import Beyond, Claimed, beyond_caps
from arrears.kernel.vocabulary import name_of
from arrears.locale.capped import said_of_caps
from arrears.locale.notices import Text
from arrears.rulepacks.tables import table_entries
from arrears.store import audit

_SCRIPTS = ("call", "visit")
"""Channels by which the text is read by whoever makes the contact."""

Caps = Mapping[int, Beyond]
"""Loan -> what is not demanded of it, and what of the demand is open to challenge; others are lawful."""


def caps_on(
    facts: Facts, arrears: Mapping[str, Column], law: Law, rows: Mapping[int, int], *, on: int, at: datetime
) -> Caps:
    """What the caps of the lender's law say of the overdue amounts of these loans (loan -> row of the facts).

    A loan without known parts of its amount, or without a rate on file, is not spoken of.
    """
    entries = [entry for entry in table_entries() if entry.jurisdiction in law.adopted]
    rates = _rates(list(rows), at)
    parts = {
        loan: (_part(arrears, "interest", row), _part(arrears, "penalty", row)) for loan, row in rows.items()
    }
    found = {
        loan: beyond_caps(entries, Claimed(*parts[loan], *rates[loan]), _facts_of(facts, row, on))
        for loan, row in rows.items()
        if loan in rates
    }
    return {loan: beyond for loan, beyond in found.items() if beyond.minor or beyond.challenged}


def cap_on(
    facts: Facts, arrears: Mapping[str, int], law: Law, loan: int, *, on: int, at: datetime
) -> Beyond | None:
    """As `caps_on`, for one loan of the facts and its own row of arrears; None where all is lawful."""
    row = int(rows_of(facts["loan"]["loan"], np.array([loan]))[0])
    names = [name for name in arrears if name.startswith("overdue_")]
    columns = {name: np.full(row + 1, arrears[name]) for name in names}
    return caps_on(facts, columns, law, {loan: row}, on=on, at=at).get(loan)


def lawful(lateness: Mapping[int, Lateness], caps: Caps) -> dict[int, Lateness]:
    """What a notice says of each loan's arrears, without what may not be demanded."""
    return {loan: _lawful(each, caps.get(loan)) for loan, each in lateness.items()}


def with_caps(worded: Worded, claims: Sequence[Claim], caps: Caps, currencies: Mapping[int, str]) -> Worded:
    """A script with what whoever reads it must not ask for; any other text as it is."""
    told = [(caps[claim.loan], currencies[claim.loan]) for claim in claims if claim.loan in caps]
    if not told or claims[0].channel not in _SCRIPTS:
        return worded
    citations = {entry.id: entry.citation for entry in table_entries()}
    lines = [said_of_caps(beyond, currency, citations, worded.language) for beyond, currency in told]
    return replace(worded, text=Text(worded.text.subject, "\n\n".join([worded.text.body, *lines])))


def record_caps(
    reservations: Sequence[Reservation],
    attempts: Sequence[int],
    caps: Caps,
    *,
    lender: int,
    actor: str,
    at: datetime,
) -> None:
    """One audit entry per contact and loan of which less is demanded than the books have."""
    for reservation, attempt in zip(reservations, attempts, strict=True):
        for claim in reservation.claims:
            beyond = caps.get(claim.loan)
            if beyond is not None:
                audit.record(
                    "demand.capped",
                    actor=actor,
                    at=at,
                    lender_id=lender,
                    subjects={"loan": claim.loan, "attempt": attempt},
                    facts={
                        "beyond_minor": beyond.minor,
                        "by": list(beyond.by),
                        "challenged": list(beyond.challenged),
                    },
                )


def _lawful(told: Lateness, beyond: Beyond | None) -> Lateness:
    if beyond is None or told.overdue_minor is None:
        return told
    return replace(told, overdue_minor=max(told.overdue_minor - beyond.minor, 0) or None)


def _part(arrears: Mapping[str, Column], part: str, row: int) -> int:
    """The overdue part in minor units; 0 where it is not known."""
    return max(int(arrears[f"overdue_{part}_minor"][row]), 0)


def _facts_of(facts: Facts, row: int, on: int) -> dict[str, Any]:
    """Whom and what the demand is about: in every place where the borrower or the contract may be."""
    loans, persons = facts["loan"], facts["person"]
    lender = int(rows_of(facts["lender"]["lender"], loans["lender"][row : row + 1])[0])
    borrower = int(rows_of(persons["person"], loans["borrower"][row : row + 1])[0])
    sets = facts.place_sets[int(persons["places"][borrower])] if borrower >= 0 else ()
    law_place, opened_on = int(loans["law_place"][row]), int(loans["opened_on"][row])
    codes = (*sets, *([law_place] if law_place != NO_ID else []))
    told = {
        "on": date_of(on),
        "places": [facts.places[code] for code in codes] or None,
        "opened_on": None if opened_on == NO_DATE else date_of(opened_on),
        "currency": facts.currencies[int(loans["currency"][row])],
        "debt_kind": name_of(v.DebtKind(int(loans["debt_kind"][row]))),
        "creditor_licence": name_of(v.CreditorLicence(int(facts["lender"]["licence"][lender]))),
        "actor_kind": name_of(v.ActorKind(int(facts["lender"]["actor_kind"][lender]))),
    }
    return {name: value for name, value in told.items() if value is not None}


def _rates(loans: Sequence[int], at: datetime) -> dict[int, tuple[int | None, int | None]]:
    """Loan -> the yearly rates its product had at `at`; not there where the product tells none."""
    with connection.cursor() as cursor:
        cursor.execute(_RATES, {"loans": list(loans), "known": at})
        return {loan: (interest, penalty) for loan, interest, penalty in cursor.fetchall()}


_RATES = """
SELECT loan.id, product.interest_bps, product.penalty_bps
  FROM loan
  JOIN product ON product.lender_id = loan.lender_id AND product.code = loan.product
 WHERE loan.id = ANY(%(loans)s) AND product.recorded_at <= %(known)s
   AND NOT EXISTS (SELECT FROM product AS later
                    WHERE later.supersedes_id = product.id AND later.recorded_at <= %(known)s)
   AND (product.interest_bps IS NOT NULL OR product.penalty_bps IS NOT NULL)
"""
