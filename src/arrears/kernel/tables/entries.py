"""One entry of the tables, the facts it is asked about, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from arrears.kernel.certainty import is_uncertain
from arrears.kernel.law.rules import BY_DAY
from arrears.kernel.places import is_within

Facts = Mapping[str, Any]
"""Fact -> a day, a whole number, a word, or a list of them. What is not told is absent."""

WorkingDays = Callable[[str, date], bool]
"""Whether people work on a day in the place (ISO 3166) that a table counts business days by."""

MATCH_FIELDS = ("actor_kind", "creditor_licence", "currency", "debt_kind", "situation")
"""What an entry may be limited to; `situation` holds for whoever is told to be in it."""

NOT_BOUND = "not_bound"
NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of one table.

    rule          the id of the rule it is taken from; its own id where the rule has one entry
    applies_to    places as in ISO 3166; empty is everywhere
    match         field -> names; all fields must match
    params        the numbers and words of its kind
    in_force_*    civil days of what is asked about, the end exclusive; None is open
    in_force_by   BY_DAY: they are compared with the day asked about; BY_LOAN: with the day on
                  which the loan was made
    is_uncertain  the source was recalled and not read (`kernel.certainty`)
    """

    id: str
    rule: str
    kind: str
    jurisdiction: str
    applies_to: tuple[str, ...]
    match: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Any]
    citation: str
    certainty: str
    about: Mapping[str, str]
    in_force_from: date | None = None
    in_force_until: date | None = None
    in_force_by: str = BY_DAY

    @property
    def is_uncertain(self) -> bool:
        return is_uncertain(self.certainty)


@dataclass(frozen=True, slots=True)
class Answer:
    """What an entry says: a word of its kind, and what the word rests on.

    decides_on   the day on which the answer turns: kept or running through it, open from it, due by it
    beyond       how much of what is claimed lies beyond the limit, in the unit it was claimed in
    missing      facts that are not told, or that would have to be on file
    """

    word: str
    decides_on: date | None = None
    beyond: int | None = None
    missing: tuple[str, ...] = ()


def binds(entry: Entry, facts: Facts) -> bool:
    """Whether the entry speaks of what is asked on the day `on`. What is not told cannot be ruled out."""
    on: date | None = facts["on"] if entry.in_force_by == BY_DAY else facts.get("opened_on")
    start, end = entry.in_force_from or date.min, entry.in_force_until or date.max
    if on is not None and not start <= on < end:
        return False
    return _is_there(entry, facts) and all(
        _is_matched(field, names, facts) for field, names in entry.match.items()
    )


def _is_there(entry: Entry, facts: Facts) -> bool:
    """Whether a place told lies inside one of the entry's, or takes one in."""
    told = facts.get("places")
    if not entry.applies_to or told is None:
        return True
    return any(
        is_within(place, (bound,)) or is_within(bound, (place,))
        for place in told
        for bound in entry.applies_to
    )


def _is_matched(field: str, names: tuple[str, ...], facts: Facts) -> bool:
    told = facts.get(field)
    return field != "situation" if told is None else told in names
