"""Rules of content as values: what a text of a kind has to say, may not say, or may say at most."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from arrears.kernel.law.rules import BY_DAY
from arrears.kernel.places import is_within

Use = Mapping[str, Collection[str]]
"""Where a text is used: field of `MATCHED`, or `place`, -> names. A field that is not there may be any."""


@dataclass(frozen=True, slots=True)
class ContentRule:
    """One rule of content of one jurisdiction.

    requires     facts that have to be stated
    forbids      facts that may not be stated
    only         facts beside which nothing may stand; empty when the rule is no such list
    when         the rule binds unless one of these truths is known not to hold
    unless       forbidden fact -> truths that allow it when all of them are known to hold
    in_force_*   civil dates, the end exclusive; None is open
    in_force_by  BY_DAY: of the day on which the text is used; BY_LOAN: of that on which the loan was made
    """

    id: str
    jurisdiction: str
    match: Use
    requires: tuple[str, ...]
    forbids: tuple[str, ...]
    only: tuple[str, ...]
    when: tuple[str, ...]
    unless: Mapping[str, tuple[str, ...]]
    citation: str
    certainty: str
    about: Mapping[str, str] = field(hash=False)
    in_force_from: date | None = None
    in_force_until: date | None = None
    in_force_by: str = BY_DAY

    def binds(self, use: Use, holds: Mapping[str, bool], on: date, opened_on: date | None = None) -> bool:
        """Whether the rule may apply to such a text on a day, by what is known."""
        by = on if self.in_force_by == BY_DAY else opened_on
        return (
            (by is None or (self.in_force_from or date.min) <= by < (self.in_force_until or date.max))
            and all(_meets(name, names, use) for name, names in self.match.items())
            and all(holds.get(truth, True) for truth in self.when)
        )

    def allows(self, fact: str, holds: Mapping[str, bool]) -> bool:
        """Whether what is known to hold allows a fact that is forbidden otherwise."""
        truths = self.unless.get(fact, ())
        return bool(truths) and all(holds.get(truth, False) for truth in truths)


def _meets(name: str, names: Collection[str], use: Use) -> bool:
    if name not in use:
        return True
    if name != "place":
        return bool(set(names) & set(use[name]))
    return any(is_within(place, names) for place in use[name])
