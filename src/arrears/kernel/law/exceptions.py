"""The kinds of exception: time that is given to the rules an exception names.

Each takes the rows an exception speaks of and returns those it gives time to, with that time.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.days import HOUR
from arrears.kernel.facts import ALWAYS, NO_ID, Instants
from arrears.kernel.law.conversations import consent_ends, consents_of, next_conversation
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.permitted import (
    NOTHING,
    Case,
    Permitted,
    facts_about,
    hours_of,
    hours_told,
    is_for_channel,
    next_where,
    per_row,
)
from arrears.kernel.law.rules import Rule
from arrears.kernel.vocabulary import ANY, Direction, Ground, code_of


def agreed_hours(case: Case, _: Rule, rows: Rows) -> Permitted:
    """The hours the recipient agreed to, in every plausible zone, while the agreement lasts.

    One obtained in a contact that is known to have broken a rule is none.
    """
    return _hours_agreed(case, rows, *_agreements(case, rows))


def consented_hours(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Hours to which the recipient consented after he had last said that something does not suit him.

    Only a consent given to the one who acts, in a contact that is known to have broken no rule.
    """
    row, found = _agreements(case, rows)
    table = case.facts["agreement"]
    is_direct = table["given_to"][found] == case.candidates["lender"][rows[row]]
    is_last = table["from_at"][found] > _last_said(case, rows)[row]
    keep = is_direct & is_last & (table["complied"][found] == 1)
    return _hours_agreed(case, rows, row[keep], found[keep])


def _last_said(case: Case, rows: Rows) -> Instants:
    """When each recipient last said that a time or place does not suit him; ALWAYS if he never did."""
    said = np.full(len(rows), ALWAYS)
    row, found = facts_about(case, rows, "inconvenience", "person", "person")
    np.maximum.at(said, row, case.facts["inconvenience"]["from_at"][found])
    return said


def _agreements(case: Case, rows: Rows) -> tuple[Rows, Rows]:
    """Pairs (row within `rows`, agreement on hours that is not void)."""
    row, found = facts_about(case, rows, "agreement", "person", "person")
    keep = is_for_channel(case, "agreement", found, rows[row])
    keep &= case.facts["agreement"]["complied"][found] != 0
    return row[keep], found[keep]


def _hours_agreed(case: Case, rows: Rows, row: Rows, found: Rows) -> Permitted:
    if len(row) == 0:
        return NOTHING
    owner, start, end = hours_told(case, "agreement", rows[row], found, hours_of)
    return per_row(case, rows, row[owner], start, end)


def one_reply(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """One answer by the medium in which the recipient wrote or called, within `within_hours`.

    Only to the number or address that he used, where the rule says `same_point`; an answer to
    another one has answered him all the same.

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
    row, at, is_out, value = row[order], at[order], is_out[order], contacts["value"][message[order]]
    end = at + rule.params["within_hours"] * HOUR
    is_open = ~is_out & (next_where(row, at, is_out) >= end)
    if rule.params.get("same_point", False):
        is_open &= (value != NO_ID) & (value == case.candidates["value"][rows[row]])
    return per_row(case, rows, row[is_open], at[is_open], end[is_open])


def extra_calls(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Calls the recipient agreed to receive, for `civil_days`, the day of his consent the first.

    The consent was given to the one who calls. It ends earlier where it says so and with the
    next conversation about the debt.
    """
    row, found = consents_of(case, rows, case.candidates["person"][rows])
    start = case.facts["consent"]["from_at"][found]
    of = rows[row]
    talked = next_conversation(case.facts, case.candidates["person"][of], case.candidates["debt"][of], start)
    end = np.minimum(consent_ends(case, rule.params["civil_days"])[found], talked)
    return per_row(case, rows, row, start, end)


def overridden(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Time for which an approver has recorded an override of this rule.

    Where an exception says what justifies one, it has to be for a reason of those.
    """
    if rule.id not in case.facts.rules:
        return NOTHING
    table = case.facts["override"]
    row, found = facts_about(case, rows, "override", "person", "person")
    loan = table["loan"][found]
    is_loan = (loan == ANY) | (loan == case.candidates["loan"][rows][row])
    keep = is_loan & (table["rule"][found] == case.facts.rules.index(rule.id))
    for each in case.law.exceptions_to(rule):
        if each.kind == "justified":
            grounds = [code_of(Ground, name) for name in each.params["grounds"]]
            keep &= np.isin(table["ground"][found], grounds)
    row, found = row[keep], found[keep]
    return per_row(case, rows, row, table["from_at"][found], table["until_at"][found])


def justified(_case: Case, _exception: Rule, _rows: Rows) -> Permitted:
    """No time of its own: it says which overrides of the rules it names give them time."""
    return NOTHING
