"""What may become of a lender's records: each by the clock of its own rule, the longest rule first."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner

from arrears.actions.retention import get_retention
from arrears.cli.retention import retention
from arrears.store import models
from tests.builders import (
    ANA,
    MING,
    NA,
    NOW,
    a_hold,
    a_lender,
    a_loan,
    a_person,
    agreed_hours,
    an_actor,
    an_attempt,
)

pytestmark = pytest.mark.django_db
CALLED_AT = datetime(2026, 1, 15, 4, tzinfo=UTC)


def a_call(loan, person, **columns):
    """A conversation of 15 January 2026 that another system reported."""
    outcome = {"network_result": "answered", "is_conversation": True, "outcome_recorded_at": CALLED_AT}
    point = models.ContactPoint.objects.get(person=person)
    return an_attempt(
        loan, point, origin="imported", channel="call", **{"at": CALLED_AT, **outcome, **columns}
    )


def a_request(person, kind, at=CALLED_AT):
    return models.Request.objects.create(
        lender_id=person.lender_id,
        person=person,
        kind=kind,
        received_at=at,
        actor_id=an_actor(),
        recorded_at=at,
    )


def answers(lender, on, **asked):
    rows = get_retention(lender_id=lender.pk, on=on, **asked)
    return {(row.record, row.state): (row.records, row.last_through_on, row.because) for row in rows}


def test_a_recording_in_taiwan_stays_six_months_and_the_contact_by_house_policy():
    lender = a_lender()
    ming = a_person(lender, MING, points=("mobile",))
    a_call(a_loan(lender, ming), ming)

    assert answers(lender, date(2026, 7, 15)) == {
        ("call_recording", "stays"): (1, date(2026, 7, 15), ("tw.rec6m",)),
        ("contact_log", "stays"): (1, date(2031, 1, 15), ("house.records",)),
    }
    assert answers(lender, date(2026, 7, 16))["call_recording", "may_go"] == (1, None, ("tw.rec6m",))


def test_a_record_of_a_borrower_in_china_is_kept_by_the_longest_of_all_its_rules():
    lender = a_lender(licence="consumer_finance")
    na = a_person(lender, NA, points=("mobile",))
    a_call(a_loan(lender, na, debt_kind="consumer_loan"), na)

    found = answers(lender, date(2026, 12, 1))

    assert found["call_recording", "stays"] == (1, date(2031, 1, 15), ("cn.rec.cfc5y", "cn.rec.gb"))


def test_a_collectors_log_stays_three_years_after_the_last_activity_on_the_loan():
    lender = a_lender(actor_kind="agency", country="US")
    ana = a_person(lender, ANA, points=("mobile",))
    loan = a_loan(lender, ana, governing_law="US-NY")
    a_call(loan, ana)
    a_call(loan, ana, at=CALLED_AT + timedelta(days=60))

    found = answers(lender, date(2029, 1, 20))

    assert found["contact_log", "stays"] == (2, date(2029, 3, 16), ("us.rec.3y",))
    assert found["call_recording", "may_go"][0] == 1
    assert found["call_recording", "stays"][:2] == (1, date(2029, 3, 16))


def test_a_deletion_asked_for_locks_what_must_stay_and_deletes_what_need_not():
    lender = a_lender(country="CN")
    na = a_person(lender, NA, points=("mobile",))
    a_call(a_loan(lender, na, governing_law="CN"), na)
    a_request(na, "deletion")

    found = answers(lender, date(2028, 1, 15))
    assert found["call_recording", "locked"] == (1, date(2028, 1, 15), ("cn.rec.card2y", "cn.pi.delete"))
    assert answers(lender, date(2028, 1, 16))["call_recording", "must_go"][2] == ("cn.pi.delete",)


def test_a_deletion_that_was_withdrawn_locks_nothing():
    lender = a_lender(country="CN")
    na = a_person(lender, NA, points=("mobile",))
    a_call(a_loan(lender, na, governing_law="CN"), na)
    asked = a_request(na, "deletion")
    step = {"request": asked, "sequence": 1, "state": "withdrawn", "at": CALLED_AT}
    models.RequestStep.objects.create(lender_id=lender.pk, actor_id=an_actor(), recorded_at=CALLED_AT, **step)

    assert ("call_recording", "stays") in answers(lender, date(2028, 1, 15))


def test_the_recording_of_a_card_plan_waits_for_the_settlement():
    lender = a_lender(country="CN")
    na = a_person(lender, NA)
    loan = a_loan(lender, na, governing_law="CN")
    a_hold(loan=loan, reason="plan", from_at=CALLED_AT)

    (row,) = get_retention(lender_id=lender.pk, on=date(2040, 1, 1))
    assert (row.record, row.state, row.missing) == ("plan_recording", "stays", ("settled_on",))

    models.Loan.objects.filter(pk=loan.pk).update(closed_on=date(2027, 5, 1), recorded_at=NOW)
    (row,) = get_retention(lender_id=lender.pk, on=date(2027, 5, 2))
    assert row.state == "may_go"


def test_the_evidence_of_a_consent_in_china_stays_while_the_consent_does_and_is_marked_uncertain():
    lender = a_lender(country="CN")
    agreed_hours(a_person(lender, NA))

    (row,) = get_retention(lender_id=lender.pk, on=date(2026, 7, 14))

    assert (row.record, row.state, row.because) == ("consent_evidence", "stays", ("cn.sms.consentkeep",))
    assert row.is_uncertain


def test_only_what_is_there_on_the_day_and_of_the_loan_asked_for_is_told():
    lender = a_lender()
    ming, na = a_person(lender, MING, points=("mobile",)), a_person(lender, NA, points=("mobile",))
    loan = a_loan(lender, ming)
    a_call(loan, ming)
    a_call(a_loan(lender, na), na)

    assert answers(lender, date(2026, 1, 14)) == {}
    assert answers(lender, date(2026, 1, 15), loan_ref=loan.source_ref)["contact_log", "stays"][0] == 1
    assert answers(a_lender(name="Other Bank"), date(2026, 7, 14)) == {}


def test_the_command_prints_days_rules_and_doubt(monkeypatch):
    monkeypatch.setattr("arrears.conf.database.set_up_django", lambda: None)
    lender = a_lender(country="CN")
    na = a_person(lender, NA, points=("mobile",))
    a_call(a_loan(lender, na, governing_law="CN"), na)
    agreed_hours(na)

    told = CliRunner().invoke(retention, ["--on", "2026-07-15", "--format", "json"])
    shown = CliRunner(env={"COLUMNS": "160"}).invoke(retention, ["--on", "2026-07-15"])

    recording = next(
        each for each in json.loads(told.stdout)["records"] if each["record"] == "call_recording"
    )
    assert recording == {
        "record": "call_recording",
        "records": 1,
        "state": "stays",
        "first_through_on": "2028-01-15",
        "last_through_on": "2028-01-15",
        "rules": ["cn.rec.card2y"],
        "waits_for": [],
        "is_uncertain": False,
    }
    assert "cn.sms.consentkeep (?)" in shown.stdout
    assert "2028-01-15" in shown.stdout
    assert "have counsel confirm" in shown.stderr
