"""The kinds of rule: from facts to permitted time, one function per kind.

Each takes the rows a rule speaks of and returns the rows it could ever refuse with their
permitted time (for an exception: the rows it gives time to, with that time). The set is made
from facts alone, never from the instant asked about and never from another rule's answer.
`KINDS` at the end is the closed list that packs may name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from arrears.kernel.days import HOUR, MINUTE
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, Mask, rows_of
from arrears.kernel.law.contents import unlawful_text
from arrears.kernel.law.counts import count, quiet_after
from arrears.kernel.law.exceptions import agreed_hours, consented_hours, extra_calls, justified, one_reply
from arrears.kernel.law.holds import despite_hold, held, unnoted_dispute, while_held
from arrears.kernel.law.hours import Window
from arrears.kernel.law.intervals import Rows, sets_of, stack
from arrears.kernel.law.lost_contact import lost_contact
from arrears.kernel.law.permitted import (
    Case,
    Permitted,
    all_but,
    distinct,
    facts_about,
    hours_of,
    is_for_channel,
    never,
)
from arrears.kernel.law.prior import after_notice, consent_needed, consented, spoken, used_by_recipient
from arrears.kernel.law.rest_days import only_rest_days
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.statements import stated_hours, stated_place
from arrears.kernel.law.unreached import unreached

# -- intervals ---------------------------------------------------------------------------------


def hours(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Permitted inside the rule's windows of local time in every plausible zone."""
    windows = windows_of(rule.params)
    codes, key = distinct(case.candidates["zones"][rows], len(case.facts.zone_sets))
    return Permitted(rows, stack([hours_of(case, windows, int(code)) for code in codes]), key)


def windows_of(params: Mapping[str, Any]) -> tuple[Window, ...]:
    """The windows a rule states: `from`, `to` as HH:MM, `to_inclusive`, `weekdays` as 1..7."""
    last = 1 if params.get("to_inclusive", False) else 0
    days = sum(1 << (day - 1) for day in set(params.get("weekdays", range(1, 8))))
    return (Window(days, _time_of_day(params["from"]), _time_of_day(params["to"]) + last),)


def _time_of_day(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * HOUR + int(minute) * MINUTE


def forbidden(_case: Case, _: Rule, rows: Rows) -> Permitted:
    """Never permitted."""
    return never(rows)


def required_fact(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Never permitted until a named fact is on file."""
    return never(rows[~REQUIRED[rule.params["fact"]](case, rows)])


def enough_visitors(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Never permitted with fewer visitors than the rule asks for, or when nobody says how many."""
    return never(rows[case.candidates["visitors"][rows] < rule.params["min"]])


def complete_books(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Permitted on days D of the lender whose payments are complete through D - 1."""
    lenders = case.facts["lender"]
    at, key = distinct(rows_of(lenders["lender"], case.candidates["lender"][rows]), len(lenders["lender"]))
    through_on, zone = lenders["payments_complete_through_on"][at], lenders["zone"][at]
    ends = np.full(len(at), ALWAYS)
    for code in np.unique(zone):
        told = np.flatnonzero((zone == code) & (through_on != NO_DATE))
        ends[told] = case.law.zones[case.facts.zones[code]].first_instant(through_on[told] + 2)
    sets = sets_of(len(at), np.arange(len(at)), np.full(len(at), ALWAYS), ends)
    return Permitted(rows, sets, key)


def opted_out(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not while the person, or anybody for this address, has switched the channel off."""
    table = case.facts["opt_out"]
    pairs = [_opt_outs(case, rows, who) for who in ("person", "value")]
    row, found = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    keep = is_for_channel(case, "opt_out", found, rows[row])
    row, found = row[keep], found[keep]
    return all_but(case, rows, row, table["from_at"][found], table["until_at"][found])


def _opt_outs(case: Case, rows: Rows, who: str) -> tuple[Rows, Rows]:
    """Pairs (row, opt-out) by person or by value; NO_ID on either side is never a match."""
    row, found = facts_about(case, rows, "opt_out", who, who)
    is_named = case.facts["opt_out"][who][found] != NO_ID
    return row[is_named], found[is_named]


def refused_for_good(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Never again once the person has refused, whatever the loan, agency or year."""
    row, found = facts_about(case, rows, "refusal", "person", "person")
    start = case.facts["refusal"]["from_at"][found]
    return all_but(case, rows, row, start, np.full(len(row), NEVER))


def dead_point(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not at an address or number known not to reach anybody, nor where there is none."""
    is_missing = case.candidates["point"][rows] == NO_ID
    row, found = facts_about(case, rows, "point", "point", "point")
    start = case.facts["point"]["dead_from_at"][found]
    missing = np.flatnonzero(is_missing)
    return all_but(
        case,
        rows,
        np.concatenate([row, missing]),
        np.concatenate([start, np.full(len(missing), ALWAYS)]),
        np.full(len(row) + len(missing), NEVER),
    )


# -- the closed lists --------------------------------------------------------------------------


def _has_amount(case: Case, rows: Rows) -> Mask:
    return np.asarray(case.candidates["is_amount_known"][rows] == 1)


def _has_place(case: Case, rows: Rows) -> Mask:
    has_zone = case.candidates["zones"][rows] != 0
    return np.asarray(has_zone & (case.candidates["is_place_known"][rows] == 1))


def _has_contact_history(case: Case, rows: Rows) -> Mask:
    lenders = case.facts["lender"]
    at = rows_of(lenders["lender"], case.candidates["lender"][rows])
    return np.asarray(lenders["contacts_known_from_on"][at] != NO_DATE)


def _has_report_after_payments(case: Case, rows: Rows) -> Mask:
    """No payment is newer than the report the arrears rest on."""
    row, found = facts_about(case, rows, "payment", "loan", "loan")
    value_on = case.facts["payment"]["value_on"][found]
    is_newer = value_on > case.candidates["reported_on"][rows][row]
    mask = np.ones(len(rows), np.bool_)
    mask[row[is_newer]] = False
    return mask


def _has_lawful_source(case: Case, rows: Rows) -> Mask:
    is_missing = case.candidates["point"][rows] == NO_ID  # the dead-point rule answers that
    return np.asarray(is_missing | (case.candidates["point_source"][rows] != NO_ID))


REQUIRED: Mapping[str, Callable[[Case, Rows], Mask]] = {
    "amount": _has_amount,
    "place": _has_place,
    "contact_history": _has_contact_history,
    "report": _has_report_after_payments,
    "source": _has_lawful_source,
}
"""Named facts a rule may require."""

Kind = Callable[[Case, Rule, Rows], Permitted]

KINDS: Mapping[str, Kind] = {
    "hours": hours,
    "count": count,
    "quiet_after": quiet_after,
    "only_rest_days": only_rest_days,
    "visitors": enough_visitors,
    "stated_hours": stated_hours,
    "stated_place": stated_place,
    "forbid": forbidden,
    "require": required_fact,
    "complete_books": complete_books,
    "opt_out": opted_out,
    "hold": held,
    "unnoted_dispute": unnoted_dispute,
    "refusal": refused_for_good,
    "dead_point": dead_point,
    "after_notice": after_notice,
    "consent": consent_needed,
}
MADE_KINDS: Mapping[str, Kind] = {"content": unlawful_text, "unreached": unreached}
"""Kinds of rules that no pack of contact law may name: they are made from rules of another sort."""
EXCEPTION_KINDS: Mapping[str, Kind] = {
    "agreed_hours": agreed_hours,
    "one_reply": one_reply,
    "extra_calls": extra_calls,
    "consented": consented,
    "spoken": spoken,
    "used_by_recipient": used_by_recipient,
    "lost_contact": lost_contact,
    "despite_hold": despite_hold,
    "while_held": while_held,
    "consented_hours": consented_hours,
    "justified": justified,
}
RELEASED_BY: Mapping[str, str] = {
    "hours": "place",
    "visitors": "visitors",
    "stated_hours": "suits_again",
    "stated_place": "suits_again",
    "complete_books": "payments_complete_through",
    "opt_out": "opt_in",
    "hold": "hold_end",
    "unnoted_dispute": "dispute_note",
    "dead_point": "contact_point",
    "unreached": "contact_point",
    "after_notice": "notice",
    "consent": "consent",
    "content": "text",
}
"""The fact that releases a refusal without an end, unless the rule names another."""
