"""The order in which money is handed out: what a product's `allocation` says.

    by_installment: penalty, fee, interest, principal
    by_component: past_due interest, past_due principal, due interest, due principal, in_advance principal

What is paid is past due (due before the day of the money), due (on that day) or in advance.
By installment, everything past due comes before what is due and that before what is in
advance, one installment after the other; the list orders the components inside each. By
component, the list's items are filled one after the other, each over all installments. A list
without times is meant for what is past due, then for what is due, then for what is in advance.
What the list leaves out takes no money.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from arrears.kernel.vocabulary import Component, code_of, name_of


class Timing(IntEnum):
    """When a part of an installment fell or falls due, seen from the day of the money."""

    PAST_DUE = 0
    DUE = 1
    IN_ADVANCE = 2


Item = tuple[Timing, Component]
DEFAULT_ORDER = "by_installment: penalty, fee, interest, principal"
_KINDS = ("by_installment", "by_component")


@dataclass(frozen=True, slots=True)
class Order:
    """`items` in the order of the text, each once."""

    is_by_component: bool
    items: tuple[Item, ...]

    def components(self, timing: Timing) -> tuple[Component, ...]:
        """The components that take money at this time, first to last."""
        return tuple(component for time, component in self.items if time is timing)

    @property
    def is_the_same_at_any_time(self) -> bool:
        """The order of cells does not depend on the day of the money: by installment, one list."""
        lists = {self.components(timing) for timing in Timing}
        return not self.is_by_component and len(lists) == 1 and len(next(iter(lists))) == len(Component)


@cache
def read_order(text: str) -> Order:
    """The order a text describes. Raises ValueError with what is wrong with it."""
    kind, colon, listed = text.partition(":")
    if not colon or kind.strip() not in _KINDS:
        raise ValueError(f"does not begin with one of {', '.join(f'{each}:' for each in _KINDS)}")
    parts = [part.split() for part in listed.split(",")]
    items = [item for words in parts for item in _items(words)]
    if all(len(words) == 1 for words in parts):
        items = [(timing, component) for timing in Timing for time, component in items if time is timing]
    for item in items:
        if items.count(item) > 1:
            raise ValueError(f"names {name_of(item[0])} {name_of(item[1])} twice")
    return Order(kind.strip() == "by_component", tuple(items))


def _items(words: list[str]) -> list[Item]:
    if not 1 <= len(words) <= 2:
        raise ValueError(f"has {' '.join(words)!r} where a component, or a time and a component, should be")
    try:
        component = code_of(Component, words[-1])
        timings = (code_of(Timing, words[0]),) if len(words) == 2 else tuple(Timing)
    except KeyError as error:
        raise ValueError(f"has a word that is not known: {error.args[0]}") from None
    return [(timing, component) for timing in timings]
