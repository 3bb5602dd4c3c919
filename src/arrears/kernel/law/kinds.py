"""The kinds of rule: from facts to permitted time, one function per kind.

Each takes the rows a rule speaks of and returns the rows it could ever refuse with their
permitted time (for an exception: the rows it gives time to, with that time). The set is made
from facts alone, never from the instant asked about and never from another rule's answer.
`KINDS` at the end is the closed list that packs may name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from arrears.kernel.days import HOUR, MINUTE
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, Codes, Column, Facts, Mask, rows_of
from arrears.kernel.law import hours as wall
from arrears.kernel.law.candidates import Candidates
from arrears.kernel.law.counts import Window, keys_of, timeline
from arrears.kernel.law.intervals import IntervalSets, Rows, complement, expand, join, sets_of
from arrears.kernel.law.rules import Law, Rule
from arrears.kernel.vocabulary import ANY, Channel, Direction, Stops


@dataclass(frozen=True, slots=True)
class Permitted:
    """`key[i]` of `sets` is the permitted time of candidate row `rows[i]`; rows ascending."""

    rows: Rows
    sets: IntervalSets
    key: Codes


@dataclass(frozen=True, slots=True)
class Case:
    """What a kind works on: the candidates under decision, the facts, and the span to cover."""

    facts: Facts
    law: Law
    candidates: Candidates
    span: wall.Span


def _nothing() -> Permitted:
    none = np.empty(0, np.int64)
    return Permitted(none, IntervalSets(np.zeros(1, np.int64), none, none), none)


def _per_row(row: Rows, start: Column, end: Column, rows: Rows) -> Permitted:
    """Permitted time from any intervals; `row` counts within `rows`."""
    touched, key = np.unique(row, return_inverse=True)
    return Permitted(
        rows[touched], sets_of(len(touched), key.reshape(-1), start, end), np.arange(len(touched))
    )


def _except(row: Rows, start: Column, end: Column, rows: Rows) -> Permitted:
    """Permitted is all time but these intervals."""
    forbidden = _per_row(row, start, end, rows)
    return Permitted(forbidden.rows, complement(forbidden.sets), forbidden.key)


def _never(rows: Rows) -> Permitted:
    none = np.empty(0, np.int64)
    return Permitted(rows, IntervalSets(np.zeros(2, np.int64), none, none), np.zeros_like(rows))


def _by(case: Case, name: str, column: str) -> tuple[Codes, Rows]:
    """A fact table's column in ascending order, and the table rows in that order; kept."""
    kept = case.facts._cache.get(("by", name, column))
    if kept is None:
        order = np.argsort(case.facts[name][column], kind="stable")
        kept = (case.facts[name][column][order], order)
        case.facts._cache[("by", name, column)] = kept
    found: tuple[Codes, Rows] = kept
    return found


def _facts_of(case: Case, rows: Rows, name: str, on: str, column: str) -> tuple[Rows, Rows]:
    """Pairs (row within `rows`, fact row) whose `column` equals the candidate's `on`."""
    sorted_ids, order = _by(case, name, column)
    if len(sorted_ids) == 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    row, found = join(case.candidates[on][rows], sorted_ids)
    return row, order[found]


# -- intervals ---------------------------------------------------------------------------------


def hours(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Permitted inside the rule's windows of local time in every plausible zone."""
    return _within(case, rows, lambda: windows_of(rule.params))


def _within(case: Case, rows: Rows, windows: Callable[[], tuple[wall.Window, ...]]) -> Permitted:
    codes, key = np.unique(case.candidates["zones"][rows], return_inverse=True)
    compiled = [_hours_of(case, windows(), int(code)) for code in codes]
    return Permitted(rows, stack(compiled), key.reshape(-1))


def _hours_of(case: Case, windows: tuple[wall.Window, ...], zone_set: int) -> IntervalSets:
    names = tuple(case.facts.zones[code] for code in case.facts.zone_sets[zone_set])
    return wall.compile_hours(windows, names, case.law.zones, case.span)


def stack(sets: list[IntervalSets]) -> IntervalSets:
    """The keys of every set after one another."""
    sizes = np.concatenate([np.zeros(1, np.int64), *(np.diff(each.offsets) for each in sets)])
    return IntervalSets(
        np.cumsum(sizes),
        np.concatenate([np.empty(0, np.int64), *(each.starts for each in sets)]),
        np.concatenate([np.empty(0, np.int64), *(each.ends for each in sets)]),
    )


def windows_of(params: Mapping[str, Any]) -> tuple[wall.Window, ...]:
    """The windows a rule states: `from`, `to` as HH:MM, `to_inclusive`, `weekdays` as 1..7."""
    last = 1 if params.get("to_inclusive", False) else 0
    days = sum(1 << (day - 1) for day in params.get("weekdays", range(1, 8)))
    return (wall.Window(days, _time_of_day(params["from"]), _time_of_day(params["to"]) + last),)


def _time_of_day(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * HOUR + int(minute) * MINUTE


def forbidden(_case: Case, _: Rule, rows: Rows) -> Permitted:
    """Never permitted."""
    return _never(rows)


def required_fact(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Never permitted until a named fact is on file."""
    return _never(rows[~REQUIRED[rule.params["fact"]](case, rows)])


def complete_books(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Permitted on days D of the lender whose payments are complete through D - 1."""
    lenders = case.facts["lender"]
    codes, key = np.unique(case.candidates["lender"][rows], return_inverse=True)
    at = rows_of(lenders["lender"], codes)
    through = lenders["payments_complete_through_on"][at]
    ends = [
        _closing(case, int(zone), int(day)) for zone, day in zip(lenders["zone"][at], through, strict=True)
    ]
    starts = np.full(len(codes), ALWAYS)
    sets = sets_of(len(codes), np.arange(len(codes)), starts, np.array(ends, np.int64))
    return Permitted(rows, sets, key.reshape(-1))


def _closing(case: Case, zone: int, through_on: int) -> int:
    if through_on == NO_DATE:
        return ALWAYS
    segments = case.law.zones[case.facts.zones[zone]]
    return int(segments.first_instant(np.array([through_on + 2]))[0])


def opted_out(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not while the person, or anybody for this address, has switched the channel off."""
    table = case.facts["opt_out"]
    by_person = _facts_of(case, rows, "opt_out", "person", "person")
    by_value = _facts_of(case, rows, "opt_out", "value", "value")
    row = np.concatenate([by_person[0], by_value[0]])
    found = np.concatenate([by_person[1], by_value[1]])
    channel = case.candidates["channel"][rows][row]
    keep = (table["channel"][found] == ANY) | (table["channel"][found] == channel)
    # NO_ID means "not by person" or "not by value" on either side, never a match
    is_person = np.arange(len(row)) < len(by_person[0])
    named = np.where(is_person, table["person"][found], table["value"][found])
    row, found = row[keep & (named != NO_ID)], found[keep & (named != NO_ID)]
    return _except(row, table["from_at"][found], table["until_at"][found], rows)


def held(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not while a hold on the loan, the borrower or the recipient stops this kind of contact."""
    table = case.facts["hold"]
    pairs = [
        _facts_of(case, rows, "hold", on, column)
        for on, column in (("loan", "loan"), ("person", "person"), ("borrower", "person"))
    ]
    row, found = (np.concatenate([pair[i] for pair in pairs]) for i in (0, 1))
    channel = case.candidates["channel"][rows][row]
    is_call = (channel == Channel.CALL) | (channel == Channel.VISIT)
    bit = np.where(is_call, int(Stops.CALLS), int(Stops.NOTICES))
    keep = (table["stops"][found] & bit) != 0
    row, found = row[keep], found[keep]
    return _except(row, table["from_at"][found], table["until_at"][found], rows)


def refused_for_good(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Never again once the person has refused, whatever the loan, agency or year."""
    row, found = _facts_of(case, rows, "refusal", "person", "person")
    start = case.facts["refusal"]["from_at"][found]
    return _except(row, start, np.full(len(row), NEVER), rows)


def dead_point(case: Case, _: Rule, rows: Rows) -> Permitted:
    """Not at an address or number known not to reach anybody, nor where there is none."""
    is_missing = case.candidates["point"][rows] == NO_ID
    row, found = _facts_of(case, rows, "point", "point", "point")
    start = case.facts["point"]["dead_from_at"][found]
    missing = np.flatnonzero(is_missing)
    return _except(
        np.concatenate([row, missing]),
        np.concatenate([start, np.full(len(missing), ALWAYS)]),
        np.full(len(row) + len(missing), NEVER),
        rows,
    )


# -- counts ------------------------------------------------------------------------------------


def count(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """At most `max` of what is counted in the window, per scope key."""
    scope, limit = rule.params["scope"], rule.params["max"]
    window = Window(rule.params["unit"], rule.params["length"])
    line = timeline(case.facts, case.law.zones, scope=scope, counts=rule.params["counts"], window=window)
    from_at = line.nth_largest(keys_of(line, scope, case.candidates, rows), limit)
    is_bound = from_at > ALWAYS
    bound, start = rows[is_bound], from_at[is_bound]
    return _per_row(np.arange(len(bound)), start, np.full(len(bound), NEVER), bound)


# -- exceptions --------------------------------------------------------------------------------


def agreed_hours(case: Case, _: Rule, rows: Rows) -> Permitted:
    """The hours the recipient agreed to, in every plausible zone, while the agreement lasts."""
    table = case.facts["agreement"]
    row, found = _facts_of(case, rows, "agreement", "person", "person")
    channel = case.candidates["channel"][rows][row]
    keep = (table["channel"][found] == ANY) | (table["channel"][found] == channel)
    row, found = row[keep], found[keep]
    zones = case.candidates["zones"][rows][row]
    columns = [table[name][found] for name in ("weekdays", "start_local", "end_local")]
    patterns, of = np.unique(np.stack([*columns, zones], axis=1), axis=0, return_inverse=True)
    sets = stack([_hours_of(case, (wall.Window(*map(int, p[:3])),), int(p[3])) for p in patterns]).select(
        of.reshape(-1)
    )
    owner, at = expand(sets.offsets[:-1], np.diff(sets.offsets))
    start = np.maximum(sets.starts[at], table["from_at"][found][owner])
    end = np.minimum(sets.ends[at], table["until_at"][found][owner])
    return _per_row(row[owner], start, end, rows)


def one_reply(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """One answer by the medium in which the recipient wrote or called, within `within_hours`.

    A contact sent there at or after the message has used its permission up, also one that is
    recorded for a later instant than the one asked about: gates whose questions cross in time
    then still answer once.
    """
    row, message = _facts_of(case, rows, "contact", "person", "person")
    contacts = case.facts["contact"]
    channel = case.candidates["channel"][rows]
    is_same = contacts["channel"][message] == channel[row]
    row, message = row[is_same], message[is_same]
    at, is_out = contacts["at"][message], contacts["direction"][message] == Direction.OUT
    order = np.lexsort([is_out, at, row])  # an answer stands after the message of the same instant
    row, at, is_out = row[order], at[order], is_out[order]
    end = at + rule.params["within_hours"] * HOUR
    is_open = ~is_out & (_next_where(row, at, is_out) >= end)
    return _per_row(row[is_open], at[is_open], end[is_open], rows)


def _next_where(row: Rows, at: Column, mask: Mask) -> Column:
    """For each element (sorted by row, then at) the `at` of the row's next masked one or NEVER."""
    index = np.where(mask, np.arange(len(at)), len(at))
    nearest = np.minimum.accumulate(index[::-1])[::-1]
    is_found = nearest < len(at)
    safe = np.where(is_found, nearest, 0)
    is_found &= row[safe] == row if len(row) else is_found
    return np.where(is_found, at[safe] if len(at) else NEVER, NEVER)


def overridden(case: Case, rule: Rule, rows: Rows) -> Permitted:
    """Time for which an approver has recorded an override of this rule."""
    table = case.facts["override"]
    row, found = _facts_of(case, rows, "override", "person", "person")
    loan = case.candidates["loan"][rows][row]
    names = np.array([name == rule.id for name in case.facts.rules], np.bool_)
    keep = (table["loan"][found] == ANY) | (table["loan"][found] == loan)
    if len(found):
        keep &= names[table["rule"][found]]
    row, found = row[keep], found[keep]
    return _per_row(row, table["from_at"][found], table["until_at"][found], rows)


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
    row, found = _facts_of(case, rows, "payment", "loan", "loan")
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
    "forbid": forbidden,
    "require": required_fact,
    "complete_books": complete_books,
    "opt_out": opted_out,
    "hold": held,
    "refusal": refused_for_good,
    "dead_point": dead_point,
}
EXCEPTION_KINDS: Mapping[str, Kind] = {
    "agreed_hours": agreed_hours,
    "one_reply": one_reply,
}
RELEASED_BY: Mapping[str, str] = {
    "hours": "place",
    "complete_books": "payments_complete_through",
    "opt_out": "opt_in",
    "hold": "hold_end",
    "dead_point": "contact_point",
}
"""The fact that releases a refusal without an end, unless the rule names another."""
