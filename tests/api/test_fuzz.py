"""Schemathesis asks what no person would: whatever it sends, every answer is as the document describes it."""

from __future__ import annotations

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck

from arrears.api.callers import RATES
from arrears.conf.wsgi import application
from tests.api.asking import System
from tests.builders import MING, a_contact_point, a_lender, a_loan, a_person

pytestmark = pytest.mark.django_db(transaction=True)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.status_code_conformance,
]


@pytest.fixture
def system():
    lender = a_lender()
    borrower = a_person(lender, MING)
    a_loan(lender, borrower, overdue_days=10, source_ref="0")
    a_contact_point(borrower, "mobile")
    return System(lender)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@schema.parametrize()
@hypothesis.settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_whatever_is_sent_is_answered_as_described(case, system):
    RATES.left.clear()

    case.call_and_validate(headers={"Authorization": f"Bearer {system.secret}"}, checks=CHECKS)
