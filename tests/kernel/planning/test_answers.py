"""The four questions: five values, each with the reason that makes it so."""

from __future__ import annotations

import pytest

from arrears.kernel.days import HOUR
from arrears.kernel.planning.answers import Question, Route, Standpoint, Value, four_answers
from arrears.kernel.planning.forecast import forecast
from arrears.kernel.vocabulary import Channel, Stops
from arrears.rulepacks import load_law
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.world import APP, EMAIL, World, a_law, midnight

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
    assert notice.can_do[0] == "switch_on"


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

    assert (notice.value, codes(notice)) == (Value.NO, ["all_steps_done"])


def test_a_step_beyond_the_forecast_is_named_with_its_day():
    strategy = a_strategy(3, 90)
    world = a_world(since=ON - 10)
    world.step_done(1, strategy.steps[0], ON - 7)

    notice = asked(world, strategy=strategy)[Question.NOTICE]

    assert (notice.value, codes(notice)) == (Value.NO, ["step_later"])
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
        ([BANK], Value.YES, ["reports"]),
        ([BANK, PARTNER], Value.YES, ["reports", "not_stated"]),
        ([Route("A Bank", True)], Value.YES, ["reports_unnamed"]),
        ([Route("A Lender", False)], Value.NO, ["reports_nowhere"]),
        ([Route("A Lender", False), PARTNER], Value.NOT_KNOWN, ["not_stated"]),
    ],
)
def test_the_credit_record_follows_the_stated_routes_and_silence_is_not_known(routes, value, expected):
    credit = asked(a_world(), routes=routes)[Question.CREDIT_RECORD]

    assert (credit.value, codes(credit)) == (value, expected)


def test_a_hold_on_reporting_makes_it_conditional_on_its_end():
    world = a_world()
    world.hold(1, stops=Stops.FURNISHING, until_at=midnight(ON + 5))

    credit = asked(world, routes=[BANK])[Question.CREDIT_RECORD]

    assert (credit.value, codes(credit)) == (Value.ONLY_IF, ["reporting_paused", "reports"])
    assert credit.reasons[0].release.at == midnight(ON + 5)


def test_who_is_not_late_has_nothing_late_on_the_record():
    credit = asked(a_world(since=None), routes=[BANK])[Question.CREDIT_RECORD]

    assert (credit.value, codes(credit)) == (Value.NO, ["not_late", "reports"])


def test_every_reason_from_the_law_carries_its_citation_and_release():
    world = a_world()
    world.opt_out(10)

    for answer in asked(world).values():
        for reason in answer.reasons:
            if reason.rule is not None:
                assert reason.rule.citation
                assert reason.release is not None
