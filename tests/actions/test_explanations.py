"""Explaining a loan from a real database, and the days it foretells lived by the nightly run."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, ValidationError

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.telling import tell
from arrears.actions.telling_shape import EXPLANATION
from arrears.kernel.days import date_of, datetime_of, day_of, instant_of
from arrears.kernel.errors import BadInput, NotFound, NotPossible
from arrears.kernel.planning.answers import Question, Value
from arrears.locale.notices import LANGUAGES
from arrears.rulepacks import load_law
from arrears.store.models import (
    ContactPoint,
    Decision,
    Loan,
    LoanFunder,
    Organisation,
    PlannedContact,
    PlannedContactLoan,
)
from arrears.strategies import load_strategy
from tests.actions.lives import deliver, morning_of
from tests.builders import (
    LONG_AGO,
    MING,
    NA,
    NOW,
    TODAY,
    a_hold,
    a_lender,
    a_loan,
    a_party,
    a_payment,
    a_person,
    a_report,
    a_schedule,
    a_watermark,
    an_opt_out,
)

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
BOTH = ("app_inbox", "email")
ONE_DAY = timedelta(days=1)


def explained(loan, *, at=NOW, on=None, lender=None):
    return explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=at, on=on, lender=lender)


def run(lender, on=TODAY, *, at=None):
    at = morning_of(on, hour=0) if at is None else at
    return run_day(lender=lender.pk, on=on, strategy=SAMPLE, law=LAW, actor="program:test", at=at)


def a_late_loan(lender, *, overdue_days=4, **columns):
    return a_loan(lender, a_person(lender, points=BOTH), overdue_days=overdue_days, **columns)


def values(found):
    return {answer.question: answer.value for answer in found.answers}


def dated(found):
    return [(date_of(line.on), SAMPLE.steps[line.step].id, line.is_planned) for line in found.forecast.lines]


def test_a_late_borrower_gets_the_five_answers_and_the_dated_list():
    loan = a_late_loan(a_lender())

    found = explained(loan)

    assert values(found) == {
        Question.NOTICE: Value.YES,
        Question.LETTER_HOME: Value.NO,
        Question.CALL: Value.NO,
        Question.THIRD_PERSONS: Value.NEVER,
        Question.CREDIT_RECORD: Value.NOT_KNOWN,
    }
    assert dated(found) == [(TODAY, "app-message", True), (TODAY + 4 * ONE_DAY, "email", True)]


def test_the_run_of_today_being_over_its_contact_stands_in_the_list_with_its_reasons():
    lender = a_lender()
    loan = a_late_loan(lender, as_of_on=TODAY - 2 * ONE_DAY)
    run(lender)

    found = explained(loan, at=morning_of(TODAY, hour=6))

    first, second = found.forecast.lines
    planned = PlannedContact.objects.get()
    assert (first.from_at, first.until_at) == (
        instant_of(planned.not_before_at),
        instant_of(planned.not_after_at),
    )
    assert "house.hours" in [binding.rule.id for binding in first.bindings]
    assert (date_of(second.on), SAMPLE.steps[second.step].id) == (TODAY + 4 * ONE_DAY, "email")


def test_after_a_run_that_refused_nothing_more_is_foretold_for_that_day():
    lender = a_lender()
    loan = a_late_loan(lender)
    on = TODAY + ONE_DAY
    run(lender, on, at=morning_of(on))
    a_watermark(lender, payments_complete_through_on=TODAY, recorded_at=morning_of(on, hour=9))

    found = explained(loan, at=morning_of(on, hour=10))

    assert dated(found)[0] == (on + ONE_DAY, "app-message", True)
    assert [(each.step, each.rules, each.times) for each in found.refused] == [
        ("app-message", ("house.books",), 1)
    ]


def test_what_was_sent_is_told_and_the_ladder_goes_on_from_it():
    lender = a_lender()
    loan = a_late_loan(lender)
    run(lender, at=morning_of(TODAY))
    deliver(PlannedContact.objects.get())

    found = explained(loan, at=morning_of(TODAY, hour=12))

    assert [(made.channel, made.state, made.at) for made in found.made] == [
        ("in_app", "accepted", morning_of(TODAY))
    ]
    assert dated(found) == [(TODAY + 4 * ONE_DAY, "email", True)]


def test_a_day_to_come_is_seen_with_the_days_between_foretold():
    loan = a_late_loan(a_lender())

    found = explained(loan, on=TODAY + 2 * ONE_DAY)

    assert dated(found) == [(TODAY + 4 * ONE_DAY, "email", True)]
    assert found.arrears["past_due_days"] == 7
    assert date_of(found.forecast.until_on) == TODAY + 32 * ONE_DAY


def test_a_day_after_the_last_foretold_step_says_that_it_will_have_been_sent():
    loan = a_late_loan(a_lender())

    notice = explained(loan, on=TODAY + 10 * ONE_DAY).answers[Question.NOTICE]

    codes = [reason.code for reason in notice.reasons]
    assert (notice.value, codes) == (Value.NO, ["all_steps_foretold", "still_there"])


def test_a_day_gone_by_is_seen_with_what_was_known_then():
    lender = a_lender()
    loan = a_late_loan(lender)
    a_report(loan, TODAY)

    found = explained(loan, at=morning_of(TODAY + ONE_DAY, hour=9), on=TODAY)

    assert values(explained(loan, at=morning_of(TODAY + ONE_DAY, hour=9)))[Question.NOTICE] is not Value.YES
    assert found.at == morning_of(TODAY, hour=0)
    assert found.arrears["is_late"] == 0, "the report of the day before came in the morning"


def test_the_credit_record_follows_the_institutions_behind_the_loan():
    lender = a_lender()
    loan = a_late_loan(lender)
    bank, partner, bureau = (
        Organisation.objects.create(lender=lender, kind=kind, name=name, recorded_at=LONG_AGO)
        for kind, name in (("funder", "A Bank"), ("funder", "A Partner"), ("bureau", "The Bureau"))
    )
    for funder, is_reported, to in ((bank, True, bureau), (partner, None, None)):
        LoanFunder.objects.create(
            lender=lender,
            loan=loan,
            organisation=funder,
            share="0.5",
            is_reported=is_reported,
            reports_to=to,
            recorded_at=LONG_AGO,
        )

    credit = explained(loan).answers[Question.CREDIT_RECORD]

    assert credit.value is Value.YES
    assert [(reason.code, dict(reason.facts)) for reason in credit.reasons] == [
        ("late_on_record", {"since_on": day_of(TODAY - 5 * ONE_DAY)}),
        ("reports", {"institution": "A Bank", "bureau": "The Bureau"}),
        ("not_stated", {"institution": "A Partner"}),
    ]


def test_an_unknown_loan_is_told_with_the_numbers_next_to_it():
    lender = a_lender()
    for ref in ("A-100", "A-102", "B-7"):
        a_loan(lender, a_person(lender), source_ref=ref)

    with pytest.raises(NotFound) as raised:
        explain(loan_ref="A-101", strategy=SAMPLE, law=LAW, at=NOW)

    assert raised.value.what == "There is no loan with the number A-101."
    assert raised.value.hint == "The numbers next to it: A-100, A-102, B-7."


def test_before_any_import_the_error_says_so():
    a_lender()

    with pytest.raises(NotFound, match="No loan has been imported yet"):
        explain(loan_ref="1", strategy=SAMPLE, law=LAW, at=NOW)


def test_two_lenders_with_the_same_number_must_be_told_apart():
    first, second = a_lender(), a_lender(name="Other Bank")
    loans = [a_loan(each, a_person(each), source_ref="7") for each in (first, second)]

    with pytest.raises(NotPossible, match="Example Bank, Other Bank"):
        explained(loans[0])
    assert explained(loans[1], lender=second.pk).subject.lender_name == "Other Bank"


def test_nothing_is_written_by_asking():
    loan = a_late_loan(a_lender())

    explained(loan)

    assert not Decision.objects.exists()
    assert not PlannedContact.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_whole_explanation_is_one_json_object_in_every_language(language):
    lender = a_lender()
    loan, other = a_late_loan(lender), a_loan(lender, a_person(lender, points=BOTH))
    a_report(other)
    run(lender, at=morning_of(TODAY))
    deliver(PlannedContact.objects.get())

    for each in (loan, other, a_loan(lender, a_person(lender))):
        told = json.loads(json.dumps(tell(explained(each, at=morning_of(TODAY + ONE_DAY)), language)))

        assert told["language"] == language
        assert [answer["question"] for answer in told["answers"]] == [
            "notice",
            "letter_home",
            "call",
            "third_persons",
            "credit_record",
        ]
        assert all(answer["said"] and answer["asked"] for answer in told["answers"])
        assert told["not_legal_advice"]


def told_in(language, loan, **asked):
    """The told object as it is read back from JSON, and as the schema wants it."""
    told = json.loads(json.dumps(tell(explained(loan, **asked), language)))
    Draft202012Validator(EXPLANATION).validate(told)
    return told


def test_the_schema_is_a_schema_and_refuses_what_it_does_not_know():
    Draft202012Validator.check_schema(EXPLANATION)
    told = told_in("en", a_late_loan(a_lender()))

    for broken in (
        {**told, "name": "somebody"},
        {**told, "answers": told["answers"][:4]},
        {key: value for key, value in told.items() if key != "law"},
    ):
        with pytest.raises(ValidationError):
            Draft202012Validator(EXPLANATION).validate(broken)


def the_example(lender):
    """The loan of docs/answers.md: five days late, and an institution that has not spoken."""
    loan = a_late_loan(lender, source_ref="L-1")
    partner = Organisation.objects.create(
        lender=lender, kind="funder", name="Partner Trust", recorded_at=LONG_AGO
    )
    LoanFunder.objects.create(lender=lender, loan=loan, organisation=partner, share="1", recorded_at=LONG_AGO)
    return loan


def test_the_example_of_the_documents_is_what_is_printed():
    told = told_in("en", the_example(a_lender()))
    (example,) = re.findall(
        r"```json\n(.*?)```", (ROOT / "docs/answers.md").read_text(encoding="utf-8"), re.DOTALL
    )

    assert json.loads(example) == [told["answers"][Question.NOTICE], told["answers"][Question.CREDIT_RECORD]]


def test_who_has_to_state_what_is_not_known_is_named():
    lender = a_lender()
    loan, vague = the_example(lender), a_loan(lender, a_person(lender))

    credit = told_in("en", loan)["answers"][Question.CREDIT_RECORD]
    notice = told_in("zh-Hans", vague)["answers"][Question.NOTICE]

    assert credit["must_state"] == ["Partner Trust"]
    assert credit["said_must_state"] == "Who has to state it: Partner Trust"
    assert credit["reasons"][0]["release"] == {
        "kind": "fact",
        "fact": "reporting_route",
        "at": None,
        "by": "institution",
    }
    assert notice["value"] == "not_known"
    assert notice["said_must_state"] == "须作出说明的机构：Example Bank"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_stands_around_a_loan_the_object_keeps_its_shape(language):
    lender = a_lender()
    held, off, paid, dead, closed = (a_late_loan(lender) for _ in range(5))
    a_hold(loan=held, reason="dispute", stops_furnishing=True)
    an_opt_out(_borrower(off))
    a_payment(paid)
    ContactPoint.objects.filter(person=_borrower(dead)).update(
        dead_from_at=LONG_AGO, dead_reason="bounced", recorded_at=NOW
    )
    Loan.objects.filter(pk=closed.pk).update(closed_on=TODAY, recorded_at=NOW)
    a_party(held, a_person(lender, NA), "guarantor")
    scheduled = a_loan(lender, a_person(lender, points=BOTH))
    a_schedule(scheduled, TODAY + 5 * ONE_DAY)

    told = [told_in(language, each) for each in (held, off, paid, dead, closed, scheduled)]

    notices = [each["answers"][Question.NOTICE] for each in told]
    assert [(each["value"], {reason["code"] for reason in each["reasons"]}) for each in notices] == [
        ("only_if", {"law_refuses", "held", "still_there"}),
        ("only_if", {"law_refuses", "unreached_switched_off", "still_there"}),
        ("only_if", {"law_refuses", "paid_since", "still_there"}),
        ("only_if", {"law_refuses", "unreached_dead", "still_there"}),
        ("no", {"closed"}),
        ("only_if", {"not_overdue", "if_unpaid"}),
    ]
    third = told[0]["answers"][Question.THIRD_PERSONS]
    assert {"role": "guarantor"} in [reason["facts"] for reason in third["reasons"]]


def test_what_is_said_of_a_dispute_names_it_and_who_ends_it():
    loan = a_late_loan(a_lender())
    a_hold(loan=loan, reason="dispute")

    notice = told_in("en", loan)["answers"][Question.NOTICE]

    said = next(reason["said"] for reason in notice["reasons"] if reason["code"] == "held")
    assert said == (
        "On hold, and nothing of this kind takes place while this stands: your objection to what is owed."
    )
    assert notice["reasons"][0]["said"].endswith(
        "What would change it: the end of the hold (for the lender to bring about)."
    )


def test_the_borrower_reads_of_a_hold_what_whoever_placed_it_wrote_for_him():
    lender = a_lender()
    loan = a_late_loan(lender)
    until = morning_of(TODAY + 3 * ONE_DAY, hour=9)
    a_hold(loan=loan, reason="complaint", until_at=until, stops_ageing=True)
    a_hold(person=_borrower(loan), reason="hardship", until_at=morning_of(TODAY, hour=8))

    told = told_in("en", loan)["holds"]

    assert told == [
        {
            "reason": "complaint",
            "stops": ["notices", "calls", "ageing"],
            "from_at": "2026-01-01T00:00:00+00:00",
            "until_at": "2026-07-17T01:00:00+00:00",
            "shown_reason": "We are looking into what you wrote.",
            "said": "Since 1 January 2026, 08:00, until 17 July 2026, 09:00: your complaint. "
            "In the lender's words: “We are looking into what you wrote.”",
        }
    ]


def test_no_personal_data_is_in_the_explanation():
    loan = a_late_loan(a_lender())

    text = json.dumps(tell(explained(loan), "en"), ensure_ascii=False)

    assert not any(value in text for value in (MING.name, *MING.values.values()) if len(value) > 4)


def test_with_no_new_fact_the_days_are_lived_as_they_were_foretold():
    lender = a_lender()
    person = a_person(lender, points=BOTH)
    loans = [a_loan(lender, person, overdue_days=days) for days in (1, 4, 20)]
    held, quiet = a_late_loan(lender, overdue_days=2), a_late_loan(lender, overdue_days=6)
    a_hold(loan=held, until_at=morning_of(TODAY + 11 * ONE_DAY, hour=15))
    an_opt_out(_borrower(quiet), channel="email")
    loans += [held, quiet]
    foretold = {loan.pk: explained(loan, at=morning_of(TODAY, hour=7)) for loan in loans}

    for day in range(30):
        on = TODAY + day * ONE_DAY
        at = morning_of(on, hour=7)
        a_watermark(lender, payments_complete_through_on=on - ONE_DAY, recorded_at=at)
        run(lender, on, at=at)
        for planned in PlannedContact.objects.filter(state="planned"):
            deliver(planned)

    for loan in loans:
        lines = [line for line in foretold[loan.pk].forecast.lines if loan.pk in line.loans]
        assert [
            (date_of(line.on), SAMPLE.steps[line.step].id, datetime_of(line.from_at))
            for line in lines
            if line.is_planned
        ] == _lived(loan)
        for line in lines:
            _agrees_with_its_decision(loan, line)


def _borrower(loan):
    from arrears.store.models import LoanParty

    return LoanParty.objects.get(loan=loan).person


def _lived(loan) -> list[tuple[date, str, object]]:
    served = PlannedContactLoan.objects.filter(loan=loan, planned_contact__state="sent")
    columns = ("planned_contact__planned_for_on", "step", "planned_contact__not_before_at")
    return list(served.order_by("planned_contact__planned_for_on").values_list(*columns))


def _agrees_with_its_decision(loan, line):
    """The run of the line's day decided what the line says, by the same rules."""
    on = date_of(line.on)
    decided = Decision.objects.filter(
        loan_id=loan.pk, step=SAMPLE.steps[line.step].id, asked_at__date__lte=on + ONE_DAY
    )
    decision = decided.get(asked_at=morning_of(on, hour=7))
    assert (decision.outcome in ("planned", "joined")) is line.is_planned
    assert {reason["rule"] for reason in decision.reasons} == {b.rule.id for b in line.bindings}


def test_what_became_known_after_the_run_is_in_the_answer():
    lender = a_lender()
    loan = a_late_loan(lender, as_of_on=TODAY - 2 * ONE_DAY)
    run(lender)

    an_opt_out(PlannedContact.objects.get().person)
    found = explained(loan, at=morning_of(TODAY, hour=6))

    assert values(found)[Question.NOTICE] is Value.ONLY_IF
    assert dated(found)[0] == (TODAY, "app-message", False)
    assert found.forecast.lines[0].bindings[0].rule.id == "house.opt-out"


def test_before_anything_was_known_of_the_loan_the_error_says_so():
    loan = a_late_loan(a_lender())

    with pytest.raises(NotFound, match="Nothing was known about loan"):
        explained(loan, on=LONG_AGO.date() - ONE_DAY)


@pytest.mark.parametrize("on", [date(1, 1, 1), date(9999, 12, 31)])
def test_a_day_out_of_reach_is_refused_in_words(on):
    loan = a_late_loan(a_lender())

    with pytest.raises(BadInput, match="days from today"):
        explained(loan, on=on)
