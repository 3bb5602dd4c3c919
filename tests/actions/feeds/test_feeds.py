"""Feeds are stored whole or not at all; the same rows twice change nothing; news supersede."""

from __future__ import annotations

from datetime import date

import pytest

from arrears.store import models
from tests.actions.feeds.books import INSTALLMENT, LOAN, PAYMENT, a_book, faults, load
from tests.builders import a_lender

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lender(db):
    return a_lender()


def test_a_loan_its_schedule_and_its_payments_are_stored(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "installments", [INSTALLMENT, {**INSTALLMENT, "number": 2, "due_on": "2025-03-10"}])
    report = load(tmp_path, "payments", [PAYMENT, {**PAYMENT, "payment_ref": "P2", "amount": "1"}])

    assert (report.state, report.rows_read, report.rows_accepted, report.counts) == (
        *("stored", 2, 2, {"added": 2, "unchanged": 0}),
    )
    loan = models.Loan.objects.get()
    person = models.Person.objects.get()
    assert (loan.source_ref, loan.product, loan.currency, loan.opened_on) == (
        *("L1", "card", "TWD", date(2025, 1, 10)),
    )
    assert loan.contact_group == person.contact_group == person.id
    assert models.LoanParty.objects.values_list("person_id", "role").get() == (person.id, "borrower")
    assert list(
        models.Payment.objects.order_by("id").values_list("source_ref", "amount_minor", "value_on")
    ) == [
        ("P1", 50025, date(2025, 2, 10)),
        ("P2", 100, date(2025, 2, 10)),
    ]
    installments = models.Installment.objects.order_by("number")
    assert list(installments.values_list("number", "principal_minor", "interest_minor", "fee_minor")) == [
        (1, 90000, 10050, 0),
        (2, 90000, 10050, 0),
    ]


def test_one_bad_row_costs_only_itself(tmp_path):
    a_book(tmp_path)
    report = load(
        tmp_path,
        "payments",
        [
            PAYMENT,
            {**PAYMENT, "payment_ref": "P2", "amount": "-1", "value_on": "9999-12-31"},
            {**PAYMENT, "payment_ref": "P3", "loan_ref": "L9"},
            {**PAYMENT, "payment_ref": "P4", "value_on": "2025-01-09"},
            {**PAYMENT, "payment_ref": "P5", "amount": "1.001"},
            {**PAYMENT, "payment_ref": "P6"},
            {**PAYMENT, "payment_ref": "P6"},
        ],
    )

    assert (report.state, report.rows_read, report.rows_rejected) == ("stored", 7, 6)
    assert faults(report) == [
        (3, "amount", "is below zero"),
        (3, "value_on", "lies after 2126-03-02; a day that is not known is left empty"),
        (4, "loan_ref", "is not on file"),
        (5, "value_on", "lies before the day the loan was opened"),
        (6, "amount", "is finer than the smallest unit of its currency"),
        (7, "payment_ref", "stands in the file more than once"),
        (8, "payment_ref", "stands in the file more than once"),
    ]
    assert models.Payment.objects.values_list("source_ref", flat=True).get() == "P1"


def test_the_same_rows_again_change_nothing(tmp_path):
    a_book(tmp_path)
    load(tmp_path, "installments", [INSTALLMENT])
    load(tmp_path, "payments", [PAYMENT])

    loans = load(tmp_path, "loans", [{**LOAN, "closed_on": ""}], days=1)
    schedules = load(tmp_path, "installments", [{**INSTALLMENT, "fee": 0}], days=1)
    payments = load(tmp_path, "payments", [{**PAYMENT, "currency": "TWD"}], days=1)
    again = load(tmp_path, "payments", [{**PAYMENT, "currency": "TWD"}], days=1)

    assert loans.counts["unchanged"] == schedules.counts["unchanged"] == payments.counts["unchanged"] == 1
    assert again.state == "already_imported"
    assert models.Schedule.objects.count() == models.Payment.objects.count() == 1
    assert models.LoanPast.objects.count() == 0
