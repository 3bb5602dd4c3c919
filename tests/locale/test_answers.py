"""The words of the four answers: complete, alike in every language, and without pressure."""

from __future__ import annotations

import re
from datetime import date
from string import Formatter

import pytest

from arrears.actions.histories import LAPSES
from arrears.kernel.days import HOUR, day_of
from arrears.kernel.facts import NEVER
from arrears.kernel.law.kinds import RELEASED_BY, REQUIRED
from arrears.kernel.law.rules import Release
from arrears.kernel.planning.answer import BROUGHT_BY, CAN_DO, REASONS, Party
from arrears.kernel.planning.answers import Answer, Question, Reason, Value
from arrears.kernel.planning.forecast import Line
from arrears.kernel.vocabulary import LIABLE, Channel, HoldReason, RecipientKind, name_of
from arrears.locale.answers import Speech, leaves, load_texts
from arrears.locale.notices import LANGUAGES
from arrears.rulepacks import ZONES, load_law
from arrears.store.models.attempts import ATTEMPT_STATES
from arrears.strategies import load_strategy
from tests.kernel.planning.world import midnight

SAMPLE = load_strategy("sample")
PRESSURE = re.compile(
    r"\b(court|police|lawsuit|sue|immediately|final warning|must pay|blacklist|employer will)\b"
    r"|法院|警|起诉|起訴|立即还|立即繳|后果|後果|黑名单|黑名單|最后通牒|最後通牒|否则|否則",
    re.IGNORECASE,
)


def speech(language, country="TW"):
    return Speech(language, SAMPLE, ZONES["Asia/Taipei"], country)


def placeholders(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_sentences_with_the_same_placeholders(language):
    english = {key: placeholders(text) for key, text in leaves(load_texts("en"))}

    assert {key: placeholders(text) for key, text in leaves(load_texts(language))} == english


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_question_has_a_word_for_each_of_the_five_values(language):
    texts = load_texts(language)

    for question in Question:
        assert texts["question"][name_of(question)]
        assert set(texts["value"][name_of(question)]) == {name_of(value) for value in Value}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_a_rule_can_wait_for_has_a_name(language):
    waited_for = {*RELEASED_BY.values(), *REQUIRED, *(r.releases_by for r in load_law().rules)} - {""}

    assert waited_for | set(BROUGHT_BY) == set(load_texts(language)["fact"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_of_the_kernel_has_a_text(language):
    texts = load_texts(language)

    assert set(texts["reason"]) | {"no_step"} == REASONS
    assert set(texts["can_do"]) == set(CAN_DO)
    assert set(texts["by"]) == {name_of(party) for party in Party}
    assert set(texts["hold"]) == {name_of(reason) for reason in HoldReason}
    assert set(texts["role"]) == {name_of(kind) for kind in LIABLE if kind is not RecipientKind.BORROWER}
    assert set(texts["attempt"]) == set(ATTEMPT_STATES)
    assert set(texts["lapsed"]) == set(LAPSES)


WE = re.compile(r"\b(we|us|our|ours)\b|我们|我們|本公司|本行", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_answer_says_we_where_it_is_not_clear_who_that_is(language):
    for key, text in leaves(load_texts(language)):
        assert not WE.search(text), (key, text)


OF_A_BUREAU = {
    *(f"reason.{code}" for code in ("late_on_record", "not_stated", "reporting_paused", "earlier_reports")),
    *(
        f"reason.{code}"
        for code in ("reports", "reports_unnamed", "reports_nowhere", "no_institution_stated")
    ),
    *(f"can_do.{code}" for code in ("ask_lender", "see_record", "correct_record")),
    "duty.negative_data",
}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_to_report_is_said_of_credit_bureaus_alone(language):
    """Elsewhere a borrower would read that something had gone to the bureau."""
    said = {key for key, text in leaves(load_texts(language)) if re.search("报送|報送", text)}

    assert said == OF_A_BUREAU


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_channel_and_certainty_has_a_name(language):
    texts = load_texts(language)

    assert set(texts["channel"]) == {name_of(channel) for channel in Channel}
    assert {rule.certainty for rule in load_law().rules} <= set(texts["certainty"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_puts_pressure_on_anybody(language):
    for key, text in leaves(load_texts(language)):
        assert not PRESSURE.search(text), (key, text)


EXPECTED = {
    "en": "25 November 2026, 08:00 or soon after: a message in the app.",
    "zh-Hans": "2026年11月25日 08:00 或稍后：站内消息。",
    "zh-Hant": "2026年11月25日 上午8:00 或稍晚：應用程式內訊息。",
}


def planned(hour):
    at = midnight(day_of(date(2026, 11, 25))) + hour * HOUR
    reason = Reason("planned", facts={"on": 0, "from_at": at, "step": "app-message", "channel": "in_app"})
    return Answer(Question.NOTICE, Value.YES, (reason,))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_planned_step_is_told_with_its_day_and_time_where_the_borrower_is(language):
    assert speech(language).reasons(planned(8)) == [EXPECTED[language]]


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("en", "US", "November 25, 2026, 2:00 PM or soon after: a message in the app."),
        ("en", "GB", "25 November 2026, 14:00 or soon after: a message in the app."),
        ("en", "HK", "25 November 2026, 2:00 pm or soon after: a message in the app."),
        ("en", "CN", "25 November 2026, 14:00 or soon after: a message in the app."),
        ("zh-Hans", "CN", "2026年11月25日 14:00 或稍后：站内消息。"),
        ("zh-Hans", "US", "2026年11月25日 14:00 或稍后：站内消息。"),
        ("zh-Hant", "HK", "2026年11月25日 下午2:00 或稍晚：應用程式內訊息。"),
    ],
)
def test_days_and_times_are_written_as_the_lenders_country_writes_them(language, country, said):
    assert speech(language, country).reasons(planned(14)) == [said]


def test_a_rule_is_told_with_its_citation_certainty_and_release():
    rule = load_law().rule("house.amount")
    answer = Answer(
        Question.NOTICE,
        Value.ONLY_IF,
        (Reason("law_refuses", rule, Release("fact", "amount", NEVER)),),
    )

    assert speech("en").value(answer) == "Not as things stand. It depends on this:"
    assert speech("en").reasons(answer) == [
        (
            "Nobody is contacted about a debt whose amount the books do not show. "
            "[house.amount: the lender's own rule] "
            "What would change it: a statement of the amount that is due (for the lender to bring about)."
        )
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", Question)
def test_every_reason_and_thing_to_do_can_be_said(language, question):
    facts = {
        "on": 20_000,
        "reported_on": 20_000,
        "paid_on": 20_001,
        "since_on": 19_999,
        "days": 400,
        "hold": "dispute",
        "role": "guarantor",
        "from_at": midnight(20_000),
        "step": "email",
        "institution": "A {Bank}",
        "bureau": "B",
        "channel": "email",
        "address": "mobile",
        "count": 3,
        "since_at": midnight(19_990),
        "until_at": midnight(20_090),
    }
    rule, texts = load_law().rule("house.amount"), load_texts(language)
    releases = [Release("time", "", 0), Release("fact", "authority", NEVER), Release("nothing", "", NEVER)]
    reasons = [Reason(code, rule, release, facts) for code in texts["reason"] for release in releases]
    if name_of(question) in texts["no_step"]:
        reasons.append(Reason("no_step"))
    answer = Answer(question, Value.NO, tuple(reasons), tuple(texts["can_do"]))

    said = [*speech(language).reasons(answer), *speech(language).can_do(answer)]

    assert all(said)
    assert not any("{" in text.replace("A {Bank}", "") for text in said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dated_lines_say_planned_refused_and_until_when(language):
    def a_line(*, is_planned, from_at, recipient=RecipientKind.BORROWER):
        return Line(20_000, 1, (1,), 10, recipient, Channel.EMAIL, is_planned, from_at, NEVER, -1, ())

    told = [
        speech(language).line(a_line(is_planned=is_planned, from_at=from_at))
        for is_planned, from_at in ((True, midnight(20_000)), (False, midnight(20_001)), (False, NEVER))
    ]

    assert len(set(told)) == 3
    assert all("2024" in text for text in told)
    to_guarantor = a_line(is_planned=True, from_at=midnight(20_000), recipient=RecipientKind.GUARANTOR)
    assert load_texts(language)["role"]["guarantor"] in speech(language).line(to_guarantor)
