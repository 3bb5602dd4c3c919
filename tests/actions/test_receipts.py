"""Receipts: any order, any number of times, about anything; the highest evidence stands."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.mail import marks_of_this_database
from arrears.actions.receipts import TRIES_MAX, settle_receipts, store_receipt
from arrears.kernel.errors import BadInput
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, move_clock
from tests.actions.test_handing_over import NO_ANSWER, Provider
from tests.builders import NOW
from tests.channels.test_smtp_reports import a_report, bounce_to

pytestmark = pytest.mark.django_db(transaction=True)


def handed_over(*answers):
    """(the planned contact, its attempt) of an e-mail a provider answered for."""
    planned = a_due_contact(a_writing_lender(), channel="email")
    gate("email")
    hand_over_reserved(Provider(*answers), worker="w1", actor=ACTOR)
    return planned, models.Attempt.objects.get()


def receive(content, *, at=None):
    return store_receipt(channel="email", provider="smtp", content=content, at=at or clock.now())


def settle():
    return settle_receipts(actor=ACTOR, at=clock.now())


def about(attempt, action, status):
    return a_report(to=bounce_to(attempt.pk, marks_of_this_database()), action=action, status=status)


def test_a_receipt_is_stored_raw_and_encrypted_before_it_is_understood():
    _, attempt = handed_over()

    receive(about(attempt, "failed", "5.1.1"))

    receipt, result = models.Receipt.objects.get(), models.ReceiptResult.objects.get()
    assert b"borrower.example" not in bytes(receipt.content_encrypted)
    assert (result.state, result.receipt_id) == ("new", receipt.id)
    attempt.refresh_from_db()
    assert attempt.state == "accepted"


def test_a_hard_bounce_after_days_returns_the_message_and_marks_the_address_dead():
    planned, attempt = handed_over()
    move_clock(days=3)
    receive(about(attempt, "failed", "5.1.1"))

    assert settle() == {"matched": 1}

    attempt.refresh_from_db()
    point = models.ContactPoint.objects.get(pk=attempt.contact_point_id)
    assert (attempt.state, attempt.failure_code) == ("returned", "5.1.1")
    assert (point.dead_from_at, point.dead_reason) == (clock.now(), "returned 5.1.1")
    assert end_of(planned) == ("sent", None)


def test_a_full_mailbox_returns_the_message_and_leaves_the_address_alive():
    _, attempt = handed_over()
    receive(about(attempt, "failed", "5.2.2"))

    settle()

    attempt.refresh_from_db()
    assert attempt.state == "returned"
    assert models.ContactPoint.objects.get(pk=attempt.contact_point_id).dead_from_at is None


def test_a_delivery_report_settles_a_contact_of_unknown_fate():
    planned, attempt = handed_over(NO_ANSWER)
    receive(about(attempt, "delivered", "2.0.0"))

    settle()

    attempt.refresh_from_db()
    assert attempt.state == "delivered"
    assert end_of(planned) == ("sent", None)


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_in_whatever_order_receipts_arrive_the_highest_evidence_stands(order):
    _, attempt = handed_over(NO_ANSWER)
    reports = [
        about(attempt, "delayed", "4.4.1"),
        about(attempt, "delivered", "2.0.0"),
        about(attempt, "failed", "5.1.1"),
    ]

    for n in order:
        receive(reports[n])
        settle()

    attempt.refresh_from_db()
    assert attempt.state == "returned"


def test_the_same_receipt_again_is_harmless():
    _, attempt = handed_over()
    for _ in range(3):
        receive(about(attempt, "failed", "5.1.1"))

    assert settle() == {"matched": 1, "duplicate": 2}
    attempt.refresh_from_db()
    assert attempt.state == "returned"


def test_a_receipt_of_nothing_of_ours_is_tried_again_and_then_listed():
    handed_over()
    receive(a_report(to=bounce_to(999_999, marks_of_this_database())))

    waits = []
    for _ in range(TRIES_MAX - 1):
        assert settle() == {"unmatched": 1}
        assert settle() == {}
        result = models.ReceiptResult.objects.get()
        waits.append(result.next_try_at - clock.now())
        clock.set_simulated(result.next_try_at)

    assert [wait.total_seconds() for wait in waits] == [60, 600, 6_000, 60_000]
    assert settle() == {"given_up": 1}


def test_a_receipt_that_cannot_be_read_is_listed():
    receive_after = handed_over()
    receive(b"I am away until Monday.")

    assert settle() == {"unreadable": 1}
    assert receive_after[1].state == "accepted"


def test_a_receipt_about_what_should_never_have_left_moves_nothing_and_is_marked_for_a_person():
    planned = a_due_contact(a_writing_lender(), channel="email")
    gate("email")
    attempt = models.Attempt.objects.get()
    receive(about(attempt, "delivered", "2.0.0"))

    settle()

    attempt.refresh_from_db()
    assert attempt.state == "reserved"
    assert models.AuditEntry.objects.filter(what="receipt.contradicts").count() == 1
    assert end_of(planned)[0] == "reserved"


def test_receipts_of_a_provider_nobody_reads_are_refused():
    handed_over()

    with pytest.raises(BadInput):
        store_receipt(channel="email", provider="pigeon", content=b"", at=NOW + timedelta(days=1))
