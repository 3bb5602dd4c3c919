"""`POST /contact-decisions`: the law's answer by value and by reference, and nothing changed by asking."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from arrears.actions import asking
from arrears.actions.laws import adopt_law
from arrears.kernel.errors import BadInput
from arrears.kernel.law.situation import situation_facts
from arrears.kernel.law.solver import Result, solve
from arrears.rulepacks import load_law
from arrears.store import models
from tests.api.asking import System, problem_of
from tests.builders import (
    MING,
    NA,
    NOW,
    a_contact_point,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_person,
    an_opt_out,
    cipher_of,
)

pytestmark = pytest.mark.django_db
LAW = load_law()
MORNING = {
    "at": "2026-07-14T10:00:00+08:00",
    "channel": "sms",
    "recipient": {"places": ["TW"], "zones": ["Asia/Taipei"]},
    "loan": {"law": "TW"},
}
NIGHT = {**MORNING, "at": "2026-07-14T23:00:00+08:00"}


def situation(**told):
    return {"situation": {**MORNING, **told}}


def about(loan, **told):
    return {"loan_ref": loan.source_ref, "channel": "email", "notice": "overdue_notice", **told}


def a_late_loan(lender, **person):
    borrower = a_person(lender, MING, **person)
    return a_loan(lender, borrower, overdue_days=10), borrower


def rules_now(answer):
    return [each["rule"] for each in answer["answer"]["bindings"] if each["is_now"]]


def refs_of(person):
    """The lender's number of a person, which only his own data says."""
    import json

    detail = models.PersonDetail.objects.get(person=person)
    return json.loads(cipher_of(person).decrypt("detail", bytes(detail.ciphertext)))["customer_ref"]


def test_by_value_says_what_the_solver_says():
    told = [MORNING, NIGHT, {**MORNING, "channel": "call", "contacts_known": False}]
    facts, candidates, at = situation_facts(told, LAW.zones)
    solution = solve(facts, LAW, candidates, at)

    answers = System(a_lender()).decide(*({"situation": each} for each in told))

    assert [each["answer"]["result"] for each in answers] == [
        Result(code).name.lower() for code in solution.result
    ]
    for row, each in enumerate(answers):
        assert [b["rule"] for b in each["answer"]["bindings"]] == [b.rule.id for b in solution.reasons(row)]


def test_a_refusal_names_the_rule_its_source_and_what_releases_it():
    answer = System(a_lender()).decide({"id": "q-1", "situation": NIGHT}, language="zh-Hant")[0]

    assert (answer["id"], answer["answer"]["result"]) == ("q-1", "refuse")
    assert answer["answer"]["from"] == "2026-07-15T00:00:00+00:00"  # eight in the morning in Taipei
    hours = next(each for each in answer["answer"]["bindings"] if each["rule"] == "house.hours")
    rule = LAW.rule("house.hours")
    assert hours["citation"] == rule.citation
    assert hours["certainty"] == rule.certainty
    assert hours["about"] == rule.about["zh-Hant"]
    assert hours["release"] == {"kind": "time", "at": "2026-07-15T00:00:00+00:00"}


AMERICAN = {
    "at": "2026-07-14T10:00:00-04:00",
    "channel": "email",
    "notice": "overdue_notice",
    "actor": "assignee",
    "recipient": {"places": ["US-NY"], "zones": ["America/New_York"]},
    "loan": {"law": "US"},
}
COLLECTOR = (
    "This is an attempt to collect a debt, and any information obtained will be used for that purpose."
)
STATES = ["institution", "product", "amount", "date", "pay_way", "ask_way", "check_way", "check_code"]


def a_text(body, **more):
    return {"language": "en", "body": body, "states": STATES, **more}


def faults(answer):
    return {each["rule"]: each["text"] for each in answer["answer"]["bindings"] if "text" in each}


def test_a_text_that_comes_with_the_question_is_held_to_the_law_of_place_and_actor():
    good = a_text(f"{COLLECTOR} To stop these e-mails, reply STOP.")
    bare = a_text("A payment is overdue.")
    asked = [
        {"situation": AMERICAN, "text": good},
        {"situation": AMERICAN, "text": bare},
        {"situation": {**AMERICAN, "actor": "original_creditor"}, "text": bare},
        {
            "situation": {
                **AMERICAN,
                "recipient": {"places": ["SG"], "zones": ["Asia/Singapore"]},
                "loan": {},
            },
            "text": bare,
        },
        {"situation": AMERICAN},
    ]
    stop = {"house.content.stoppable": [{"fact": "opt_out"}]}

    answers = System(a_lender()).decide(*asked)

    assert [faults(each) for each in answers] == [
        {},
        {
            **stop,
            "us.optout.notice": [{"fact": "opt_out"}],
            "us.mini-miranda": [{"fact": "debt_collector"}],
            "us.mini-miranda.initial": [{"fact": "collecting_a_debt"}],
        },
        stop,
        stop,
        {},
    ]
    refused = next(b for b in answers[1]["answer"]["bindings"] if b["rule"] == "us.mini-miranda")
    assert (refused["release"], refused["is_now"]) == ({"kind": "fact", "fact": "text"}, True)


def test_words_that_may_not_stand_in_a_text_are_told():
    threat = a_text(f"{COLLECTOR} We will sue you. To stop these e-mails, reply STOP.")

    (answer,) = System(a_lender()).decide({"situation": AMERICAN, "text": threat})

    assert faults(answer)["us.false"] == [{"fact": "suit_threat", "words": "we will sue"}]


def test_by_reference_the_text_on_file_is_judged_or_the_one_that_comes_along():
    lender = a_lender(actor_kind="assignee")
    borrower = a_person(lender, MING)
    a_contact_point(borrower, "email")
    loan = a_loan(lender, borrower, overdue_days=10, governing_law="US")
    adopt_law(lender=lender.pk, jurisdictions=["us"], approver="Anna Li", actor="staff:anna", at=NOW)

    ours, theirs = System(lender).decide(about(loan), about(loan, text=a_text("A payment is overdue.")))

    assert ours["answer"]["result"] == "allow"
    assert {"us.mini-miranda", "us.optout.notice"} <= set(faults(theirs))


def test_a_request_brings_no_more_than_a_hundred_texts(monkeypatch):
    monkeypatch.setattr(asking, "TEXTS_MAX", 1)
    items = [{"situation": AMERICAN, "text": a_text(body)} for body in ("One", "Two")]

    told = System(a_lender()).post("/contact-decisions", {"items": items})

    assert problem_of(told)[1] == "ask.too_many_texts"


def test_items_that_cannot_be_read_do_not_spoil_the_others():
    wrong = [
        situation(chanel="sms"),
        situation(recipient=None),
        situation(recipient={"zones": [{}]}),
        situation(loan={"law": ["TW"]}),
        situation(at=5),
        situation(contacts=[{"at": MORNING["at"]}, {"at": "yesterday"}]),
    ]

    answers = System(a_lender()).decide(situation(), *wrong, situation())

    assert [each.get("error", {}).get("code") for each in answers] == [
        None,
        *["situation.bad"] * len(wrong),
        None,
    ]
    fields = [each["error"].get("field") for each in answers[1:-1]]
    assert fields == ["chanel", "recipient", "recipient.zones", "loan.law", "at", "contacts[1].at"]
    assert answers[0] == answers[-1]
    assert answers[0]["answer"]["result"] == "allow"


def test_by_reference_reads_what_is_on_file():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    point = a_contact_point(borrower, "email")
    system = System(lender)

    allowed = system.decide(about(loan))[0]["answer"]
    an_opt_out(borrower, channel="email")
    refused = system.decide(about(loan))[0]

    assert (allowed["result"], allowed["contact_point"]) == ("allow", point.pk)
    assert rules_now(refused) == ["house.opt-out"]


def test_passing_data_on_can_be_asked_of_what_is_on_file():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    a_contact_point(borrower, "email")

    asked = {**about(loan), "purpose": "furnish", "notice": "negative_data"}
    answered = System(lender).decide(asked)[0]

    assert "house.furnish.notice" in rules_now(answered)
    assert answered["answer"]["contact_point"] is None


def test_by_reference_and_by_value_are_answered_in_their_order():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    a_contact_point(borrower, "email")

    answers = System(lender).decide(
        {"id": "a", **about(loan)}, {"id": "b", "situation": NIGHT}, {"id": "c", **about(loan)}
    )

    assert [(each["id"], each["answer"]["result"]) for each in answers] == [
        ("a", "allow"),
        ("b", "refuse"),
        ("c", "allow"),
    ]


def test_of_two_addresses_the_one_that_may_be_used_first_is_answered_for():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    first, second = a_contact_point(borrower, "email"), a_contact_point(borrower, "email")
    an_opt_out(value_key=first.value_key, lender_id=lender.pk)

    answer = System(lender).decide(about(loan))[0]["answer"]

    assert (answer["result"], answer["contact_point"]) == ("allow", second.pk)


def test_a_later_instant_is_asked_for_itself():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    a_contact_point(borrower, "email")
    tonight = (NOW + timedelta(hours=12)).isoformat()

    answer = System(lender).decide(about(loan, at=tonight))[0]

    assert rules_now(answer) == ["house.hours"]


def test_somebody_who_does_not_owe_the_loan_is_refused():
    lender = a_lender()
    loan, _ = a_late_loan(lender)
    colleague = a_person(lender, NA)
    a_contact_point(colleague, "email")

    answer = System(lender).decide(about(loan, person_ref=refs_of(colleague), recipient_kind="colleague"))[0]

    assert answer["answer"]["result"] == "refuse"
    assert answer["answer"]["from"] is None


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({"loan_ref": "L-none"}, "ask.loan", "loan_ref"),
        ({"person_ref": "C-none"}, "ask.person", "person_ref"),
        ({"recipient_kind": "guarantor"}, "ask.which_person", "person_ref"),
        ({"at": "2030-01-01T00:00:00Z"}, "ask.at", "at"),
        ({"at": "0001-01-01T00:00:00+14:00"}, "ask.at", "at"),
        ({"at": "9999-12-31T23:59:59-12:00"}, "ask.at", "at"),
    ],
)
def test_what_is_not_on_file_is_said_by_field(told, code, field):
    lender = a_lender()
    loan, _ = a_late_loan(lender)

    error = System(lender).decide({**about(loan), **told})[0]["error"]

    assert (error["code"], error["field"]) == (code, field)


def test_nobody_becomes_a_borrower_by_being_called_one():
    lender = a_lender()
    loan, _ = a_late_loan(lender)
    colleague = a_person(lender, NA)

    error = System(lender).decide(about(loan, person_ref=refs_of(colleague), recipient_kind="borrower"))[0]

    assert error["error"]["code"] == "ask.not_a_party"


def test_a_guarantor_is_found_by_what_he_is_to_the_loan():
    lender = a_lender()
    loan, _ = a_late_loan(lender)
    guarantor = a_person(lender, NA)
    a_party(loan, guarantor, role="guarantor")
    point = a_contact_point(guarantor, "email")

    answer = System(lender).decide(about(loan, recipient_kind="guarantor", notice="guarantor_notice"))[0]

    assert answer["answer"]["contact_point"] == point.pk


def test_loans_of_another_lender_are_not_on_file():
    loan, _ = a_late_loan(a_lender())

    error = System(a_lender(name="Other Bank")).decide(about(loan))[0]["error"]

    assert error["code"] == "ask.loan"


def test_asking_changes_nothing():
    lender = a_lender()
    loan, borrower = a_late_loan(lender)
    a_contact_point(borrower, "email")
    system = System(lender)

    before = counts()
    system.decide(about(loan), situation())

    assert counts() == before


def counts():
    """Rows of every table."""
    tables = [name for name in connection.introspection.table_names() if name != "django_migrations"]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables))
        return dict(cursor.fetchall())


def test_instants_years_apart_are_answered_together():
    near, far = MORNING["at"], MORNING["at"].replace("2026", "2030")
    items = [situation(at=far), situation(at="1026-07-14T10:00:00Z"), situation(at=near)]

    answers = System(a_lender()).decide(*items)

    assert [each.get("answer", {}).get("result") for each in answers] == ["allow", None, "allow"]
    assert answers[1]["error"]["field"] == "at"


def test_more_than_a_month_of_days_of_the_books_is_too_much():
    lender = a_lender()
    loan, _ = a_late_loan(lender)
    days = [about(loan, at=(NOW + timedelta(days=day)).isoformat()) for day in range(32)]

    answer = System(lender).post("/contact-decisions", {"items": days})

    assert problem_of(answer) == (422, "ask.too_many_days")


def test_ten_thousand_and_one_are_too_many():
    items = [situation()] * 10_001

    answer = System(a_lender()).post("/contact-decisions", {"items": items})

    assert problem_of(answer) == (422, "request.wrong")
    assert answer.json()["errors"][0]["pointer"] == "/items"


def test_situations_read_one_by_one_are_those_read_together():
    from arrears.kernel.law.situation import readable_situations

    told = [MORNING, {"at": "x"}, NIGHT]
    facts, _, at, wrong = readable_situations(told, LAW.zones)
    only, _, same = situation_facts([MORNING, NIGHT], LAW.zones)

    assert list(wrong) == [1]
    assert all(isinstance(each, BadInput) for each in wrong[1])
    assert at.tolist() == same.tolist()
    assert {name: len(facts[name]) for name in facts.tables} == {
        name: len(only[name]) for name in only.tables
    }
    assert [len(facts[t][c]) for t in facts.tables for c in facts[t]] == [
        len(only[t][c]) for t in only.tables for c in only[t]
    ]


def test_the_answer_is_by_the_law_that_the_tokens_lender_has_adopted():
    first, second = a_lender(), a_lender(name="Second Bank")
    adopt_law(lender=second.pk, jurisdictions=["us"], approver="Anna Li", actor="staff:anna", at=NOW)
    asked = situation(at=NIGHT["at"], channel="call")

    (by_all,), (by_one,) = (System(lender).decide(asked) for lender in (first, second))

    assert {"tw.hours", "house.hours"} <= set(rules_now(by_all))
    assert "tw.hours" not in rules_now(by_one)
    assert "house.hours" in rules_now(by_one)


def test_what_says_that_the_debt_is_disputed_may_be_passed_on():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, MING), overdue_days=10, governing_law="US")
    a_hold(loan=loan, reason="dispute")
    asked = {**about(loan), "purpose": "furnish", "notice": "negative_data"}

    silent, noted = System(lender).decide(asked, {**asked, "dispute_noted": True})

    assert "us.fcra.flag" in rules_now(silent)
    assert "us.fcra.flag" not in rules_now(noted)
