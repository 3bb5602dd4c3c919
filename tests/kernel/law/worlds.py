"""Random small worlds: facts, candidates and laws that nobody wrote down.

Instants gather around changes of clock and repeat each other on purpose, because that is
where rules about time go wrong.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from arrears.kernel import vocabulary as v
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, Facts, facts_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.counts import COUNTED, SCOPES
from arrears.kernel.law.kinds import REQUIRED
from arrears.kernel.law.rules import Effect, Law, Rule, Strength
from arrears.rulepacks.zones import ZONES
from tests.kernel.law import civil

MINUTE = 60_000_000
DAY = 1440 * MINUTE
LENDERS, PERSONS, STRANGER, LOANS, DEBTS, VALUES = (1, 2), (10, 11), 12, (20, 21, 22), (30, 31), (50, 51)
POINTS = (40, 41, 42, 43)
PLACES = ("CN", "US", "US-MA", "TW")
ZONE_NAMES = (
    "Asia/Shanghai",
    "America/New_York",
    "Pacific/Honolulu",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # summer time of thirty minutes
    "America/Santiago",  # changes at midnight
    "Asia/Beirut",
    "Africa/Cairo",
    "America/Havana",
    "Africa/Casablanca",  # off summer time for Ramadan
    "Antarctica/Troll",  # summer time of two hours
    "Pacific/Chatham",
    "Pacific/Kiritimati",  # UTC+14
    "Pacific/Pago_Pago",  # UTC-11
    "Pacific/Apia",  # left out a day in 2011
    "America/St_Johns",  # until 2011 went back from 00:01 to 23:01
)
CHANGES = tuple(
    sorted(
        at
        for name in ZONE_NAMES
        for at in civil.changes_of_clock(name)
        if civil.date_at("UTC", at).year in (2026, 2027)
        or (name in ("Pacific/Apia", "America/St_Johns") and civil.date_at("UTC", at).year in (2010, 2011))
    )
)
_TIMES = ("00:00", "00:01", "00:30", "01:00", "02:00", "02:30", "03:00", "08:00", "12:00", "20:00", "23:01")


@dataclass(frozen=True)
class World:
    facts: Facts
    law: Law
    candidates: Candidates
    at: np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Moments:
    """A few instants that facts and questions share."""

    base: int
    pool: tuple[int, ...]

    def some(self) -> st.SearchStrategy[int]:
        near = st.integers(-12 * 1440, 20 * 1440).map(lambda minutes: self.base + minutes * MINUTE)
        return st.one_of(st.sampled_from(self.pool), near)

    def starts(self) -> st.SearchStrategy[int]:
        return st.one_of(st.just(ALWAYS), self.some())

    def ends(self) -> st.SearchStrategy[int]:
        return st.one_of(st.just(NEVER), self.some())


@st.composite
def moments(draw: st.DrawFn) -> Moments:
    at = draw(st.sampled_from(CHANGES))
    base = at + draw(st.sampled_from([0, -1, 1, -MINUTE, 30 * MINUTE, -DAY, DAY, 5 * DAY, 90 * DAY]))
    steps = draw(st.lists(st.integers(-4 * 24, 12 * 24), min_size=2, max_size=5))
    return Moments(base, (base, *(base + step * 60 * MINUTE for step in steps)))


# -- laws ------------------------------------------------------------------------------------------

times = st.one_of(
    st.sampled_from(_TIMES), st.tuples(st.integers(0, 23), st.integers(0, 59)).map(lambda t: f"{t[0]:02}:{t[1]:02}")
)


@st.composite
def hours_params(draw: st.DrawFn) -> dict[str, Any]:
    start, end = draw(times), draw(st.one_of(st.just("24:00"), times))
    params: dict[str, Any] = {"from": start, "to": end}
    if start != end and draw(st.booleans()):
        params["to_inclusive"] = True
    if draw(st.booleans()):
        params["weekdays"] = sorted(draw(st.sets(st.integers(1, 7), min_size=1)))
    return params


@st.composite
def count_params(draw: st.DrawFn) -> dict[str, Any]:
    unit = draw(st.sampled_from(["civil_days", "hours"]))
    return {
        "scope": draw(st.sampled_from(SCOPES)),
        "counts": draw(st.sampled_from(sorted(COUNTED))),
        "max": draw(st.integers(1, 3)),
        "unit": unit,
        "length": draw(st.integers(1, 9 if unit == "civil_days" else 30)),
    }


matches = st.dictionaries(
    st.sampled_from(["channel", "recipient_kind", "actor_kind", "place_or_law", "recipient_places", "purpose"]),
    st.just(None),
    max_size=2,
)
_VALUES = {
    "channel": ["call", "sms", "email"],
    "recipient_kind": ["borrower", "family"],
    "actor_kind": ["agency", "original_creditor"],
    "purpose": ["collect"],
    "place_or_law": list(PLACES),
    "recipient_places": list(PLACES),
}
PARAMS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "hours": hours_params(),
    "count": count_params(),
    "forbid": st.just({}),
    "require": st.sampled_from(sorted(REQUIRED)).map(lambda fact: {"fact": fact}),
    "complete_books": st.just({}),
    "opt_out": st.just({}),
    "hold": st.just({}),
    "refusal": st.just({}),
    "dead_point": st.just({}),
    "agreed_hours": st.just({}),
    "one_reply": st.integers(1, 24).map(lambda hours: {"within_hours": hours}),
}
RULE_KINDS = ("hours", "hours", "count", "count", "hold", "opt_out", "complete_books", "refusal", "dead_point", "require", "forbid")
EFFECTS = (Effect.HARD, Effect.HARD, Effect.OVERRIDABLE, Effect.FLAG)


@st.composite
def some_match(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    fields = draw(matches)
    return {
        name: tuple(draw(st.lists(st.sampled_from(_VALUES[name]), min_size=1, max_size=3, unique=True)))
        for name in fields
    }


@st.composite
def rules(
    draw: st.DrawFn, when: Moments, rule_id: str, kind: str, *, lifts: tuple[str, ...] = (), effects: Any = EFFECTS
) -> Rule:
    zone = draw(st.sampled_from(["UTC", "Asia/Shanghai", "America/New_York"]))
    on = civil.date_at(zone, when.base)
    dates = st.one_of(st.none(), st.integers(-4, 8).map(lambda days: on + timedelta(days=days)))
    start, end = draw(dates), draw(dates)
    return a_rule(
        rule_id,
        kind,
        match=draw(some_match()),
        params=draw(PARAMS[kind]),
        effect=draw(st.sampled_from(effects)),
        lifts=lifts,
        in_force_from=start,
        in_force_until=None if start and end and end <= start else end,
        reference_zone=zone,
    )


def a_rule(rule_id: str, kind: str, *, effect: Effect = Effect.HARD, **told: Any) -> Rule:
    """A rule with everything that does not matter to time filled in."""
    plain = Rule(rule_id, kind, "test", {}, {}, Strength.MUST_NOT, effect, "none", "A", False, {})
    return replace(plain, **told)


def a_law(rules: tuple[Rule, ...], exceptions: tuple[Rule, ...] = ()) -> Law:
    return Law(rules, exceptions, "test", ZONES, "test")


@st.composite
def laws(draw: st.DrawFn, when: Moments, *, kinds: tuple[str, ...] = RULE_KINDS, most: int = 5) -> Law:
    names = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=most))
    made = tuple(draw(rules(when, f"r{i}", kind)) for i, kind in enumerate(names))
    ids = [rule.id for rule in made]
    lifting = draw(st.lists(st.sampled_from(["agreed_hours", "one_reply"]), max_size=2))
    exceptions = tuple(
        draw(rules(when, f"x{i}", kind, lifts=tuple(draw(st.sets(st.sampled_from(ids), min_size=1)))))
        for i, kind in enumerate(lifting)
    )
    return a_law(made, exceptions)


# -- facts -----------------------------------------------------------------------------------------


def _columns(rows: list[dict[str, Any]], *names: str) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}


def _table(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return _columns(rows, *rows[0])


@st.composite
def people(draw: st.DrawFn, zone_sets: int, place_sets: int) -> list[dict[str, Any]]:
    return [
        {
            "person": person,
            "zones": draw(st.integers(0, zone_sets - 1)),
            "places": draw(st.integers(0, place_sets - 1)),
            "is_place_known": draw(st.booleans()),
        }
        for person in PERSONS
    ]


@st.composite
def lenders(draw: st.DrawFn, when: Moments, zones: tuple[str, ...]) -> list[dict[str, Any]]:
    today = civil.day_number(civil.date_at("UTC", when.base))
    days = st.one_of(st.just(NO_DATE), st.integers(today - 3, today + 8))
    return [
        {
            "lender": lender,
            "payments_complete_through_on": draw(days),
            "contacts_known_from_on": draw(st.sampled_from([NO_DATE, 0])),
            "zone": draw(st.integers(0, len(zones) - 1)),
            "actor_kind": int(draw(st.sampled_from([v.ActorKind.AGENCY, v.ActorKind.ORIGINAL_CREDITOR]))),
            "licence": 0,
        }
        for lender in LENDERS
    ]


@st.composite
def loans(draw: st.DrawFn) -> list[dict[str, Any]]:
    return [
        {
            "loan": loan,
            "lender": draw(st.sampled_from(LENDERS)),
            "borrower": draw(st.sampled_from(PERSONS)),
            "debt": draw(st.sampled_from(DEBTS)),
            "debt_kind": 1,
            "law_place": draw(st.sampled_from([NO_ID, *range(len(PLACES))])),
            "contact_group": 1,
            "is_closed": False,
        }
        for loan in LOANS
    ]


@st.composite
def points(draw: st.DrawFn, when: Moments) -> list[dict[str, Any]]:
    return [
        {
            "point": point,
            "person": draw(st.sampled_from(PERSONS)),
            "kind": int(v.PointKind.MOBILE),
            "value": draw(st.sampled_from(VALUES)),
            "source": draw(st.sampled_from([NO_ID, 0, 3])),
            "dead_from_at": draw(when.ends()),
        }
        for point in POINTS
    ]


channels = st.sampled_from([v.Channel.CALL, v.Channel.SMS, v.Channel.EMAIL]).map(int)
results = st.sampled_from(list(v.NetworkResult)).map(int)


@st.composite
def contacts(draw: st.DrawFn, when: Moments, most: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    made, links = [], []
    for contact in range(draw(st.integers(0, most))):
        made.append(
            {
                "contact": contact,
                "at": draw(when.some()),
                "person": draw(st.sampled_from([*PERSONS, STRANGER])),
                "value": draw(st.sampled_from([*VALUES, NO_ID])),
                "channel": draw(channels),
                "direction": draw(st.sampled_from([0, 0, 1])),
                "network_result": draw(results),
                "is_conversation": draw(st.booleans()),
            }
        )
        for loan in sorted(draw(st.sets(st.sampled_from([*LOANS, 99]), max_size=2))):
            links.append({"contact": contact, "loan": loan, "is_discussed": draw(st.booleans())})
    return made, links


@st.composite
def statements(draw: st.DrawFn, when: Moments) -> dict[str, list[dict[str, Any]]]:
    """Agreements, opt-outs, holds, refusals, payments and overrides."""

    def several(most: int) -> range:
        return range(draw(st.integers(0, most)))

    def span() -> dict[str, int]:
        return {"from_at": draw(when.starts()), "until_at": draw(when.ends())}

    def either(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, int]:
        is_first = draw(st.booleans())
        return (draw(st.sampled_from(first)), NO_ID) if is_first else (NO_ID, draw(st.sampled_from(second)))

    channel = st.one_of(st.just(v.ANY), channels)
    local = st.one_of(st.sampled_from([0, 120, 480, 1320, 1440]), st.integers(0, 1440)).map(lambda m: m * MINUTE)
    persons = st.sampled_from(PERSONS)
    today = civil.day_number(civil.date_at("UTC", when.base))
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in ("agreement", "opt_out", "hold", "refusal", "payment", "override")}
    for _ in several(3):
        found["agreement"].append({"person": draw(persons), "channel": draw(channel), "weekdays": draw(st.sampled_from([127, 127, 1, 64, 31])), "start_local": draw(local) % DAY, "end_local": draw(local), **span()})
    for _ in several(2):
        person, value = either(PERSONS, VALUES)
        found["opt_out"].append({"person": person, "value": value, "channel": draw(channel), **span()})
    for hold in several(2):
        loan, person = either(LOANS, PERSONS)
        found["hold"].append({"hold": hold, "loan": loan, "person": person, "reason": 0, "stops": draw(st.integers(0, 31)), **span()})
    for _ in several(1):
        found["refusal"].append({"person": draw(persons), "from_at": draw(when.some())})
    for _ in several(1):
        found["payment"].append({"loan": draw(st.sampled_from(LOANS)), "value_on": today + draw(st.integers(-3, 3)), "amount_minor": 1, "recorded_at": when.base})
    for _ in several(2):
        found["override"].append({"person": draw(persons), "loan": draw(st.sampled_from([v.ANY, *LOANS])), "rule": draw(st.integers(0, 4)), **span()})
    return found


@st.composite
def some_facts(draw: st.DrawFn, when: Moments, *, most_contacts: int = 6) -> Facts:
    zones = tuple(draw(st.lists(st.sampled_from(ZONE_NAMES), min_size=1, max_size=4, unique=True)))
    codes = st.sets(st.integers(0, len(zones) - 1), min_size=1, max_size=3).map(lambda s: tuple(sorted(s)))
    zone_sets = ((), *draw(st.lists(codes, min_size=1, max_size=3, unique=True)))
    place_sets = ((), (0,), (1,), (2,), (0, 1))
    made, links = draw(contacts(when, most_contacts))
    tables = {
        "person": draw(people(len(zone_sets), len(place_sets))),
        "lender": draw(lenders(when, zones)),
        "loan": draw(loans()),
        "point": draw(points(when)),
        "contact": made,
        "contact_loan": links,
        **draw(statements(when)),
    }
    return facts_of(
        {name: _table(_distinct(name, rows)) for name, rows in tables.items() if rows},
        known_at=when.base,
        zones=zones,
        places=PLACES,
        rules=tuple(f"r{i}" for i in range(5)),
        zone_sets=zone_sets,
        place_sets=place_sets,
    )


def _distinct(name: str, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows with keys of their own, as the tables demand."""
    from arrears.kernel.facts import TABLES

    return list({tuple(row[column] for column in TABLES[name].key): row for row in rows}.values())


@st.composite
def some_candidates(draw: st.DrawFn, facts: Facts, *, most: int = 3) -> Candidates:
    count = draw(st.integers(1, most))

    def column(choice: st.SearchStrategy[int]) -> np.ndarray[Any, Any]:
        return np.array([draw(choice) for _ in range(count)], np.int64)

    return candidates_of(
        facts,
        loan=column(st.sampled_from(LOANS)),
        person=column(st.sampled_from(PERSONS)),
        recipient_kind=column(st.sampled_from([v.RecipientKind.BORROWER, v.RecipientKind.FAMILY]).map(int)),
        point=column(st.sampled_from([NO_ID, *POINTS])),
        channel=column(channels),
        notice=column(st.just(int(v.NoticeKind.OVERDUE_NOTICE))),
        purpose=column(st.sampled_from([v.Purpose.COLLECT, v.Purpose.SERVICE]).map(int)),
        is_amount_known=column(st.integers(0, 1)),
        reported_on=column(st.sampled_from([NO_DATE, int(civil.day_number(date(2026, 6, 1))), 30_000])),
    )


@st.composite
def worlds(draw: st.DrawFn, *, kinds: tuple[str, ...] = RULE_KINDS, most_rules: int = 5) -> World:
    when = draw(moments())
    facts = draw(some_facts(when))
    candidates = draw(some_candidates(facts))
    at = np.array([draw(when.some()) for _ in candidates["loan"]], np.int64)
    return World(facts, draw(laws(when, kinds=kinds, most=most_rules)), candidates, at)
