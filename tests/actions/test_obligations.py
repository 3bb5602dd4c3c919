"""What a lender still has to tell or to answer, from what is stored."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from arrears.actions.laws import adopt_law
from arrears.actions.obligations import NextStep, list_open
from arrears.kernel.obligations.alarms import Alarm
from arrears.kernel.obligations.standing import Standing
from arrears.store import models
from tests.builders import (
    ANA,
    LONG_AGO,
    MING,
    NA,
    NOW,
    a_contact_point,
    a_lender,
    a_loan,
    a_payment,
    a_person,
    an_attempt,
)
from tests.builders.books import a_product, a_schedule, a_statement
from tests.builders.requests import a_measure, a_notice_proof, a_request, a_request_step

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FIRST_AT = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)


def open_at(lender, at, known_at=None):
    return list_open(lender_id=lender.pk, at=at, known_at=known_at or at)


def rules_at(lender, at):
    return [each.rule.id for each in open_at(lender, at)]


def an_agency(lender, **columns):
    return models.Organisation.objects.create(
        **{"lender": lender, "kind": "agency", "name": "Collect Co", "recorded_at": LONG_AGO, **columns}
    )


def a_first_call(lender, **columns):
    """An agency's first conversation with Ana about her loan: (person, loan)."""
    ana = a_person(lender, ANA)
    loan = a_loan(lender, ana)
    told = {"origin": "imported", "at": FIRST_AT, "actor_organisation_id": an_agency(lender).pk, **columns}
    an_attempt(loan, a_contact_point(ana, "mobile"), channel="call", **told)
    return ana, loan


def test_a_dispute_is_to_be_answered_within_twenty_days_where_chinese_law_may_bind():
    lender = a_lender()
    na = a_person(lender, NA)
    loan = a_loan(lender, na)
    request = a_request(na, loan)

    (found,) = open_at(lender, NOW + 5 * DAY)

    assert (found.rule.id, found.standing, found.alarm) == ("cn.cr.dispute", Standing.OPEN, Alarm.NONE)
    assert (found.arose_on, found.last_on, found.days_left) == (date(2026, 7, 14), date(2026, 8, 3), 15)
    assert (found.loan_ref, found.request) == (loan.source_ref, request.pk)


def test_the_law_of_the_contract_binds_as_the_place_of_the_person_does():
    lender = a_lender()
    ming = a_person(lender, MING)

    a_request(ming, a_loan(lender, ming, governing_law="CN"))
    a_request(ming, a_loan(lender, ming, governing_law="TW"))

    assert rules_at(lender, NOW) == ["cn.cr.dispute"]


@pytest.mark.parametrize(
    ("days", "alarm"), [(9, Alarm.NONE), (11, Alarm.HALF), (17, Alarm.FOUR_FIFTHS), (20, Alarm.LAST_DAY)]
)
def test_alarms_grow_louder_as_the_last_day_comes_near(days, alarm):
    lender = a_lender()
    a_request(a_person(lender, NA))

    (found,) = open_at(lender, NOW + days * DAY)

    assert found.alarm is alarm


def test_a_jurisdiction_that_was_not_adopted_does_not_bind():
    lender = a_lender()
    a_request(a_person(lender, NA))
    adopted = {
        "approver": "Credit committee",
        "actor": "person:anna",
        "at": NOW,
        "from_on": date(2026, 7, 14),
    }
    adopt_law(lender=lender.pk, jurisdictions=["us"], **adopted)

    assert rules_at(lender, NOW + DAY) == []

    adopt_law(lender=lender.pk, jurisdictions=["cn", "us"], **adopted)

    assert rules_at(lender, NOW + DAY) == ["cn.cr.dispute"]


def test_a_request_without_an_answer_is_overdue_and_an_answer_ends_it():
    lender = a_lender()
    request = a_request(a_person(lender, NA))

    (found,) = open_at(lender, NOW + 21 * DAY)
    a_request_step(request, "in_work", NOW + 21 * DAY)
    still = open_at(lender, NOW + 22 * DAY)
    a_request_step(request, "answered", NOW + 22 * DAY)

    assert (found.standing, found.days_left) == (Standing.OVERDUE, -1)
    assert [each.days_left for each in still] == [-2]
    assert open_at(lender, NOW + 23 * DAY) == []
    assert [each.days_left for each in open_at(lender, NOW + 21 * DAY)] == [-1]


def test_a_withdrawn_request_wants_no_answer():
    lender = a_lender()
    request = a_request(a_person(lender, NA))
    a_request_step(request, "withdrawn", NOW + DAY)

    assert open_at(lender, NOW + 2 * DAY) == []


def test_what_is_recorded_later_is_not_known_yet():
    lender = a_lender()
    request = a_request(a_person(lender, NA))
    a_request_step(request, "answered", NOW + DAY, recorded_at=NOW + 3 * DAY)

    assert len(open_at(lender, NOW + 2 * DAY)) == 1
    assert open_at(lender, NOW + 2 * DAY, known_at=NOW + 3 * DAY) == []


def test_requests_of_another_lender_are_not_listed():
    a_request(a_person(a_lender(name="Other Bank"), NA))

    assert open_at(a_lender(), NOW) == []


def test_the_least_time_left_comes_first_and_what_has_no_last_day_comes_last():
    lender = a_lender()
    na = a_person(lender, NA)
    for kind in ("deletion", "dispute", "complaint"):
        a_request(na, kind=kind)

    found = open_at(lender, NOW)

    assert [each.rule.id for each in found] == ["cn.complaint.bank", "cn.cr.dispute", "cn.pi.delete"]
    assert (found[2].last_on, found[2].days_left, found[2].alarm) == (None, None, Alarm.NONE)


def test_an_agencys_first_conversation_gives_five_days_for_the_validation_notice():
    lender = a_lender()
    _, loan = a_first_call(lender)

    (found,) = open_at(lender, FIRST_AT + DAY)

    assert (found.rule.id, found.last_on, found.loan_ref) == (
        "us.validation",
        date(2026, 6, 6),
        loan.source_ref,
    )


def test_a_call_that_nobody_answered_communicates_nothing():
    lender = a_lender()
    a_first_call(lender, is_conversation=False, outcome_recorded_at=FIRST_AT)

    assert open_at(lender, FIRST_AT + DAY) == []


def test_the_lenders_own_first_contact_gives_rise_to_nothing():
    lender = a_lender()
    a_first_call(lender, actor_organisation_id=lender.pk)

    assert open_at(lender, FIRST_AT + DAY) == []


def test_a_posted_notice_meets_it_until_the_letter_comes_back():
    lender = a_lender()
    ana, loan = a_first_call(lender)
    a_notice_proof(loan, ana, "posted", FIRST_AT + DAY)
    while_away = rules_at(lender, FIRST_AT + 2 * DAY)
    a_notice_proof(loan, ana, "returned", FIRST_AT + 8 * DAY)

    assert while_away == []
    assert [each.standing for each in open_at(lender, FIRST_AT + 8 * DAY)] == [Standing.OVERDUE]


def test_a_notice_about_another_loan_meets_nothing():
    lender = a_lender()
    ana, _ = a_first_call(lender)
    a_notice_proof(a_loan(lender, ana), ana, "delivered", FIRST_AT + DAY)

    assert rules_at(lender, FIRST_AT + 2 * DAY) == ["us.validation"]


@pytest.mark.parametrize(
    ("states", "is_met"),
    [
        (["unsure"], False),
        (["accepted"], True),
        (["accepted", "delivered"], True),
        (["accepted", "undelivered"], False),
    ],
)
def test_a_message_of_ours_proves_what_its_state_shows(states, is_met):
    lender = a_lender()
    ana, loan = a_first_call(lender)
    point = a_contact_point(ana, "email")
    attempt = an_attempt(loan, point, notice="validation", at=FIRST_AT + DAY)
    for state in ("handing_over", *states):
        models.Attempt.objects.filter(pk=attempt.pk).update(state=state, state_at=FIRST_AT + DAY)

    assert (rules_at(lender, FIRST_AT + 2 * DAY) == []) is is_met


def a_report_planned(lender, who=NA, **columns):
    """The lender will report a loan that Chinese law binds in five days: (person, loan)."""
    person = a_person(lender, who)
    loan = a_loan(lender, person, governing_law="CN")
    a_measure(loan, **{"takes_effect_at": NOW + 5 * DAY, **columns})
    return person, loan


def test_a_report_that_is_planned_wants_the_person_told_before():
    lender = a_lender()
    na, loan = a_report_planned(lender)

    (found,) = open_at(lender, NOW + DAY)
    a_notice_proof(loan, na, "delivered", NOW + 2 * DAY, notice="negative_data")

    assert (found.rule.id, found.last_on, found.loan_ref) == (
        "cn.cr.prenotice",
        date(2026, 7, 19),
        loan.source_ref,
    )
    assert open_at(lender, NOW + 3 * DAY) == []


def test_a_report_without_a_day_has_no_last_day():
    lender = a_lender()
    a_report_planned(lender, takes_effect_at=None)

    assert [each.last_on for each in open_at(lender, NOW + DAY)] == [None]


def test_a_report_that_was_called_off_wants_nothing_more():
    lender = a_lender()
    a_report_planned(lender, ended_at=NOW + 2 * DAY)

    assert rules_at(lender, NOW + DAY) == ["cn.cr.prenotice"]
    assert rules_at(lender, NOW + 2 * DAY) == []


def test_a_measure_that_was_put_off_counts_as_it_stands_now():
    lender = a_lender()
    _, loan = a_report_planned(lender)
    first = models.Measure.objects.get()
    a_measure(loan, takes_effect_at=NOW + 9 * DAY, recorded_at=NOW + DAY, supersedes=first)

    before, after = open_at(lender, NOW), open_at(lender, NOW + DAY)

    assert [each.last_on for each in before + after] == [date(2026, 7, 19), date(2026, 7, 23)]


def test_a_report_that_was_made_is_to_be_told_of_within_thirty_days_in_the_united_states():
    lender = a_lender()
    ana = a_person(lender, ANA)
    loan = a_loan(lender, ana, governing_law="US")
    a_measure(loan, takes_effect_at=NOW + DAY)

    assert rules_at(lender, NOW) == []
    assert rules_at(lender, NOW + 2 * DAY) == ["us.fcra.neg30", "us.fcra.dofd"]


@pytest.mark.parametrize(
    ("kind", "place", "actor", "rules"),
    [
        ("placement", "CN", "original_creditor", ["cn.bcpm.outsource-notice"]),
        ("placement", "HK", "original_creditor", ["hk.dca.notice"]),
        ("transfer", "CN", "original_creditor", ["cn.assign.notice", "tw.sale"]),
        ("transfer", "DE", "assignee", ["eu.npl.10", "tw.sale"]),
        ("transfer", "DE", "original_creditor", ["tw.sale"]),
        ("enforcement", "GB", "original_creditor", ["uk.87"]),
        ("default_registration", "GB", "original_creditor", ["uk.crf6"]),
        ("default_sum", "GB", "original_creditor", ["uk.86e"]),
    ],
)
def test_each_measure_gives_rise_to_its_notice(kind, place, actor, rules):
    lender = a_lender(actor_kind=actor)
    effect = {} if kind == "default_sum" else {"takes_effect_at": NOW + 40 * DAY}
    a_measure(a_loan(lender, a_person(lender, MING), governing_law=place), kind, **effect)

    assert rules_at(lender, NOW + DAY) == rules


def a_british_loan(lender, *due_on, **columns):
    told = {"governing_law": "GB", "product": "loan", "debt_kind": "consumer_loan", **columns}
    a_product(lender, "loan")
    ming = a_person(lender, MING, points=("email",))
    loan = a_loan(lender, ming, **told)
    a_schedule(loan, *due_on)
    return ming, loan


MONTHLY = [date(2026, month, 1) for month in range(3, 9)]


def test_a_second_missed_payment_gives_fourteen_days_for_the_notice_of_sums_in_arrears():
    lender = a_lender()
    _, loan = a_british_loan(lender, *MONTHLY)

    one_missed = open_at(lender, datetime(2026, 4, 1, 2, tzinfo=UTC))
    (found,) = open_at(lender, datetime(2026, 4, 10, 2, tzinfo=UTC))

    assert one_missed == []
    assert (found.rule.id, found.arose_on, found.last_on, found.loan_ref, found.next_step) == (
        "uk.86b",
        date(2026, 4, 2),
        date(2026, 4, 15),
        loan.source_ref,
        NextStep.WRITE,
    )


def test_the_next_notice_of_sums_in_arrears_is_due_within_six_months_while_they_last():
    lender = a_lender()
    ming, loan = a_british_loan(lender, *MONTHLY)
    given = datetime(2026, 4, 10, 2, tzinfo=UTC)
    a_notice_proof(loan, ming, "posted", given, notice="sums_in_arrears")

    (found,) = open_at(lender, NOW)

    assert (found.arose_on, found.last_on) == (date(2026, 4, 10), date(2026, 10, 10))


def test_paying_one_payment_behind_another_is_not_missing_two():
    lender = a_lender()
    _, loan = a_british_loan(lender, *MONTHLY)
    for month in (4, 5, 6, 7):
        a_payment(loan, date(2026, month, 1), recorded_at=LONG_AGO)

    assert open_at(lender, NOW) == []


@pytest.mark.parametrize(("weeks", "rules"), [(3, []), (4, ["uk.86b"])])
def test_of_weekly_payments_four_are_to_be_missed(weeks, rules):
    lender = a_lender()
    a_british_loan(lender, *(date(2026, 6, 1) + n * 7 * DAY for n in range(12)))

    on = date(2026, 6, 1) + (weeks - 1) * 7 * DAY + DAY

    assert rules_at(lender, datetime(on.year, on.month, on.day, 12, tzinfo=UTC)) == rules


def test_two_minima_of_a_card_that_were_missed_want_a_notice_without_a_day_that_is_known():
    lender = a_lender()
    a_product(lender)
    loan = a_loan(lender, a_person(lender, MING), governing_law="GB")
    for month in (3, 4):
        a_statement(loan, date(2026, month, 5))

    one, two = (open_at(lender, datetime(2026, month, 28, 2, tzinfo=UTC)) for month in (3, 4))

    assert one == []
    assert [(each.rule.id, each.last_on) for each in two] == [("uk.86c", None)]


def test_an_uncertain_obligation_that_an_approver_switched_off_is_not_listed():
    lender = a_lender()
    a_measure(a_loan(lender, a_person(lender, MING), governing_law="GB"), "default_sum")
    adopted = {"approver": "Credit committee", "actor": "person:anna", "at": NOW}
    before = [(each.rule.id, each.rule.certainty) for each in open_at(lender, NOW + DAY)]

    adopt_law(lender=lender.pk, jurisdictions=["uk"], switched_off=["uk.86e"], **adopted)

    assert before == [("uk.86e", "D")]
    assert open_at(lender, NOW + DAY) == []


@pytest.mark.parametrize(("on", "last_on"), [((), date(2026, 8, 14)), (("uk.dsar",), date(2026, 10, 14))])
def test_an_uncertain_extension_counts_where_an_approver_relies_on_it(on, last_on):
    lender = a_lender()
    ming = a_person(lender, MING)
    request = a_request(ming, a_loan(lender, ming, governing_law="GB"), kind="access")
    a_request_step(request, "extended", NOW + DAY)
    adopted = {"approver": "Credit committee", "actor": "person:anna", "at": NOW}
    adopt_law(lender=lender.pk, jurisdictions=["uk"], switched_on=on, **adopted)

    assert [each.last_on for each in open_at(lender, NOW + 2 * DAY)] == [last_on]


@pytest.mark.parametrize(
    ("kind", "rules"),
    [
        ("bureau_dispute", ["us.fcra.dispute30"]),
        ("frivolous_dispute", ["us.fcra.direct.frivolous"]),
        ("hardship", []),
    ],
)
def test_a_dispute_through_a_bureau_and_a_frivolous_one_have_their_own_time(kind, rules):
    lender = a_lender()
    ana = a_person(lender, ANA)
    a_request(ana, a_loan(lender, ana, governing_law="US"), kind=kind)

    assert rules_at(lender, NOW + DAY) == rules
