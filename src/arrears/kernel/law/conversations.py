"""Telephone conversations about a debt, and the consents to further calls that they end."""

from __future__ import annotations

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, NO_ID, Codes, Facts, Instants, rows_of
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.permitted import Case
from arrears.kernel.law.zones import LONGEST_EXTRA
from arrears.kernel.vocabulary import ANY, Channel, ConsentKind


def conversations(facts: Facts) -> tuple[Codes, Codes, Rows]:
    """(person, debt, contact row) of every debt discussed by telephone, by person; kept.

    Whoever called: one row per debt that was discussed, whichever the call was made about.
    """
    kept: tuple[Codes, Codes, Rows] | None = facts._cache.get("conversations")
    if kept is None:
        contacts, links = facts["contact"], facts["contact_loan"]
        row = rows_of(contacts["contact"], links["contact"])
        is_talk = contacts["is_conversation"] & (contacts["channel"] == Channel.CALL)
        link = np.flatnonzero(links["is_discussed"] & (row >= 0))
        link = link[is_talk[row[link]]]
        debt = debt_of(facts, links["loan"][link])
        link, debt = link[debt != NO_ID], debt[debt != NO_ID]
        person = contacts["person"][row[link]]
        order = np.argsort(person, kind="stable")
        kept = facts._cache["conversations"] = (person[order], debt[order], row[link][order])
    return kept


def debt_of(facts: Facts, loan: Codes) -> Codes:
    """The debt of each loan; NO_ID where the loan is not in the facts."""
    loans = facts["loan"]
    row = rows_of(loans["loan"], loan)
    debt = np.full(len(loan), NO_ID)
    debt[row >= 0] = loans["debt"][row[row >= 0]]
    return debt


def next_conversation(facts: Facts, person: Codes, debt: Codes, after: Instants) -> Instants:
    """For each element: the first conversation of the person about the debt later than `after`."""
    talked_with, about, contact = conversations(facts)
    found = np.full(len(person), NEVER)
    row, talk = join(person, talked_with)
    at = facts["contact"]["at"][contact[talk]]
    keep = (about[talk] == debt[row]) & (at > after[row])
    np.minimum.at(found, row[keep], at[keep])
    return found


def consents_of(case: Case, rows: Rows, person: Codes) -> tuple[Rows, Rows]:
    """Pairs (place within `rows`, consent) to calls about the debt, given by `person` to the caller."""
    table, candidates = case.facts["consent"], case.candidates
    row, found = join(person, table["person"])
    loan = table["loan"][found]
    keep = (
        (table["kind"][found] == ConsentKind.EXTRA_CALLS)
        & ((table["channel"][found] == ANY) | (table["channel"][found] == Channel.CALL))
        & (table["given_to"][found] == candidates["lender"][rows[row]])
        & ((loan == ANY) | (debt_of(case.facts, loan) == candidates["debt"][rows[row]]))
    )
    return row[keep], found[keep]


def consent_ends(case: Case, days: int) -> Instants:
    """When each consent to calls ends, by itself or with the last of its civil days anywhere; kept."""
    facts, zones = case.facts, case.law.zones
    kept: Instants | None = facts._cache.get(("consent ends", days))
    if kept is None:
        table = facts["consent"]
        start, kept = table["from_at"], table["until_at"].copy()
        zone_set = zone_set_of(facts, table["person"])
        is_of_calls = table["kind"] == ConsentKind.EXTRA_CALLS
        for code, members in enumerate(facts.zone_sets):
            mine = np.flatnonzero(is_of_calls & (zone_set == code))
            for zone in (zones[facts.zones[each]] for each in members if len(mine)):
                kept[mine] = np.minimum(kept[mine], zone.first_instant(zone.day(start[mine]) + days))
        # With no zone known: as if the day of the consent had been about to end.
        unknown = is_of_calls & (zone_set == 0)
        kept[unknown] = np.minimum(kept[unknown], start[unknown] + (days - 1) * DAY - LONGEST_EXTRA)
        facts._cache["consent ends", days] = kept
    return kept


def zone_set_of(facts: Facts, person: Codes) -> Codes:
    """The zone set of each person; the empty one where the person is not in the facts."""
    row = rows_of(facts["person"]["person"], person)
    zone_set = np.zeros(len(person), np.int64)
    zone_set[row >= 0] = facts["person"]["zones"][row[row >= 0]]
    return zone_set
