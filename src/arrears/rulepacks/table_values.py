"""What the values of a table must look like, kind by kind, and what a question may be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from arrears.kernel.tables.caps import BEYOND
from arrears.kernel.tables.entries import MATCH_FIELDS
from arrears.kernel.tables.kinds import CLOCKS, KINDS
from arrears.kernel.tables.limitation import RESTARTS
from arrears.kernel.tables.periods import UNITS
from arrears.kernel.vocabulary import ActorKind, CreditorLicence, DebtKind, name_of
from arrears.rulepacks.values import (
    BOTH,
    Check,
    civil_date,
    flag,
    in_every_language,
    one_of,
    place,
    several,
    text,
    whole_number,
)

RECORDS = (
    "call_recording",
    "complaint",
    "consent_evidence",
    "contact_log",
    "decision",
    "impact_assessment",
    "message",
    "notice_proof",
    "plan_recording",
    "request",
)
"""Kinds of records that a lender keeps of a debt."""

SITUATIONS = ("assisted_lending", "servicemember")
MEASURES = ("cost_minor", "estate_minor", "paid_out_minor")
EXTENSIONS = ("complex", "approved", "more_information")
FILED = (
    "approved_individuals",
    "class_licence_employees_only",
    "contract_data_kinds",
    "contract_duties",
    "contract_forbids_third_persons",
    "contract_method",
    "contract_period",
    "contract_protection",
    "contract_purpose",
    "data_minimised",
    "data_returned_or_deleted_at_end",
    "iibf_certificate",
    "impact_assessment",
    "licence",
    "no_sub_entrusting_without_consent",
    "no_violent_record",
    "pay_not_by_recovery_alone",
    "published_on_website",
)
"""What can be on file about somebody who collects for a lender."""


def count(value: object) -> str:
    return "" if type(value) is int and value >= 0 else "must be a whole number, 0 or more"


def currency(value: object) -> str:
    is_code = isinstance(value, str) and len(value) == 3 and value.isascii() and value.isupper()
    return "" if is_code else "must be a currency as in ISO 4217, CNY"


def anything_of(each: Check) -> Check:
    """A list, which may be empty, of values that pass `each`."""

    def check(value: object) -> str:
        if not isinstance(value, list | tuple):
            return "must be a list"
        return next(filter(None, map(each, value)), "")

    return check


def days_by_extension(value: object) -> str:
    if not isinstance(value, dict) or not value:
        return f"must be a table of {', '.join(EXTENSIONS)} with the days in all"
    return next(filter(None, [*map(one_of(EXTENSIONS), value), *map(whole_number, value.values())]), "")


_PERIOD: Mapping[str, Check] = dict.fromkeys(UNITS, count)
_CLOCK: Mapping[str, Check] = {"starts": one_of(CLOCKS)}
_BEYOND: Mapping[str, Check] = {"beyond": one_of(BEYOND)}

REQUIRED: Mapping[str, Mapping[str, Check]] = {
    "keep": {**_CLOCK, "records": several(one_of(RECORDS))},
    "show": _CLOCK,
    "lock": {},
    "limitation": _CLOCK,
    "stated_limitation": {},
    "rate_cap": {"max_bps": whole_number},
    "rate_multiple": {"times": whole_number},
    "rate_band": {
        f"{use}_{end}_percent": whole_number for use in ("overdue", "misuse") for end in ("least", "most")
    },
    "length_cap": {"max_months": whole_number},
    "amount_cap": {"measured_by": one_of(MEASURES)},
    "charge_kinds": {"forbidden": several(text)},
    "listed_charges": {},
    "deadline": _CLOCK,
    "wait": _CLOCK,
    "effective_demand": {"apart_days": whole_number},
    "repair": {
        "arose_from": civil_date,
        "arose_until": civil_date,
        "max_minor": whole_number,
        "early_until": civil_date,
        "early_hidden_on": civil_date,
        "settled_until": civil_date,
    },
    "evaluation": {},
    "on_file": {"requires": several(one_of(FILED))},
}
"""Kind -> the parameters it must have."""

OPTIONAL: Mapping[str, Mapping[str, Check]] = {
    "keep": {**_PERIOD, "most_years": whole_number},
    "show": {**_PERIOD, "first_days": whole_number},
    "limitation": {**_PERIOD, "restarts": several(one_of(RESTARTS))},
    "rate_cap": _BEYOND,
    "rate_multiple": _BEYOND,
    "rate_band": _BEYOND,
    "deadline": {
        **_PERIOD,
        "is_first_day_counted": flag,
        "business_days": whole_number,
        "calendar": place,
        "extended_days": days_by_extension,
    },
    "wait": {**_PERIOD, "is_clear": flag},
    "effective_demand": _PERIOD,
    "evaluation": {**_PERIOD, "before_end": flag},
    "on_file": {"in_contract": flag},
}
"""Kind -> the parameters it may have; a period is at least one of its units."""

MATCH: Mapping[str, Check] = {
    "actor_kind": several(one_of([name_of(each) for each in ActorKind])),
    "creditor_licence": several(one_of([name_of(each) for each in CreditorLicence])),
    "currency": several(currency),
    "debt_kind": several(one_of([name_of(each) for each in DebtKind])),
    "situation": several(one_of(SITUATIONS)),
}
assert tuple(MATCH) == MATCH_FIELDS, MATCH_FIELDS

ENTRY: Mapping[str, Check] = {
    **BOTH,
    "about": in_every_language,
    "rule": text,
    "kind": one_of(tuple(KINDS)),
    "applies_to": several(place),
}

CASE: Mapping[str, Check] = {
    "id": text,
    "date": civil_date,
    "beyond": whole_number,
    "missing": anything_of(text),
}
"""Keys of a case, beside `expect`, that are not facts."""

FACTS: Mapping[str, Check] = {
    "on": civil_date,
    "opened_on": civil_date,
    "places": several(place),
    "actor_kind": one_of([name_of(each) for each in ActorKind]),
    "creditor_licence": one_of([name_of(each) for each in CreditorLicence]),
    "currency": currency,
    "debt_kind": one_of([name_of(each) for each in DebtKind]),
    "situation": one_of(SITUATIONS),
    "record": one_of(RECORDS),
    **dict.fromkeys(CLOCKS, civil_date),
    **dict.fromkeys(RESTARTS, anything_of(civil_date)),
    "is_period_running": flag,
    "runs_through_on": civil_date,
    **dict.fromkeys(("rate_bps", "contract_bps", "reference_bps", "months", "overdue_minor"), count),
    **dict.fromkeys(("claimed_minor", *MEASURES), count),
    "use": one_of(("overdue", "misuse")),
    "charge": text,
    "shown_charges": anything_of(text),
    "done_on": civil_date,
    "extension": one_of(EXTENSIONS),
    "is_extension_relied_on": flag,
    "arose_on": civil_date,
    "evaluated_on": civil_date,
    "is_final_evaluation": flag,
    "contract_from_on": civil_date,
    "contract_until_on": civil_date,
    "on_file": anything_of(one_of(FILED)),
    "not_on_file": anything_of(one_of(FILED)),
}


def facts_of(kind: str, params: Mapping[str, Any]) -> tuple[str, ...]:
    """The facts that a question of this kind may be told."""
    named = [params[key] for key in ("starts", "measured_by") if key in params]
    return ("on", "opened_on", "places", *MATCH_FIELDS, *KINDS[kind].needs, *KINDS[kind].reads, *named)
