"""The ageing report of a lender: read, nothing written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from django.db import connection

from arrears.kernel.arrears import Ageing, ageing_of, arrears_of
from arrears.kernel.days import date_of, day_of
from arrears.kernel.facts import NO_DATE, Codes, Column, rows_of
from arrears.rulepacks import ZONES
from arrears.store.facts import load_facts


@dataclass(frozen=True, slots=True)
class AgeingReport:
    """How late a lender's loans are at the end of a day.

    `first_on` and `last_on` are the days the earliest and the latest report on file speak of,
    None when there is none; `reported_on` is that of the newest one up to `on`.
    """

    on: date
    loans: int
    ageing: Ageing
    first_on: date | None
    last_on: date | None
    reported_on: date | None


def get_ageing(*, lender_id: int, on: date, known_at: datetime) -> AgeingReport:
    """The ageing of all loans of a lender at the end of `on`, from what was known at `known_at`."""
    facts = load_facts(lender_id=lender_id, known_at=known_at)
    arrears = arrears_of(facts, day_of(on), ZONES)
    currency, currencies = _currencies(lender_id, arrears["loan"])
    days = facts["report"]["as_of_on"]
    return AgeingReport(
        on=on,
        loans=len(arrears["loan"]),
        ageing=ageing_of(arrears, facts["loan"]["borrower"], currency, currencies),
        first_on=date_of(days.min()) if len(days) else None,
        last_on=date_of(days.max()) if len(days) else None,
        reported_on=_latest(arrears["reported_on"]),
    )


def _latest(days: Column) -> date | None:
    latest = days.max(initial=NO_DATE)
    return None if latest == NO_DATE else date_of(latest)


def _currencies(lender_id: int, loans: Column) -> tuple[Codes, list[str]]:
    """The currency of each loan, as a code, and what the codes stand for."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, currency FROM loan WHERE lender_id = %s ORDER BY id", [lender_id])
        rows = cursor.fetchall()
    names = sorted({currency for _, currency in rows})
    code_of = {name: code for code, name in enumerate(names)}
    codes = np.array([code_of[currency] for _, currency in rows], np.int64)
    at = rows_of(np.array([loan for loan, _ in rows], np.int64), loans)
    assert np.all(at >= 0), "a loan in the facts that is not on file"
    return codes[at], names
