"""The packs' own cases: what each rule says of real situations, on both of its sides."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import pytest

from arrears.kernel.errors import BadInput
from arrears.rulepacks.cases import answer_cases
from arrears.rulepacks.loading import load_law, shipped
from tests.law.builders import a_pack, a_rule

NAMES = [str(case["id"]) for pack in shipped() for _, case in pack.cases]


@cache
def answers():
    return {answer.id: answer for answer in answer_cases()}


@pytest.mark.parametrize("case", dict.fromkeys(NAMES))
def test_the_case_holds(case):
    assert answers()[case].answered == answers()[case].expected


def test_no_two_cases_have_one_name():
    assert len(answers()) == len(set(NAMES)) == len(NAMES)


def test_every_rule_and_exception_has_cases_on_both_sides():
    sides = defaultdict(set)
    for pack in shipped():
        for rule, case in pack.cases:
            sides[rule.id].add(case["expect"] == "allow")

    every = {rule.id for pack in shipped() for rule in (*pack.rules, *pack.exceptions)}
    assert {rule: sides[rule] for rule in every if sides[rule] != {True, False}} == SHIPPED_OFF


SHIPPED_OFF = {rule.id: {False} for rule, _ in load_law().switched_off if rule.lifts}
"""Exceptions that are not relied on: their cases can only be refused."""


def test_a_refusal_by_another_rule_does_not_make_a_case_hold():
    night = a_rule("t.night", kind="hours", params={"from": "08:00", "to": "20:00"})
    amount = a_rule("t.amount", kind="require", params={"fact": "amount"})
    late = {"id": "late", "at": "2026-07-14T22:00:00Z", "recipient": {"zones": ["UTC"]}}
    amount["case"] = [{**late, "expect": "refuse"}]

    (answer,) = answer_cases([a_pack(night, amount)])

    assert (answer.expected, answer.answered) == ("refuse by t.amount", "refuse by t.night")


def test_a_case_may_state_until_when_and_what_releases_it():
    books = a_rule("t.books", kind="complete_books")
    told = {"at": "2026-07-14T22:00:00Z", "books_complete_through": "2026-07-12", "in_zone": "UTC"}
    claims = {"expect": "refuse", "next_local": "2026-07-15T00:00:00", "released_by": "amount"}
    books["case"] = [{"id": "wrong", **told, **claims}]

    (answer,) = answer_cases([a_pack(books)])

    assert answer.expected == "refuse by t.books until 2026-07-15T00:00:00+00:00 released by amount"
    assert answer.answered == "refuse by t.books until never released by payments_complete_through"


def test_a_case_may_ask_its_rule_alone():
    night = a_rule("t.night", kind="hours", params={"from": "08:00", "to": "20:00"})
    later = a_rule("t.later", kind="hours", params={"from": "07:00", "to": "21:00"})
    told = {"at": "2026-07-14T20:30:00Z", "recipient": {"zones": ["UTC"]}, "expect": "allow"}
    later["case"] = [{"id": "among others", **told}, {"id": "alone", **told, "alone": True}]

    answers = {answer.id: answer.answered for answer in answer_cases([a_pack(night, later)])}

    assert answers == {"among others": "refuse by t.night", "alone": "allow"}


def test_a_case_is_asked_once_for_each_value_that_it_varies_in():
    calls = a_rule(
        "t.calls", kind="forbid", match={"channel": ["call"], "recipient_kind": ["borrower", "guarantor"]}
    )
    told = {"at": "2026-07-14T22:00:00Z", "recipient": {"zones": ["UTC"]}, "expect": "allow"}
    calls["case"] = [
        {"id": "nobody else", **told, "channel": "call", "varied": {"recipient.kind": ["spouse", "family"]}},
        {"id": "not alone", **told, "varied": {"recipient.kind": ["spouse"], "channel": ["sms", "call"]}},
        {
            "id": "a guarantor too",
            **told,
            "channel": "call",
            "varied": {"recipient.kind": ["spouse", "guarantor"]},
        },
    ]

    answers = {answer.id: answer.answered for answer in answer_cases([a_pack(calls)])}

    assert answers == {
        "nobody else": "allow",
        "not alone": "refuse by t.calls with channel call",
        "a guarantor too": "refuse by t.calls with recipient.kind guarantor",
    }


@pytest.mark.parametrize(
    "varied", [{}, {"channel": []}, {"channel": "sms"}, ["channel"], {"channel": ["fax"]}]
)
def test_what_a_case_varies_in_is_checked(varied):
    rule = a_rule("t.calls", kind="forbid")
    rule["case"] = [{"id": "odd", "at": "2026-07-14T22:00:00Z", "expect": "refuse", "varied": varied}]

    with pytest.raises(BadInput, match=r"varied|'fax'"):
        answer_cases([a_pack(rule)])


def test_a_flag_is_an_answer_of_its_own():
    spread = a_rule("t.spread", kind="forbid", effect="flag")
    spread["case"] = [{"id": "any", "at": "2026-07-14T22:00:00Z", "expect": "flag"}]

    (answer,) = answer_cases([a_pack(spread)])

    assert answer.holds


def test_a_case_whose_situation_cannot_be_read_is_named():
    rule = a_rule("t.any", kind="forbid")
    rule["case"] = [{"id": "odd", "at": "2026-07-14T22:00:00Z", "expect": "refuse", "chanel": "sms"}]

    with pytest.raises(BadInput) as refused:
        answer_cases([a_pack(rule)])

    assert refused.value.what.startswith("t.any: case odd: unknown key 'chanel'")
