"""What still has to be told or answered, foretold: when it will fall due, until when, and what gives it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.duties import with_duties
from arrears.actions.explanations import explain
from arrears.actions.forecasts import Kind, Supposition, foretell
from arrears.actions.telling import tell
from arrears.actions.telling_forecasts import tell_forecast
from arrears.kernel.days import date_of
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.lives import deliver, morning_of
from tests.builders import ANA, NA, NOW, TODAY, a_lender, a_loan, a_person, a_schedule, a_watermark
from tests.builders.requests import a_measure, a_request

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW, DAY = load_strategy("sample"), load_law(), timedelta(days=1)
STEP = "duties:negative_data"
BRITISH = {"governing_law": "GB", "product": "loan", "debt_kind": "consumer_loan"}


def told(loan, *, at=NOW, language="en"):
    found = explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=at)
    return tell(found, language)["owed"]


def foretold(loan, supposition=None, *, at=NOW, days=60):
    found = foretell(
        loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=at, days=days, supposition=supposition
    )
    return tell_forecast(found, "en")


def a_british_loan(*due_on: date):
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, ANA, points=("email",)), **BRITISH)
    a_schedule(loan, *due_on)
    return loan


def test_a_notice_that_will_be_owed_once_a_second_payment_is_missed_stands_with_its_days():
    loan = a_british_loan(TODAY - 20 * DAY, TODAY + 10 * DAY)

    seen = foretold(loan, Supposition(Kind.PAY_OVERDUE, TODAY + DAY))

    (owed,) = seen["owed"]["nothing_changes"]
    assert (owed["rule"], owed["is_open"], owed["by"]) == ("uk.86b", False, None)
    assert owed["arose_on"] == (TODAY + 11 * DAY).isoformat()
    assert owed["last_on"] == (TODAY + 24 * DAY).isoformat()
    assert owed["missing"] == ["arrears_information_sheet"]
    assert owed["said"] == (
        "A notice of the sums in arrears, by 7 August 2026 at the latest. It will have to be so from"
        " 25 July 2026 on, if nothing changes. A person at the lender sees to it."
        " [uk.86b: Consumer Credit Act 1974 s.86B; text of the rule read]"
    )
    assert seen["owed"]["supposed"] == []
    assert not seen["is_same"]


def test_a_foretold_contact_that_gives_a_notice_of_the_law_stands_beside_it_and_comes_true():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, NA, points=("app_inbox",)), overdue_days=10, governing_law="CN")
    a_measure(loan, decided_at=NOW - DAY, takes_effect_at=NOW + 5 * DAY)
    morning = morning_of(TODAY, hour=7)
    seen = foretell(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=morning, days=20)

    (owed,) = tell_forecast(seen, "en")["owed"]["nothing_changes"]
    for day in range(20):
        on = TODAY + day * DAY
        at = morning_of(on, hour=7)
        a_watermark(lender, payments_complete_through_on=on - DAY, recorded_at=at)
        run_day(lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor="test", at=at)
        for contact in models.PlannedContact.objects.filter(state="planned"):
            deliver(contact)

    steps = with_duties(SAMPLE).steps
    lines = [
        (date_of(line.on), steps[line.step].id) for line in seen.nothing_changes.lines if line.is_planned
    ]
    lived = models.PlannedContactLoan.objects.order_by("planned_contact__planned_for_on")
    assert lines[0] == (TODAY, STEP)
    assert lines == list(lived.values_list("planned_contact__planned_for_on", "step"))
    assert (owed["rule"], owed["is_open"], owed["by"]["channel"]) == ("cn.cr.prenotice", True, "in_app")
    assert owed["by"]["from_at"] == models.Attempt.objects.order_by("at")[0].at.isoformat()


def test_the_first_contact_of_a_collector_that_is_foretold_gives_rise_to_its_notice():
    lender = a_lender(actor_kind="agency")
    loan = a_loan(lender, a_person(lender, ANA, points=("app_inbox", "email")), overdue_days=4)

    seen = foretold(loan, days=20)

    first_on = next(day["on"] for day in seen["dates"] if day["nothing_changes"][0]["is_planned"])
    (owed,) = seen["owed"]["nothing_changes"]
    assert (owed["rule"], owed["because_of"], owed["arose_on"]) == (
        "us.validation",
        "first_communication",
        first_on,
    )
    assert owed["last_on"] == (date.fromisoformat(first_on) + 5 * DAY).isoformat()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "An answer to your complaint, by 29 July 2026 at the latest. This is so since 14 July 2026."),
        ("zh-Hans", "对您投诉的答复，最迟2026年7月29日。自2026年7月14日起。"),
        ("zh-Hant", "對您申訴的答覆，最遲2026年7月29日。自2026年7月14日起。"),
    ],
)
def test_a_borrower_is_told_by_when_his_complaint_has_to_be_answered(language, said):
    lender = a_lender()
    na = a_person(lender, NA)
    loan = a_loan(lender, na, governing_law="CN")
    a_request(na, kind="complaint")

    (owed,) = told(loan, language=language)

    assert owed["said"].startswith(said)
    assert "cn.complaint.bank" in owed["said"]
    assert (owed["is_open"], owed["is_overdue"]) == (True, False)


def test_what_somebody_else_asked_for_is_not_told_to_the_borrower():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, NA), governing_law="CN")
    a_request(a_person(lender, ANA), loan, kind="complaint")

    assert told(loan) == []


def test_what_is_overdue_is_said_to_be():
    lender = a_lender()
    na = a_person(lender, NA)
    a_request(na, kind="complaint")

    (owed,) = told(a_loan(lender, na, governing_law="CN"), at=NOW + 20 * DAY)

    assert owed["is_overdue"]
    assert "it is overdue" in owed["said"]
