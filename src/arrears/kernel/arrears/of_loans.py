"""Arrears of every loan, wherever they come from: schedule, statements or the core system's report."""

from __future__ import annotations

import numpy as np

from arrears.kernel.arrears.cells import AMOUNTS
from arrears.kernel.arrears.computed import sources, standing_of
from arrears.kernel.arrears.pauses import Zones, paused_days
from arrears.kernel.arrears.reported import reported_arrears
from arrears.kernel.arrears.segments import slices_of
from arrears.kernel.arrears.standing import Standing
from arrears.kernel.arrears.terms import Terms, terms_of
from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR, Codes, Column, Facts
from arrears.kernel.vocabulary import ArrearsSource, PauseBasis

ALL_DAYS = -(10**6)
"""Before the first day of any loan."""


def arrears_of(facts: Facts, as_of: int, zones: Zones) -> dict[str, Column]:
    """One row per loan of `facts["loan"]`, in the same order, as of the end of day `as_of`.

    loan                     its id
    source                   `ArrearsSource`: its schedule, else its statements, else reports; NO_ID
    is_known                 there is a source
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
    next_due_on              the first due day (not the last day to pay) on or after `as_of` for
                             which something is still to be paid; NO_DATE without one
    cycle_start_on           the day after the due day before it, 31 days before it where it is the
                             loan's first; NO_DATE without one
    next_due_minor           what is still open of all that is due on that very day; UNKNOWN_MINOR
                             without one
    product                  index into `facts.products`; NO_ID for a loan without terms
    reported_on              the day that what is known speaks of: the newest report's, or `as_of`
                             where schedule or statements speak; NO_DATE
    is_reported              what is known comes from a report
    status, months_late      as that report says; NO_ID and 0 for other sources
    statement_minor          balance of the last statement, or UNKNOWN_MINOR
    amount_known             an amount above zero is known that a notice could name
    is_late_without_balance  late, and no such amount

    `zones` (`Law.zones`) turn holds into days of the lender. A loan without any source is not late.

    A loan may be late and have a next due day at once; one that is reported has none. The due
    days are the schedule's: what is added to a loan counts with the due day it falls on. Money
    that was paid before its day counts as paid wherever it is kept: what is held until the due
    day covers the next amounts due in their order, for whoever has paid in advance is not to be
    reminded to pay. Of statements the next due day is that of the newest one known by `as_of`
    that is not due before `as_of` and has something open of its minimum. `cycle_start_on` changes with
    the schedule only, neither with payments nor with `as_of` while the next due day is the same.
    """
    terms, source = terms_of(facts), sources(facts, as_of)
    columns = _reported(facts, source, as_of)
    is_computed = (source == ArrearsSource.SCHEDULE) | (source == ArrearsSource.STATEMENTS)
    if np.any(is_computed):
        standing = standing_of(facts, terms, source, as_of)
        computed = _computed(facts, source, standing, as_of)
        for name, values in computed.items():
            columns[name] = np.where(is_computed, values, columns[name])
    amount_known = (columns["overdue_minor"] > 0) | (columns["statement_minor"] > 0)
    return {
        **columns,
        **_days(facts, zones, terms, columns, as_of),
        "product": terms.product,
        "amount_known": amount_known,
        "is_late_without_balance": columns["is_late"] & ~amount_known,
    }


def _days(
    facts: Facts, zones: Zones, terms: Terms, columns: dict[str, Column], as_of: int
) -> dict[str, Column]:
    """Past-due days, and of them those that neither grace nor a pause takes away."""
    is_late, since_on = columns["is_late"], columns["overdue_since_on"].astype(np.int64)
    past_due = np.where(is_late, np.maximum(as_of - since_on, 0), 0)
    from_on = np.where(terms.pause_basis == PauseBasis.SINCE_ORIGINATION, ALL_DAYS, since_on)
    paused = paused_days(facts, zones, np.where(is_late, from_on, as_of), as_of)
    delinquent = np.maximum(past_due - terms.grace_days - paused, 0)
    return {"past_due_days": past_due, "paused_days": paused, "delinquent_days": delinquent}


def _reported(facts: Facts, source: Codes, as_of: int) -> dict[str, Column]:
    """What reports say, with everything that they do not say as not known."""
    size = len(source)
    return {
        **reported_arrears(facts, as_of),
        "source": source,
        "is_known": source != NO_ID,
        **{f"overdue_{name}": np.full(size, UNKNOWN_MINOR) for name in AMOUNTS},
        "outstanding_minor": np.full(size, UNKNOWN_MINOR),
        "credit_minor": np.zeros(size, np.int64),
        "next_due_on": np.full(size, NO_DATE, np.int32),
        "cycle_start_on": np.full(size, NO_DATE, np.int32),
        "next_due_minor": np.full(size, UNKNOWN_MINOR),
    }


def _computed(facts: Facts, source: Codes, standing: Standing, as_of: int) -> dict[str, Column]:
    """The columns that a schedule or statements decide."""
    size, has_schedule = len(source), source == ArrearsSource.SCHEDULE
    return {
        "reported_on": np.full(size, as_of, np.int32),
        "is_reported": np.zeros(size, np.bool_),
        "status": np.full(size, NO_ID),
        "months_late": np.zeros(size, np.int64),
        "is_late": standing.is_late,
        "overdue_since_on": standing.since_on.astype(np.int32),
        "episode_start_on": standing.episode_start_on.astype(np.int32),
        "overdue_minor": standing.overdue_minor,
        "statement_minor": _statement_balances(facts, source, as_of),
        **{f"overdue_{name}": standing.overdue[:, part] for part, name in enumerate(AMOUNTS)},
        "outstanding_minor": np.where(has_schedule, standing.outstanding, UNKNOWN_MINOR),
        "credit_minor": standing.credit,
        "next_due_on": standing.next_due_on.astype(np.int32),
        "cycle_start_on": standing.cycle_start_on.astype(np.int32),
        "next_due_minor": standing.next_due_minor,
    }


def _statement_balances(facts: Facts, source: Codes, as_of: int) -> Codes:
    """The balance of the newest statement of loans that have statements."""
    balances = np.full(len(source), UNKNOWN_MINOR)
    mine = np.flatnonzero(source == ArrearsSource.STATEMENTS)
    table = facts["statement"]
    owner, at = slices_of(table["loan"], facts["loan"]["loan"][mine])
    known = table["statement_on"][at] <= as_of
    balances[mine[owner[known]]] = table["balance_minor"][at[known]]  # of several the last stays
    return balances
