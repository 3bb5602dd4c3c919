"""Which candidates a rule speaks of: a closed list of fields, each a list of names.

All fields of a rule must match; within a field any name does. A rule bound to a place binds
when any plausible place of the recipient lies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import IntEnum
from functools import cache

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.days import day_of
from arrears.kernel.facts import NO_DATE, Facts, Mask, rows_of
from arrears.kernel.law.candidates import Candidates, count_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import BY_DAY, Law, Rule
from arrears.kernel.places import is_within

CODED_FIELDS: Mapping[str, tuple[str, type[IntEnum]]] = {
    "debt_kind": ("debt_kind", v.DebtKind),
    "creditor_licence": ("licence", v.CreditorLicence),
    "actor_kind": ("actor_kind", v.ActorKind),
    "recipient_kind": ("recipient_kind", v.RecipientKind),
    "age": ("age", v.Age),
    "channel": ("channel", v.Channel),
    "purpose": ("purpose", v.Purpose),
    "notice": ("notice", v.NoticeKind),
    "voice": ("voice", v.Voice),
    "manner": ("manner", v.Manner),
    "point_kind": ("point_kind", v.PointKind),
    "point_source": ("point_source", v.PointSource),
    "point_owner": ("point_owner", v.PointOwner),
}
"""Field of a rule -> candidate column and the vocabulary of its names."""

PLACE_FIELDS = ("recipient_places", "governing_law", "place_or_law")
"""Fields whose names are ISO 3166 codes; `US` takes in `US-MA`. The last matches by either."""

FIELDS = (*CODED_FIELDS, *PLACE_FIELDS)
_FURNISH = int(v.Purpose.FURNISH)

_FEW = 500
_REMEMBERED_MAX = 10_000


def matching_rows(facts: Facts, rule: Rule, candidates: Candidates, rows: Rows | None = None) -> Rows:
    """The rows of the candidates (of `rows`, where given) that the rule speaks of, ascending.

    Passing data on to a credit bureau is no contact: only a rule that names that purpose speaks of it.
    A rule in force by the day of the loan speaks of no loan made on another day. Where nobody told
    when the loan was made, a rule speaks of it, and an exception does not.
    """
    found = _of_its_form(facts, rule, candidates, np.arange(count_of(candidates)) if rows is None else rows)
    return found if rule.in_force_by == BY_DAY else found[_is_of_its_days(facts, rule, candidates, found)]


def rules_about(facts: Facts, law: Law, candidates: Candidates) -> Sequence[int]:
    """Codes (index in `law.rules`), ascending, of the rules that may speak of any of the candidates.

    Of a few candidates only those: which rules speak of a candidate of that form, of whatever days, is
    remembered with the law. To tell forms apart takes longer than asking every rule of a great many.
    """
    if count_of(candidates) > _FEW:
        return range(len(law.rules))
    first = {form: row for row, form in enumerate(_forms(facts, candidates))}
    known = law.spoken
    unknown = {form: row for form, row in first.items() if form not in known}
    if unknown:
        if len(known) + len(unknown) > _REMEMBERED_MAX:
            known.clear()
        known.update(zip(unknown, _rules_of(facts, law, candidates, list(unknown.values())), strict=True))
    return sorted(set().union(*(known[form] for form in first)))


def _of_its_form(facts: Facts, rule: Rule, candidates: Candidates, rows: Rows) -> Rows:
    """Those of the rows that have what the fields of the rule name, whenever the loan was made."""
    for name, wanted in rule.match.items():
        if len(rows) == 0:  # as for most rules about one candidate, who lives under other law
            return rows
        if name in CODED_FIELDS:
            is_wanted = _coded(name, wanted)[candidates[CODED_FIELDS[name][0]][rows]]
        else:
            is_wanted = _PLACED[name](facts, candidates, rows, wanted)
        rows = rows[is_wanted]
    return rows if "purpose" in rule.match else rows[candidates["purpose"][rows] != _FURNISH]


def _forms(facts: Facts, candidates: Candidates) -> Iterator[tuple[object, ...]]:
    """Of each candidate everything that fields of a rule are about, places by their names."""
    coded = [candidates[column].tolist() for column, _ in CODED_FIELDS.values()]
    names = [*facts.places, None]  # the last for NO_ID
    sets = [tuple(names[code] for code in codes) for codes in facts.place_sets]
    places = [sets[code] for code in candidates["places"].tolist()]
    law = [names[code] for code in candidates["law_place"].tolist()]
    return zip(*coded, places, law, strict=True)


def _rules_of(facts: Facts, law: Law, candidates: Candidates, rows: list[int]) -> list[tuple[int, ...]]:
    """Of each of the rows the codes of the rules that speak of such candidates."""
    codes: dict[int, list[int]] = {row: [] for row in rows}
    for code, rule in enumerate(law.rules):
        for row in _of_its_form(facts, rule, candidates, np.array(rows)).tolist():
            codes[row].append(code)
    return [tuple(each) for each in codes.values()]


def _is_of_its_days(facts: Facts, rule: Rule, candidates: Candidates, rows: Rows) -> Mask:
    """Whether the loan of each row was made while the rule was in force."""
    loans = facts["loan"]
    opened_on = loans["opened_on"][rows_of(loans["loan"], candidates["loan"][rows])]
    is_in_force = np.ones(len(rows), np.bool_)
    if rule.in_force_from is not None:
        is_in_force &= opened_on >= day_of(rule.in_force_from)
    if rule.in_force_until is not None:
        is_in_force &= opened_on < day_of(rule.in_force_until)
    return np.asarray(np.where(opened_on == NO_DATE, not rule.lifts, is_in_force))


@cache
def _coded(name: str, wanted: tuple[str, ...]) -> Mask:
    """By code, whether it is one of the wanted names; the last entry answers NO_ID: no match."""
    kind = CODED_FIELDS[name][1]
    table = np.zeros(len(kind) + 1, np.bool_)
    table[[v.code_of(kind, each) for each in wanted]] = True
    return table


def _recipient_places(facts: Facts, candidates: Candidates, rows: Rows, wanted: tuple[str, ...]) -> Mask:
    return _places(facts, wanted)[0][candidates["places"][rows]]


def _governing_law(facts: Facts, candidates: Candidates, rows: Rows, wanted: tuple[str, ...]) -> Mask:
    return _places(facts, wanted)[1][candidates["law_place"][rows]]


def _place_or_law(facts: Facts, candidates: Candidates, rows: Rows, wanted: tuple[str, ...]) -> Mask:
    of_set, inside = _places(facts, wanted)
    return np.asarray(of_set[candidates["places"][rows]] | inside[candidates["law_place"][rows]])


def _places(facts: Facts, wanted: tuple[str, ...]) -> tuple[Mask, Mask]:
    """By set of places, whether any is wanted; by place, whether it is, NO_ID (last) never; kept."""
    kept: tuple[Mask, Mask] | None = facts._cache.get(("places", wanted))
    if kept is None:
        inside = np.array([*(is_within(place, wanted) for place in facts.places), False])
        of_set = np.array([any(inside[code] for code in codes) for codes in facts.place_sets], np.bool_)
        kept = facts._cache["places", wanted] = (of_set, inside)
    return kept


_PLACED: Mapping[str, Callable[[Facts, Candidates, Rows, tuple[str, ...]], Mask]] = {
    "recipient_places": _recipient_places,
    "governing_law": _governing_law,
    "place_or_law": _place_or_law,
}
