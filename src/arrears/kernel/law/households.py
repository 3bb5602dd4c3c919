"""Households: who lives together, as the lender says, and which contacts are theirs.

Nobody is put into a household by what is known of addresses. Whoever is in none is a household of
his own. A contact counts for a household when the person was of it at the time, or is of it now:
of the two readings of a change of household the one that counts more.
"""

from __future__ import annotations

import numpy as np

from arrears.kernel.facts import Codes, Facts, Mask
from arrears.kernel.law.intervals import Rows, join

_ALONE = -2


def household_of(facts: Facts, person: Codes) -> Codes:
    """The household of each person when the facts were read; below -1, and his own, for one in none."""
    table, now = facts["household"], _is_now(facts)
    at, row = join(person, table["person"][now])
    own = _ALONE - np.asarray(person, np.int64)
    own[at] = table["household"][now][row]
    return own


def contacts_of_household(facts: Facts, household: Codes) -> tuple[Rows, Rows]:
    """Pairs (place within `household`, row of the contact table) of the contacts with its people."""
    place, member = _members(facts, household)
    table, contacts = facts["household"], facts["contact"]
    order = np.argsort(contacts["person"], kind="stable")
    pair, found = join(table["person"][member], contacts["person"][order])
    contact = order[found]
    at, row = contacts["at"][contact], member[pair]
    is_then = (table["from_at"][row] <= at) & (at < table["until_at"][row])
    counts = is_then | _is_now(facts)[row]
    return place[pair[counts]], contact[counts]


def with_housemates(facts: Facts, person: Codes) -> tuple[Rows, Codes]:
    """Pairs (place within `person`, a person): himself, and everybody of a household he is or was of."""
    table = facts["household"]
    at, row = join(person, table["person"])
    place, member = _members(facts, table["household"][row])
    every = np.arange(len(person))
    return np.append(every, at[place]), np.append(person, table["person"][member])


def _members(facts: Facts, household: Codes) -> tuple[Rows, Rows]:
    """Pairs (place within `household`, row of the household table)."""
    order = np.argsort(facts["household"]["household"], kind="stable")
    place, member = join(household, facts["household"]["household"][order])
    return place, order[member]


def _is_now(facts: Facts) -> Mask:
    table = facts["household"]
    return np.asarray((table["from_at"] <= facts.known_at) & (facts.known_at < table["until_at"]))
