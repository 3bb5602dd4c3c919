"""No text is used that breaks a rule of content, and whoever edits one is told which rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arrears.actions.templates import (
    check_template,
    check_templates,
    content_rules,
    read_template_file,
    refuse_unlawful,
    shipped_templates,
)
from arrears.kernel.errors import BadInput, Misconfigured, NotFound
from arrears.kernel.vocabulary import ActorKind
from arrears.locale.notices import get_template

ON = date(2026, 11, 29)
STOP = {"en": "To stop, reply STOP.", "zh-Hans": "停收回复“退订”", "zh-Hant": "停收回覆「停止」"}


def edited(notice, channel, language, added):
    template = get_template(notice, channel, language)
    return replace(template, body=f"{template.body}\n{added}")


def rules_against(template, **more):
    return {finding.rule.id for finding in check_template(template, on=ON, **more)}


def test_every_shipped_text_is_lawful_in_every_jurisdiction_and_language():
    found = [
        (each.where, each.finding.rule.id, each.finding.what)
        for each in check_templates(shipped_templates(), on=ON)
    ]

    assert found == []


def test_a_text_that_is_not_written_for_a_place_is_held_to_every_other_law_and_to_the_house():
    template = get_template("assignment_notice", "email", "en")
    threat = replace(template, body=f"{template.body}\nWe will sue you.", not_for=("eu", "house"))

    assert rules_against(template) == set()
    assert rules_against(replace(template, not_for=())) == {"eu.npl.10"}
    assert "house.content.no-threat" in rules_against(threat)


def test_a_debt_collector_has_texts_of_its_own_and_the_creditors_are_not_for_him():
    texts = shipped_templates()

    for_agency = check_templates(texts, on=ON, actor=ActorKind.AGENCY, jurisdictions=["us", "cn"])
    own = [each for each in texts if "agency" in each.actors]

    assert for_agency == []
    assert len(own) * 4 == len(texts)
    assert all("{creditor}" in each.body for each in own)


@pytest.mark.parametrize(
    ("language", "added", "rule", "words"),
    [
        ("en", "We will sue you.", "house.content.no-threat", "we will sue"),
        ("en", "We shall inform your employer.", "in.harass", "inform your employer"),
        ("en", "This is the county court.", "uk.notmislead", "this is the county court"),
        ("en", "A late fee of $30 was added.", "cn.cost.display", "late fee"),
        ("zh-Hans", "再不还就爆通讯录。", "cn.tone.eight", "爆通讯录"),
        ("zh-Hans", "受法院委托通知您。", "cn.id.noimpersonate", "受法院"),
        ("zh-Hans", "将追究您的刑事责任。", "cn.card.effective-demand", "刑事"),
        ("zh-Hans", "建议先套现还款。", "cn.tone.eight", "建议先套现"),
        ("zh-Hant", "我們將派人到您公司。", "tw.tone", "將派人到您公司"),
        ("zh-Hant", "限時優惠，立即申請！", "cn.consumer.29", "限時優惠"),
        ("zh-Hant", "We will sue you.", "house.content.no-threat", "we will sue"),
    ],
)
def test_a_sentence_that_breaks_a_rule_is_found_in_an_edited_text(language, added, rule, words):
    findings = check_template(edited("overdue_notice", "email", language, added), on=ON)

    assert words in {each.words for each in findings if each.rule.id == rule}


@pytest.mark.parametrize(
    ("language", "added"),
    [
        (
            "en",
            "If you do not agree with our answer, you may take the matter to court. We never ask for a PIN.",
        ),
        (
            "zh-Hans",
            "您不同意我们的答复的，可以依法向人民法院起诉，也可以向监管部门投诉。谨防冒充本行的诈骗，请及时报警。",
        ),
        ("zh-Hant", "我們不會聯絡您的家人，也絕不會索取您的密碼。"),
    ],
)
def test_a_sentence_that_tells_of_rights_passes(language, added):
    assert rules_against(edited("overdue_notice", "email", language, added)) == set()


@pytest.mark.parametrize("language", STOP)
def test_a_text_message_that_cannot_be_stopped_is_found(language):
    template = get_template("payment_reminder", "sms", language)
    assert STOP[language] in template.body

    cut = replace(template, body=template.body.replace(STOP[language], ""))

    assert rules_against(cut) == {"house.content.stoppable"}
    assert "us.optout.notice" in rules_against(cut, actor=ActorKind.AGENCY)


def test_a_debt_collector_in_the_united_states_needs_a_text_of_its_own():
    template = get_template("payment_reminder", "email", "en")

    assert rules_against(template, actor=ActorKind.AGENCY, jurisdictions=["us"]) == {
        "us.mini-miranda",
        "us.mini-miranda.initial",
    }
    assert rules_against(template, jurisdictions=["us"]) == set()


def test_a_card_letter_without_the_rules_it_rests_on_is_found():
    template = get_template("overdue_notice", "letter", "zh-Hans")
    cut = replace(template, body=template.body.replace("依据是该账户的合同及有关规定", "想法如下"))

    assert rules_against(cut) == {"cn.card.letter"}
    assert rules_against(cut, jurisdictions=["tw"]) == set()


def test_a_text_about_the_debt_may_not_go_to_a_third_person():
    template = get_template("overdue_notice", "email", "en")

    assert {"cn.third.nodisclosure", "house.content.third-persons"} <= rules_against(
        template, recipients=["colleague"]
    )


@pytest.mark.parametrize("language", STOP)
@pytest.mark.parametrize(
    ("notice", "jurisdiction", "rule_id", "said_twice"),
    [("validation", "us", "us.validation", {"object_way"}), ("sums_in_arrears", "uk", "uk.86b", set())],
)
def test_no_sentence_of_what_has_to_be_stated_can_be_left_out_unnoticed(
    language, notice, jurisdiction, rule_id, said_twice
):
    template = replace(get_template(notice, "email", language, "agency"), subject="")
    (rule,) = [each for each in content_rules([jurisdiction]) if each.id == rule_id]
    paragraphs = template.body.split("\n\n")
    parts = {*paragraphs, *(line for each in paragraphs for line in each.split("\n"))}

    cut = [replace(template, body=template.body.replace(part, "")) for part in parts]
    found = [finding for each in cut for finding in check_template(each, on=ON, jurisdictions=[jurisdiction])]

    assert {each.fact for each in found if each.rule.id == rule.id} == set(rule.requires) - said_twice


def test_an_unlawful_text_is_refused_with_the_rule_the_words_and_the_text():
    text = edited("overdue_notice", "email", "zh-Hans", "再不还就坐牢。")

    with pytest.raises(Misconfigured) as raised:
        refuse_unlawful([get_template("overdue_notice", "email", "en"), text], on=ON)

    assert raised.value.facts == {
        "rule": "cn.tone.eight",
        "language": "zh-Hans",
        "notice": "overdue_notice",
        "channel": "email",
        "words": "坐牢",
    }
    assert 'overdue_notice.email (zh-Hans) breaks cn.tone.eight: it says "坐牢"' in raised.value.what


def test_a_jurisdiction_without_rules_is_an_error():
    with pytest.raises(NotFound, match="atlantis"):
        content_rules(["atlantis"])


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("[", "template.not_toml"),
        ("[products]\n[roles]\n", "template.no_table"),
        ('[products]\n[roles]\n[phrases]\n[[collectors]]\nactors = ["agency"]\n', "template.bad_collectors"),
        (
            (
                "[products]\n[roles]\n[phrases]\n"
                '[[collectors]]\nactors = ["bank"]\nparagraph = "P"\nshort = "S"\ncall = "C"\n'
            ),
            "template.bad_collectors",
        ),
        ("[products]\n[roles]\n[phrases]\n[party_invitation]\nversion = 1\n", "template.no_notice"),
        ("[products]\n[roles]\n[phrases]\n[overdue_notice]\n", "template.bad_text"),
        (
            '[products]\n[roles]\n[phrases]\n[overdue_notice]\nversion = 1\nemail = "Hi"\n',
            "template.bad_text",
        ),
        (
            '[products]\n[roles]\n[phrases]\n[overdue_notice]\nversion = 1\nnot_for = ["house"]\n',
            "template.bad_not_for",
        ),
    ],
)
def test_a_file_that_is_no_file_of_texts_is_named(tmp_path, source, code):
    path = tmp_path / "notices.toml"
    path.write_text(source, encoding="utf-8")

    with pytest.raises(BadInput) as raised:
        read_template_file(path, "en")

    assert raised.value.code == code
    assert "notices.toml" in raised.value.what
