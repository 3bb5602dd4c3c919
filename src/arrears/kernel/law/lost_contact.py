"""Lost contact: the borrower cannot be reached, derived from what was tried and never stored.

It begins the civil day after a run of dials that nobody took, or when the last telephone number is
known to be dead, and ends when the borrower is heard from or a call is taken.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import ALWAYS, NEVER, Column, Facts, Instants, Mask
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.permitted import Case, Permitted, facts_about, next_where, per_row
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import Channel, Direction, NetworkResult, PointKind

_FAILED = (NetworkResult.NOT_CONNECTED, NetworkResult.RANG_OUT)
_TELEPHONES = (PointKind.MOBILE, PointKind.LANDLINE)


def lost_contact(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """The time during which the borrower is lost, after `dials` failed dials running."""
    dialled, dead = _dialled_in_vain(case, rule, rows), _numbers_dead(case, rows)
    row, start, end = (np.concatenate(pair) for pair in zip(dialled, dead, strict=True))
    return per_row(case, rows, row, start, end)


def _dialled_in_vain(case: Case, rule: Rule, rows: Rows) -> tuple[Rows, Instants, Instants]:
    row, at, is_reached = _history(case, rows)
    zone = case.law.zones[rule.reference_zone]
    is_long_enough = ~is_reached & (_run(row, is_reached) >= rule.params["dials"])
    end = next_where(row, at, is_reached)
    start = zone.first_instant(zone.day(at[is_long_enough]) + 1)
    return row[is_long_enough], start, end[is_long_enough]


def _numbers_dead(case: Case, rows: Rows) -> tuple[Rows, Instants, Instants]:
    """From when the last of the borrower's telephone numbers was dead, until he is next heard from."""
    points = case.facts["point"]
    row, point = facts_about(case, rows, "point", "borrower", "person")
    is_telephone = np.isin(points["kind"][point], _TELEPHONES)
    row, dead_at = row[is_telephone], points["dead_from_at"][point[is_telephone]]
    last = np.full(len(rows), ALWAYS)
    np.maximum.at(last, row, dead_at)
    is_dead = (last < NEVER) & (np.bincount(row, minlength=len(rows)) > 0)
    of, at, is_reached = _history(case, rows)
    is_later = is_reached & (at > last[of])
    end = np.full(len(rows), NEVER)
    np.minimum.at(end, of[is_later], at[is_later])
    dead = np.flatnonzero(is_dead)
    return dead, last[dead], end[dead]


def _history(case: Case, rows: Rows) -> tuple[Rows, Instants, Mask]:
    """(row, at, whether he was reached) of what bears on reaching the borrower, by row and instant."""
    row, contact = facts_about(case, rows, "contact", "borrower", "person")
    failed, reached = _failed(case.facts)[contact], _reached(case.facts)[contact]
    keep = failed | reached
    row, contact, reached = row[keep], contact[keep], reached[keep]
    at = case.facts["contact"]["at"][contact]
    order = np.lexsort([reached, at, row])
    return row[order], at[order], reached[order]


def _reached(facts: Facts) -> Mask:
    """He wrote or called, or a call of ours was not lost on the way."""
    contacts = facts["contact"]
    is_call = contacts["channel"] == Channel.CALL
    return np.asarray((contacts["direction"] == Direction.IN) | (is_call & ~_failed(facts)))


def _failed(facts: Facts) -> Mask:
    contacts = facts["contact"]
    is_call = (contacts["direction"] == Direction.OUT) & (contacts["channel"] == Channel.CALL)
    return np.asarray(is_call & np.isin(contacts["network_result"], _FAILED) & ~contacts["is_conversation"])


def _run(row: Rows, is_reached: Mask) -> Column:
    """How many elements of the row stand here since he was last reached, this one included."""
    every = np.arange(len(row))
    begins = is_reached.copy()
    begins[1:] |= row[1:] != row[:-1]
    begins[:1] = True
    first = np.maximum.accumulate(np.where(begins, every + is_reached, 0))
    return np.asarray(every - first + 1)
