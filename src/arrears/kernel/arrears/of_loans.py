"""Arrears of every loan, wherever they come from: schedule, statements or the core system's report."""

from __future__ import annotations

import numpy as np

from arrears.kernel.arrears.cells import AMOUNTS
from arrears.kernel.arrears.computed import sources, standing_of
from arrears.kernel.arrears.pauses import Zones, paused_days
from arrears.kernel.arrears.reported import reported_arrears
from arrears.kernel.arrears.standing import Standing
from arrears.kernel.arrears.terms import Terms, terms_of
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR, Codes, Column, Facts
from arrears.kernel.vocabulary import ArrearsSource, PauseBasis

_ALL_DAYS = -(10**6)


def arrears_of(facts: Facts, as_of: int, zones: Zones) -> dict[str, Column]:
    """One row per loan of `facts["loan"]`, in the same order, as of the end of day `as_of`.

    loan                     its id
    source                   `ArrearsSource`: its schedule, else its statements, else reports; NO_ID
    is_known                 there is a source, and for a report one about `as_of` or an earlier day
    is_late                  more is overdue than the product tolerates
    past_due_days            calendar days since the day counted from fell due; 0 when not late
    paused_days              days on which holds stopped the ageing
    delinquent_days          past-due days less grace and paused days, never below 0
    overdue_since_on         the due day counted from; NO_DATE when not late
    episode_start_on         first day of the unbroken run of late days; NO_DATE when not late
    overdue_minor            what is overdue; UNKNOWN_MINOR where a report does not say
    overdue_*_minor          the same by component; UNKNOWN_MINOR for reports, 0 for statements
    outstanding_minor        all of the schedule that is open; UNKNOWN_MINOR for other sources
    credit_minor             money that nothing has taken
    product                  index into `facts.products`; NO_ID for a loan without terms
    reported_on              the day that what is known speaks of: the newest report's, or `as_of`
                             where schedule or statements speak; NO_DATE
    is_reported              what is known comes from a report
    status, months_late      as that report says; NO_ID and 0 for other sources
    statement_minor          balance of the last statement as the newest report says, or UNKNOWN_MINOR
    amount_known             an amount above zero is known that a notice could name
    is_late_without_balance  late, and no such amount

    `zones` (`Law.zones`) turn holds into days of the lender. A loan without any source is not late.
    """
    terms, source = terms_of(facts), sources(facts)
    is_computed = (source == ArrearsSource.SCHEDULE) | (source == ArrearsSource.STATEMENTS)
    reported = reported_arrears(facts, as_of, zones)
    if not np.any(is_computed):
        return _with_parts(reported, source, terms, np.full(len(source), UNKNOWN_MINOR))
    standing = standing_of(facts, terms, source, as_of)
    columns = _computed(facts, zones, terms, standing, as_of)
    has_schedule = source == ArrearsSource.SCHEDULE
    columns["outstanding_minor"] = np.where(has_schedule, standing.outstanding, UNKNOWN_MINOR)
    told = _with_parts(reported, source, terms, np.full(len(source), UNKNOWN_MINOR))
    return {name: np.where(is_computed, columns.get(name, told[name]), told[name]) for name in told}


def _computed(facts: Facts, zones: Zones, terms: Terms, standing: Standing, as_of: int) -> dict[str, Column]:
    """The columns that a schedule or statements decide."""
    is_late = standing.is_late
    past_due = np.where(is_late, as_of - standing.since_on, 0)
    from_on = np.where(terms.pause_basis == PauseBasis.SINCE_ORIGINATION, _ALL_DAYS, standing.since_on)
    paused = paused_days(facts, zones, np.where(is_late, from_on, as_of), as_of)
    amount_known = standing.overdue_minor > 0
    size = len(is_late)
    return {
        "is_known": np.ones(size, np.bool_),
        "reported_on": np.full(size, as_of, np.int32),
        "is_late": is_late,
        "past_due_days": past_due,
        "paused_days": paused,
        "delinquent_days": np.maximum(past_due - terms.grace_days - paused, 0) * is_late,
        "overdue_since_on": standing.since_on.astype(np.int32),
        "episode_start_on": standing.episode_start_on.astype(np.int32),
        "overdue_minor": standing.overdue_minor,
        **{f"overdue_{name}": standing.overdue[:, part] for part, name in enumerate(AMOUNTS)},
        "credit_minor": standing.credit,
        "is_reported": np.zeros(size, np.bool_),
        "status": np.full(size, NO_ID),
        "months_late": np.zeros(size, np.int64),
        "amount_known": amount_known,
        "is_late_without_balance": np.zeros(size, np.bool_),
    }


def _with_parts(
    reported: dict[str, Column], source: Codes, terms: Terms, unknown: Codes
) -> dict[str, Column]:
    """The columns of reports, with what reports do not say."""
    past_due, is_late = reported["past_due_days"], reported["is_late"]
    paused = np.where(is_late, past_due - reported["delinquent_days"], 0)
    grace = np.where(is_late, terms.grace_days, 0)
    return {
        **reported,
        "source": source,
        "is_known": reported["is_reported"],
        "paused_days": paused,
        "delinquent_days": np.maximum(reported["delinquent_days"] - grace, 0),
        "product": terms.product,
        **{f"overdue_{name}": unknown for name in AMOUNTS},
        "outstanding_minor": unknown,
        "credit_minor": np.zeros(len(source), np.int64),
    }


assert NO_DATE < 0, "a day that is none comes before every other"
