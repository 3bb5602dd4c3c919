"""Schemathesis asks what no person would: whatever it sends, every answer is as the document describes it."""

from __future__ import annotations

from collections import Counter

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck
from hypothesis import strategies as st
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.python._constants.orchestrator import make_constants_value_source

from arrears.api import verifications
from arrears.api.callers import RATES
from arrears.conf.wsgi import application
from arrears.store import models
from tests.api.asking import System
from tests.builders import MING, a_contact_point, a_lender, a_loan, a_person
from tests.effort import effort

pytestmark = pytest.mark.django_db(transaction=True)
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    schemathesis.checks.response_schema_conformance,
    schemathesis.checks.content_type_conformance,
    schemathesis.checks.status_code_conformance,
]
SETTINGS = hypothesis.settings(
    max_examples=effort(20, 100), deadline=None, suppress_health_check=list(HealthCheck), database=None
)


@pytest.fixture
def system():
    lender = a_lender()
    borrower = a_person(lender, MING)
    a_loan(lender, borrower, overdue_days=10, source_ref="0")
    a_loan(lender, borrower, overdue_days=10, source_ref="K300038")
    a_contact_point(borrower, "mobile")
    system = System(lender)
    asked = {"id": "call-4711", "loan_ref": "K300038", "channel": "call", "notice": "call_task"}
    assert system.post("/contact-reservations", asked).json()["reserved"] is True
    return system


OPERATIONS = {each.ok().label: each.ok() for each in schema.get_all_operations()}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_is_sent_is_answered_as_described(label, system):
    """Made up here; `schema.parametrize` would make it up while tests are collected, in every process."""

    @SETTINGS
    def ask(case):
        RATES.left.clear()
        verifications.RATES.left.clear()
        case.call_and_validate(headers={"Authorization": f"Bearer {system.secret}"}, checks=CHECKS)

    feedback = FeedbackSources(constants_value_source=make_constants_value_source(schema))
    build_operation_test(
        config=schema.config,
        operation=OPERATIONS[label],
        test_func=ask,
        given_kwargs={},
        feedback=feedback,
    )()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_reports_near_to_those_of_the_document_are_accepted_or_refused_as_described(system):
    """Whatever is sent has next to no chance to be a whole report: here most of one is right."""
    operation = schema["/api/v1/contacts"]["POST"]
    examples = operation.body[0].definition["schema"]["examples"]
    answered = Counter()

    @hypothesis.given(operation.as_strategy(), st.sampled_from(examples), st.data())
    @hypothesis.settings(
        max_examples=effort(30, 150), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    def report(case, example, data):
        RATES.left.clear()
        told = case.body if isinstance(case.body, dict) else {}
        kept = data.draw(st.sets(st.sampled_from(sorted(told)), max_size=2)) if told else set()
        number = data.draw(st.sampled_from([example["id"], "another", "a third"]))
        case.body = {**example, "id": number, **{key: told[key] for key in kept}}
        checks = {"headers": {"Authorization": f"Bearer {system.secret}"}, "checks": CHECKS}
        answered[case.call_and_validate(**checks).status_code] += 1

    report()

    assert answered[200] > 0
    assert models.Attempt.objects.filter(origin="reported").exists()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_taking_back_an_inconvenient_time_is_answered_as_described(system):
    """Of numbers that are drawn next to none is that of a statement: here some are."""
    operation = schema["/api/v1/inconvenient-times/{inconvenient_time}/take-back"]["POST"]
    told = {"loan_ref": "K300038", "end": "10:00"}
    numbers = [
        system.post("/inconvenient-times", {"id": f"h-{n}", **told}).json()["inconvenient_time"]
        for n in range(3)
    ]
    answered = Counter()

    @hypothesis.given(operation.as_strategy(), st.sampled_from([*numbers, 0]), st.sampled_from("abcd"))
    @hypothesis.settings(
        max_examples=effort(20, 100), deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    def take_back(case, number, ref):
        RATES.left.clear()
        case.path_parameters = {"inconvenient_time": number}
        if isinstance(case.body, dict):
            case.body = {**case.body, "id": ref}
        checks = {"headers": {"Authorization": f"Bearer {system.secret}"}, "checks": CHECKS}
        answered[case.call_and_validate(**checks).status_code] += 1

    take_back()

    assert answered[200] > 0
    assert models.Inconvenience.objects.filter(supersedes__isnull=False).exists()
