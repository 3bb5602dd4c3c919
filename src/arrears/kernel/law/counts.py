"""Counts: when the contacts already made (or planned) stop standing in the way of another.

Every counted contact gets the instant at which it *releases*: for a rolling duration its own
instant plus the duration; for civil days the first instant of its date plus N in the last
plausible zone of the person it went to (of all who share the number, where numbers are
counted). A further contact is permitted from the N-th largest release on. Contacts later than
the instant asked about count like all others, so a plan made in any order breaks no count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import ALWAYS, NO_ID, Codes, Facts, Instants, Mask, rows_of
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.permitted import Case, Permitted, facts_about, from_on
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.vocabulary import Channel, Direction, NetworkResult

_LONGEST_EXTRA = 3 * HOUR
"""What changes of the clock can add to a run of days, anywhere and since 1990."""

Pairs = tuple[Rows, Rows]
"""(row within the rows asked about, row of the contact table), by the former."""


@dataclass(frozen=True, slots=True)
class Window:
    """`length` civil days including the day of the contact, or `length` hours rolling."""

    unit: str  # "civil_days" | "hours"
    length: int


def count(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """At most `max` of what is counted in the window, per scope key."""
    params = rule.params
    row, contact = _SCOPES[params["scope"]](case, rows)
    is_counted = COUNTED[params["counts"]](case.facts, contact)
    row, contact = row[is_counted], contact[is_counted]
    is_full = np.bincount(row, minlength=len(rows)) >= params["max"]
    row, contact = row[is_full[row]], contact[is_full[row]]
    window = Window(params["unit"], params["length"])
    release = releases(case, window, is_shared=params["scope"] == "value")[contact]
    return from_on(rows[is_full], _nth_largest(row, release, params["max"]))


def _nth_largest(row: Rows, release: Instants, n: int) -> Instants:
    """Of each row that occurs (ascending, at least n times each) the n-th largest release."""
    order = np.lexsort([release, row])
    ends = np.flatnonzero(np.append(row[1:] != row[:-1], np.ones(min(len(row), 1), np.bool_))) + 1
    return release[order][ends - n]


# -- what is counted ---------------------------------------------------------------------------


def _outbound(facts: Facts, contact: Rows) -> Mask:
    return np.asarray(facts["contact"]["direction"][contact] == Direction.OUT)


def _outbound_call(facts: Facts, contact: Rows) -> Mask:
    return np.asarray(_outbound(facts, contact) & (facts["contact"]["channel"][contact] == Channel.CALL))


def _connected_call(facts: Facts, contact: Rows) -> Mask:
    """A call that reached the dialled number; busy and not in service do not count."""
    result = facts["contact"]["network_result"][contact]
    return np.asarray(_outbound_call(facts, contact) & (result != NetworkResult.NOT_CONNECTED))


def _effective_call(facts: Facts, contact: Rows) -> Mask:
    """A conversation the collector started."""
    return np.asarray(_outbound_call(facts, contact) & facts["contact"]["is_conversation"][contact])


COUNTED: Mapping[str, Callable[[Facts, Rows], Mask]] = {
    "contact": _outbound,
    "call": _outbound_call,
    "connected_call": _connected_call,
    "effective_call": _effective_call,
}
"""Which rows of `Facts["contact"]` a rule counts. Counts are derived, never stored."""


# -- under which key ---------------------------------------------------------------------------


def _of_person(case: Case, rows: Rows) -> Pairs:
    return facts_about(case, rows, "contact", "person", "person")


def _of_value(case: Case, rows: Rows) -> Pairs:
    row, contact = facts_about(case, rows, "contact", "value", "value")
    is_known = case.facts["contact"]["value"][contact] != NO_ID
    return row[is_known], contact[is_known]


def _of_person_and_debt(case: Case, rows: Rows) -> Pairs:
    """A contact about several debts counts for each of them, once."""
    row, contact = _of_person(case, rows)
    contacts, links = case.facts["contact"]["contact"], case.facts["contact_loan"]
    pair, link = join(contacts[contact], links["contact"])
    is_about = np.zeros(len(row), np.bool_)
    is_same = _debt_of(case.facts, links["loan"][link]) == case.candidates["debt"][rows[row[pair]]]
    is_about[pair[is_same]] = True
    return row[is_about], contact[is_about]


def _debt_of(facts: Facts, loan: Codes) -> Codes:
    loans = facts["loan"]
    row = rows_of(loans["loan"], loan)
    debt = np.full(len(loan), NO_ID)
    debt[row >= 0] = loans["debt"][row[row >= 0]]
    return debt


_SCOPES: Mapping[str, Callable[[Case, Rows], Pairs]] = {
    "person": _of_person,
    "value": _of_value,
    "person_and_debt": _of_person_and_debt,
}
SCOPES = tuple(_SCOPES)


# -- until when --------------------------------------------------------------------------------


def releases(case: Case, window: Window, *, is_shared: bool) -> Instants:
    """When each contact stops counting for everybody it reached; kept with the facts.

    is_shared  it reached all who have a contact point of the same value, not its addressee alone
    """
    facts, name = case.facts, ("releases", window, is_shared)
    kept: Instants | None = facts._cache.get(name)
    if kept is None:
        at = facts["contact"]["at"]
        if window.unit == "hours":
            kept = np.asarray(at + window.length * HOUR)
        else:
            kept = _day_releases(facts, case.law.zones, window.length, _reached(facts, is_shared))
        facts._cache[name] = kept
    return kept


def _day_releases(
    facts: Facts, zones: Mapping[str, ZoneSegments], days: int, reached: tuple[Rows, Codes]
) -> Instants:
    at, (row, zone_set) = facts["contact"]["at"], reached
    release = np.full(len(at), ALWAYS)
    for code, members in enumerate(facts.zone_sets):
        mine = row[zone_set == code]
        for zone in (zones[facts.zones[each]] for each in members if len(mine)):
            np.maximum.at(release, mine, zone.first_instant(zone.day(at[mine]) + days))
    # With no zone known: the latest any zone could have it, the day having just begun there.
    unknown = row[zone_set == 0]
    np.maximum.at(release, unknown, at[unknown] + days * DAY + _LONGEST_EXTRA)
    return release


def _reached(facts: Facts, is_shared: bool) -> tuple[Rows, Codes]:
    """Pairs (contact, zone set of a person it may have reached); several a contact; kept."""
    kept: tuple[Rows, Codes] | None = facts._cache.get(("reached", is_shared))
    if kept is None:
        row, person = np.arange(len(facts["contact"]["contact"])), facts["contact"]["person"]
        if is_shared:
            value, sharer = _sharers(facts)
            row, at = join(facts["contact"]["value"], value)
            person = sharer[at]
        kept = facts._cache["reached", is_shared] = (row, _zone_set_of(facts, person))
    return kept


def _sharers(facts: Facts) -> tuple[Codes, Codes]:
    """Distinct pairs (value, person who has it or was contacted there), by value."""
    tables = (facts["point"], facts["contact"])
    value, person = (np.concatenate([table[name] for table in tables]) for name in ("value", "person"))
    order = np.lexsort([person, value])
    value, person = value[order], person[order]
    is_new = np.ones(len(value), np.bool_)
    is_new[1:] = (value[1:] != value[:-1]) | (person[1:] != person[:-1])
    return value[is_new], person[is_new]


def _zone_set_of(facts: Facts, person: Codes) -> Codes:
    """The zone set of each person; the empty one where the person is not in the facts."""
    row = rows_of(facts["person"]["person"], person)
    zone_set = np.zeros(len(person), np.int64)
    zone_set[row >= 0] = facts["person"]["zones"][row[row >= 0]]
    return zone_set
