"""`POST /contact-reservations`: another system's contact passes the gate, and counts at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from arrears.actions.attempts import list_unsure
from arrears.actions.sweeping import sweep
from arrears.api import reservations
from arrears.store import clock, models
from tests.actions.sending import LAW, a_cap, law_with, send
from tests.api.asking import System, problem_of
from tests.builders import MING, NOW, a_contact_point, a_lender, a_loan, a_person, an_opt_out
from tests.kernel.law.laws import a_rule

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _law(monkeypatch):
    monkeypatch.setattr(reservations, "law_asked_now", lambda _lender, at: LAW)


def a_late_loan(lender, *points):
    borrower = a_person(lender, MING)
    loan = a_loan(lender, borrower, overdue_days=10)
    return loan, borrower, [a_contact_point(borrower, kind) for kind in points or ("mobile",)]


def asking(loan, ref="r-1", **told):
    return {"id": ref, "loan_ref": loan.source_ref, "channel": "call", "notice": "call_task", **told}


def reserve(system, loan, ref="r-1", **told):
    answered = system.post("/contact-reservations", asking(loan, ref, **told))
    assert answered.status_code == 200, answered.content
    return answered.json()


def test_what_is_permitted_is_reserved_with_its_decision_and_counts():
    lender = a_lender()
    loan, borrower, (point,) = a_late_loan(lender)

    told = reserve(System(lender), loan)

    attempt = models.Attempt.objects.get()
    decision = models.Decision.objects.get()
    assert (told["id"], told["reserved"], told["attempt"]) == ("r-1", True, attempt.pk)
    assert told["contact_point"] == attempt.contact_point_id == point.pk
    assert told["begin_before"] == told["report_before"] == (NOW + timedelta(minutes=5)).isoformat()
    assert told["answer"]["result"] == "allow"
    assert (attempt.origin, attempt.state, attempt.person_id) == ("gate", "handing_over", borrower.pk)
    assert (attempt.source_ref, attempt.provider) == ("dialler/r-1", "other_system:dialler")
    assert (decision.id, decision.use, decision.outcome) == (attempt.decision_id, "gate", "cleared")
    entry = models.AuditEntry.objects.get(what="contact.reserved")
    assert entry.subjects == {"attempt": [attempt.pk], "person": [borrower.pk]}


def test_what_the_law_refuses_is_recorded_and_not_reserved():
    lender = a_lender()
    loan, borrower, _ = a_late_loan(lender)
    an_opt_out(borrower)

    told = reserve(System(lender), loan)

    assert (told["reserved"], told["permitted_from"]) == (False, None)
    assert "house.opt-out" in [each["rule"] for each in told["answer"]["bindings"]]
    assert not models.Attempt.objects.exists()
    assert models.Decision.objects.get().outcome == "refused"


ABOUT = {"en": "a rule"}
NO_MACHINES = a_rule("machines", "forbid", match={"voice": ("artificial", "ringless")}, about=ABOUT)
OF_ANOTHER = a_rule("number", "forbid", match={"manner": ("altered_caller_id",)}, about=ABOUT)
BY_TWO = a_rule("two", "visitors", match={"channel": ("visit",)}, params={"min": 2}, about=ABOUT)


@pytest.mark.parametrize(
    ("told", "is_reserved", "kept"),
    [
        ({}, True, ("person", None)),
        ({"voice": "autodialled"}, True, ("autodialled", None)),
        ({"voice": "artificial"}, False, None),
        ({"manner": "altered_caller_id"}, False, None),
        ({"channel": "visit"}, False, None),
        ({"channel": "visit", "visitors": 1}, False, None),
        ({"channel": "visit", "visitors": 2}, True, (None, 2)),
    ],
)
def test_a_contact_is_decided_by_who_speaks_and_how_many_come(monkeypatch, told, is_reserved, kept):
    lender = a_lender()
    loan, _, _ = a_late_loan(lender, "mobile", "postal")
    monkeypatch.setattr(
        reservations, "law_asked_now", lambda _lender, at: law_with(NO_MACHINES, BY_TWO, OF_ANOTHER)
    )

    answered = reserve(System(lender), loan, **told)

    assert answered["reserved"] is is_reserved
    assert models.Attempt.objects.values_list("voice", "visitors").first() == kept
    asked = {"call": (told.get("voice", "person"), None), "visit": (None, told.get("visitors"))}
    assert set(models.Decision.objects.values_list("voice", "visitors")) == {
        asked[told.get("channel", "call")]
    }


def test_passing_data_on_is_no_contact_that_could_be_reserved_or_reported():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    report = {"id": "c-1", "at": NOW.isoformat(), "channel": "letter", "loan_refs": [loan.source_ref]}
    system = System(lender)

    reserved = system.post("/contact-reservations", asking(loan, purpose="furnish"))
    reported = system.post("/contacts", {**report, "purpose": "furnish"})

    assert (reserved.status_code, reported.status_code) == (422, 422)


@pytest.mark.parametrize(
    "told",
    [{"channel": "sms", "voice": "person"}, {"visitors": 2}, {"channel": "sms", "manner": "postcard"}],
)
def test_a_voice_is_asked_of_a_call_and_visitors_of_a_visit(told):
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)

    answered = System(lender).post("/contact-reservations", asking(loan, **told))

    assert problem_of(answered)[1] == "ask.misplaced"
    assert not models.Decision.objects.exists()


def test_every_address_that_was_considered_has_its_decision():
    lender = a_lender()
    loan, _, (first, _) = a_late_loan(lender, "mobile", "landline")

    told = reserve(System(lender), loan)

    outcomes = dict(models.Decision.objects.values_list("contact_point_id", "outcome"))
    assert told["contact_point"] == first.pk
    assert sorted(outcomes.values()) == ["cleared", "other_point"]
    assert outcomes[first.pk] == "cleared"


def test_a_reservation_counts_for_the_next_one():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    first, second = reserve(system, loan, "r-1"), reserve(system, loan, "r-2")

    assert (first["reserved"], second["reserved"]) == (True, False)
    assert "house.daily" in [each["rule"] for each in second["answer"]["bindings"]]


def test_the_same_again_is_answered_the_same_and_reserves_nothing_more():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    first = reserve(system, loan)

    again = reserve(system, loan, language="zh-Hans")

    assert again == {name: value for name, value in first.items() if name != "answer"}
    assert models.Attempt.objects.count() == 1


def test_another_content_under_the_same_id_is_refused():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)
    reserve(system, loan)

    answer = system.post("/contact-reservations", asking(loan, lease_seconds=60))

    assert problem_of(answer) == (409, "id.other_content")


def test_two_systems_may_use_the_same_numbers():
    lender = a_lender()
    loan, other = a_late_loan(lender)[0], a_late_loan(lender)[0]

    assert reserve(System(lender, "dialler"), loan)["reserved"]
    assert reserve(System(lender, "field"), other)["reserved"]


def test_what_is_not_on_file_is_a_problem():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    unknown = system.post("/contact-reservations", asking(loan, loan_ref="none"))
    nobody = system.post("/contact-reservations", asking(loan, recipient_kind="guarantor"))

    assert problem_of(unknown) == (404, "ask.loan")
    assert problem_of(nobody) == (422, "ask.which_person")
    assert not models.Decision.objects.exists()


def test_one_that_nobody_reports_on_ends_as_unsure_and_goes_on_counting():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender, "app_inbox")
    system = System(lender)
    reserve(system, loan, channel="in_app", notice="payment_reminder")

    clock.set_simulated(NOW + timedelta(minutes=6))
    swept = sweep(actor="program:test")

    assert swept == {"unsure": 1}
    assert [each.channel for each in list_unsure()] == ["in_app"]
    assert not reserve(system, loan, "r-2", channel="in_app", notice="payment_reminder")["reserved"]


def test_our_own_senders_leave_it_alone():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender, "app_inbox")
    reserve(System(lender), loan, channel="in_app", notice="payment_reminder")

    send()

    assert models.Attempt.objects.get().state == "handing_over"


def test_it_ends_when_the_permitted_time_does():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    clock.set_simulated(NOW + timedelta(hours=9, minutes=58))  # 19:58; the house closes at 20:00

    told = reserve(System(lender), loan)

    assert told["begin_before"] == (NOW + timedelta(hours=10)).isoformat()
    assert told["report_before"] == (NOW + timedelta(hours=10, minutes=3)).isoformat()


def test_eight_at_once_for_one_number_are_one(monkeypatch):
    """Four borrowers share a number that may be called once a day, and two systems ask for each at once."""
    law = law_with(a_cap("house.one-a-number", scope="value", most=1))
    monkeypatch.setattr(reservations, "law_asked_now", lambda _lender, at: law)
    lender = a_lender()
    loans = []
    for _ in range(4):
        borrower = a_person(lender, MING)
        a_contact_point(borrower, "mobile", value="0912345678")
        loans.append(a_loan(lender, borrower, overdue_days=10))
    systems = [System(lender, "dialler"), System(lender, "field")]

    def ask(n):
        try:
            return reserve(systems[n % 2], loans[n // 2], f"r-{n}")["reserved"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        reserved = list(pool.map(ask, range(8)))

    assert sum(reserved) == models.Attempt.objects.count() == 1


def test_the_same_id_sent_eight_times_at_once_reserves_once():
    lender = a_lender()
    loan, _, _ = a_late_loan(lender)
    system = System(lender)

    def ask(_):
        try:
            return reserve(system, loan)["attempt"]
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        attempts = set(pool.map(ask, range(8)))

    assert attempts == {models.Attempt.objects.get().pk}
