"""What the values of an obligations file must look like: each check answers what is wrong, or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum

from arrears.kernel import vocabulary as v
from arrears.kernel.obligations.rules import Duty, Recipient, SatisfiedBy, Trigger, Unit
from arrears.kernel.obligations.standing import Standing
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks.calendars import CALENDARS
from arrears.rulepacks.values import (
    CERTAINTIES,
    Check,
    civil_date,
    flag,
    in_every_language,
    one_of,
    place,
    several,
    text,
    whole_number,
    zone,
)

NO_OBLIGATION = "none"
"""What a case expects where nothing arises."""


def _names(kind: type[IntEnum]) -> tuple[str, ...]:
    return tuple(name_of(each) for each in kind)


def count_from_nought(value: object) -> str:
    return "" if type(value) is int and value >= 0 else "must be a whole number of at least 0"


def increasing(value: object) -> str:
    """A list of whole numbers; it may say the same twice, because each is one more extension."""
    is_list = isinstance(value, list) and value and not any(whole_number(each) for each in value)
    return "" if is_list else "must be a list of whole numbers of at least 1"


def day_or_never(value: object) -> str:
    return "" if value == "never" else civil_date(value)


def calendar(value: object) -> str:
    is_known = isinstance(value, str) and value in CALENDARS
    return "" if is_known else "must be a country whose public holidays are known, US"


FILE: Mapping[str, Check] = {"jurisdiction": text, "reference_zone": zone, "applies_to": several(place)}

OBLIGATION: Mapping[str, Check] = {
    "id": text,
    "triggers": several(one_of(_names(Trigger))),
    "duty": one_of(_names(Duty)),
    "recipient": one_of(_names(Recipient)),
    "satisfied_by": one_of(_names(SatisfiedBy)),
    "citation": text,
    "certainty": one_of(CERTAINTIES),
    "about": in_every_language,
    "payments_min": whole_number,
    "weekly_payments_min": whole_number,
    "channels": several(one_of(_names(v.Channel))),
    "earlier_counts": flag,
    "repeat_months": whole_number,
    "in_force_from": civil_date,
    "in_force_until": civil_date,
}
OPTIONAL = frozenset(
    {
        "payments_min",
        "weekly_payments_min",
        "channels",
        "earlier_counts",
        "repeat_months",
        "in_force_from",
        "in_force_until",
    }
)

WINDOW: Mapping[str, Check] = {
    "counted": one_of(("from_trigger", "back_from_event")),
    "length": count_from_nought,
    "unit": one_of(_names(Unit)),
    "counts_anchor": flag,
    "calendar": calendar,
    "extensions": increasing,
}

MATCH: Mapping[str, Check] = {
    "actor_kind": several(one_of(_names(v.ActorKind))),
    "creditor_licence": several(one_of(_names(v.CreditorLicence))),
    "debt_kind": several(one_of(_names(v.DebtKind))),
}

CASE: Mapping[str, Check] = {
    "id": text,
    "expect": one_of((NO_OBLIGATION, *_names(Standing))),
    "last_on": day_or_never,
    "gap_from": civil_date,
    "gap_until": civil_date,
    "of": whole_number,
    "relies_on_extensions": flag,
    "each_place": several(place),
}
"""Keys of a case that are not of its situation."""
