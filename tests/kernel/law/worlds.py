"""Random small worlds: facts, candidates and laws that nobody wrote down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from hypothesis import strategies as st

from arrears.kernel import vocabulary as v
from arrears.kernel.facts import ALWAYS, NEVER, NO_DATE, NO_ID, TABLES, Facts, facts_of
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.rules import Law
from tests.kernel.law import civil
from tests.kernel.law.laws import RULE_KINDS, laws
from tests.kernel.law.moments import DAY, MINUTE, PLACES, ZONE_NAMES, Moments, moments

LENDERS, PERSONS, STRANGER, LOANS, DEBTS, VALUES = (1, 2), (10, 11), 12, (20, 21, 22), (30, 31), (50, 51)
POINTS = (40, 41, 42, 43)
REASONS = (v.HoldReason.DISPUTE, v.HoldReason.CEASE_REQUEST, v.HoldReason.DECEASED)
NOTICES = (v.NoticeKind.NEGATIVE_DATA, v.NoticeKind.VALIDATION)
CONTACTS = (v.Purpose.COLLECT, v.Purpose.SERVICE)
CONSENTS = (v.ConsentKind.THIRD_PERSON, v.ConsentKind.CREDIT_DATA)


@dataclass(frozen=True)
class World:
    facts: Facts
    law: Law
    candidates: Candidates
    at: np.ndarray[Any, np.dtype[np.int64]]


def _table(rows: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in rows[0]}


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
def loans(draw: st.DrawFn, when: Moments) -> list[dict[str, Any]]:
    today = civil.day_number(civil.date_at("UTC", when.base))
    opened_on = st.one_of(st.just(NO_DATE), st.integers(today - 5, today + 8))
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
            "currency": 0,
            "risk": NO_ID,
            "opened_on": draw(opened_on),
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
            "owner": int(draw(st.sampled_from(v.PointOwner))),
            "place": draw(st.sampled_from([NO_ID, *map(int, v.PointPlace)])),
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
                "voice": draw(st.sampled_from([NO_ID, *map(int, v.Voice)])),
            }
        )
        for loan in sorted(draw(st.sets(st.sampled_from([*LOANS, 99]), max_size=2))):
            links.append({"contact": contact, "loan": loan, "is_discussed": draw(st.booleans())})
    return made, links


any_channel = st.one_of(st.just(v.ANY), channels)
local = st.one_of(st.sampled_from([0, 120, 480, 1320, 1440]), st.integers(0, 1440)).map(lambda m: m * MINUTE)
week = st.sampled_from([127, 127, 1, 64, 31])


@st.composite
def consents(draw: st.DrawFn, when: Moments) -> dict[str, int]:
    kind = draw(st.sampled_from([v.ConsentKind.EXTRA_CALLS, v.ConsentKind.EXTRA_CALLS, *CONSENTS]))
    begins = when.some() if kind == v.ConsentKind.EXTRA_CALLS else when.starts()
    return {
        "person": draw(st.sampled_from(PERSONS)),
        "given_to": draw(st.sampled_from(LENDERS)),
        "about": draw(st.sampled_from([v.ANY, *PERSONS])),
        "kind": int(kind),
        "form": int(draw(st.sampled_from(v.ConsentForm))),
        "channel": draw(any_channel),
        "purpose": draw(st.sampled_from([v.ANY, int(v.Purpose.COLLECT)])),
        "loan": draw(st.sampled_from([v.ANY, *LOANS])),
        "value": draw(st.sampled_from([v.ANY, *VALUES])),
        "from_at": draw(begins),
        "until_at": draw(when.ends()),
    }


@st.composite
def inconveniences(draw: st.DrawFn, when: Moments) -> dict[str, int]:
    return {
        "person": draw(st.sampled_from(PERSONS)),
        "value": draw(st.sampled_from([NO_ID, NO_ID, *VALUES])),
        "channel": draw(any_channel),
        "place": draw(st.sampled_from([v.ANY, v.ANY, *map(int, v.PointPlace)])),
        "form": draw(st.sampled_from([NO_ID, *map(int, v.StatementForm)])),
        "weekdays": draw(week),
        "start_local": draw(local) % DAY,
        "end_local": draw(local),
        "from_at": draw(when.starts()),
        "until_at": draw(when.ends()),
    }


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

    persons = st.sampled_from(PERSONS)
    today = civil.day_number(civil.date_at("UTC", when.base))
    found: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("agreement", "opt_out", "hold", "refusal", "payment", "override")
    }
    for _ in several(3):
        found["agreement"].append(
            {
                "person": draw(persons),
                "given_to": draw(st.sampled_from(LENDERS)),
                "complied": draw(st.sampled_from([NO_ID, 0, 1, 1])),
                "channel": draw(any_channel),
                "weekdays": draw(week),
                "start_local": draw(local) % DAY,
                "end_local": draw(local),
                **span(),
            }
        )
    for _ in several(2):
        person, value = either(PERSONS, VALUES)
        found["opt_out"].append({"person": person, "value": value, "channel": draw(any_channel), **span()})
    for hold in several(2):
        loan, person = either(LOANS, PERSONS)
        found["hold"].append(
            {
                "hold": hold,
                "loan": loan,
                "person": person,
                "reason": int(draw(st.sampled_from(REASONS))),
                "stops": draw(st.integers(0, 31)),
                **span(),
            }
        )
    for _ in several(1):
        found["refusal"].append({"person": draw(persons), "from_at": draw(when.some())})
    for _ in several(1):
        found["payment"].append(
            {
                "loan": draw(st.sampled_from(LOANS)),
                "value_on": today + draw(st.integers(-3, 3)),
                "ordinal": len(found["payment"]),
                "payment": len(found["payment"]),
                "amount_minor": 1,
                "surplus": v.ANY,
                "recorded_at": when.base,
            }
        )
    for _ in several(2):
        found["override"].append(
            {
                "person": draw(persons),
                "loan": draw(st.sampled_from([v.ANY, *LOANS])),
                "rule": draw(st.integers(0, 4)),
                "ground": draw(st.sampled_from([NO_ID, *map(int, v.Ground)])),
                **span(),
            }
        )
    return found


@st.composite
def things_before(draw: st.DrawFn, when: Moments) -> dict[str, list[dict[str, Any]]]:
    """Proofs of notices, and consents."""
    proofs = [
        {
            "loan": draw(st.sampled_from(LOANS)),
            "person": draw(st.sampled_from(PERSONS)),
            "notice": int(draw(st.sampled_from(NOTICES))),
            "channel": draw(channels),
            "state": int(draw(st.sampled_from(v.ProofState))),
            "at": draw(when.some()),
        }
        for _ in range(draw(st.integers(0, 4)))
    ]
    return {"notice_proof": proofs, "consent": draw(st.lists(consents(when), max_size=3))}


@st.composite
def memberships(draw: st.DrawFn, when: Moments) -> dict[str, Any]:
    """Who is of which household; nobody is of two at a time."""
    person = draw(st.sampled_from([*PERSONS, STRANGER]))
    cut = draw(when.some())
    is_first = draw(st.booleans())
    return {
        "household": draw(st.sampled_from([70, 71])),
        "person": person,
        "from_at": ALWAYS if is_first else when.base - 1,
        "until_at": min(cut, when.base - 1) if is_first else NEVER,
    }


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
        "loan": draw(loans(when)),
        "point": draw(points(when)),
        "contact": made,
        "contact_loan": links,
        **draw(statements(when)),
        "inconvenience": draw(st.lists(inconveniences(when), max_size=2)),
        **draw(things_before(when)),
        "elsewhere": [
            {"person": person, "value": value}
            for person, value in draw(st.sets(st.tuples(st.sampled_from(PERSONS), st.sampled_from(VALUES))))
        ],
        "child": [{"person": each} for each in draw(st.sets(st.sampled_from(PERSONS)))],
        "household": draw(st.lists(memberships(when), max_size=4)),
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
    return list({tuple(row[column] for column in TABLES[name].key): row for row in rows}.values())


@st.composite
def some_candidates(
    draw: st.DrawFn, facts: Facts, *, most: int = 3, purposes: tuple[v.Purpose, ...] = CONTACTS
) -> Candidates:
    count = draw(st.integers(1, most))

    def column(choice: st.SearchStrategy[int]) -> np.ndarray[Any, Any]:
        return np.array([draw(choice) for _ in range(count)], np.int64)

    person = column(st.sampled_from(PERSONS))
    owned = facts["point"]
    points = [[NO_ID, *map(int, owned["point"][owned["person"] == each])] for each in person]
    purpose = column(st.sampled_from(purposes).map(int))
    is_contact = purpose != v.Purpose.FURNISH
    channel = np.where(is_contact, column(channels), NO_ID)
    voice = column(st.sampled_from(v.Voice).map(int))
    point = np.array([draw(st.sampled_from(own)) for own in points], np.int64)
    return candidates_of(
        facts,
        loan=column(st.sampled_from(LOANS)),
        person=person,
        recipient_kind=column(st.sampled_from([v.RecipientKind.BORROWER, v.RecipientKind.FAMILY]).map(int)),
        point=np.where(is_contact, point, NO_ID),
        channel=channel,
        voice=np.where(channel == v.Channel.CALL, voice, NO_ID),
        visitors=column(st.sampled_from([NO_ID, 1, 2])),
        manner=column(st.sampled_from([NO_ID, *map(int, v.Manner)])),
        is_dispute_noted=column(st.integers(0, 1)),
        notice=column(st.just(int(v.NoticeKind.OVERDUE_NOTICE))),
        purpose=purpose,
        is_amount_known=column(st.integers(0, 1)),
        reported_on=column(st.sampled_from([NO_DATE, int(civil.day_number(date(2026, 6, 1))), 30_000])),
    )


@st.composite
def worlds(draw: st.DrawFn, *, kinds: tuple[str, ...] = RULE_KINDS, most_rules: int = 5) -> World:
    when = draw(moments())
    facts = draw(some_facts(when))
    candidates = draw(some_candidates(facts, purposes=(*CONTACTS, v.Purpose.FURNISH)))
    at = np.array([draw(when.some()) for _ in candidates["loan"]], np.int64)
    return World(facts, draw(laws(when, kinds=kinds, most=most_rules)), candidates, at)
