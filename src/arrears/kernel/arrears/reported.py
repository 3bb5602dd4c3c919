"""Arrears as a core system reported them: whether, since when, and which episode.

Nothing about money is derived here. A report says how late an account is on one day; what it
says holds until the next report. Days are counted at the **end** of civil date `as_of`; the
due day itself is day 0.

An **episode** is a maximal run of reports that say late. It starts when the first of them
says the oldest debt fell due, but not before the day after the last report that said
otherwise. A partial payment moves `overdue_since_on` forward and leaves the episode's start
where it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import NO_DATE, NO_ID, UNKNOWN_MINOR, Column, Facts, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.vocabulary import ReportedStatus


def reported_arrears(facts: Facts, as_of: int) -> dict[str, Column]:
    """One row per loan of `facts["loan"]`, in the same order, as of the end of day `as_of`.

    loan                     its id
    is_reported              a report about `as_of` or an earlier day is known
    reported_on              the day the newest such report speaks of; NO_DATE without one
    status, months_late      as that report says; NO_ID and 0 without one
    is_late                  that report says late
    overdue_since_on         the day the oldest unpaid amount fell due; NO_DATE when not late
    episode_start_on         first day of the episode; NO_DATE when not late
    overdue_minor            as reported; UNKNOWN_MINOR where the report has none
    statement_minor          balance of the last statement, likewise; may be negative

    Later reports are ignored; a late report that does not say since when is taken to begin its
    episode on its own day.
    """
    newest = _newest(facts, as_of)
    is_late = newest.is_late
    start = np.where(is_late, newest.episode_start_on, NO_DATE)
    said = newest.of("overdue_since_on", NO_DATE)
    since = np.where(is_late & (said != NO_DATE), said, start)
    return {
        "loan": facts["loan"]["loan"],
        "is_reported": newest.exists,
        "reported_on": newest.of("as_of_on", NO_DATE),
        "status": newest.of("status", NO_ID),
        "months_late": newest.of("months_late", 0),
        "is_late": is_late,
        "overdue_since_on": since.astype(np.int32),
        "episode_start_on": start.astype(np.int32),
        "overdue_minor": newest.of("overdue_minor", UNKNOWN_MINOR),
        "statement_minor": newest.of("statement_minor", UNKNOWN_MINOR),
    }


@dataclass(frozen=True, slots=True)
class _Newest:
    """Per loan, its newest report: a row of `reports`, where there is one."""

    reports: Mapping[str, Column]
    row: Rows
    exists: Mask
    is_late: Mask
    episode_start_on: Column

    def of(self, column: str, otherwise: int) -> Column:
        """What the newest report says, or `otherwise` for a loan that has none."""
        values = np.full(len(self.row), otherwise, self.reports[column].dtype)
        values[self.exists] = self.reports[column][self.row[self.exists]]
        return values


def _newest(facts: Facts, as_of: int) -> _Newest:
    known = facts["report"]["as_of_on"] <= as_of
    reports = {name: column[known] for name, column in facts["report"].items()}
    loan = facts["loan"]["loan"]
    row = np.searchsorted(reports["loan"], loan, side="right") - 1
    exists = np.zeros(len(loan), np.bool_)
    exists[row >= 0] = reports["loan"][row[row >= 0]] == loan[row >= 0]
    says_late = reports["status"] == ReportedStatus.LATE
    is_late, start = np.zeros_like(exists), np.full(len(loan), NO_DATE, np.int32)
    is_late[exists] = says_late[row[exists]]
    start[exists] = _run_start(reports, says_late)[row[exists]]
    return _Newest(reports, row, exists, is_late, start)


def _run_start(reports: Mapping[str, Column], says_late: Mask) -> Column:
    """For each report that says late, the first day of the run it belongs to."""
    every = np.arange(len(says_late))
    first_of_loan = np.searchsorted(reports["loan"], reports["loan"], side="left")
    first = np.maximum(np.maximum.accumulate(np.where(says_late, -1, every)) + 1, first_of_loan)
    first = np.where(says_late, first, every)  # a report that does not say late is in no run
    since = reports["overdue_since_on"][first]
    since = np.where(since == NO_DATE, reports["as_of_on"][first], since)
    before = np.maximum(first - 1, 0)
    not_before = np.where(first > first_of_loan, reports["as_of_on"][before] + 1, NO_DATE)
    return np.asarray(np.maximum(since, not_before), np.int32)
