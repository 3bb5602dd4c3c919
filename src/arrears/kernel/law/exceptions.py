"""The kinds of exception: time that is given to the rules an exception names.

Each takes the rows an exception speaks of and returns those it gives time to, with that time.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.days import HOUR
from arrears.kernel.law.hours import Window
from arrears.kernel.law.intervals import Rows, expand, stack
from arrears.kernel.law.permitted import (
    NOTHING,
    Case,
    Permitted,
    facts_about,
    hours_of,
    is_for_channel,
    next_where,
    per_row,
)
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import ANY, Direction


def agreed_hours(case: Case, _: Rule, rows: Rows) -> Permitted:
    """The hours the recipient agreed to, in every plausible zone, while the agreement lasts."""
    table = case.facts["agreement"]
    row, found = facts_about(case, rows, "agreement", "person", "person")
    keep = is_for_channel(case, "agreement", found, rows[row])
    row, found = row[keep], found[keep]
    if len(row) == 0:
        return NOTHING
    columns = [table[name][found].tolist() for name in ("weekdays", "start_local", "end_local")]
    patterns: dict[tuple[int, ...], int] = {}  # hours and zone set, each laid out once
    wanted = zip(*columns, case.candidates["zones"][rows[row]].tolist(), strict=True)
    of = np.array([patterns.setdefault(each, len(patterns)) for each in wanted])
    compiled = [hours_of(case, (Window(*hours),), zone_set) for *hours, zone_set in patterns]
    sets = stack(compiled).select(of)
    owner, at = expand(sets.offsets[:-1], np.diff(sets.offsets))
    start = np.maximum(sets.starts[at], table["from_at"][found][owner])
    end = np.minimum(sets.ends[at], table["until_at"][found][owner])
    return per_row(case, rows, row[owner], start, end)


def one_reply(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """One answer by the medium in which the recipient wrote or called, within `within_hours`.

    A contact sent there at or after the message has used its permission up, also one that is
    recorded for a later instant than the one asked about: gates whose questions cross in time
    then still answer once.
    """
    row, message = facts_about(case, rows, "contact", "person", "person")
    is_same = is_for_channel(case, "contact", message, rows[row])
    row, message = row[is_same], message[is_same]
    contacts = case.facts["contact"]
    at, is_out = contacts["at"][message], contacts["direction"][message] == Direction.OUT
    order = np.lexsort([is_out, at, row])  # an answer stands after the message of the same instant
    row, at, is_out = row[order], at[order], is_out[order]
    end = at + rule.params["within_hours"] * HOUR
    is_open = ~is_out & (next_where(row, at, is_out) >= end)
    return per_row(case, rows, row[is_open], at[is_open], end[is_open])


def overridden(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Time for which an approver has recorded an override of this rule."""
    if rule.id not in case.facts.rules:
        return NOTHING
    table = case.facts["override"]
    row, found = facts_about(case, rows, "override", "person", "person")
    loan = table["loan"][found]
    is_loan = (loan == ANY) | (loan == case.candidates["loan"][rows][row])
    keep = is_loan & (table["rule"][found] == case.facts.rules.index(rule.id))
    row, found = row[keep], found[keep]
    return per_row(case, rows, row, table["from_at"][found], table["until_at"][found])
