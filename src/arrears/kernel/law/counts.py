"""Counts: when the contacts already made (or planned) stop standing in the way of another.

Every counted contact gets the instant at which it *releases*: for a rolling duration its own
instant plus the duration; for civil days the first instant of its date plus N in the last
plausible zone of the person it went to (of all who share the number, where numbers are
counted). A further contact is permitted from the N-th largest
release on. Contacts later than the instant asked about count like all others, so a plan made
in any order breaks no count.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import ALWAYS, NO_ID, Codes, Facts, Instants, Mask, rows_of
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.zones import ZoneSegments
from arrears.kernel.vocabulary import Channel, Direction, NetworkResult

_LONGEST_EXTRA = 3 * HOUR
"""What changes of the clock can add to a run of days, anywhere and since 1990."""


@dataclass(frozen=True, slots=True)
class Window:
    """`length` civil days including the day of the contact, or `length` hours rolling."""

    unit: str  # "civil_days" | "hours"
    length: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Per scope key, ascending: the releases of the contacts counted under it.

    `first` and `second` are the sorted distinct ids the key is made of (the second is a
    single zero for a one-part scope); key = row in first * len(second) + row in second.
    """

    first: Codes
    second: Codes
    keys: Codes  # int64[k] sorted distinct keys that have contacts
    offsets: Rows  # int64[k+1]
    releases: Instants

    def nth_largest(self, key: Codes, n: int) -> Instants:
        """The n-th largest release of each key; ALWAYS where there are fewer."""
        row = rows_of(self.keys, key)
        at = np.where(row >= 0, row, 0)
        low, high = (self.offsets[at], self.offsets[at + 1]) if len(self.keys) else (row, row)
        is_full = (row >= 0) & (high - low >= n)
        found = np.full(len(key), ALWAYS)
        found[is_full] = self.releases[high[is_full] - n]
        return found


def _outbound(facts: Facts) -> Mask:
    return np.asarray(facts["contact"]["direction"] == Direction.OUT)


def _outbound_call(facts: Facts) -> Mask:
    return np.asarray(_outbound(facts) & (facts["contact"]["channel"] == Channel.CALL))


def _connected_call(facts: Facts) -> Mask:
    """A call that reached the dialled number; busy and not in service do not count."""
    result = facts["contact"]["network_result"]
    return np.asarray(_outbound_call(facts) & (result != NetworkResult.NOT_CONNECTED))


def _effective_call(facts: Facts) -> Mask:
    """A conversation the collector started."""
    return np.asarray(_outbound_call(facts) & facts["contact"]["is_conversation"])


COUNTED: Mapping[str, Callable[[Facts], Mask]] = {
    "contact": _outbound,
    "call": _outbound_call,
    "connected_call": _connected_call,
    "effective_call": _effective_call,
}
"""Which rows of `Facts["contact"]` a rule counts. Counts are derived, never stored."""


def _of_person(facts: Facts, contact: Rows) -> tuple[Rows, Codes, Codes]:
    return contact, facts["contact"]["person"][contact], np.zeros(len(contact), np.int64)


def _of_value(facts: Facts, contact: Rows) -> tuple[Rows, Codes, Codes]:
    contact = contact[facts["contact"]["value"][contact] != NO_ID]
    return contact, facts["contact"]["value"][contact], np.zeros(len(contact), np.int64)


def _of_person_and_debt(facts: Facts, contact: Rows) -> tuple[Rows, Codes, Codes]:
    """A contact about several debts counts for each of them, once."""
    links, loans = facts["contact_loan"], facts["loan"]
    row, link = join(facts["contact"]["contact"][contact], links["contact"])
    loan = rows_of(loans["loan"], links["loan"][link])
    row, loan = row[loan >= 0], loan[loan >= 0]
    debts, debt = np.unique(loans["debt"][loan], return_inverse=True)
    pairs = np.unique(contact[row] * len(debts) + debt)
    contact, debt = np.divmod(pairs, max(len(debts), 1))
    return contact, facts["contact"]["person"][contact], debts[debt]


_SCOPES: Mapping[str, Callable[[Facts, Rows], tuple[Rows, Codes, Codes]]] = {
    "person": _of_person,
    "value": _of_value,
    "person_and_debt": _of_person_and_debt,
}
_CANDIDATE_COLUMNS: Mapping[str, tuple[str, str | None]] = {
    "person": ("person", None),
    "value": ("value", None),
    "person_and_debt": ("person", "debt"),
}
SCOPES = tuple(_SCOPES)


def timeline(
    facts: Facts,
    zones: Mapping[str, ZoneSegments],
    *,
    scope: str,
    counts: str,
    window: Window,
) -> Timeline:
    """The releases under every key of a scope; built once per bundle of facts and kept there."""
    name = ("timeline", scope, counts, window)
    kept = facts._cache.get(name)
    if isinstance(kept, Timeline):
        return kept
    contact, first, second = _SCOPES[scope](facts, np.flatnonzero(COUNTED[counts](facts)))
    firsts, seconds = np.unique(first), np.unique(second)
    key = np.searchsorted(firsts, first) * len(seconds) + np.searchsorted(seconds, second)
    reached = _owners if scope == "value" else _addressee
    release = release_of(facts, zones, contact, window, reached(facts, contact))
    order = np.lexsort([release, key])
    keys, begin = np.unique(key[order], return_index=True)
    built = Timeline(firsts, seconds, keys, np.append(begin, len(key)), release[order])
    facts._cache[name] = built
    return built


def keys_of(line: Timeline, scope: str, candidates: Candidates, rows: Rows) -> Codes:
    """The scope key of each candidate row; -1 where nothing was counted under it."""
    first, second = _CANDIDATE_COLUMNS[scope]
    at = rows_of(line.first, candidates[first][rows])
    if second is None:
        return at
    other = rows_of(line.second, candidates[second][rows])
    return np.where((at >= 0) & (other >= 0), at * len(line.second) + other, -1)


Reached = tuple[Rows, Codes]
"""Pairs (row within the contacts given, person it may have reached); several a contact."""


def _addressee(facts: Facts, contact: Rows) -> Reached:
    return np.arange(len(contact)), facts["contact"]["person"][contact]


def _owners(facts: Facts, contact: Rows) -> Reached:
    """The person contacted, and everybody else with a contact point of the same value."""
    points = facts["point"]
    order = np.argsort(points["value"], kind="stable")
    row, at = join(facts["contact"]["value"][contact], points["value"][order])
    addressee = _addressee(facts, contact)
    return np.append(addressee[0], row), np.append(addressee[1], points["person"][order][at])


def release_of(
    facts: Facts, zones: Mapping[str, ZoneSegments], contact: Rows, window: Window, reached: Reached
) -> Instants:
    """When each contact (a row of the contact table) stops counting for everybody it reached."""
    at = facts["contact"]["at"][contact]
    if window.unit == "hours":
        return np.asarray(at + window.length * HOUR)
    release = np.full(len(at), ALWAYS)
    row, person = reached
    zone_set = _zone_set_of(facts, person)
    for code in np.unique(zone_set):
        mine = row[zone_set == code]
        for zone in (zones[facts.zones[z]] for z in facts.zone_sets[code]):
            first = zone.first_instant(zone.day(at[mine]) + window.length)
            np.maximum.at(release, mine, first)
    # With no zone known: the latest any zone could have it, the day having just begun there.
    unknown = row[zone_set == 0]
    np.maximum.at(release, unknown, at[unknown] + window.length * DAY + _LONGEST_EXTRA)
    return release


def _zone_set_of(facts: Facts, person: Codes) -> Codes:
    row = rows_of(facts["person"]["person"], person)
    known = row >= 0
    found = np.zeros(len(person), np.int64)
    found[known] = facts["person"]["zones"][row[known]]
    return found
