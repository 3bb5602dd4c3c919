"""What there is to do: the channel that ends soonest first, and days that can be planned."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.due_work import DueChannel, DueNight, list_due_channels, list_due_nights
from tests.actions.sending import ACTOR, LAW, SAMPLE, a_due_contact, a_writing_lender, gate
from tests.builders import NOW, TODAY, a_lender, a_loan, a_person, a_watermark

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


def test_the_channel_whose_first_contact_ends_soonest_comes_first():
    lender = a_writing_lender()
    soon, since = NOW + timedelta(minutes=30), NOW - timedelta(minutes=5)
    for hours in (1, 2):
        a_due_contact(lender, not_after_at=NOW + timedelta(hours=hours))
    a_due_contact(lender, channel="email", not_before_at=since, not_after_at=soon)
    a_due_contact(lender, channel="email", not_before_at=NOW + timedelta(seconds=1))

    assert list_due_channels(at=NOW) == [
        DueChannel("email", 1, since, soon),
        DueChannel("in_app", 2, NOW, NOW + timedelta(hours=1)),
    ]


def test_a_channel_that_has_only_something_reserved_is_due_too():
    a_due_contact(a_writing_lender())
    gate()

    assert list_due_channels(at=NOW) == [DueChannel("in_app", 0, None, None)]


def a_lender_with_loans(through_on):
    lender = a_lender()
    a_loan(lender, a_person(lender), overdue_days=10)
    a_watermark(lender, payments_complete_through_on=through_on, recorded_at=NOW)
    return lender


def test_a_day_is_due_once_the_books_are_complete_to_the_day_before():
    complete, behind = a_lender_with_loans(TODAY - DAY), a_lender_with_loans(TODAY - 2 * DAY)

    assert list_due_nights(at=NOW) == [DueNight(complete.pk, TODAY)]
    a_watermark(behind, payments_complete_through_on=TODAY - DAY, recorded_at=NOW)
    assert [due.lender for due in list_due_nights(at=NOW)] == [complete.pk, behind.pk]


def test_a_day_begins_where_the_lender_is():
    lender = a_lender_with_loans(TODAY - DAY)
    late = NOW + timedelta(hours=14)  # 00:00 of the next day in Taipei

    assert list_due_nights(at=late - timedelta(seconds=1)) == [DueNight(lender.pk, TODAY)]
    assert list_due_nights(at=late) == []
    a_watermark(lender, payments_complete_through_on=TODAY, recorded_at=late)
    assert list_due_nights(at=late) == [DueNight(lender.pk, TODAY + DAY)]


def test_a_day_that_was_run_is_due_no_more():
    lender = a_lender_with_loans(TODAY - DAY)

    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=LAW, actor=ACTOR, at=NOW)

    assert list_due_nights(at=NOW) == []


def test_a_lender_without_loans_has_no_nights():
    a_lender()

    assert list_due_nights(at=NOW) == []
