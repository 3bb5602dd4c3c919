"""Holds in law: what stands still while one stands, for whom, and which notices may still go."""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import Mask
from arrears.kernel.law.intervals import Rows, complement, sets_of
from arrears.kernel.law.permitted import Case, Permitted, all_but, facts_about, per_row
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import Channel, HoldReason, Purpose, Stops, code_of


def held(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Not while a hold on the loan, the borrower or the recipient stops this kind of contact.

    `reasons` limits the rule to holds for these; `stops` says what they stop by law, whatever
    was recorded with them.
    """
    row, found = _stopping(case, rule, rows)
    table = case.facts["hold"]
    return all_but(case, rows, row, table["from_at"][found], table["until_at"][found])


def unnoted_dispute(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """The same, but for what says itself that the debt is disputed."""
    return held(case, rule, rows[case.candidates["is_dispute_noted"][rows] == 0])


def despite_hold(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Time in which nothing stands in the way but holds for the `reasons`."""
    row, found = _stopping(case, rule, rows, is_inverted=True)
    table = case.facts["hold"]
    others = sets_of(len(rows), row, table["from_at"][found], table["until_at"][found])
    return Permitted(rows, complement(others), np.arange(len(rows)))


def while_held(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """The time for which a hold for one of the `reasons` stands, whatever it stops."""
    row, found = _standing(case, rows)
    keep = _is_for(case, rule, found)
    row, found = row[keep], found[keep]
    table = case.facts["hold"]
    return per_row(case, rows, row, table["from_at"][found], table["until_at"][found])


def _standing(case: Case, rows: Rows) -> tuple[Rows, Rows]:
    """Pairs (row within `rows`, hold) of the holds on its loan, its borrower or its recipient."""
    pairs = [
        facts_about(case, rows, "hold", on, column)
        for on, column in (("loan", "loan"), ("person", "person"), ("borrower", "person"))
    ]
    row, found = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    return row, found


def _stopping(case: Case, rule: Rule, rows: Rows, *, is_inverted: bool = False) -> tuple[Rows, Rows]:
    row, found = _standing(case, rows)
    wanted = _bit(case, rows)[row]
    stops = case.facts["hold"]["stops"][found]
    if "stops" in rule.params:
        stops = np.full(len(found), sum(int(code_of(Stops, each)) for each in rule.params["stops"]))
    keep = (stops & wanted) != 0
    keep &= _is_for(case, rule, found) != is_inverted
    return row[keep], found[keep]


def _is_for(case: Case, rule: Rule, found: Rows) -> Mask:
    reasons = rule.params.get("reasons")
    if reasons is None:
        return np.ones(len(found), np.bool_)
    return np.isin(case.facts["hold"]["reason"][found], [code_of(HoldReason, each) for each in reasons])


def _bit(case: Case, rows: Rows) -> Rows:
    """What would have to be stopped for each row not to take place."""
    channel, purpose = (case.candidates[name][rows] for name in ("channel", "purpose"))
    is_call = (channel == Channel.CALL) | (channel == Channel.VISIT)
    contact = np.where(is_call, int(Stops.CALLS), int(Stops.NOTICES))
    return np.where(purpose == Purpose.FURNISH, int(Stops.FURNISHING), contact)
