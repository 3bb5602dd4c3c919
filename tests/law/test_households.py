"""Counts per household: in a pack of a lender's own, since no source counts so; by value and in columns."""

from __future__ import annotations

import pytest

from arrears.kernel.law.counts import SCOPES
from arrears.kernel.law.situation import situation_facts
from arrears.rulepacks import ZONES
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.library import shipped_entries
from tests.law.builders import a_pack, a_rule

AT = "2026-07-14T12:00:00+08:00"
YESTERDAY = "2026-07-13T18:00:00+08:00"
HOME = {"zones": ["Asia/Shanghai"], "household": "home"}


def a_cap(most=2, **told):
    params = {
        "scope": "household",
        "counts": "contact",
        "max": most,
        "unit": "civil_days",
        "length": 2,
        **told,
    }
    return a_rule("own.household", kind="count", params={k: v for k, v in params.items() if v is not None})


def a_contact(to="recipient", household="home", at=YESTERDAY, **told):
    return {"to": to, "at": at, **({"household": household} if household else {}), **told}


CASES = [
    ("with nobody of it", "allow", []),
    ("one with the wife", "allow", [a_contact("wife")]),
    ("one with each of two others", "refuse", [a_contact("wife"), a_contact("son")]),
    ("two with himself, before he lived there", "refuse", [a_contact(household="other")] * 2),
    ("by an agency", "refuse", [a_contact("wife", by="agency"), a_contact("wife", by="law_firm")]),
    ("about a debt of her own", "refuse", [a_contact("wife", debts=["2"]), a_contact("wife", debts=["3"])]),
    ("from the household", "allow", [a_contact("wife", direction="in"), a_contact("wife")]),
    ("with people of another", "allow", [a_contact("ann", "next door"), a_contact("ann", "next door")]),
    ("with people of none", "allow", [a_contact("ann", None), a_contact("ben", None)]),
    ("long ago", "allow", [a_contact("wife", at="2026-07-12T18:00:00+08:00"), a_contact("wife")]),
]


def a_case(name, expect, contacts, recipient=HOME):
    return {"id": name, "at": AT, "recipient": recipient, "contacts": contacts, "expect": expect}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_the_contacts_of_a_household_are_counted_together(case):
    (answer,) = answer_cases([a_pack({**a_cap(), "case": [a_case(*case)]})])

    assert answer.answered == answer.expected


def test_a_person_without_household_is_one_of_his_own():
    told = {"zones": ["Asia/Shanghai"]}
    own = [a_contact(household=None)] * 2
    others = [a_contact("wife"), a_contact("son")]
    cases = [a_case("his own count", "refuse", own, told), a_case("others do not", "allow", others, told)]

    assert all(answer.holds for answer in answer_cases([a_pack({**a_cap(), "case": cases})]))


def test_the_day_lasts_until_it_is_over_for_all_of_the_household():
    told = {"zones": ["America/New_York"], "household": "home"}
    contacts = [a_contact("wife", at="2026-07-13T23:00:00-04:00")]
    rule = a_cap(most=1, length=1)
    wait = {"next_local": "2026-07-14T00:00:00", "in_zone": "America/New_York"}
    case = {**a_case("still yesterday", "refuse", contacts, told), "at": "2026-07-13T23:30:00-04:00", **wait}

    (answer,) = answer_cases([a_pack({**rule, "case": [case]})])

    assert answer.answered == answer.expected


@pytest.mark.parametrize(
    ("counts", "contact"),
    [
        ("call", {"channel": "call"}),
        ("connected_call", {"channel": "call", "result": "answered"}),
        ("effective_call", {"channel": "call", "conversation": True}),
        ("communication", {"channel": "sms"}),
    ],
)
@pytest.mark.parametrize(("unit", "length"), [("hours", 24), ("civil_days", 2), ("ever", None)])
def test_whatever_is_counted_in_whatever_window_may_be_counted_so(counts, contact, unit, length):
    rule = a_cap(most=1, counts=counts, unit=unit, length=length)
    rule["case"] = [a_case("had", "refuse", [a_contact("wife", **contact)]), a_case("none", "allow", [])]

    assert all(answer.holds for answer in answer_cases([a_pack(rule)]))


def test_no_shipped_rule_counts_so_because_no_source_does():
    assert "household" in SCOPES
    assert not [
        each.id
        for each in shipped_entries()
        if getattr(each.source, "params", {}).get("scope") == "household"
    ]


def test_households_of_two_situations_never_meet():
    told = {"at": AT, "recipient": HOME}
    facts, candidates, _ = situation_facts([told, {**told, "contacts": [a_contact("wife")]}], ZONES)

    assert len(set(candidates["household"].tolist())) == 2
    assert len(facts["household"]["person"]) == 3
