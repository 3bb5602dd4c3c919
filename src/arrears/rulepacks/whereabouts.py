"""Which time zones a place or a telephone number speaks for: data of two libraries, read one way.

Whatever is derived from places and numbers, of facts on file and of facts by value, is derived
here. What says too little says nothing: a country whose clocks differ, a number that could be
anywhere in such a country. Nobody's zone is then known, and the house refuses.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources

import phonenumbers
from phonenumbers import timezone
from phonenumbers.tzdata import TIMEZONE_DATA

from arrears.kernel.places import country_of
from arrears.rulepacks.offsets import clock_of

_ONE_BY_LAW = {"CN": "Asia/Shanghai"}
"""Countries with one time by law, beside which the data list another that is kept by custom."""


@cache
def zones_of_place(place: str) -> tuple[str, ...]:
    """The zone of a place (ISO 3166, TW or TW-HUA) in a country whose clocks all agree; else none."""
    country = country_of(place)
    if country in _ONE_BY_LAW:
        return (_ONE_BY_LAW[country],)
    zones = _of_countries().get(country, ())
    # from the far end: there the difference shows soonest, and reading a zone takes its time
    is_one = all(clock_of(zone) == clock_of(zones[0]) for zone in reversed(zones[1:]))
    return zones[:1] if is_one else ()


def zones_of_telephone(number: str) -> tuple[str, ...]:
    """The zones that the prefix of a number (E.164, +19175550123) is used in; none if it tells none."""
    try:
        told = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return ()
    zones = set(timezone.time_zones_for_number(told))
    if zones == set(TIMEZONE_DATA.get(str(told.country_code), ())):
        return zones_of_place(phonenumbers.region_code_for_number(told) or "")
    return tuple(sorted({_name(zone) for zone in zones - {timezone.UNKNOWN_TIMEZONE}}))


@cache
def country_of_zone(zone: str) -> str | None:
    """The only country that keeps this zone (ISO 3166-1); None when there is none, or more than one."""
    found = [country for country, zones in _of_countries().items() if zone in zones]
    return found[0] if len(found) == 1 else None


@cache
def _of_countries() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = defaultdict(tuple)
    for line in _read("zone.tab"):
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country] += (zone,)
    return found


def _name(zone: str) -> str:
    """The name that zones are listed under, of one that the telephone data call by an older name."""
    return zone if zone in _listed() else _links().get(zone, zone)


@cache
def _listed() -> frozenset[str]:
    return frozenset(zone for zones in _of_countries().values() for zone in zones)


@cache
def _links() -> Mapping[str, str]:
    links = [line.split() for line in _read("tzdata.zi") if line.startswith("L ")]
    return {old: name for _, name, old in links}


def _read(name: str) -> list[str]:
    return resources.files("tzdata.zoneinfo").joinpath(name).read_text(encoding="utf-8").splitlines()
