"""Whoever is told that a loan goes to an agency or to a new creditor reads to which, and how to reach it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.days import run_day
from arrears.actions.obligations import NextStep, list_open
from arrears.actions.owed import NOT_ON_FILE, written_channels
from arrears.kernel.content.stated import FACTS
from arrears.kernel.obligations.rules import NOTICE_OF
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.sending import a_writing_lender, send
from tests.builders import LONG_AGO, NA, NOW, TODAY, a_loan, a_person, a_place, cipher_of
from tests.builders.requests import a_measure

pytestmark = pytest.mark.django_db(transaction=True)
SAMPLE, LAW = load_strategy("sample"), load_law()
DAY = timedelta(days=1)


def an_agency(lender, name="Island Recovery", ask_through="02 8765 4321", kind="agency"):
    return models.Organisation.objects.create(
        lender=lender, kind=kind, name=name, ask_through=ask_through, recorded_at=LONG_AGO
    )


def a_transferred_loan(lender, new_creditor, *, language="en", law="CN", **columns):
    """A late loan of Na's that was sold yesterday; its buyer first makes contact in five days."""
    na = a_person(lender, NA, points=("app_inbox",), language=language)
    loan = a_loan(lender, na, overdue_days=10, governing_law=law)
    told = {"organisation": new_creditor, "decided_at": NOW - DAY, "takes_effect_at": NOW + 5 * DAY}
    a_measure(loan, "transfer", **told, **columns)
    return loan


def a_placed_loan(lender, agency, *, person=None, law="CN", **columns):
    """A late loan of Na's under mainland law that is to go to an agency in five days."""
    person = person or a_person(lender, NA, points=("app_inbox",))
    loan = a_loan(lender, person, overdue_days=10, governing_law=law)
    told = {"organisation": agency, "decided_at": NOW - DAY, "takes_effect_at": NOW + 5 * DAY, **columns}
    a_measure(loan, "placement", **told)
    return loan


def run(lender):
    run_day(lender=lender.pk, on=TODAY, strategy=SAMPLE, law=LAW, actor="program:test", at=NOW)
    planned = models.PlannedContact.objects.filter(purpose="notice_required_by_law")
    return [(each.notice, each.channel) for each in planned]


def sent():
    """The texts that are sent now, and arrive."""
    send()
    return [
        cipher_of(message.attempt.person).decrypt("body", bytes(message.body_encrypted))
        for message in models.Message.objects.order_by("id")
    ]


def open_at(lender, at):
    return list_open(lender_id=lender.pk, at=at, known_at=at)


SAID = {
    "en": "Island Recovery is to contact you about it for us, from 19 July 2026."
    " To reach this agency: 02 8765 4321.",
    "zh-Hans": "自2026年7月19日起，我们委托Island Recovery与您联系。该机构的联系方式：02 8765 4321。",
    "zh-Hant": "自2026年7月19日起，我們委託Island Recovery與您聯絡。該機構的聯絡方式：02 8765 4321。",
}


@pytest.mark.parametrize("language", SAID)
def test_before_an_agency_starts_the_borrower_is_told_which_and_the_duty_is_met(language):
    lender = a_writing_lender()
    na = a_person(lender, NA, points=("app_inbox",), language=language)
    a_placed_loan(lender, an_agency(lender), person=na)

    planned = run(lender)
    (body,) = sent()

    assert planned == [("outsourcing_notice", "in_app")]
    assert SAID[language] in body
    assert open_at(lender, NOW + DAY) == []


@pytest.mark.parametrize(
    ("organisation", "missing"),
    [
        ({"ask_through": None}, ("agency_contact",)),
        ({"ask_through": " "}, ("agency_contact",)),
        (None, ("agency", "agency_contact")),
    ],
)
def test_where_the_agency_or_its_contact_is_not_on_file_nothing_is_planned_and_the_list_says_so(
    organisation, missing
):
    lender = a_writing_lender()
    a_placed_loan(lender, None if organisation is None else an_agency(lender, **organisation))

    planned = run(lender)

    (found,) = open_at(lender, NOW)
    assert planned == []
    assert (found.rule.id, found.next_step, found.missing) == (
        "cn.bcpm.outsource-notice",
        NextStep.WRITE,
        missing,
    )


def test_one_message_names_the_agency_of_each_loan():
    lender = a_writing_lender()
    na = a_person(lender, NA, points=("app_inbox",))
    first = a_placed_loan(lender, an_agency(lender), person=na)
    second = a_placed_loan(lender, an_agency(lender, "Harbour Calls", "02 1111 2222"), person=na)

    run(lender)
    (body,) = sent()

    lines = [line for line in body.splitlines() if "委" in line and "：" in line]
    agencies = {line for line in lines if "02 8765 4321" in line or "02 1111 2222" in line}
    assert {(first.source_ref[-4:] in line, "Island Recovery" in line) for line in agencies} == {
        (True, True),
        (False, False),
    }
    assert second.source_ref[-4:] in next(line for line in agencies if "Harbour Calls" in line)


def test_an_agency_that_was_called_off_is_not_named():
    lender = a_writing_lender()
    loan = a_placed_loan(lender, an_agency(lender, "Harbour Calls"), ended_at=NOW - DAY)
    told = {"organisation": an_agency(lender), "decided_at": NOW - DAY, "takes_effect_at": NOW + 5 * DAY}
    a_measure(loan, "placement", **told)

    run(lender)
    (body,) = sent()

    assert "Island Recovery" in body
    assert "Harbour Calls" not in body


SOLD = {
    "en": "Harbour Credit has been the creditor since 13 July 2026. To reach it: 02 3333 4444.",
    "zh-Hans": "债权已于2026年7月13日转让给Harbour Credit，Harbour Credit现为债权人。"
    "其联系方式：02 3333 4444。",
    "zh-Hant": "債權已於2026年7月13日讓與Harbour Credit，Harbour Credit現為債權人。"
    "其聯絡方式：02 3333 4444。",
}


def a_buyer(lender, **columns):
    return an_agency(
        lender, "Harbour Credit", **{"ask_through": "02 3333 4444", "kind": "assignee", **columns}
    )


@pytest.mark.parametrize("language", SOLD)
def test_whose_claim_was_transferred_is_told_the_new_creditor_and_the_duty_is_met(language):
    lender = a_writing_lender()
    a_transferred_loan(lender, a_buyer(lender), language=language)

    planned = run(lender)
    (body,) = sent()

    assert planned == [("assignment_notice", "in_app")]
    assert SOLD[language] in body
    assert open_at(lender, NOW + DAY) == []


def test_a_new_creditor_without_a_contact_on_file_is_not_told_of():
    lender = a_writing_lender()
    a_transferred_loan(lender, a_buyer(lender, ask_through=None))

    planned = run(lender)

    (found,) = open_at(lender, NOW)
    assert planned == []
    assert (found.rule.id, found.next_step, found.missing) == (
        "cn.assign.notice",
        NextStep.WRITE,
        ("assignee_contact",),
    )


def test_where_the_law_of_a_place_wants_more_than_the_text_says_a_person_writes_it():
    lender = a_writing_lender(actor_kind="assignee")
    na = a_person(lender, NA, points=("app_inbox",), is_place_known=False)
    a_place(na, "DE", "Europe/Berlin")
    loan = a_loan(lender, na, overdue_days=10, governing_law="DE")
    a_measure(loan, "transfer", organisation=a_buyer(lender), takes_effect_at=NOW + 5 * DAY)

    (found,) = open_at(lender, NOW)

    assert (found.rule.id, found.next_step) == ("eu.npl.10", NextStep.WRITE)
    assert found.missing == (
        "amount_split",
        "complaint_authority",
        "law_still_applies",
        "servicer_authorisation",
    )


REGISTERED = {
    "en": "we intend to register a default with Island Bureau on 23 August 2026.",
    "zh-Hans": "我们拟于2026年8月23日向Island Bureau登记违约。",
    "zh-Hant": "我們擬於2026年8月23日向Island Bureau登記違約。",
}


def a_default_to_register(lender, bureau, *, language="en", **columns):
    """A late British loan whose default is to be registered in forty days."""
    na = a_person(lender, NA, points=("app_inbox",), language=language)
    loan = a_loan(lender, na, overdue_days=10, governing_law="GB")
    told = {"organisation": bureau, "decided_at": NOW - DAY, "takes_effect_at": NOW + 40 * DAY, **columns}
    a_measure(loan, "default_registration", **told)
    return loan


@pytest.mark.parametrize("language", REGISTERED)
def test_before_a_default_is_registered_the_borrower_reads_where_and_when(language):
    lender = a_writing_lender()
    bureau = an_agency(lender, "Island Bureau", None, "bureau")
    a_default_to_register(lender, bureau, language=language)

    planned = run(lender)
    (body,) = sent()

    assert planned == [("default_registration", "in_app")]
    assert REGISTERED[language] in body
    assert open_at(lender, NOW + DAY) == []


def test_a_default_to_be_registered_without_a_bureau_or_a_day_is_for_a_person_to_tell():
    lender = a_writing_lender()
    a_default_to_register(lender, None, takes_effect_at=None)

    planned = run(lender)

    (found,) = open_at(lender, NOW)
    assert planned == []
    assert (found.next_step, found.missing) == (NextStep.WRITE, ("bureau", "registered_on"))


def test_of_every_notice_without_a_text_it_is_said_what_no_record_says():
    without = set(NOTICE_OF.values()) - set(written_channels())

    assert without == set(NOT_ON_FILE)
    assert {fact for facts in NOT_ON_FILE.values() for fact in facts} <= FACTS


def test_the_list_says_why_a_notice_without_a_text_is_for_a_person_to_write():
    lender = a_writing_lender()
    na = a_person(lender, NA, points=("app_inbox",))
    a_measure(a_loan(lender, na, overdue_days=10, governing_law="GB"), "default_sum")

    (found,) = open_at(lender, NOW + DAY)

    assert (found.rule.id, found.next_step, found.missing) == (
        "uk.86e",
        NextStep.WRITE,
        ("default_charges",),
    )


@pytest.mark.parametrize(("law", "channel"), [("CN", "in_app"), ("IN", "email")])
def test_a_notice_that_the_law_wants_by_some_channels_is_planned_by_no_other(law, channel):
    lender = a_writing_lender()
    na = a_person(lender, NA, points=("app_inbox", "email"))
    a_placed_loan(lender, an_agency(lender), person=na, law=law)

    assert run(lender) == [("outsourcing_notice", channel)]
