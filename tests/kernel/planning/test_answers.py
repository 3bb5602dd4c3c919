"""The four questions: five values, each with the reason that makes it so."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.days import HOUR
from arrears.kernel.law.kinds import RELEASED_BY, REQUIRED
from arrears.kernel.law.unreached import Limit, Miss, Reachability
from arrears.kernel.planning.answer import BROUGHT_BY, CAN_DO, Party
from arrears.kernel.planning.answers import Question, Route, Standpoint, Value, four_answers
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.planning.strategy import Track
from arrears.kernel.vocabulary import (
    Arrival,
    Channel,
    HoldReason,
    NoticeKind,
    PointKind,
    RecipientKind,
    Stops,
)
from arrears.rulepacks import load_law
from arrears.strategies.reachability import with_reachability
from tests.kernel.planning.builders import a_step, a_strategy, a_strategy_of
from tests.kernel.planning.world import APP, EMAIL, HOURS, HOUSE, World, a_law, a_rule, midnight

ON = 20_000
LAW = load_law(("tw",))
TWO = a_strategy(3, 7, channel=(Channel.IN_APP, Channel.EMAIL))


def a_world(*, since=ON - 3, through_on=ON - 1):
    world = World(through_on=through_on)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.report(1, ON, since=since)
    return world


def asked(world, *, strategy=TWO, law=LAW, routes=(), at=None):
    """Question -> answer about loan 1, asked in the first hour of day ON unless told otherwise."""
    facts, at = world.facts(), midnight(ON) if at is None else at
    seen = Standpoint(
        facts, law, strategy, forecast(facts, law, strategy, on=ON, at=at), loan=1, on=ON, at=at
    )
    return {answer.question: answer for answer in four_answers(seen, routes)}


def codes(answer):
    return [reason.code for reason in answer.reasons]


def rules(answer):
    return [reason.rule.id for reason in answer.reasons if reason.rule is not None]


def missing(answer):
    return [r.release.fact for r in answer.reasons if r.release is not None and r.release.kind == "fact"]


def test_a_late_borrower_will_be_sent_the_two_steps_of_the_ladder():
    notice = asked(a_world())[Question.NOTICE]

    assert notice.value is Value.YES
    assert [dict(reason.facts) for reason in notice.reasons] == [
        {"on": ON, "from_at": midnight(ON) + 8 * HOUR, "step": "s1", "channel": "in_app"},
        {"on": ON + 4, "from_at": midnight(ON + 4) + 8 * HOUR, "step": "s2", "channel": "email"},
    ]


def test_whoever_is_not_late_will_be_sent_nothing():
    answers = asked(a_world(since=None))

    for question in (Question.NOTICE, Question.LETTER_HOME, Question.CALL):
        assert (answers[question].value, codes(answers[question])) == (Value.NO, ["not_late"])


def test_without_a_report_the_answer_is_not_known():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100)))

    answers = asked(world)

    assert (answers[Question.NOTICE].value, codes(answers[Question.NOTICE])) == (
        Value.NOT_KNOWN,
        ["no_report"],
    )


def test_no_step_writes_on_paper_so_no_letter_comes():
    letter = asked(a_world())[Question.LETTER_HOME]

    assert (letter.value, codes(letter), letter.can_do) == (Value.NO, ["no_step"], ("update_contact",))


def test_a_letter_step_without_a_postal_address_comes_only_if_one_is_on_file():
    strategy = a_strategy(3, channel=Channel.LETTER)
    world = a_world()

    letter = asked(world, strategy=strategy, law=a_law())[Question.LETTER_HOME]

    assert letter.value is Value.ONLY_IF
    assert missing(letter) == ["contact_point"]


def test_late_without_a_balance_a_notice_comes_only_if_an_amount_is_stated():
    world = a_world()
    world.report(1, ON, since=ON - 3, overdue=-1, statement=-20)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, rules(notice), missing(notice)) == (
        Value.ONLY_IF,
        ["house.amount"],
        ["amount"],
    )


def test_books_that_are_behind_make_a_notice_conditional_on_them():
    notice = asked(a_world(through_on=ON - 9))[Question.NOTICE]

    assert (notice.value, missing(notice)) == (Value.ONLY_IF, ["payments_complete_through"])


def test_after_switching_every_channel_off_a_notice_comes_only_if_one_is_switched_on():
    world = a_world()
    world.opt_out(10)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, rules(notice)) == (Value.ONLY_IF, ["house.opt-out"])
    assert [reason.brought_by for reason in notice.reasons if reason.release] == [Party.BORROWER]


def test_after_switching_every_channel_off_there_is_no_silence_but_a_way_to_look_and_a_plan():
    world = a_world()
    world.opt_out(10)

    answers = asked(world)

    assert codes(answers[Question.NOTICE]) == ["law_refuses", "unreached_switched_off", "still_there"]
    assert answers[Question.NOTICE].can_do == ("pay", "plan", "talk", "look", "switch_on", "update_contact")
    assert codes(answers[Question.LETTER_HOME]) == ["no_step", "unreached_switched_off"]


def test_a_hold_beyond_the_forecast_says_not_before():
    world = a_world()
    world.hold(1, stops=Stops.NOTICES, until_at=midnight(ON + 60))

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, codes(notice)[0]) == (Value.NO, "not_before")
    assert notice.reasons[0].facts == {"from_at": midnight(ON + 60) + 8 * HOUR}
    assert "house.hold" in rules(notice)


def test_when_every_step_is_done_nothing_is_left_to_send():
    world = a_world(since=ON - 20)
    for step, ago in zip(TWO.steps, (16, 12), strict=True):
        world.step_done(1, step, ON - ago)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.NO, ["all_steps_done", "still_there"])


def test_a_step_beyond_the_forecast_is_named_with_its_day():
    strategy = a_strategy(3, 90)
    world = a_world(since=ON - 10)
    world.step_done(1, strategy.steps[0], ON - 7)

    notice = asked(world, strategy=strategy)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.NO, ["step_later", "still_there"])
    assert dict(notice.reasons[0].facts) == {"step": "s2", "on": ON + 80}


def test_nobody_calls_and_the_house_would_refuse_it_anyway_without_a_contact_history():
    call = asked(a_world())[Question.CALL]

    assert call.value is Value.NO
    assert codes(call)[0] == "no_step"
    assert set(codes(call)[1:]) == {"law_refuses_anyway"}
    assert "house.contact-history" in rules(call)


@pytest.mark.parametrize("kept", ["house", "tw"])
def test_third_persons_are_never_contacted(kept):
    third = asked(a_world(), law=load_law((kept,) if kept != "house" else ()))[Question.THIRD_PERSONS]

    assert third.value is Value.NEVER
    assert "house.third-persons" in rules(third)
    assert codes(third)[-1] == "no_address_book"


def test_where_no_rule_speaks_of_third_persons_the_ladder_still_proposes_nobody_else():
    third = asked(a_world(), law=a_law())[Question.THIRD_PERSONS]

    assert (third.value, codes(third)) == (Value.NO, ["only_borrower"])


BANK, PARTNER = Route("A Bank", True, "the credit bureau"), Route("A Partner", None)


@pytest.mark.parametrize(
    ("routes", "value", "expected"),
    [
        ([], Value.NOT_KNOWN, ["no_institution_stated"]),
        ([PARTNER], Value.NOT_KNOWN, ["not_stated"]),
        ([BANK], Value.YES, ["late_on_record", "reports"]),
        ([BANK, PARTNER], Value.YES, ["late_on_record", "reports", "not_stated"]),
        ([Route("A Bank", True)], Value.YES, ["late_on_record", "reports_unnamed"]),
        ([Route("A Lender", False)], Value.NO, ["reports_nowhere"]),
        ([Route("A Lender", False), PARTNER], Value.NOT_KNOWN, ["reports_nowhere", "not_stated"]),
    ],
)
def test_the_credit_record_follows_the_stated_routes_and_silence_is_not_known(routes, value, expected):
    credit = asked(a_world(), routes=routes)[Question.CREDIT_RECORD]

    assert (credit.value, codes(credit)) == (value, expected)


def test_a_hold_on_reporting_makes_it_conditional_on_its_end():
    world = a_world()
    world.hold(1, stops=Stops.FURNISHING, until_at=midnight(ON + 5), reason=HoldReason.COMPLAINT)

    credit = asked(world, routes=[BANK])[Question.CREDIT_RECORD]

    assert credit.value is Value.ONLY_IF
    assert codes(credit) == ["reporting_paused", "late_on_record", "reports"]
    assert credit.reasons[0].release.at == midnight(ON + 5)
    assert dict(credit.reasons[0].facts) == {"hold": "complaint"}


def test_who_is_not_late_has_nothing_late_on_the_record():
    credit = asked(a_world(since=None), routes=[BANK])[Question.CREDIT_RECORD]

    assert (credit.value, codes(credit)) == (Value.NO, ["not_late", "reports", "earlier_reports"])


def test_every_reason_from_the_law_carries_its_citation_and_release():
    world = a_world()
    world.opt_out(10)

    for answer in asked(world).values():
        for reason in answer.reasons:
            if reason.rule is not None:
                assert reason.rule.citation
                assert reason.release is not None


def test_yes_on_the_credit_record_says_since_which_day():
    credit = asked(a_world(), routes=[BANK])[Question.CREDIT_RECORD]

    assert dict(credit.reasons[0].facts) == {"since_on": ON - 3}


def test_an_institution_that_has_not_spoken_is_named_as_the_one_who_must():
    credit = asked(a_world(), routes=[PARTNER])[Question.CREDIT_RECORD]

    assert [(r.facts["institution"], r.brought_by) for r in credit.must_state()] == [
        ("A Partner", Party.INSTITUTION)
    ]
    assert credit.can_do[:3] == ("pay", "plan", "ask_lender")


def test_where_no_institution_is_stated_the_lender_must_state_it():
    credit = asked(a_world())[Question.CREDIT_RECORD]

    assert [reason.brought_by for reason in credit.must_state()] == [Party.LENDER]


def test_where_nothing_says_whether_a_loan_is_late_the_lender_must_state_it():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100)))

    answers = asked(world, routes=[BANK])

    for question in (Question.NOTICE, Question.LETTER_HOME, Question.CALL, Question.CREDIT_RECORD):
        answer = answers[question]
        assert answer.value is Value.NOT_KNOWN
        assert [(r.code, r.brought_by) for r in answer.must_state()] == [("no_report", Party.LENDER)]


def test_a_closed_loan_brings_nothing_and_what_was_reported_earlier_stays():
    world = a_world()
    world.closed.add(1)

    answers = asked(world, routes=[BANK])

    for question in (Question.NOTICE, Question.LETTER_HOME, Question.CALL):
        answer = answers[question]
        assert (answer.value, codes(answer), answer.can_do) == (Value.NO, ["closed"], ("verify",))
    credit = answers[Question.CREDIT_RECORD]
    assert (credit.value, codes(credit)) == (Value.NO, ["closed", "reports", "earlier_reports"])
    assert credit.can_do == ("see_record", "correct_record")


def test_who_paid_since_the_last_report_is_not_asked_to_pay_again():
    world = a_world()
    world.pay(1, ON + 0)
    world.report(1, ON - 1, since=ON - 3)
    del world.reports[1, ON]

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, missing(notice)) == (Value.ONLY_IF, ["report", "report"])
    assert codes(notice) == ["law_refuses", "paid_since", "still_there"]
    assert dict(notice.reasons[1].facts) == {"paid_on": ON, "reported_on": ON - 1}
    assert notice.can_do[0] == "await_report"
    assert "pay" not in notice.can_do


def test_paid_today_by_the_books_themselves_nothing_is_overdue():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100)))
    world.installment(1, ON - 5)
    world.pay(1, ON)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.NO, ["not_overdue"])
    assert notice.can_do == ("look", "update_contact", "switch_off")


def test_not_late_today_a_notice_comes_only_if_what_falls_due_is_not_paid():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100), (EMAIL, 101)))
    world.installment(1, ON + 2)

    notice = asked(world)[Question.NOTICE]

    assert notice.value is Value.ONLY_IF
    assert codes(notice) == ["not_overdue", "if_unpaid", "if_unpaid"]
    assert [reason.facts["on"] for reason in notice.reasons[1:]] == [ON + 5, ON + 9]
    assert "pay" not in notice.can_do


def test_a_due_reminder_is_sent_to_who_is_not_late():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (APP, 100)))
    world.installment(1, ON + 2)
    step = a_step(1, -2, track=Track.BEFORE_DUE)
    strategy = a_strategy_of(replace(step, notice=NoticeKind.DUE_REMINDER))

    notice = asked(world, strategy=strategy)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.YES, ["not_overdue", "planned"])


def test_a_dispute_on_hold_is_named_with_who_ends_it_and_nobody_is_asked_to_pay():
    world = a_world()
    world.hold(1, stops=Stops.NOTICES | Stops.CALLS, reason=HoldReason.DISPUTE)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, rules(notice)) == (Value.ONLY_IF, ["house.hold"])
    held = next(reason for reason in notice.reasons if reason.code == "held")
    assert (dict(held.facts), held.brought_by) == ({"hold": "dispute"}, Party.LENDER)
    assert notice.can_do == ("ask_hold", "plan", "talk", "look", "update_contact")


def test_nobody_is_told_to_pay_what_is_on_hold_or_again_in_any_answer():
    held, paid = a_world(), a_world()
    held.hold(1, stops=Stops.FURNISHING, reason=HoldReason.DISPUTE)
    paid.pay(1, ON + 1)

    for world, instead in ((held, "ask_hold"), (paid, "await_report")):
        for routes in ((BANK,), (PARTNER,)):
            answers = asked(world, routes=routes)
            assert answers[Question.CREDIT_RECORD].can_do[0] == instead
            assert answers[Question.NOTICE].can_do[0] == instead
            assert not any("pay" in answer.can_do for answer in answers.values())


def test_a_call_that_nobody_plans_asks_nothing_of_the_borrower():
    world = a_world()
    world.opt_out(10)

    assert asked(world)[Question.CALL].can_do == ("talk", "switch_off")


def test_the_hold_that_stands_longest_is_named():
    world = a_world()
    world.hold(1, stops=Stops.NOTICES, until_at=midnight(ON + 3), reason=HoldReason.PROMISE)
    world.hold(1, stops=Stops.NOTICES, until_at=midnight(ON + 6), reason=HoldReason.PLAN)
    world.hold(1, stops=Stops.CALLS, reason=HoldReason.COMPLAINT)

    notice = asked(world)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.YES, ["planned", "planned", "held"])
    assert dict(notice.reasons[-1].facts) == {"hold": "plan"}
    assert notice.reasons[-1].release.at == midnight(ON + 6)


def test_two_rules_that_leave_no_common_time_are_both_named():
    evening = a_rule("t.evening", "hours", **{"from": "21:00", "to": "22:00"})

    notice = asked(a_world(), law=a_law(rules=(HOURS, evening)))[Question.NOTICE]

    assert notice.value is Value.NO
    assert codes(notice)[0] == "no_time_ahead"
    assert dict(notice.reasons[0].facts) == {"days": 400}
    assert set(rules(notice)) == {"t.hours", "t.evening"}


def test_when_every_electronic_address_bounced_a_working_one_is_missing_and_no_letter_replaces_it():
    world = a_world()
    world.kill(100)
    world.kill(101)

    answers = asked(world)

    notice, letter = answers[Question.NOTICE], answers[Question.LETTER_HOME]
    assert (notice.value, missing(notice)) == (Value.ONLY_IF, ["contact_point"])
    assert codes(notice) == ["law_refuses", "unreached_dead", "still_there"]
    assert notice.can_do == ("pay", "plan", "talk", "look", "update_contact")
    assert (letter.value, codes(letter)) == (Value.NO, ["no_step", "unreached_dead"])
    assert letter.can_do == ("look", "update_contact")


def test_when_a_letter_is_a_step_it_comes_and_says_that_nothing_electronic_reaches_the_borrower():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (EMAIL, 101), (PointKind.POSTAL, 102)))
    world.report(1, ON, since=ON - 3)
    world.kill(101)

    letter = asked(world, strategy=a_strategy(3, channel=Channel.LETTER))[Question.LETTER_HOME]

    assert (letter.value, codes(letter)) == (Value.YES, ["planned", "unreached_dead"])
    assert letter.reasons[0].facts["on"] == ON


def test_one_address_that_works_and_is_switched_on_is_enough_to_be_reached():
    world = a_world()
    world.kill(100)

    assert "unreached_dead" not in codes(asked(world)[Question.LETTER_HOME])


def test_an_address_switched_off_by_anybody_reaches_nobody():
    world = a_world()
    world.kill(101)
    world.opt_out(-1, value=100)

    assert codes(asked(world)[Question.LETTER_HOME]) == ["no_step", "unreached_switched_off"]


LIMITS = Reachability((Limit(Channel.EMAIL, Miss.FAILED, 2, 60), Limit(Channel.CALL, Miss.UNANSWERED, 2, 1)))


def test_what_is_sent_in_vain_is_told_with_how_often_and_since_when():
    world = a_world()
    world.kill(100)
    world.came(101, Channel.EMAIL, Arrival.FAILED, midnight(ON - 9), midnight(ON - 5))
    strategy = replace(a_strategy(3, channel=Channel.EMAIL), reachability=LIMITS)

    answers = asked(world, strategy=strategy, law=with_reachability(a_law(), strategy))

    notice = answers[Question.NOTICE]
    (told,) = (reason for reason in notice.reasons if reason.code == "in_vain_failed")
    assert dict(told.facts) == {
        "address": "email",
        "count": 2,
        "since_at": midnight(ON - 9),
        "until_at": midnight(ON - 5 + 90),
    }
    assert "unreached_in_vain" in codes(notice)
    assert "update_contact" in notice.can_do
    assert "in_vain_failed" not in codes(answers[Question.CALL])


def test_one_failure_is_told_to_nobody():
    world = a_world()
    world.came(101, Channel.EMAIL, Arrival.FAILED, midnight(ON - 5))
    strategy = replace(a_strategy(3), reachability=LIMITS)

    assert "in_vain_failed" not in codes(asked(world, strategy=strategy)[Question.NOTICE])


def test_without_any_electronic_address_that_is_said():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (PointKind.POSTAL, 102)))
    world.report(1, ON, since=ON - 3)

    assert codes(asked(world)[Question.LETTER_HOME]) == ["no_step", "unreached_no_address"]


def test_a_strategy_with_calls_says_when_the_call_comes():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (PointKind.MOBILE, 103)))
    world.report(1, ON, since=ON - 3)

    call = asked(world, strategy=a_strategy(3, channel=Channel.CALL), law=a_law())[Question.CALL]

    assert (call.value, codes(call)) == (Value.YES, ["planned"])
    assert call.reasons[0].facts == {
        "on": ON,
        "from_at": midnight(ON) + 8 * HOUR,
        "step": "s1",
        "channel": "call",
    }
    assert call.can_do == ("talk", "switch_off")


def test_a_call_waits_for_the_lender_to_declare_its_past_contacts():
    world = World(through_on=ON - 1)
    world.loan(1, world.person(10, (PointKind.MOBILE, 103)))
    world.report(1, ON, since=ON - 3)

    call = asked(world, strategy=a_strategy(3, channel=Channel.CALL))[Question.CALL]

    assert (call.value, missing(call)) == (Value.ONLY_IF, ["contact_history"])
    assert [reason.brought_by for reason in call.reasons] == [Party.LENDER]


@pytest.mark.parametrize("role", [RecipientKind.CO_BORROWER, RecipientKind.GUARANTOR])
def test_whoever_owes_the_loan_too_is_named_and_is_no_third_person(role):
    world = a_world()
    world.also(1, world.person(20), role)
    world.also(1, world.person(21), RecipientKind.GUARANTOR, until_on=ON)
    world.also(1, world.person(22), RecipientKind.FAMILY)

    third = asked(world)[Question.THIRD_PERSONS]

    assert third.value is Value.NEVER
    assert [dict(r.facts) for r in third.reasons if r.code == "also_liable"] == [{"role": role.name.lower()}]


def test_a_third_person_waits_for_an_authority_where_a_rule_says_so():
    kinds = tuple(kind.name.lower() for kind in RecipientKind if kind >= RecipientKind.SPOUSE)
    rule = a_rule("t.third", "forbid", match={"recipient_kind": kinds}, releases_by="authority")

    third = asked(a_world(), law=a_law(rules=(*HOUSE, rule)))[Question.THIRD_PERSONS]

    assert (third.value, missing(third)) == (Value.ONLY_IF, ["authority"])
    assert third.reasons[0].brought_by is Party.BORROWER


def test_every_fact_that_releases_something_has_somebody_who_can_bring_it():
    waited_for = {*RELEASED_BY.values(), *REQUIRED, *(rule.releases_by for rule in load_law().rules)} - {""}

    assert waited_for <= set(BROUGHT_BY)


AROUND = {
    "not_late": lambda world: world.report(1, ON),
    "dead": lambda world: [world.kill(value) for value in (100, 101)],
    "off": lambda world: world.opt_out(10),
    "held": lambda world: world.hold(1, stops=Stops.NOTICES | Stops.FURNISHING),
    "held_for_a_while": lambda world: world.hold(1, stops=Stops.CALLS, until_at=midnight(ON + 4)),
    "paid": lambda world: world.pay(1, ON + 1),
    "falls_due": lambda world: world.installment(1, ON + 2),
    "fell_due": lambda world: world.installment(1, ON - 9),
    "without_amount": lambda world: world.report(1, ON, since=ON - 3, overdue=-1, statement=-20),
    "unknown": lambda world: world.reports.clear(),
    "guarantor": lambda world: world.also(1, world.person(20), RecipientKind.GUARANTOR),
    "closed": lambda world: world.closed.add(1),
}
"""What may stand around a late loan."""


@given(
    around=st.sets(st.sampled_from(sorted(AROUND)), max_size=4),
    channel=st.sampled_from([Channel.IN_APP, Channel.EMAIL, Channel.CALL, Channel.LETTER]),
    routes=st.sets(st.sampled_from([BANK, PARTNER, Route("A Lender", False)])),
    through_on=st.sampled_from([ON - 9, ON - 1]),
)
@settings(max_examples=60)
def test_every_answer_has_a_reason_every_yes_a_day_and_what_can_be_done_in_order(
    around, channel, routes, through_on
):
    world = a_world(through_on=through_on)
    for name in sorted(around):
        AROUND[name](world)

    for answer in asked(world, strategy=a_strategy(3, channel=channel), routes=list(routes)).values():
        assert answer.reasons
        assert answer.can_do == tuple(code for code in CAN_DO if code in answer.can_do) != ()
        assert (answer.must_state() == ()) is (answer.value is not Value.NOT_KNOWN)
        if answer.value is Value.YES:
            assert any(name == "on" or name.endswith("_on") for r in answer.reasons for name in r.facts)
        for reason in answer.reasons:
            assert reason.rule is None or (reason.rule.citation and reason.release is not None)
        if around & {"held", "closed"}:
            assert "pay" not in answer.can_do
