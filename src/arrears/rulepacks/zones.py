"""Time zone data as the kernel's arithmetic: offsets per zone, from the pinned `tzdata` package.

The machine's own time zone files are not used, so every machine gives the same answer and the
version in a decision says which data it rested on.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import resources

import tzdata

from arrears.kernel.law.zones import Zones, ZoneSegments
from arrears.rulepacks.offsets import segments
from arrears.rulepacks.whereabouts import zones_of_place, zones_of_telephone

VERSION: str = tzdata.IANA_VERSION


class ZoneTable(Zones):
    """IANA name -> spans of constant offset between 1990 and 2080, read when first asked for."""

    def of_place(self, place: str) -> tuple[str, ...]:
        return zones_of_place(place)

    def of_telephone(self, number: str) -> tuple[str, ...]:
        return zones_of_telephone(number)

    def __getitem__(self, name: str) -> ZoneSegments:
        if not self.__contains__(name):
            raise KeyError(name)
        return segments(name)

    def __contains__(self, name: object) -> bool:
        return name in _names()

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(_names()))

    def __len__(self) -> int:
        return len(_names())


ZONES = ZoneTable()


@cache
def _names() -> frozenset[str]:
    listed = resources.files("tzdata").joinpath("zones").read_text(encoding="ascii")
    return frozenset(listed.split())
