"""Wall-clock time as arithmetic: a zone is a list of spans with a constant UTC offset.

The spans come from outside the kernel (`rulepacks.zones` reads them from time zone data);
here they only turn instants into local time and back, exactly, through every change of clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from arrears.kernel.days import DAY
from arrears.kernel.facts import Codes, Instants


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
        """The first instant at which the wall shows this civil day or a later one."""
        wall = np.asarray(day, np.int64) * DAY
        span = np.searchsorted(self._wall_ends, wall, side="right")
        return np.asarray(np.maximum(self.starts[span], wall - self.offsets[span]), np.int64)

    @cached_property
    def _wall_ends(self) -> Instants:
        ends = np.empty(len(self.starts), np.int64)
        ends[:-1] = self.starts[1:] + self.offsets[:-1]
        ends[-1] = np.iinfo(np.int64).max
        return ends
