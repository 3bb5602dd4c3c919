"""What the values of a pack must look like: each check answers what is wrong, or nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date
from enum import IntEnum
from typing import Any

from arrears.kernel.law.counts import COUNTED, SCOPES, UNITS
from arrears.kernel.law.kinds import RELEASED_BY, REQUIRED
from arrears.kernel.law.matching import CODED_FIELDS, FIELDS
from arrears.kernel.law.prior import GIVERS, PROOFS
from arrears.kernel.law.rules import BY_DAY, BY_LOAN, Effect, Strength
from arrears.kernel.law.told import moment_or_wall
from arrears.kernel.vocabulary import (
    WAITED_FOR,
    Channel,
    ConsentForm,
    ConsentKind,
    Ground,
    HoldReason,
    PointPlace,
    Stops,
    name_of,
)
from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.zones import ZONES

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
CERTAINTIES = ("A", "B", "C", "D")
EXPECTATIONS = ("allow", "flag", "overridable", "refuse")
PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")  # ISO 3166-1 or 3166-2

Check = Callable[[Any], str]


def text(value: object) -> str:
    return "" if isinstance(value, str) and value.strip() else "must be a text"


def flag(value: object) -> str:
    return "" if isinstance(value, bool) else "must be true or false"


def whole_number(value: object) -> str:
    return "" if type(value) is int and value >= 1 else "must be a whole number of at least 1"


def civil_date(value: object) -> str:
    return "" if type(value) is date else "must be a date, 2025-02-28"


def wall_time(value: object) -> str:
    try:
        moment_or_wall(value)
    except (ValueError, TypeError, OverflowError):
        return "must be a date and time, 2026-07-14T08:00:00"
    return ""


def zone(value: object) -> str:
    return "" if isinstance(value, str) and value in ZONES else "is not an IANA zone"


def one_of(names: Collection[str]) -> Check:
    def check(value: object) -> str:
        return "" if isinstance(value, str) and value in names else f"must be one of {', '.join(names)}"

    return check


def several(each: Check) -> Check:
    """A list without repeats, not empty, of values that pass `each`."""

    def check(value: object) -> str:
        if not isinstance(value, list) or not value:
            return "must be a list with something in it"
        wrong: dict[str, list[str]] = {}
        for one in value:
            wrong.setdefault(each(one), []).append(repr(one))
        wrong.pop("", None)
        told = [f"{complaint}; not {', '.join(ones)}" for complaint, ones in wrong.items()]
        return " and ".join(told) or ("" if len(set(value)) == len(value) else "says the same twice")

    return check


def one_or_several(each: Check) -> Check:
    """A value that passes `each`, or a list of such without repeats."""
    return lambda value: several(each)(value) if isinstance(value, list) else each(value)


def place(value: object) -> str:
    is_place = isinstance(value, str) and PLACE.fullmatch(value)
    return "" if is_place else "must be countries or regions as in ISO 3166, CN or US-MA"


def weekday(value: object) -> str:
    return "" if type(value) is int and 1 <= value <= 7 else "must be numbers from 1 (Monday) to 7"


def time_of_day(value: object) -> str:
    is_time = isinstance(value, str) and re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value)
    return "" if is_time else "must be a time of day, 08:00"


def end_of_hours(value: object) -> str:
    return "" if value == "24:00" or not time_of_day(value) else "must be a time of day, 20:00 to 24:00"


def in_every_language(value: object) -> str:
    if not isinstance(value, dict):
        return "must be a table of languages"
    missing = [language for language in LANGUAGES if text(value.get(language))]
    return f"has no text in {', '.join(missing)}" if missing else ""


def whole_or_none(value: object) -> str:
    return "" if type(value) is int and value >= 0 else "must be a whole number of at least 0"


def lists_of_names(value: object) -> str:
    is_right = isinstance(value, Mapping) and value and not any(map(several(text), value.values()))
    return "" if is_right else 'must be a table of lists, { channel = ["sms"], "recipient.kind" = ["heir"] }'


def _names(kind: type[IntEnum]) -> list[str]:
    return [name_of(each) for each in kind]


_REASONS = several(one_of(_names(HoldReason)))
_CONSENT: Mapping[str, Check] = {
    "consent": one_of(_names(ConsentKind)),
    "giver": one_of(GIVERS),
    "forms": several(one_of(_names(ConsentForm))),
}
PARAMS: Mapping[str, Mapping[str, Check]] = {
    "hours": {"from": time_of_day, "to": end_of_hours, "to_inclusive": flag, "weekdays": several(weekday)},
    "count": {
        "scope": one_of(SCOPES),
        "counts": one_of(tuple(COUNTED)),
        "max": whole_number,
        "unit": one_of(UNITS),
        "length": whole_number,
    },
    "visitors": {"min": whole_number},
    "require": {"fact": one_of(tuple(REQUIRED))},
    "only_rest_days": {
        "scope": one_of(SCOPES),
        "counts": one_of(tuple(COUNTED)),
        "weekdays": several(weekday),
        "calendar": one_of(CALENDARS),
    },
    "quiet_after": {"civil_days": whole_number},
    "extra_calls": {"civil_days": whole_number},
    "one_reply": {"within_hours": whole_number, "same_point": flag},
    "hold": {"reasons": _REASONS, "stops": several(one_of(_names(Stops)))},
    "unnoted_dispute": {"reasons": _REASONS, "stops": several(one_of(_names(Stops)))},
    "after_notice": {
        "notice": one_or_several(one_of([name_of(each) for each in WAITED_FOR])),
        "state": one_of(tuple(PROOFS)),
        "wait_days": whole_or_none,
        "channels": several(one_of(_names(Channel))),
    },
    "consent": _CONSENT,
    "consented": _CONSENT,
    "used_by_recipient": {"within_days": whole_number},
    "lost_contact": {"dials": whole_number},
    "despite_hold": {"reasons": _REASONS},
    "while_held": {"reasons": _REASONS},
    "justified": {"grounds": several(one_of(_names(Ground)))},
    "stated_place": {"places": several(one_of(_names(PointPlace))), "oral_days": whole_number},
}
"""Kind -> what its parameters must look like; a kind that is not here takes none."""

OPTIONAL_PARAMS: Mapping[str, frozenset[str]] = {
    "hours": frozenset({"to_inclusive", "weekdays"}),
    "count": frozenset({"length"}),
    "hold": frozenset({"reasons", "stops"}),
    "after_notice": frozenset({"channels"}),
    "consent": frozenset({"giver", "forms"}),
    "consented": frozenset({"giver", "forms"}),
    "used_by_recipient": frozenset({"within_days"}),
    "one_reply": frozenset({"same_point"}),
    "stated_place": frozenset({"places", "oral_days"}),
}
"""Kind -> the parameters that it can do without."""

_CODED = {name: one_of([name_of(each) for each in kind]) for name, (_, kind) in CODED_FIELDS.items()}
MATCH: Mapping[str, Check] = {name: several(_CODED.get(name, place)) for name in FIELDS}

RULE: Mapping[str, Check] = {
    "strength": one_of([each.value for each in Strength]),
    "effect": one_of([name_of(each) for each in Effect]),
    "draft": flag,
    "releases_by": one_of(sorted({*REQUIRED, *RELEASED_BY.values()})),
}
"""Keys that only a rule may have."""

EXCEPTION: Mapping[str, Check] = {"lifts": several(text)}
"""Keys that only an exception may have."""

BOTH: Mapping[str, Check] = {
    "id": text,
    "citation": text,
    "certainty": one_of(CERTAINTIES),
    "about": in_every_language,
    "in_force_from": civil_date,
    "in_force_until": civil_date,
    "in_force_by": one_of((BY_DAY, BY_LOAN)),
}

CASE: Mapping[str, Check] = {
    "id": text,
    "expect": one_of(EXPECTATIONS),
    "next_local": wall_time,
    "released_by": text,
    "alone": flag,
    "varied": lists_of_names,
}
"""Keys of a case that are not of its situation."""
