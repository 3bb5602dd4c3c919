"""What a lived period came to: contacts, calls, letters, refusals, and how they fall on people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import Column
from arrears.kernel.planning.lived import Fate, Lived
from arrears.kernel.vocabulary import Channel


@dataclass(frozen=True, slots=True)
class Tally:
    """Figures of one lived period.

    by_day      contacts by (day, channel); a day without contacts is not in it
    by_step     contacts by (position of the step, channel)
    per_person  persons by the number of their contacts
    refused     candidates refused by rule id: a step refused on five days counts five times, and
                under every rule that alone would have refused it
    dues        due steps, once for every day on which they were due
    told        due steps told in a contact
    late_days   days of open loans that were late
    """

    contacts: int
    by_day: Mapping[tuple[int, int], int]
    by_step: Mapping[tuple[int, int], int]
    per_person: Mapping[int, int]
    refused: Mapping[str, int]
    dues: int
    told: int
    dues_refused: int
    passed_over: int
    left_for_capacity: int
    late_days: int

    @property
    def persons(self) -> int:
        """Persons contacted at least once."""
        return sum(self.per_person.values())

    def through(self, channel: Channel) -> int:
        """Contacts through this channel."""
        return sum(count for (_, each), count in self.by_day.items() if each == channel)


def tally_of(lived: Lived) -> Tally:
    """The figures of this period."""
    dues, contacts = lived.dues, lived.contacts
    _, of_person = np.unique(contacts.person, return_counts=True)
    return Tally(
        contacts=len(contacts.on),
        by_day=_counted(contacts.on, contacts.channel),
        by_step=_counted(contacts.step, contacts.channel),
        per_person=dict(_values(of_person)),
        refused={lived.law.rules[rule].id: count for rule, count in _values(lived.refusals.rule)},
        dues=len(dues.on),
        told=_with(dues.fate, Fate.TOLD),
        dues_refused=_with(dues.fate, Fate.REFUSED),
        passed_over=int(dues.passed_over.sum()),
        left_for_capacity=_with(dues.fate, Fate.NO_CAPACITY),
        late_days=lived.late_days,
    )


def _with(fate: Column, wanted: Fate) -> int:
    return int((fate == wanted).sum())


def _values(values: Column) -> list[tuple[int, int]]:
    """(value, how often), by value."""
    found, counts = np.unique(values, return_counts=True)
    return list(zip(found.tolist(), counts.tolist(), strict=True))


def _counted(first: Column, second: Column) -> dict[tuple[int, int], int]:
    """How often each pair occurs, by pair."""
    pairs, counts = np.unique(np.stack([first, second], axis=1), axis=0, return_counts=True)
    return {(int(a), int(b)): int(count) for (a, b), count in zip(pairs, counts, strict=True)}
