"""What borrowers are told: complete, exact, in three languages, and never a threat."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from arrears.kernel.errors import Misconfigured
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import LIABLE, ActorKind, DebtKind, NoticeKind, RecipientKind, name_of
from arrears.locale import notices
from arrears.locale.amounts import said_amount
from arrears.locale.notices import (
    NOTHING_BESIDES,
    Besides,
    Itemised,
    LateLoan,
    PassedOn,
    Shortfall,
    Wording,
    get_template,
    language_of,
    load_templates,
    read_templates,
)

ITEMISED = Itemised(
    itemised_from="charge_off",
    on=date(2005, 3, 1),
    creditor="Old Harbour Bank",
    stated_on=date(2005, 9, 30),
    amount=Money(400000, "TWD"),
    interest=Money(11300, "TWD"),
    fees=Money(0, "TWD"),
    payments=Money(15000, "TWD"),
    credits=Money(5000, "TWD"),
)
SHORTFALL = Shortfall(
    ((date(2005, 7, 1), Money(91300, "TWD")), (date(2005, 8, 1), Money(250000, "TWD"))), Money(50000, "TWD")
)
LOAN = LateLoan(
    product="credit_card",
    reference="0042",
    reported_on=date(2005, 9, 30),
    months_late=2,
    statement=Money(391300, "TWD"),
    statement_on=date(2005, 9, 30),
    next_due_on=date(2005, 10, 20),
    next_due=Money(150000, "TWD"),
    transfers=(PassedOn("Harbour Credit", "0800 222 222", date(2005, 10, 1)),),
    registrations=(PassedOn("Island Bureau", "", date(2005, 12, 1)),),
    placements=(PassedOn("Island Recovery", "0800 111 111", date(2005, 11, 1)),),
    itemised=ITEMISED,
    shortfall=SHORTFALL,
)
WORDING = Wording(
    institution="Harbour Bank",
    pay_through="harbour.example/pay",
    ask_through="0800 000 000",
    check_through="0800 000 000",
    verification="K7QM-2XRD-9TVB-4",
    loans=(LOAN,),
    role="guarantor",
    collector_address="PO Box 7, Taipei",
    arrears_information_sheet="fca.example/arrears",
    besides=Besides("Lin Na", "5 Elm Street, Taipei", date(2005, 11, 21)),
)
EVERY = sorted(load_templates())
WRITTEN = {
    "payment_reminder": ("in_app", "email", "sms", "push"),
    "overdue_notice": ("in_app", "email", "sms", "push", "letter"),
    "due_reminder": ("in_app", "email", "sms", "push"),
    "guarantor_notice": ("in_app", "email", "sms"),
    "outreach_offer": ("in_app", "email", "sms"),
    "negative_data": ("in_app", "email", "sms", "letter"),
    "outsourcing_notice": ("in_app", "email", "letter"),
    "assignment_notice": ("in_app", "email", "letter"),
    "default_registration": ("in_app", "email", "letter"),
    "validation": ("email", "letter"),
    "sums_in_arrears": ("email", "letter"),
    "call_task": ("call",),
}
KINDS = [(n, c, lang) for n, channels in WRITTEN.items() for c in channels for lang in notices.LANGUAGES]
SENT = [key for key in EVERY if key[0] != "call_task"]
BY_SMS = [key for key in EVERY if key[1] == "sms"]

# 3.2/6.1 of the Chinese and 1006.18/22 of the American rules: no threat, authority or loan is named.
FORBIDDEN = re.compile(
    r"court|police|sue\b|lawyer|attorney|legal|prosecut|criminal|jail|arrest|seiz|employer|family|neighbo"
    r"|borrow|refinanc|credit record|blacklist|must pay|immediately|last warning|final"
    r"|法院|警|律师|律師|起诉|起訴|诉讼|訴訟|刑|拘|坐牢|家人|亲友|親友|单位|黑名单|黑名單|征信|徵信|失信"
    r"|借款|借新|立即|立刻|最后|最後|强制|強制|查封|后果|後果",
    re.IGNORECASE,
)


COLLECTORS = ("agency", "assignee", "creditor_other_name", "law_firm")
COLLECTING = {"en": "attempt to collect a debt", "zh-Hans": "收取一笔债务", "zh-Hant": "收取一筆債務"}


@pytest.mark.parametrize("key", EVERY, ids=str)
@pytest.mark.parametrize("actor", COLLECTORS)
def test_a_debt_collector_says_what_he_is_and_whose_the_loan_is(key, actor):
    text = get_template(*key, actor)

    creditor = "" if actor == "assignee" else "Island Card"
    body = text.fill(replace(WORDING, creditor=creditor)).body

    assert COLLECTING[key[2]] in body
    assert ("Island Card" in body) == (actor != "assignee")
    assert body.startswith(get_template(*key).fill(WORDING).body.split("\n")[0])
    assert {actor for each in (text, get_template(*key)) for actor in each.actors} >= {actor, "servicer"}


def test_whoever_collects_for_another_has_to_say_for_whom():
    with pytest.raises(Misconfigured) as raised:
        get_template("overdue_notice", "email", "en", "agency").fill(WORDING)

    assert raised.value.facts["field"] == "creditor"


def test_where_a_file_says_nothing_of_collectors_everybody_sends_the_texts_as_they_are():
    path = Path(notices.__file__).parent / "en" / "notices.toml"
    before, _, rest = path.read_text(encoding="utf-8").partition("[[collectors]]")

    texts = read_templates(before + rest[rest.index("[payment_reminder]") :], "en")

    assert {each.actors for each in texts} == {tuple(name_of(kind) for kind in ActorKind)}


def test_every_notice_exists_on_its_channels_in_all_languages():
    assert sorted(KINDS) == EVERY
    assert set(WRITTEN) <= {name_of(kind) for kind in NoticeKind}


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_a_notice_names_the_institution_first_and_says_how_to_ask_stop_and_check(key):
    text = get_template(*key).fill(WORDING)

    assert text.subject.startswith("Harbour Bank")
    assert text.body.removeprefix("【").startswith("Harbour Bank")
    for said in ("0800 000 000", "K7QM-2XRD-9TVB-4", "0042"):
        assert said in text.body


STOP = {"en": "STOP", "zh-Hans": "退订", "zh-Hant": "停止"}


@pytest.mark.parametrize("key", SENT, ids=str)
def test_whoever_is_sent_a_notice_reads_how_to_stop_it(key):
    _, channel, language = key
    body = get_template(*key).body

    if channel in ("email", "sms"):
        assert STOP[language] in body
    else:
        assert re.search(r"To stop|不想再", body)


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_every_notice_but_an_offer_says_how_to_pay(key):
    body = get_template(*key).fill(WORDING).body

    assert ("harbour.example/pay" in body) is (key[0] != "outreach_offer")


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_a_sum_that_is_late_stands_only_where_the_person_alone_reads_it(key):
    notice, channel, _ = key
    body = get_template(*key).fill(WORDING).body

    is_late = notice not in ("due_reminder", "outreach_offer")
    assert ("3,913.00" in body) is (is_late and channel not in ("sms", "push"))


@pytest.mark.parametrize("key", [key for key in EVERY if key[0] == "due_reminder"], ids=str)
def test_a_due_reminder_says_the_day_and_the_amount_and_nothing_of_lateness(key):
    body = get_template(*key).fill(WORDING).body

    assert "1,500.00" in body
    assert re.search(r"20 October 2005|2005年10月20日", body)
    assert not re.search(r"late\b|overdue|逾期|欠", body)


@pytest.mark.parametrize("key", [key for key in EVERY if key[0] == "due_reminder"], ids=str)
def test_a_due_reminder_names_no_amount_that_nothing_states(key):
    loan = replace(LOAN, next_due=None)

    body = get_template(*key).fill(replace(WORDING, loans=(loan,))).body

    assert not re.search(r"\.00", body)
    assert re.search(r"20 October 2005|2005年10月20日", body)


@pytest.mark.parametrize("key", EVERY, ids=str)
def test_a_loan_that_is_not_late_fills_only_notices_that_speak_of_no_lateness(key):
    notice, channel, _ = key
    loan = LateLoan("credit_card", "0042", date(2005, 9, 30), 0, next_due_on=date(2005, 10, 20))
    wording = replace(WORDING, loans=(loan,))

    if notice in ("due_reminder", "outreach_offer") or channel in ("sms", "push"):
        assert get_template(*key).fill(wording).body
    else:
        with pytest.raises(Misconfigured):
            get_template(*key).fill(wording)


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_the_first_of_several_due_days_is_told_in_a_text_message(language):
    later = replace(LOAN, next_due_on=date(2005, 11, 5))

    body = get_template("due_reminder", "sms", language).fill(replace(WORDING, loans=(later, LOAN))).body

    assert re.search(r"20 October 2005|2005年10月20日", body)
    assert not re.search(r"November|11月|\.00", body)


def test_a_due_reminder_without_a_due_day_is_an_error():
    with pytest.raises(Misconfigured) as raised:
        get_template("due_reminder", "email", "en").fill(
            replace(WORDING, loans=(replace(LOAN, next_due_on=None),))
        )

    assert raised.value.facts["field"] == "due_on"


ROLES = {
    ("en", "co_borrower"): "as co-borrower: our records name you as co-borrower",
    ("en", "guarantor"): "as guarantor: our records name you as guarantor",
    ("zh-Hans", "co_borrower"): "您是下列账户的共同借款人",
    ("zh-Hans", "guarantor"): "您是下列账户的保证人",
    ("zh-Hant", "co_borrower"): "您是下列帳戶的共同借款人",
    ("zh-Hant", "guarantor"): "您是下列帳戶的保證人",
}


@pytest.mark.parametrize(("language", "role"), ROLES, ids=str)
def test_whoever_owes_a_loan_beside_its_borrower_is_told_in_which_role(language, role):
    body = get_template("guarantor_notice", "email", language).fill(replace(WORDING, role=role)).body

    assert ROLES[language, role] in body
    assert not re.search(r"Your credit card|您的信用卡", body), "it is somebody else's card"


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_every_role_of_those_who_owe_a_loan_beside_its_borrower_has_a_name(language):
    roles = get_template("guarantor_notice", "email", language).roles

    assert set(roles) == {name_of(kind) for kind in LIABLE if kind is not RecipientKind.BORROWER}


@pytest.mark.parametrize("role", ["", "borrower", "family"])
def test_nobody_is_told_that_he_owes_a_loan_that_he_does_not_owe_beside_its_borrower(role):
    with pytest.raises(Misconfigured) as raised:
        get_template("guarantor_notice", "email", "en").fill(replace(WORDING, role=role))

    assert raised.value.facts["field"] == "role"


@pytest.mark.parametrize("key", [key for key in EVERY if key[0] == "outreach_offer"], ids=str)
def test_an_offer_demands_nothing(key):
    body = get_template(*key).fill(WORDING).body

    assert not re.search(r"\.00|overdue|\blate\b|\bowe|逾期|欠", body)
    assert re.search(r"asks nothing|Nothing is asked|不要求您做任何事", body)


@pytest.mark.parametrize("key", [key for key in EVERY if key[1] == "letter"], ids=str)
def test_a_letter_says_why_it_is_on_paper_and_how_to_be_told_electronically(key):
    body = get_template(*key).body

    assert re.search(r"Paper is the exception|一般不寄纸质信件|一般不寄送紙本信件", body)
    assert re.search(r"told electronically|以电子方式收到通知|以電子方式收到通知", body)


@pytest.mark.parametrize("key", [key for key in EVERY if key[0] == "negative_data"], ids=str)
def test_before_negative_data_is_passed_on_somebody_reads_that_he_may_object(key):
    body = get_template(*key).body

    assert re.search(r"may be reported|may report|报送|報送", body)
    assert re.search(r"object|disagree|异议|異議", body)


SCRIPT = {
    "en": ("Say who you are", "Make sure of the person", "Listen first", "Offer guidance", "Do not:"),
    "zh-Hans": ("说明身份", "核实对方是否本人", "先听", "给予指引", "不可以："),
    "zh-Hant": ("說明身分", "核對對方是否本人", "先聽", "給予指引", "不可以："),
}


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_the_script_of_a_call_goes_from_identity_to_listening_to_guidance(language):
    body = get_template("call_task", "call", language).body
    places = [body.index(each) for each in SCRIPT[language]]

    assert places == sorted(places)


GSM = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The letters of a text message that take seven bits each (3GPP 23.038)."""


@pytest.mark.parametrize("key", BY_SMS, ids=str)
@pytest.mark.parametrize("product", DebtKind, ids=name_of)
@pytest.mark.parametrize("role", ["co_borrower", "guarantor"])
def test_a_text_message_fits_into_two_parts(key, product, role):
    loan = replace(LOAN, product=name_of(product), next_due=Money(12_345_600, "TWD"))
    institution = "Harbour Bank" if key[2] == "en" else "海港银行"
    text = get_template(*key).fill(replace(WORDING, institution=institution, loans=(loan,), role=role))

    if key[2] == "en":
        assert set(text.body) <= set(GSM)
        assert len(text.body) <= 2 * 153
    else:
        assert len(text.body) <= 2 * 67
        assert text.body.startswith("【海港银行】"), "the signature that operators ask for"


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
    "zh-Hans": "您的信用卡（账户编号尾号0042）：我们截至2005年9月30日的记录显示逾期2个月。"
    "2005年9月30日账单的余额为新台币3,913.00元。",
    "zh-Hant": "您的信用卡（帳戶編號末四碼0042）：我們截至2005年9月30日的紀錄顯示逾期2個月。"
    "2005年9月30日帳單的餘額為新臺幣3,913.00元。",
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


@pytest.mark.parametrize(
    ("notice", "changed", "field"),
    [
        ("outsourcing_notice", {"placements": ()}, "agency"),
        ("outsourcing_notice", {"placements": (PassedOn("", "0800 111 111"),)}, "agency"),
        ("outsourcing_notice", {"placements": (PassedOn("Island Recovery", " "),)}, "agency_contact"),
        ("assignment_notice", {"transfers": ()}, "assignee"),
        ("assignment_notice", {"transfers": (PassedOn("Harbour Credit", "0800"),)}, "assigned_on"),
        ("default_registration", {"registrations": ()}, "bureau"),
        ("default_registration", {"registrations": (PassedOn("Island Bureau", ""),)}, "registered_on"),
    ],
)
@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_nobody_to_whom_a_loan_is_passed_on_is_invented(language, notice, changed, field):
    template = get_template(notice, "email", language)

    with pytest.raises(Misconfigured) as raised:
        template.fill(replace(WORDING, loans=(replace(LOAN, **changed),)))

    assert raised.value.facts["field"] == field


ITEMISED_IN = {
    "en": "On 1 March 2005, the day of {from_}, you owed Old Harbour Bank: TWD 4,000.00",
    "zh-Hans": "2005年3月1日（{from_}）您对Old Harbour Bank的债务：新台币4,000.00元",
    "zh-Hant": "2005年3月1日（{from_}）您對Old Harbour Bank的債務：新臺幣4,000.00元",
}
FROM = {
    "last_statement": ("your last statement", "最近一期账单之日", "最近一期帳單之日"),
    "charge_off": ("the charge-off", "核销之日", "轉銷之日"),
    "last_payment": ("your last payment", "您最近一次还款之日", "您最近一次繳款之日"),
    "transaction": ("the transaction from which the debt arose", "产生债务的交易之日", "產生債務的交易之日"),
    "judgment": ("the judgment", "判决之日", "判決之日"),
}
AMOUNTS_IN = {
    "en": ("Interest charged since then: {}", "Fees charged since then: {}", "Paid since then: {}",
           "Credited otherwise since then: {}", "Total amount of the debt on 30 September 2005: {}"),
    "zh-Hans": ("此后计收的利息：{}", "此后计收的费用：{}", "此后已还的款项：{}", "此后另行贷记的款项：{}",
                "截至2005年9月30日的债务总额：{}"),
    "zh-Hant": ("其後計收的利息：{}", "其後計收的費用：{}", "其後已繳的款項：{}", "其後另行貸記的款項：{}",
                "截至2005年9月30日的債務總額：{}"),
}  # fmt: skip


@pytest.mark.parametrize("itemised_from", FROM)
@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_a_debt_is_itemised_from_a_day_that_is_called_what_it_is(language, itemised_from):
    loan = replace(LOAN, itemised=replace(ITEMISED, itemised_from=itemised_from))

    body = get_template("validation", "letter", language).fill(replace(WORDING, loans=(loan,))).body

    called = FROM[itemised_from][tuple(ITEMISED_IN).index(language)]
    assert ITEMISED_IN[language].format(from_=called) in body.splitlines()


@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_every_amount_since_stands_in_a_line_and_none_is_left_out_because_it_is_zero(language):
    body = get_template("validation", "email", language).fill(WORDING).body

    money = [said_amount(Money(minor, "TWD"), language) for minor in (11300, 0, 15000, 5000, 391300)]
    lines = [line.format(said) for line, said in zip(AMOUNTS_IN[language], money, strict=True)]
    assert "\n".join(lines) in body


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"loans": (replace(LOAN, itemised=None),)}, "itemised_on"),
        ({"loans": (replace(LOAN, itemised=replace(ITEMISED, creditor=" ")),)}, "creditor_then"),
        ({"collector_address": ""}, "collector_address"),
        ({"besides": NOTHING_BESIDES}, "recipient_address"),
        ({"besides": replace(WORDING.besides, recipient_name="")}, "recipient_name"),
        ({"besides": replace(WORDING.besides, validation_ends_on=None)}, "validation_ends_on"),
    ],
)
@pytest.mark.parametrize("language", notices.LANGUAGES)
def test_nothing_of_the_validation_information_is_invented(language, changed, field):
    template = get_template("validation", "email", language, "agency")

    with pytest.raises(Misconfigured) as raised:
        template.fill(replace(WORDING, creditor="Island Card", **changed))

    assert raised.value.facts["field"] == field


def test_each_of_several_debts_is_itemised_in_a_paragraph_of_its_own():
    other = replace(LOAN, reference="0043")

    body = get_template("validation", "email", "en").fill(replace(WORDING, loans=(LOAN, other))).body

    firsts = [each.split("\n")[0] for each in body.split("\n\n") if "account number ending" in each]
    assert firsts == [f"Your credit card (account number ending 004{n})" for n in (2, 3)]


MISSED_IN = {
    "en": """Your agreement for a credit card (account number ending 0042)
Payment due on 1 July 2005: TWD 913.00 is unpaid
Payment due on 1 August 2005: TWD 2,500.00 is unpaid
Charged because of this and unpaid: TWD 500.00
Shortfall in all, by our records as of 30 September 2005: TWD 3,913.00""",
    "zh-Hans": """您的信用卡合同（账户编号尾号0042）
2005年7月1日应还的一期：尚欠新台币913.00元
2005年8月1日应还的一期：尚欠新台币2,500.00元
因此计收而未还的费用：新台币500.00元
我们截至2005年9月30日的记录显示，欠缴合计：新台币3,913.00元""",
    "zh-Hant": """您的信用卡契約（帳戶編號末四碼0042）
2005年7月1日應繳的一期：尚欠新臺幣913.00元
2005年8月1日應繳的一期：尚欠新臺幣2,500.00元
因此計收而未繳的費用：新臺幣500.00元
我們截至2005年9月30日的紀錄顯示，欠繳合計：新臺幣3,913.00元""",
}


@pytest.mark.parametrize("language", MISSED_IN)
@pytest.mark.parametrize("channel", ["email", "letter"])
def test_each_payment_that_was_missed_stands_in_a_line(channel, language):
    assert MISSED_IN[language] in get_template("sums_in_arrears", channel, language).fill(WORDING).body


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"loans": (replace(LOAN, shortfall=None),)}, "shortfall"),
        ({"loans": (replace(LOAN, shortfall=Shortfall((), Money(5, "TWD"))),)}, "shortfall"),
        ({"arrears_information_sheet": " "}, "arrears_information_sheet"),
    ],
)
def test_nothing_of_a_notice_of_sums_in_arrears_is_invented(changed, field):
    with pytest.raises(Misconfigured) as raised:
        get_template("sums_in_arrears", "letter", "en").fill(replace(WORDING, **changed))

    assert raised.value.facts["field"] == field


def test_an_agency_whose_first_day_is_not_set_is_named_without_one():
    loan = replace(LOAN, placements=(PassedOn("Island Recovery", "0800 111 111"),))

    body = get_template("outsourcing_notice", "email", "en").fill(replace(WORDING, loans=(loan,))).body

    assert "Island Recovery is to contact you about it for us. To reach this agency: 0800 111 111." in body


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
        ("To pay, or to see what is owed today: {pay_through}", "", "does not say {pay_through}"),
        ("{due_loans}", "{loans}", "names the loans by none of due, due_loans"),
        ("nothing of you, and", "nothing of you for {loans}, and", "names {loans}"),
        ("{role}", "somebody", "does not say {role}"),
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
