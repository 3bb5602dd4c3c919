"""Rules of contact law as values: what a pack says, after reading and before any facts.

A rule permits or refuses *time*. Its `kind` names the function in `kernel.law.kinds` that
builds the permitted time from facts; `params` are that function's numbers. An exception is a
rule whose time is added to the time of the rules named in `lifts`, and to no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, IntEnum
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from arrears.kernel.days import day_of
from arrears.kernel.facts import ALWAYS, NEVER, Codes
from arrears.kernel.law.zones import Zones


class Strength(Enum):
    """How the source words it; shown as worded."""

    MUST_NOT = "must_not"
    SHALL_NOT = "shall_not"
    SHOULD_NOT = "should_not"
    PRESUME = "presume"


class Effect(IntEnum):
    """How a strength behaves: final, open to a recorded override, or only remarked on."""

    HARD = 0
    OVERRIDABLE = 1
    FLAG = 2


EFFECT_OF: Mapping[Strength, Effect] = {
    Strength.MUST_NOT: Effect.HARD,
    Strength.SHALL_NOT: Effect.HARD,
    Strength.SHOULD_NOT: Effect.OVERRIDABLE,
    Strength.PRESUME: Effect.OVERRIDABLE,
}


BY_DAY, BY_LOAN = "day", "loan"
"""By which day a rule is in force: that of the contact, or that on which the loan was made."""


class Release(NamedTuple):
    """What ends a refusal: an instant (`time`), a missing fact (`fact`), or `nothing`.

    `at` is the instant for `time`, else NEVER; `fact` is the fact's name, else empty.
    """

    kind: str
    fact: str
    at: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule or exception of one pack.

    match         field -> names, all fields must match; see `kernel.law.matching`
    in_force_*    civil dates at the pack's reference zone, the end exclusive; None is open.
                  Time outside them is permitted time.
    in_force_by   BY_DAY: the dates are of the contact; BY_LOAN: of the day on which the loan was
                  made, and whoever's loan was made outside them is not spoken of at all
    releases_by   the fact that would release a refusal without an end; empty when there is none
    lifts         ids of the rules this exception lifts; empty for a rule
    is_draft      proposed, and not known to be law; shipped switched off
    is_uncertain  the source was not read (`kernel.certainty`): a rule is on and marked, an exception is off
    """

    id: str
    kind: str
    jurisdiction: str
    match: Mapping[str, tuple[str, ...]]
    params: Mapping[str, Any]
    strength: Strength
    effect: Effect
    citation: str
    certainty: str
    is_uncertain: bool
    about: Mapping[str, str]
    is_draft: bool = False
    releases_by: str = ""
    lifts: tuple[str, ...] = ()
    in_force_from: date | None = None
    in_force_until: date | None = None
    in_force_by: str = BY_DAY
    reference_zone: str = "UTC"

    def __hash__(self) -> int:
        return hash(self.id)


@dataclass(frozen=True, eq=False)
class Law:
    """Everything a decision is made under. A law is equal to itself alone.

    `rules` are the rules switched on, `exceptions` those that lift them; `switched_off` are
    shipped but not applied, each with the reason. `version` is the digest of the packs'
    content and of which rules are on; it stands in every decision. `zones` answers the UTC
    offsets of a named zone from the time zone data called `zones_version`; `calendars` the public
    holidays of a country as days since 1970, ascending. `obligations_on` and `obligations_off` are
    ids of uncertain obligations whose extensions are relied on, and that are not applied.
    """

    rules: tuple[Rule, ...]
    exceptions: tuple[Rule, ...]
    version: str
    zones: Zones
    zones_version: str
    switched_off: tuple[tuple[Rule, str], ...] = ()
    adopted: tuple[str, ...] = ()
    calendars: Mapping[str, Codes] = field(default_factory=dict)
    obligations_on: frozenset[str] = frozenset()
    obligations_off: frozenset[str] = frozenset()
    spoken: dict[object, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False)
    """What `kernel.law.matching` remembers: by form of a candidate, the codes of the rules about it."""

    def rule(self, rule_id: str) -> Rule:
        """The rule or exception with this id, switched on or off; `KeyError` when there is none."""
        return self._index[rule_id]

    def exceptions_to(self, rule: Rule) -> tuple[Rule, ...]:
        """The exceptions that name this rule, in pack order."""
        return self._lifting.get(rule.id, ())

    def in_force(self, rule: Rule) -> tuple[int, int]:
        """`[from, until)` of a rule or exception in instants; ALWAYS and NEVER where a date is open.

        One that is in force by the day of the loan binds the loans it speaks of at any time.
        """
        return self._in_force.get(rule.id, (ALWAYS, NEVER))

    @cached_property
    def _in_force(self) -> dict[str, tuple[int, int]]:
        every = (each for each in (*self.rules, *self.exceptions) if each.in_force_by == BY_DAY)
        return {
            each.id: (
                self._start(each, each.in_force_from, ALWAYS),
                self._start(each, each.in_force_until, NEVER),
            )
            for each in every
        }

    def _start(self, rule: Rule, on: date | None, default: int) -> int:
        if on is None:
            return default
        return int(self.zones[rule.reference_zone].first_instant(np.array([day_of(on)]))[0])

    @cached_property
    def _index(self) -> dict[str, Rule]:
        off = (rule for rule, _ in self.switched_off)
        return {rule.id: rule for rule in (*self.rules, *self.exceptions, *off)}

    @cached_property
    def _lifting(self) -> dict[str, tuple[Rule, ...]]:
        lifting: dict[str, tuple[Rule, ...]] = {}
        for exception in self.exceptions:
            for lifted in exception.lifts:
                lifting[lifted] = (*lifting.get(lifted, ()), exception)
        return lifting
