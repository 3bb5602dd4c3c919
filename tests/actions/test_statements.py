"""The statement of one loan says how its figure comes about, in three languages."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from arrears.actions.statements import get_statement
from arrears.actions.telling_statements import document, tell_statement
from arrears.cli.output import _plain
from arrears.kernel.errors import NotFound
from arrears.locale.notices import LANGUAGES
from arrears.store import models
from tests.builders import (
    LONG_AGO,
    NOW,
    TODAY,
    a_hold,
    a_lender,
    a_loan,
    a_payment,
    a_person,
    a_product,
    a_schedule,
    a_statement,
    an_actor,
    an_event,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def stated(loan, *, on=TODAY, known_at=NOW, now=NOW):
    return get_statement(loan_ref=loan.source_ref, on=on, known_at=known_at, now=now)


def in_english(loan, **asked):
    return tell_statement(stated(loan, **asked), "en")


def a_scheduled_loan(*, overdue_days=40, **terms):
    lender = a_lender()
    if terms:
        a_product(lender, **terms)
    loan = a_loan(lender, a_person(lender), source_ref="L-1")
    a_schedule(loan, TODAY - overdue_days * DAY, TODAY - 10 * DAY, TODAY + 20 * DAY)
    return loan


def test_the_sum_is_shown_step_by_step():
    loan = a_scheduled_loan(grace_days=3, tolerance_minor=100)
    a_payment(loan, TODAY - 30 * DAY, amount_minor=30_000, recorded_at=LONG_AGO, source_ref="P-1")
    a_hold(
        loan=loan,
        stops_ageing=True,
        from_at=NOW - 5 * DAY,
        until_at=NOW - 2 * DAY,
        recorded_at=LONG_AGO,
    )

    told = in_english(loan)

    since, first, last = (str(TODAY - n * DAY) for n in (40, 5, 3))
    assert list(told.sum) == [
        f"Past due at the end of {TODAY}: 700.00 + 1,000.00 = TWD 1,700.00.",
        "Of it principal 1,700.00.",
        f"The sum passes TWD 1.00 at installment 1: days count from {since}.",
        "Overdue: TWD 1,700.00.",
        f"{TODAY} less {since}: 40 days past due.",
        "Less 3 days of grace.",
        f"Less 3 paused days: {first} – {last}.",
        "Delinquent days: 34.",
        f"Late without a break since {TODAY - 39 * DAY}.",
    ]
    assert [row["pays"] for row in told.tables[1].rows] == ["1 principal 300.00"]


def test_what_was_taken_back_charged_off_and_not_as_stated_is_told():
    loan = a_scheduled_loan()
    returned = a_payment(loan, TODAY - 35 * DAY, recorded_at=LONG_AGO, source_ref="P-1")
    models.Reversal.objects.create(
        lender_id=loan.lender_id,
        payment=returned,
        reversed_on=TODAY - 33 * DAY,
        reason="returned",
        actor_id=an_actor(),
        recorded_at=LONG_AGO,
    )
    an_event(loan, "charge_off", TODAY - 5 * DAY, source_ref="E-1")
    odd = a_payment(loan, TODAY - 20 * DAY, amount_minor=20_000, recorded_at=LONG_AGO, source_ref="P-2")
    models.PaymentAllocation.objects.create(
        lender_id=loan.lender_id,
        payment=odd,
        installment_number=1,
        component="interest",
        amount_minor=5_000,
        recorded_at=LONG_AGO,
    )

    tables = {table.title: list(table.rows) for table in in_english(loan).tables}

    (back,) = tables["Taken back: these count on no day"]
    assert (back["number"], back["taken back on"]) == ("P-1", TODAY - 33 * DAY)
    (charged,) = tables["Charged off: a step of the books that changes nothing of what is owed"]
    assert charged["number"] == "E-1"
    (differs,) = tables["Parts that the core system states and that could not be paid so"]
    assert (differs["installment"], differs["could not be paid"]) == ("1 interest", "50.00")


def test_a_charge_stands_in_a_line_of_its_own_and_a_waiver_in_what_is_forgiven():
    loan = a_scheduled_loan()
    an_event(loan, "charge", TODAY - 15 * DAY, source_ref="F-1")
    an_event(loan, "waiver", TODAY - 12 * DAY, source_ref="W-1", component="fee")

    rows = in_english(loan).tables[0].rows

    charge = next(row for row in rows if row["installment"] == "charge F-1")
    assert (charge["fee"], charge["forgiven"], charge["open"]) == ("100.00", "100.00", "0.00")


def test_statements_of_a_card_say_what_each_minimum_newly_asks_for():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender))
    a_statement(loan, TODAY - 60 * DAY)
    a_statement(loan, TODAY - 30 * DAY, minimum_due_minor=80_000)

    told = in_english(loan)

    assert [row["minimum"] for row in told.tables[0].rows] == ["500.00", "300.00", "800.00"]
    assert f"Past due at the end of {TODAY}: 500.00 + 300.00 = TWD 800.00." in told.sum


def test_a_loan_known_by_reports_shows_what_they_say_and_derives_nothing():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender), overdue_days=12, overdue_minor=None)

    told = in_english(loan)

    assert told.tables == []
    assert told.sum[0] == "The core system reports it; nothing is derived from what it says."
    assert "overdue amount not stated" in told.sum[1]


def test_a_restated_figure_is_told_beside_the_one_known_then():
    loan = a_scheduled_loan()
    a_payment(loan, TODAY - 12 * DAY, amount_minor=100_000, recorded_at=NOW + DAY)

    told = in_english(loan, now=NOW + 2 * DAY)

    assert told.sum[-1] == (
        "Known now of the same day: TWD 2,000.00 / 40 was what was known then; it is TWD 1,000.00 / 10 now."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_figures(language):
    loan = a_scheduled_loan(grace_days=3, tolerance_minor=100, tolerance_days=2)
    a_payment(loan, TODAY - 30 * DAY, amount_minor=30_000, recorded_at=LONG_AGO)

    told, english = tell_statement(stated(loan), language), in_english(loan)

    assert len(told.sum) == len(english.sum)
    assert [len(table.rows) for table in told.tables] == [len(table.rows) for table in english.tables]
    assert any("1,700.00" in line for line in told.sum)


def test_the_document_for_programs_has_whole_minor_units_and_dates():
    loan = a_scheduled_loan()
    a_payment(loan, TODAY - 30 * DAY, amount_minor=30_000, recorded_at=LONG_AGO, source_ref="P-1")

    told = json.loads(json.dumps(document(stated(loan)), default=_plain))

    assert (told["arrears"]["overdue_minor"], told["arrears"]["source"]) == (170_000, "schedule")
    assert told["moves"][0]["pays"] == [
        {
            "number": 1,
            "part": "principal",
            "due_on": str(TODAY - 40 * DAY),
            "amount_minor": 30_000,
        }
    ]
    assert [debt["open_minor"] for debt in told["debts"]] == [70_000, 100_000, 100_000]
    assert [debt["past_due_days"] for debt in told["debts"]] == [40, 10, 0]


def test_every_installment_says_when_it_was_settled_and_how_late_it_is():
    loan = a_scheduled_loan()
    a_payment(loan, TODAY - 30 * DAY, amount_minor=60_000, recorded_at=LONG_AGO)
    a_payment(loan, TODAY - 20 * DAY, amount_minor=40_000, recorded_at=LONG_AGO)

    rows = in_english(loan).tables[0].rows

    assert [(row["settled"], row["past due"], row["days late"]) for row in rows] == [
        (TODAY - 20 * DAY, "", ""),
        (None, "1,000.00", "10"),
        (None, "", ""),
        (None, "1,000.00", ""),
    ]


def test_a_number_there_is_not_is_named():
    a_lender()

    with pytest.raises(NotFound, match="There is no loan with the number L-9"):
        get_statement(loan_ref="L-9", on=TODAY, known_at=NOW, now=NOW)
