"""Places as ISO 3166 writes them: a country, or a part of one as `US-MA`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_CODES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE
    YT ZA ZM ZW
"""
COUNTRIES = frozenset(_CODES.split())
"""ISO 3166-1, the codes of two letters."""

_FORM = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def is_place(told: object) -> bool:
    """Whether it is the code of a country, or of a part of one, which is not looked up."""
    return isinstance(told, str) and bool(_FORM.fullmatch(told)) and told[:2] in COUNTRIES


_Parts = Mapping[str, tuple[str, ...]]
_LYING_IN: _Parts = {
    "US": ("AS", "GU", "MP", "PR", "UM", "VI"),
    "FR": ("GF", "GP", "MF", "MQ", "RE", "YT"),
    "FI": ("AX",),
}
"""Countries, and places under their law that have a country's code as well: Guam is GU and US-GU."""
_APART: _Parts = {"CN": ("HK", "MO", "TW")}
"""Countries under which ISO 3166 lists places whose law is another."""
_COUNTRY = {
    f"{whole}-{part}": part for told in (_LYING_IN, _APART) for whole, parts in told.items() for part in parts
}
_ONE_CODE = {
    **{part: code for code, part in _COUNTRY.items() if part in _LYING_IN.get(code[:2], ())},
    **{code: part for code, part in _COUNTRY.items() if part in _APART.get(code[:2], ())},
}


def is_within(place: str, wanted: Iterable[str]) -> bool:
    """Whether a place is one of the wanted ones or lies inside one, by whichever of its codes it is named."""
    named = f"{_ONE_CODE.get(place, place)}-"
    return any(named.startswith(f"{_ONE_CODE.get(each, each)}-") for each in wanted)


def country_of(place: str) -> str:
    """The code of the country of a place, by which its clocks are listed: GU of US-GU."""
    return _COUNTRY.get(place, place.partition("-")[0])
