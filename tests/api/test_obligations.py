"""`GET /loans/{loan_ref}/obligations`: what is owed about one loan, to the lender whose loan it is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api.asking import System, problem_of
from tests.builders import NA, NOW, a_lender, a_loan, a_person
from tests.builders.requests import a_measure

pytestmark = pytest.mark.django_db


def a_report_planned(lender):
    loan = a_loan(lender, a_person(lender, NA, points=("email",)), overdue_days=10, governing_law="CN")
    a_measure(loan, decided_at=NOW - timedelta(days=1), takes_effect_at=NOW + timedelta(days=5))
    return loan


def test_what_is_owed_about_a_loan_is_listed_with_its_law_and_its_ways():
    lender = a_lender()
    loan = a_report_planned(lender)
    a_report_planned(lender)

    answered = System(lender).get(f"/loans/{loan.source_ref}/obligations?language=zh-Hans")

    told = answered.json()
    assert (answered.status_code, told["loan_ref"]) == (200, loan.source_ref)
    (owed,) = told["obligations"]
    assert (owed["rule"], owed["loan"], owed["next"]) == ("cn.cr.prenotice", loan.source_ref, "plan")
    assert (owed["last_on"], owed["slack_days"]) == ("2026-07-19", 5)
    assert owed["ways"] == [{"channel": "email", "by_exception": False}]
    assert (
        owed["citation"]
        == "Regulation on the Administration of the Credit Reporting Industry (征信业管理条例), art. 15"
    )


def test_a_loan_of_another_lender_is_not_known():
    loan = a_report_planned(a_lender(name="Other Bank"))

    answered = System(a_lender()).get(f"/loans/{loan.source_ref}/obligations")

    assert problem_of(answered) == (404, "obligations.loan")


def test_a_token_that_may_only_report_does_not_ask():
    lender = a_lender()
    loan = a_report_planned(lender)

    answered = System(lender, scopes=("report",)).get(f"/loans/{loan.source_ref}/obligations")

    assert problem_of(answered) == (403, "token.scope")
