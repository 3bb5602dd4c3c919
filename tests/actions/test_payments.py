"""Payments: recorded once, bound to the gate, and never of what cannot be."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.payments import post_payment
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, loan_of
from tests.builders import NOW, TODAY

pytestmark = pytest.mark.django_db(transaction=True)


def post(loan, **changed):
    usual = {"source_ref": "P-1", "amount_minor": 100, "value_on": TODAY}
    return post_payment(loan=loan.pk, actor=ACTOR, at=NOW, **{**usual, **changed})


def test_a_payment_stops_what_is_planned_through_the_law_and_touches_no_plan():
    planned = a_due_contact(a_writing_lender())

    post(loan_of(planned))

    assert end_of(planned) == ("planned", None)
    gate()
    assert end_of(planned) == ("not_permitted", "house.payment-since-report")


def test_a_payment_of_before_the_report_stops_nothing():
    planned = a_due_contact(a_writing_lender())

    post(loan_of(planned), value_on=TODAY - timedelta(days=5))

    gate()
    assert end_of(planned)[0] == "reserved"


def test_the_same_payment_again_changes_nothing():
    loan = loan_of(a_due_contact(a_writing_lender()))

    assert post(loan) == post(loan)
    assert models.Payment.objects.count() == 1
    assert models.AuditEntry.objects.filter(what="payment.posted").count() == 1


@pytest.mark.parametrize("changed", [{"amount_minor": 101}, {"value_on": TODAY - timedelta(days=1)}])
def test_its_number_cannot_be_given_to_another(changed):
    loan = loan_of(a_due_contact(a_writing_lender()))
    post(loan)

    with pytest.raises(Conflict):
        post(loan, **changed)
    assert models.Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"amount_minor": 0}, "payment.amount"),
        ({"amount_minor": -5}, "payment.amount"),
        ({"amount_minor": 1 << 63}, "payment.amount"),
        ({"source_ref": " "}, "payment.source_ref"),
        ({"source_ref": "a\nb"}, "payment.source_ref"),
        ({"value_on": TODAY + timedelta(days=1)}, "payment.in_the_future"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(wrong, code):
    loan = loan_of(a_due_contact(a_writing_lender()))

    with pytest.raises(BadInput) as raised:
        post(loan, **wrong)

    assert (raised.value.code, models.Payment.objects.count()) == (code, 0)


def test_a_payment_needs_a_loan():
    a_writing_lender()

    with pytest.raises(NotFound):
        post_payment(loan=99, source_ref="P", amount_minor=1, value_on=TODAY, actor=ACTOR, at=NOW)
