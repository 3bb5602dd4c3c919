"""`POST /contacts`: contacts made elsewhere count here, and reservations come to an end."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.store import models
from tests.api.asking import System, problem_of
from tests.api.test_decisions import refs_of, rules_now
from tests.api.test_reservations import a_late_loan, reserve
from tests.builders import NA, NOW, a_lender, a_loan, a_party, a_person

pytestmark = pytest.mark.django_db(transaction=True)
AN_HOUR_AGO = (NOW - timedelta(hours=1)).isoformat()


def made(loan, ref="c-1", **told):
    return {"id": ref, "at": AN_HOUR_AGO, "channel": "call", "loan_refs": [loan.source_ref], **told}


def report(system, told):
    answered = system.post("/contacts", told)
    assert answered.status_code == 200, answered.content
    return answered.json()


def outcome(ref="c-1", reservation="r-1", **told):
    return {"id": ref, "reservation": reservation, **told}


def test_a_contact_made_elsewhere_is_recorded_and_counts():
    lender = a_lender()
    loan, borrower, _ = a_late_loan(lender)
    system = System(lender)
    asked = {"loan_ref": loan.source_ref, "channel": "call", "notice": "call_task"}
    before = system.decide(asked)[0]

    told = report(system, made(loan, network_result="answered", is_conversation=True))

    attempt = models.Attempt.objects.get()
    assert (told["attempt"], told["state"]) == (attempt.pk, "accepted")
    assert (attempt.origin, attempt.source_ref) == ("reported", "dialler/c-1")
    assert (attempt.person_id, attempt.recipient_kind) == (borrower.pk, "borrower")
    assert (attempt.at, attempt.recorded_at) == (NOW - timedelta(hours=1), NOW)
    assert (attempt.network_result, attempt.is_conversation) == ("answered", True)
    assert models.AttemptLoan.objects.get().is_discussed is True
    assert rules_now(before) == []
    assert rules_now(system.decide(asked)[0]) != []
    assert models.AuditEntry.objects.get(what="contact.reported").facts["system"] == "dialler"


def test_the_address_is_kept_as_what_it_is_counted_by():
    lender = a_lender()
    loan, borrower, _ = a_late_loan(lender)
    point = models.ContactPoint.objects.get(person=borrower)

    report(System(lender), made(loan, kind="mobile", value="0912-345-678"))

    attempt = models.Attempt.objects.get()
    assert attempt.value_key not in (None, point.value_key)
    assert attempt.contact_point_id is None
    answer = models.ApiAnswer.objects.get()
    assert "0912" not in str(answer.answer)


def test_who_spoke_and_how_many_came_is_kept():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    report(system, made(loan, voice="artificial"))
    report(system, made(loan, "c-2", channel="visit", visitors=2))
    report(system, made(loan, "c-3"))

    kept = models.Attempt.objects.order_by("id").values_list("voice", "visitors")
    assert list(kept) == [("artificial", None), (None, 2), (None, None)]


@pytest.mark.parametrize(
    "told",
    [
        {"channel": "sms", "voice": "artificial"},
        {"visitors": 2},
        {"channel": "visit", "visitors": 0},
        {"voice": "robot"},
        {"voice": "ringless", "network_result": "answered"},
        {"voice": "ringless", "is_conversation": True},
    ],
)
def test_a_voice_is_of_a_call_and_visitors_make_a_visit(told):
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)

    answered = System(lender).post("/contacts", made(loan, **told))

    assert answered.status_code == 422
    assert not models.Attempt.objects.exists()


def test_somebody_who_calls_us_is_who_began():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)

    told = report(System(lender), made(loan, direction="in"))

    attempt = models.Attempt.objects.get()
    assert (told["state"], attempt.direction, attempt.initiator) == ("delivered", "in", "person")


def test_a_contact_to_collect_that_names_no_loan_is_about_all_open_ones():
    lender = a_lender()
    loan, borrower, _ = a_late_loan(lender)
    second = a_loan(lender, borrower)
    a_loan(lender, borrower, closed_on=(NOW - timedelta(days=9)).date())

    report(System(lender), made(loan, loan_refs=[], person_ref=refs_of(borrower)))

    told = models.AttemptLoan.objects.values_list("loan_id", flat=True)
    assert sorted(told) == [loan.pk, second.pk]


def test_whoever_was_contacted_is_what_the_loan_says_he_is():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    guarantor = a_person(lender, NA)
    a_party(loan, guarantor, role="guarantor")

    report(System(lender), made(loan, person_ref=refs_of(guarantor)))

    assert models.Attempt.objects.get().recipient_kind == "guarantor"


def test_the_same_again_is_answered_the_same_and_counts_once():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    first, again = report(system, made(loan)), report(system, made(loan))

    assert first == again
    assert models.Attempt.objects.count() == 1


def test_another_content_under_the_same_id_is_refused():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    report(system, made(loan))

    answer = system.post("/contacts", made(loan, is_conversation=False))

    assert problem_of(answer) == (409, "id.other_content")
    assert models.Attempt.objects.count() == 1


def test_what_came_of_a_reservation_ends_it():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    reserve(system, loan)

    told = report(system, outcome(state="delivered", network_result="answered", is_conversation=True))

    attempt = models.Attempt.objects.get()
    assert (told["attempt"], told["state"]) == (attempt.pk, "delivered")
    assert (attempt.state, attempt.is_conversation) == ("delivered", True)
    assert models.AttemptLoan.objects.get().is_discussed is True


def test_one_that_certainly_left_nothing_counts_no_more():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    reserve(system, loan, "r-1")

    report(system, outcome(state="not_sent"))

    assert reserve(system, loan, "r-2")["reserved"]


def test_evidence_moves_a_reservation_only_upwards():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    reserve(system, loan)
    report(system, outcome("c-1", state="accepted"))
    report(system, outcome("c-2", state="delivered"))

    back = system.post("/contacts", outcome("c-3", state="accepted"))
    nothing = system.post("/contacts", outcome("c-4", state="not_sent"))

    assert problem_of(back) == (409, "contact.settled")
    assert problem_of(nothing) == (409, "contact.settled")
    assert models.Attempt.objects.get().state == "delivered"


def test_the_reservation_of_another_system_is_none_of_its_business():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    reserve(System(lender, "dialler"), loan)

    answer = System(lender, "field").post("/contacts", outcome(state="delivered"))

    assert problem_of(answer) == (404, "contact.no_reservation")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"at": (NOW + timedelta(hours=1)).isoformat()}, (422, "contact.future")),
        ({"at": "0001-01-01T00:00:00+14:00"}, (422, "contact.past")),
        ({"at": None}, (422, "request.wrong")),
        ({"at": "2026-07-14T10:00:00"}, (422, "request.wrong")),
        ({"loan_refs": ["none"]}, (404, "contact.loan")),
        ({"loan_refs": []}, (422, "contact.which_person")),
        ({"person_ref": "none"}, (404, "contact.person")),
        ({"kind": "email", "value": "a@example.org"}, (422, "contact.kind")),
        ({"kind": "mobile", "value": "twelve"}, (422, "contact.value")),
        ({"kind": "mobile"}, (422, "request.wrong")),
        ({"channel": "sms", "network_result": "answered"}, (422, "request.wrong")),
        ({"state": "not_sent"}, (422, "request.wrong")),
        ({"reservation": "r-1"}, (422, "request.wrong")),
        ({"is_conversation": "yes"}, (422, "request.wrong")),
    ],
)
def test_what_cannot_have_been_is_refused_and_nothing_stored(wrong, problem):
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)

    answer = System(lender).post("/contacts", {**made(loan), **wrong})

    assert problem_of(answer) == problem
    assert not models.Attempt.objects.exists()
    assert not models.ApiAnswer.objects.exists()
