"""Which candidates a rule speaks of: a closed list of fields, each a list of names.

All fields of a rule must match; within a field any name does. A rule bound to a place binds
when any plausible place of the recipient lies in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum

import numpy as np

from arrears.kernel import vocabulary as v
from arrears.kernel.facts import Facts, Mask
from arrears.kernel.law.candidates import Candidates, count_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Rule

CODED_FIELDS: Mapping[str, tuple[str, type[IntEnum]]] = {
    "debt_kind": ("debt_kind", v.DebtKind),
    "creditor_licence": ("licence", v.CreditorLicence),
    "actor_kind": ("actor_kind", v.ActorKind),
    "recipient_kind": ("recipient_kind", v.RecipientKind),
    "channel": ("channel", v.Channel),
    "purpose": ("purpose", v.Purpose),
    "notice": ("notice", v.NoticeKind),
    "point_kind": ("point_kind", v.PointKind),
    "point_source": ("point_source", v.PointSource),
}
"""Field of a rule -> candidate column and the vocabulary of its names."""

PLACE_FIELDS = ("recipient_places", "governing_law", "place_or_law")
"""Fields whose names are ISO 3166 codes; `US` takes in `US-MA`. The last matches by either."""

FIELDS = (*CODED_FIELDS, *PLACE_FIELDS)


def matching_rows(facts: Facts, rule: Rule, candidates: Candidates) -> Rows:
    """The rows of the candidates that the rule speaks of, ascending."""
    mask: Mask = np.ones(count_of(candidates), np.bool_)
    for name, wanted in rule.match.items():
        if name in CODED_FIELDS:
            mask &= _coded(candidates, name, wanted)
        else:
            mask &= _PLACED[name](facts, candidates, wanted)
    return np.flatnonzero(mask)


def _coded(candidates: Candidates, name: str, wanted: tuple[str, ...]) -> Mask:
    column, kind = CODED_FIELDS[name]
    table = np.zeros(len(kind) + 1, np.bool_)  # the last entry answers NO_ID: no match
    table[[v.code_of(kind, each) for each in wanted]] = True
    return table[candidates[column]]


def is_within(place: str, wanted: tuple[str, ...]) -> bool:
    """Whether a place is one of the wanted ones or lies inside one."""
    return any(place == each or place.startswith(each + "-") for each in wanted)


def _recipient_places(facts: Facts, candidates: Candidates, wanted: tuple[str, ...]) -> Mask:
    inside = [is_within(place, wanted) for place in facts.places]
    of_set = np.array([any(inside[code] for code in codes) for codes in facts.place_sets])
    return of_set[candidates["places"]]


def _governing_law(facts: Facts, candidates: Candidates, wanted: tuple[str, ...]) -> Mask:
    inside = np.array([*(is_within(place, wanted) for place in facts.places), False])
    return inside[candidates["law_place"]]


def _place_or_law(facts: Facts, candidates: Candidates, wanted: tuple[str, ...]) -> Mask:
    return _recipient_places(facts, candidates, wanted) | _governing_law(facts, candidates, wanted)


_PLACED: Mapping[str, Callable[[Facts, Candidates, tuple[str, ...]], Mask]] = {
    "recipient_places": _recipient_places,
    "governing_law": _governing_law,
    "place_or_law": _place_or_law,
}
