"""What borrowers are told: complete, exact, in three languages, and never a threat."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arrears.kernel.errors import Misconfigured
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import DebtKind, name_of
from arrears.locale import notices
from arrears.locale.notices import (
    LateLoan,
    Wording,
    get_template,
    language_of,
    load_templates,
    read_templates,
)

LOAN = LateLoan(
    product="credit_card",
    reference="0042",
    reported_on=date(2005, 9, 30),
    months_late=2,
    statement=Money(391300, "TWD"),
    statement_on=date(2005, 9, 30),
)
WORDING = Wording(
    institution="Harbour Bank",
    pay_through="harbour.example/pay",
    ask_through="0800 000 000",
    check_through="0800 000 000",
    verification="K7QM-2XRD-9TVB-4",
    loans=(LOAN,),
)
EVERY = sorted(load_templates())
KINDS = [
    (n, c, lang)
    for n in ("payment_reminder", "overdue_notice")
    for c in ("in_app", "email")
    for lang in notices.LANGUAGES
]

# 3.2/6.1 of the Chinese and 1006.18/22 of the American rules: no threat, authority or loan is named.
FORBIDDEN = re.compile(
    r"court|police|sue\b|lawyer|attorney|legal|prosecut|criminal|jail|arrest|seiz|employer|family|neighbo"
    r"|borrow|refinanc|credit record|blacklist|must pay|immediately|last warning|final"
    r"|法院|警|律师|律師|起诉|起訴|诉讼|訴訟|刑|拘|坐牢|家人|亲友|親友|单位|黑名单|黑名單|征信|徵信|失信"
    r"|借款|借新|立即|立刻|最后|最後|强制|強制|查封|后果|後果",
    re.IGNORECASE,
)


def test_both_notices_exist_on_both_channels_in_all_languages():
    assert sorted(KINDS) == EVERY


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_a_notice_names_the_institution_first_and_says_how_to_pay_ask_stop_and_check(key):
    text = get_template(*key).fill(WORDING)

    assert text.subject.startswith("Harbour Bank")
    assert text.body.startswith("Harbour Bank\n")
    for said in ("harbour.example/pay", "0800 000 000", "K7QM-2XRD-9TVB-4", "0042", "TWD 3,913.00"):
        assert said in text.body


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_a_notice_threatens_nothing_and_suggests_no_borrowing(key):
    template = get_template(*key)

    assert FORBIDDEN.findall(template.subject + template.body) == []


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_the_subject_tells_a_bystander_no_amount_and_no_number(key):
    assert not re.search(r"\d", get_template(*key).fill(WORDING).subject)


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_every_product_has_a_name(language):
    products = get_template("overdue_notice", "email", language).products

    assert set(products) == {name_of(kind) for kind in DebtKind}


LINES = {
    "en": "Your credit card (reference ending 0042): our records as of 30 September 2005 say 2 months late. "
    "The balance of your statement of 30 September 2005 was TWD 3,913.00.",
    "zh-Hans": "您的信用卡（编号末位0042）：我们截至2005年9月30日的记录显示逾期2个月。"
    "您2005年9月30日账单的余额为TWD 3,913.00。",
    "zh-Hant": "您的信用卡（編號末碼0042）：本公司截至2005年9月30日的紀錄顯示逾期2個月。"
    "您2005年9月30日帳單的餘額為TWD 3,913.00。",
}


@pytest.mark.parametrize(("language", "line"), LINES.items(), ids=list(LINES))
def test_a_statement_balance_is_called_what_it_is(language, line):
    assert line in get_template("payment_reminder", "email", language).fill(WORDING).body.splitlines()


def test_an_overdue_amount_is_named_instead_of_the_statement_when_it_is_known():
    loan = replace(LOAN, months_late=1, overdue=Money(12000, "TWD"))

    body = get_template("payment_reminder", "email", "en").fill(replace(WORDING, loans=(loan,))).body

    assert "say 1 month late. The overdue amount was TWD 120.00." in body
    assert "statement" not in body


def test_a_statement_without_a_date_is_the_last_one():
    loan = replace(LOAN, statement_on=None)

    body = get_template("payment_reminder", "email", "en").fill(replace(WORDING, loans=(loan,))).body

    assert "The balance of your last statement was TWD 3,913.00." in body


def test_a_loan_without_months_is_late_since_a_day():
    loan = replace(LOAN, months_late=0, overdue_since_on=date(2005, 8, 25))

    body = get_template("payment_reminder", "in_app", "en").fill(replace(WORDING, loans=(loan,))).body

    assert "say late since 25 August 2005." in body


def test_several_loans_stand_on_a_line_each():
    other = replace(LOAN, product="auto_loan", reference="0043")

    body = get_template("payment_reminder", "in_app", "en").fill(replace(WORDING, loans=(LOAN, other))).body

    assert [line[:20] for line in body.splitlines() if "reference" in line] == [
        "Your credit card (re",
        "Your car loan (refer",
    ]


@pytest.mark.parametrize(
    "missing", ["institution", "pay_through", "ask_through", "check_through", "verification"]
)
@pytest.mark.parametrize("value", ["", "  ", "a\nb", "a\rb", "a\x00b"])
def test_a_missing_or_broken_value_is_an_error_that_names_it(missing, value):
    with pytest.raises(Misconfigured) as raised:
        get_template("payment_reminder", "email", "en").fill(replace(WORDING, **{missing: value}))

    assert raised.value.facts["field"] == missing


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"statement": None}, "statement_amount"),
        ({"statement": Money(0, "TWD")}, "statement_amount"),
        ({"statement": Money(-5, "TWD")}, "statement_amount"),
        ({"months_late": 0}, "overdue_since_on"),
        ({"product": "spaceship"}, "product"),
        ({"reference": ""}, "reference"),
    ],
)
def test_no_amount_date_or_product_is_invented(changed, field):
    with pytest.raises(Misconfigured) as raised:
        get_template("payment_reminder", "email", "en").fill(
            replace(WORDING, loans=(replace(LOAN, **changed),))
        )

    assert raised.value.facts["field"] == field


def test_a_notice_about_no_loan_is_an_error():
    with pytest.raises(Misconfigured):
        get_template("payment_reminder", "email", "en").fill(replace(WORDING, loans=()))


def test_braces_in_a_value_are_not_placeholders():
    text = get_template("payment_reminder", "email", "en").fill(
        replace(WORDING, ask_through="{verification} {0} %s")
    )

    assert "{verification} {0} %s" in text.body


@pytest.mark.parametrize(
    ("wanted", "language"),
    [("zh-Hans", "zh-Hans"), ("zh-Hant", "zh-Hant"), ("en", "en"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"),
     ("zh-TW", "zh-Hant"), ("zh-HK", "zh-Hant"), ("zh_MO", "zh-Hant"), ("zh-Hans-HK", "zh-Hans"),
     ("zh-Hant-CN", "zh-Hant"), ("en-GB", "en"), ("fr", "en"), ("", "en")],
)  # fmt: skip
def test_the_language_falls_back_by_a_stated_rule(wanted, language):
    assert language_of(wanted) == language


SOURCE = (Path(notices.__file__).parent / "en" / "notices.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("{pay_through}", "{amount_due}", "names {amount_due}"),
        ("To check that this message", "To {check that this message", "has a brace"),
        ("and give this code: {verification}", "", "does not say {verification}"),
        ('subject = "{institution}: a message', 'subject = "A message', "does not begin with {institution}"),
        ("{lateness}. {amount}", "{lateness}. {verification}", "names {verification}"),
    ],
)
def test_a_wrong_text_is_found_when_it_is_read(old, new, why):
    with pytest.raises(Misconfigured) as raised:
        read_templates(SOURCE.replace(old, new), "en")

    assert why in raised.value.what
