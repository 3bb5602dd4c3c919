"""A notice demands the lawful part; the script and the audit say what the books have beyond it."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest

from arrears.actions.explanations import explain
from arrears.actions.gating.capping import with_caps
from arrears.actions.gating.wording import Worded
from arrears.actions.telling import tell
from arrears.kernel.tables.demands import Beyond
from arrears.locale.notices import Text, get_template
from arrears.store import models
from tests.actions.sending import LAW, SAMPLE, a_due_contact, a_writing_lender, gate
from tests.builders import NOW, TODAY, a_loan, a_person, a_product, a_schedule, cipher_of

pytestmark = pytest.mark.django_db(transaction=True)


def a_late_loan(lender, **rates):
    """CNY 1,000.00 and a penalty of 100.00, overdue, under the law of China; the borrower lives in Taiwan."""
    a_product(lender, "loan", currency="CNY", **rates)
    person = a_person(lender)
    loan = a_loan(
        lender, person, product="loan", debt_kind="consumer_loan", currency="CNY", governing_law="CN"
    )
    schedule = a_schedule(loan)
    due_on = TODAY - timedelta(days=12)
    models.Installment.objects.create(
        lender_id=lender.pk,
        schedule=schedule,
        number=1,
        due_on=due_on,
        payable_until_on=due_on,
        principal_minor=100_000,
        penalty_minor=10_000,
    )
    return person, loan


def said_to(person):
    (message,) = models.Message.objects.filter(person=person)
    return cipher_of(person).decrypt("body", message.body_encrypted)


def test_a_notice_asks_for_no_more_than_the_lawful_part():
    lender = a_writing_lender()
    person, loan = a_late_loan(lender, interest_bps=1_000, penalty_bps=2_000)
    a_due_contact(lender, person=person, loan=loan)

    assert gate().cleared == 1

    assert "1,075.00" in said_to(person)  # the rate may be 1,500: a quarter of the penalty lies beyond
    assert "1,100.00" not in said_to(person)
    entry = models.AuditEntry.objects.get(what="demand.capped")
    assert entry.facts == {"beyond_minor": 2_500, "by": ["cn.rate.penalty", "tw.rate"], "challenged": []}
    assert entry.subjects["loan"] == [loan.pk]


def test_the_borrower_is_told_what_is_overdue_and_what_of_it_is_not_demanded():
    lender = a_writing_lender()
    _, loan = a_late_loan(lender, interest_bps=1_000, penalty_bps=2_000)

    told = explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOW)

    assert told.beyond == Beyond(2_500, ("cn.rate.penalty", "tw.rate"), ())
    said = tell(told, "en")["arrears"]["said"]
    assert "Overdue: CNY 1,100.00. Of this, CNY 25.00 is not demanded" in said
    assert "(cn.rate.penalty, tw.rate)" in said


def test_where_no_rate_is_told_the_books_are_demanded_as_they_are():
    lender = a_writing_lender()
    person, loan = a_late_loan(lender)
    a_due_contact(lender, person=person, loan=loan)

    assert gate().cleared == 1

    assert "1,100.00" in said_to(person)
    assert not models.AuditEntry.objects.filter(what="demand.capped").exists()


def test_whoever_calls_reads_what_is_not_asked_for_and_by_which_rule():
    text = Text("Subject", "Good morning.")
    script = Worded(text, "en", get_template("call_task", "call", "en"), "CODE")
    caps = {7: Beyond(2_500, ("cn.rate.penalty",), ("cn.rate.licensed24",))}
    claims = [SimpleNamespace(loan=7, channel="call"), SimpleNamespace(loan=8, channel="call")]

    said = with_caps(script, claims, caps, {7: "CNY", 8: "CNY"}).text.body

    first, not_asked, challenged = said.replace("\n\n", "\n").split("\n")
    assert first == "Good morning."
    assert "ask for no more than is stated here. The books have CNY 25.00 more" in not_asked
    assert "cn.rate.penalty (" in not_asked
    assert "银发〔2003〕251号" in not_asked
    assert "It may be reduced by cn.rate.licensed24 (" in challenged


def test_what_the_borrower_reads_says_nothing_of_it():
    text = Worded(Text("Subject", "Hello."), "en", get_template("overdue_notice", "email", "en"), "CODE")
    caps = {7: Beyond(2_500, ("cn.rate.penalty",), ())}

    assert with_caps(text, [SimpleNamespace(loan=7, channel="email")], caps, {7: "CNY"}) is text
