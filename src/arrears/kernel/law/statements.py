"""What recipients have said of when and where contact does not suit them, whoever was told."""

from __future__ import annotations

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import ALWAYS, NO_ID, Codes, Instants, Mask
from arrears.kernel.law.conversations import zone_set_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.permitted import (
    NOTHING,
    Case,
    Permitted,
    all_but,
    facts_about,
    hours_of_any,
    hours_told,
    is_for_channel,
)
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.zones import LONGEST_EXTRA
from arrears.kernel.vocabulary import ANY, PointOwner, PointPlace, StatementForm, code_of


def stated_hours(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not when the recipient has said that it does not suit him, by any clock he may live by.

    A statement may be of one channel, of one number or address, or of all; one that names a
    kind of place is `stated_place`'s.
    """
    row, found = _statements(case, rows)
    keep = case.facts["inconvenience"]["place"][found] == ANY
    return _not_then(case, rows, row[keep], found[keep], case.facts["inconvenience"]["until_at"])


def stated_place(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Not at any number or address of a place that the recipient has said does not suit him.

    Of `places` only, where the rule names some. What was only said by word of mouth holds for
    `oral_days` after its day, where the rule counts them; what has no form on file holds on.
    """
    row, found = _statements(case, rows)
    place = case.facts["inconvenience"]["place"][found]
    wanted = [code_of(PointPlace, name) for name in rule.params.get("places", [])]
    keep = _is_at(case, place, rows[row]) & (np.isin(place, wanted) if wanted else place != ANY)
    return _not_then(case, rows, row[keep], found[keep], _ends(case, rule.params.get("oral_days")))


def _statements(case: Case, rows: Rows) -> tuple[Rows, Rows]:
    """Pairs (row within `rows`, statement) of one person, channel, and number or address."""
    row, found = facts_about(case, rows, "inconvenience", "person", "person")
    value = case.facts["inconvenience"]["value"][found]
    is_there = (value == NO_ID) | (value == case.candidates["value"][rows[row]])
    keep = is_there & is_for_channel(case, "inconvenience", found, rows[row])
    return row[keep], found[keep]


def _is_at(case: Case, place: Codes, row: Rows) -> Mask:
    """Whether a candidate's contact point is of this place; an employer's is at work."""
    is_there = case.candidates["point_place"][row] == place
    is_of_employer = case.candidates["point_owner"][row] == PointOwner.WORK
    return np.asarray(is_there | ((place == PointPlace.WORK) & is_of_employer))


def _not_then(case: Case, rows: Rows, row: Rows, found: Rows, until_at: Instants) -> Permitted:
    if len(row) == 0:
        return NOTHING
    owner, start, end = hours_told(case, "inconvenience", rows[row], found, hours_of_any)
    return all_but(case, rows, row[owner], start, np.minimum(end, until_at[found][owner]))


def _ends(case: Case, oral_days: int | None) -> Instants:
    """When each statement ends: by itself, or the oral one with the last of its civil days anywhere."""
    table = case.facts["inconvenience"]
    if oral_days is None:
        return np.asarray(table["until_at"])
    is_oral = (table["form"] == StatementForm.ORAL) & (table["from_at"] != ALWAYS)
    ends, zone_set = table["until_at"].copy(), zone_set_of(case.facts, table["person"])
    for row in np.flatnonzero(is_oral):
        last = _end_of_days(case, int(table["from_at"][row]), int(zone_set[row]), oral_days)
        ends[row] = min(int(ends[row]), last)
    return np.asarray(ends)


def _end_of_days(case: Case, start: int, zone_set: int, days: int) -> int:
    names = [case.facts.zones[code] for code in case.facts.zone_sets[zone_set]]
    zones = [case.law.zones[name] for name in names]
    at = np.array([start])
    each = [int(zone.first_instant(zone.day(at) + days + 1)[0]) for zone in zones]
    return max(each, default=start + (days + 1) * DAY + LONGEST_EXTRA)
