"""Pacing: no more than so many messages a second, to each recipient domain or in all, counted as they leave.

Nobody sleeps here. The sender asks which contacts have room before it marks them as handing over;
the others stay reserved, and are asked for again when some time has passed.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Sequence

from arrears.channels.base import Cleared

Tick = Callable[[], float]
"""Seconds of a clock that never goes back; only differences count."""

_WINDOW_SECONDS = 1.0


class Pace:
    """What left in the last second, by recipient domain or as `of` says; `per_second` None is no limit."""

    def __init__(
        self, per_second: int | None, tick: Tick, *, of: Callable[[Cleared], str] | None = None
    ) -> None:
        self._per_second = per_second
        self._tick = tick
        self._of = of or domain_of
        self._left: dict[str, deque[float]] = {}

    def with_room(self, contacts: Sequence[Cleared]) -> list[Cleared]:
        """Those of the contacts, in order, that may all leave from now on."""
        if self._per_second is None:
            return list(contacts)
        used = Counter({each: self._used(each) for each in set(map(self._of, contacts))})
        return [each for each in contacts if self._has_room(self._of(each), used)]

    def note(self, contact: Cleared) -> None:
        """One leaves now."""
        if self._per_second is not None:
            self._left.setdefault(self._of(contact), deque()).append(self._tick())

    def _has_room(self, domain: str, used: Counter[str]) -> bool:
        assert self._per_second is not None
        used[domain] += 1
        return used[domain] <= self._per_second

    def _used(self, domain: str) -> int:
        left, now = self._left.get(domain, deque()), self._tick()
        while left and left[0] <= now - _WINDOW_SECONDS:
            left.popleft()
        return len(left)


def domain_of(contact: Cleared) -> str:
    return contact.address.rpartition("@")[2].lower()


def in_all(_contact: Cleared) -> str:
    """One count for every recipient: what a provider takes."""
    return ""
