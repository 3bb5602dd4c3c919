"""Counts and quiet periods: when the contacts already made (or planned) stop standing in the way of another.

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

from arrears.kernel.days import DAY, HOUR, MINUTE
from arrears.kernel.facts import ALWAYS, NEVER, NO_ID, Codes, Facts, Instants, Mask
from arrears.kernel.law.conversations import (
    consent_ends,
    consents_of,
    conversations,
    debt_of,
    next_conversation,
    zone_set_of,
)
from arrears.kernel.law.households import contacts_of_household, with_housemates
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.matching import matching_rows
from arrears.kernel.law.permitted import Case, Permitted, all_but, facts_about, from_on
from arrears.kernel.law.rules import Rule
from arrears.kernel.law.zones import LONGEST_EXTRA, ZoneSegments
from arrears.kernel.vocabulary import Channel, Direction, NetworkResult, Voice

UNITS = ("civil_days", "hours", "minutes", "ever")
_ROLLING = {"hours": HOUR, "minutes": MINUTE}

Pairs = tuple[Rows, Rows]
"""(row within the rows asked about, row of the contact table), by the former."""


@dataclass(frozen=True, slots=True)
class Window:
    """`length` civil days including the day of the contact, or `length` hours or minutes rolling.

    The unit `ever` has no end: what counts once counts for good.
    """

    unit: str  # one of UNITS
    length: int


def count(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """At most `max` of what is counted in the window, per scope key.

    All contacts on file count, whoever made them: the lender, its agencies, another system.
    Calls made with the consent by which an exception lifts this rule do not.
    """
    params = rule.params
    row, contact = counted(case, rule, rows)
    is_new = ~_with_consent(case, rule, rows[row], contact)
    row, contact = row[is_new], contact[is_new]
    is_full = np.bincount(row, minlength=len(rows)) >= params["max"]
    row, contact = row[is_full[row]], contact[is_full[row]]
    window = Window(params["unit"], params.get("length", 1))
    release = releases(case, window, reach=params["scope"])[contact]
    return from_on(rows[is_full], _nth_largest(row, release, params["max"]))


def counted(case: Case, rule: Rule, rows: Rows) -> Pairs:
    """Pairs of what the rule counts, under its scope."""
    row, contact = _SCOPES[rule.params["scope"]](case, rows)
    is_counted = COUNTED[rule.params["counts"]](case.facts, contact)
    return row[is_counted], contact[is_counted]


def quiet_after(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Not for `civil_days` after a conversation about the debt, its own day being the first.

    A conversation is one with each debt that was discussed, whoever called and about what.
    """
    talked_with, about, contact = conversations(case.facts)
    row, talk = join(case.candidates["person"][rows], talked_with)
    is_about = about[talk] == case.candidates["debt"][rows[row]]
    row, contact = row[is_about], contact[talk[is_about]]
    end = releases(case, Window("civil_days", rule.params["civil_days"]), reach="person")
    return all_but(case, rows, row, case.facts["contact"]["at"][contact], end[contact])


def _with_consent(case: Case, rule: Rule, row: Rows, contact: Rows) -> Mask:
    """Of pairs (candidate row, contact about its debt): calls the person had agreed to beforehand."""
    had = np.zeros(len(row), np.bool_)
    is_about_debt = rule.params["scope"] == "person_and_debt"
    for exception in case.law.exceptions_to(rule) if is_about_debt else ():
        if exception.kind == "extra_calls":
            pairs = np.flatnonzero(np.isin(row, matching_rows(case.facts, exception, case.candidates, row)))
            had[pairs] |= _agreed_to(case, exception, row[pairs], contact[pairs])
    return had


def _agreed_to(case: Case, exception: Rule, row: Rows, contact: Rows) -> Mask:
    contacts, debt = case.facts["contact"], case.candidates["debt"][row]
    person, at = contacts["person"][contact], contacts["at"][contact]
    pair, consent = consents_of(case, row, person)
    given_at = case.facts["consent"]["from_at"][consent]
    talked = next_conversation(case.facts, person[pair], debt[pair], given_at)
    low, high = case.law.in_force(exception)
    then = at[pair]
    is_agreed = (given_at <= then) & (then < consent_ends(case, exception.params["civil_days"])[consent])
    is_agreed &= (then <= talked) & (low <= then) & (then < high)
    is_agreed &= contacts["channel"][contact[pair]] == Channel.CALL
    had = np.zeros(len(row), np.bool_)
    had[pair[is_agreed]] = True
    return had


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


def _unanswered_call(facts: Facts, contact: Rows) -> Mask:
    """A call that nobody took; what became of it is known, or not yet."""
    return np.asarray(
        _outbound_call(facts, contact)
        & (facts["contact"]["network_result"][contact] != NetworkResult.ANSWERED)
    )


def _artificial_call(facts: Facts, contact: Rows) -> Mask:
    """A call in which a recording or a machine spoke; one of unknown voice is one."""
    voice = facts["contact"]["voice"][contact]
    is_by_person = (voice == Voice.PERSON) | (voice == Voice.AUTODIALLED)
    return np.asarray(_outbound_call(facts, contact) & ~is_by_person)


def _communication(facts: Facts, contact: Rows) -> Mask:
    """A message, or a call that was answered or could leave one; a call of unknown end is one."""
    result, channel = (facts["contact"][name][contact] for name in ("network_result", "channel"))
    is_lost = (result == NetworkResult.NOT_CONNECTED) | (result == NetworkResult.RANG_OUT)
    return np.asarray(_outbound(facts, contact) & ~((channel == Channel.CALL) & is_lost))


def _call_or_text(facts: Facts, contact: Rows) -> Mask:
    """A communication by telephone: a call or a text message."""
    channel = facts["contact"]["channel"][contact]
    is_either = (channel == Channel.CALL) | (channel == Channel.SMS)
    return np.asarray(_communication(facts, contact) & is_either)


def _call_or_text_elsewhere(facts: Facts, contact: Rows) -> Mask:
    """A call or text to a number known to be neither the person's own nor his household's."""
    contacts, elsewhere = facts["contact"], facts["elsewhere"]
    row, found = join(contacts["person"][contact], elsewhere["person"])
    is_there = np.zeros(len(contact), np.bool_)
    is_there[row[elsewhere["value"][found] == contacts["value"][contact[row]]]] = True
    return np.asarray(is_there & _call_or_text(facts, contact))


def _text(facts: Facts, contact: Rows) -> Mask:
    """A text message."""
    return np.asarray(_outbound(facts, contact) & (facts["contact"]["channel"][contact] == Channel.SMS))


def _visit(facts: Facts, contact: Rows) -> Mask:
    return np.asarray(_outbound(facts, contact) & (facts["contact"]["channel"][contact] == Channel.VISIT))


COUNTED: Mapping[str, Callable[[Facts, Rows], Mask]] = {
    "contact": _outbound,
    "call": _outbound_call,
    "connected_call": _connected_call,
    "effective_call": _effective_call,
    "unanswered_call": _unanswered_call,
    "artificial_call": _artificial_call,
    "communication": _communication,
    "call_or_text": _call_or_text,
    "call_or_text_elsewhere": _call_or_text_elsewhere,
    "text": _text,
    "visit": _visit,
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
    is_same = debt_of(case.facts, links["loan"][link]) == case.candidates["debt"][rows[row[pair]]]
    is_about[pair[is_same]] = True
    return row[is_about], contact[is_about]


def _of_value_and_debt(case: Case, rows: Rows) -> Pairs:
    """Of the contacts with the person about the debt those at this address or number."""
    row, contact = _of_person_and_debt(case, rows)
    value = case.facts["contact"]["value"][contact]
    is_there = (value != NO_ID) & (value == case.candidates["value"][rows[row]])
    return row[is_there], contact[is_there]


def _of_household(case: Case, rows: Rows) -> Pairs:
    """The contacts with anybody of the person's household, and with himself wherever he lived."""
    mate, found = contacts_of_household(case.facts, case.candidates["household"][rows])
    own, contact = _of_person(case, rows)
    size = max(len(case.facts["contact"]["contact"]), 1)
    every = np.unique(np.concatenate([own * size + contact, mate * size + found]))
    return every // size, every % size


_SCOPES: Mapping[str, Callable[[Case, Rows], Pairs]] = {
    "person": _of_person,
    "value": _of_value,
    "person_and_debt": _of_person_and_debt,
    "value_and_debt": _of_value_and_debt,
    "household": _of_household,
}
SCOPES = tuple(_SCOPES)


# -- until when --------------------------------------------------------------------------------


_BEYOND_ADDRESSEE = ("value", "household")


def releases(case: Case, window: Window, *, reach: str) -> Instants:
    """When each contact stops counting for everybody it reached; kept with the facts.

    reach  the scope: under `value` it reached all who have a contact point of the same value, under
           `household` all of the addressee's household, under any other its addressee alone
    """
    reach = reach if reach in _BEYOND_ADDRESSEE else "person"
    facts, name = case.facts, ("releases", window, reach)
    kept: Instants | None = facts._cache.get(name)
    if kept is None:
        at = facts["contact"]["at"]
        if window.unit == "ever":
            kept = np.full(len(at), NEVER)
        elif window.unit in _ROLLING:
            kept = np.asarray(at + window.length * _ROLLING[window.unit])
        else:
            kept = _day_releases(facts, case.law.zones, window.length, _reached(facts, reach))
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
    np.maximum.at(release, unknown, at[unknown] + days * DAY + LONGEST_EXTRA)
    return release


def _reached(facts: Facts, reach: str) -> tuple[Rows, Codes]:
    """Pairs (contact, zone set of a person it may have reached); several a contact; kept."""
    kept: tuple[Rows, Codes] | None = facts._cache.get(("reached", reach))
    if kept is None:
        row, person = np.arange(len(facts["contact"]["contact"])), facts["contact"]["person"]
        if reach == "household":
            row, person = with_housemates(facts, person)
        if reach == "value":
            value, sharer = _sharers(facts)
            row, at = join(facts["contact"]["value"], value)
            person = sharer[at]
        kept = facts._cache["reached", reach] = (row, zone_set_of(facts, person))
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
