"""One person and what was done to him, written by hand."""

from __future__ import annotations

from datetime import date

import numpy as np

from arrears.kernel.facts import NEVER, NO_DATE, NO_ID, TABLES, Facts, facts_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.rules import Rule
from tests.kernel.law import civil
from tests.kernel.law.laws import a_rule
from tests.kernel.law.worlds import PERSONS, VALUES


def a_cap(
    scope: str = "person",
    counts: str = "contact",
    maximum: int = 1,
    unit: str = "civil_days",
    length: int = 1,
) -> Rule:
    params = {"scope": scope, "counts": counts, "max": maximum, "unit": unit, "length": length}
    return a_rule("cap", "count", params=params)


def instant(zone: str, text: str) -> int:
    day, _, time = text.partition(" ")
    hour, minute = map(int, time.split(":"))
    return next(civil.instants_showing(zone, date.fromisoformat(day), (hour * 60 + minute) * 60_000_000))


def a_person_called(
    *, zones: list[str], at: list[int], value: int = VALUES[0], other_zones: list[str] | None = None
) -> tuple[Facts, Candidates]:
    """Two people who share a number; contacts went to the second where `other_zones` is given."""
    names = tuple(dict.fromkeys([*zones, *(other_zones or []), "UTC"]))
    sets = [
        (),
        *({tuple(sorted(names.index(each) for each in some)) for some in (zones, other_zones or []) if some}),
    ]
    code = {some: i for i, some in enumerate(sets)}

    def code_of(some: list[str] | None) -> int:
        return code[tuple(sorted(names.index(each) for each in some or []))]

    to = PERSONS[1] if other_zones is not None else PERSONS[0]
    n = len(at)
    facts = facts_of(
        {
            "person": {
                "person": list(PERSONS),
                "zones": [code_of(zones), code_of(other_zones)],
                "places": [0, 0],
                "is_place_known": [True, True],
            },
            "lender": {
                "lender": [1],
                "payments_complete_through_on": [NO_DATE],
                "contacts_known_from_on": [0],
                "zone": [0],
                "actor_kind": [0],
                "licence": [0],
            },
            "loan": {
                "loan": [20],
                "lender": [1],
                "borrower": [PERSONS[0]],
                "debt": [30],
                "debt_kind": [1],
                "law_place": [NO_ID],
                "contact_group": [1],
                "is_closed": [False],
                "currency": [0],
                "risk": [NO_ID],
                "opened_on": [NO_DATE],
            },
            "point": {
                "point": [40, 41],
                "person": list(PERSONS),
                "kind": [2, 2],
                "value": [VALUES[0]] * 2,
                "source": [0, 0],
                "dead_from_at": [NEVER] * 2,
                "owner": [0, 0],
                "place": [-1, -1],
            },
            "contact": {
                "contact": list(range(n)),
                "at": at,
                "person": [to] * n,
                "value": [value] * n,
                "channel": [3] * n,
                "direction": [0] * n,
                "network_result": [4] * n,
                "is_conversation": [True] * n,
                "voice": [0] * n,
            },
        },
        known_at=max(at, default=0),
        zones=names,
        zone_sets=tuple(sets),
    )
    one = {
        "loan": 20,
        "person": PERSONS[0],
        "recipient_kind": 0,
        "point": 40,
        "channel": 3,
        "notice": 1,
        "purpose": 0,
        "is_amount_known": 1,
        "reported_on": 0,
    }
    return facts, candidates_of(facts, **{name: np.array([code]) for name, code in one.items()})


def with_contact(facts: Facts, candidates: Candidates, row: int, at: int) -> Facts:
    """The same facts after the candidate's contact was made at `at`."""
    tables = {name: dict(facts[name]) for name in TABLES}
    contact = int(tables["contact"]["contact"].max(initial=-1)) + 1
    mine = {name: int(candidates[name][row]) for name in ("person", "value", "channel", "loan")}
    made = {
        "contact": contact,
        "at": at,
        "direction": 0,
        "network_result": 0,
        "is_conversation": True,
        "voice": NO_ID,
        **mine,
    }
    for name, new in (("contact", made), ("contact_loan", {**made, "is_discussed": True})):
        tables[name] = {
            column: np.append(values, np.array(new[column], values.dtype))
            for column, values in tables[name].items()
        }
    return facts_of(
        tables,
        known_at=facts.known_at,
        zones=facts.zones,
        places=facts.places,
        rules=facts.rules,
        zone_sets=facts.zone_sets,
        place_sets=facts.place_sets,
    )


def with_rows(facts: Facts, name: str, rows: list[dict[str, int]], *, rules: tuple[str, ...] = ()) -> Facts:
    """The same facts with these rows in a table that was empty."""
    tables = {
        **facts.tables,
        name: {column: [row[column] for row in rows] for column in TABLES[name].columns},
    }
    return facts_of(
        tables,
        known_at=facts.known_at,
        zones=facts.zones,
        places=facts.places,
        rules=rules,
        zone_sets=facts.zone_sets,
        place_sets=facts.place_sets,
    )
