"""Wall-clock time as arithmetic: a zone is a list of spans with a constant UTC offset.

The spans come from outside the kernel (`rulepacks.zones` reads them from time zone data);
here they only turn instants into local time and back, exactly, through every change of clock.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from arrears.kernel.days import DAY, HOUR
from arrears.kernel.facts import ALWAYS, NEVER, Codes, Instants

LONGEST_EXTRA = 3 * HOUR
"""What changes of the clock can add to a run of days, anywhere and since 1990."""


class Zones(Mapping[str, "ZoneSegments"]):
    """Time zones by IANA name, and which of them a place or a telephone number speaks for."""

    @abstractmethod
    def of_place(self, place: str) -> tuple[str, ...]:
        """Of a place, ISO 3166; none where the clocks of its country differ."""

    @abstractmethod
    def of_telephone(self, number: str) -> tuple[str, ...]:
        """Of a number with its country's code, by its prefix; none where that tells none."""


@dataclass(frozen=True, eq=False)
class ZoneSegments:
    """Spans of one zone.

    starts  int64[k]  first instant of each span; the first is ALWAYS
    offsets int64[k]  microseconds to add to UTC for wall time during the span
    """

    name: str
    starts: Instants
    offsets: Instants

    def offset_at(self, at: Instants) -> Instants:
        """Microseconds east of UTC at each instant."""
        span = np.searchsorted(self.starts, at, side="right") - 1
        return np.asarray(self.offsets[span], np.int64)

    def local(self, at: Instants) -> Instants:
        """Wall time at each instant, as microseconds since 1970-01-01 00:00 on the wall."""
        return at + self.offset_at(at)

    def day(self, at: Instants) -> Codes:
        """Civil day at each instant."""
        return self.local(at) // DAY

    def first_instant(self, day: Codes) -> Instants:
        """The instant from which on the wall shows this civil day or a later one, for good.

        A clock put back from 00:01 to 23:01 has shown the day too early; one put forward over
        midnight, or a day that a place left out, shows it late.
        """
        wall = np.asarray(day, np.int64) * DAY
        span = np.searchsorted(self._wall_starts, wall, side="left") - 1
        return np.asarray(np.minimum(wall - self.offsets[span], self._ends[span]), np.int64)

    @cached_property
    def _wall_starts(self) -> Instants:
        """What the wall shows at the start of each span."""
        starts = self.starts + self.offsets
        starts[0] = ALWAYS
        return starts

    @cached_property
    def _ends(self) -> Instants:
        return np.append(self.starts[1:], NEVER)
