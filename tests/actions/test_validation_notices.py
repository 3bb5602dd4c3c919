"""The validation information: sent when all of it is on file, and else the list names what is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from pypdf import PdfReader

from arrears.actions.days import run_day
from arrears.actions.explanations import explain
from arrears.actions.letters import letter_about
from arrears.actions.obligations import NextStep, list_open
from arrears.actions.sending import Sending, send_due
from arrears.actions.validation import NOBODY, besides_of
from arrears.channels.registry import Servers
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.sending import ACTOR, a_writing_lender, for_all, gate
from tests.builders import (
    ANA,
    LONG_AGO,
    a_contact_point,
    a_loan,
    a_payment,
    a_person,
    a_simulation,
    an_actor,
    an_attempt,
    an_event,
    cipher_of,
)
from tests.channels.letter.letters import plain
from tests.channels.scripted_server import scripted_server

pytestmark = pytest.mark.django_db
by_itself = pytest.mark.django_db(transaction=True)
"""What sends commits."""
SAMPLE, LAW = load_strategy("sample"), load_law()
DAY = timedelta(days=1)
NOON = datetime(2026, 7, 14, 16, 0, tzinfo=UTC)
"""Tuesday noon in New York."""
FACTS = {
    "itemised_from": "charge_off",
    "itemised_on": date(2026, 3, 31),
    "creditor": "Old Harbour Bank",
    "itemised_minor": 120_000,
    "interest_minor": 3_456,
    "fees_minor": 0,
    "payments_minor": 5_000,
    "credits_minor": 1_000,
    "stated_on": date(2026, 7, 10),
}


def a_collector(**columns):
    """A collection agency in New York."""
    a_simulation(NOON)
    said = {
        "name": "Harbour Recovery",
        "country": "US",
        "zone": "America/New_York",
        "language": "en",
        "currency": "USD",
        "actor_kind": "agency",
        "licence": "not_licensed",
        "collects_for": "Harbour Bank",
        "postal_address": "PO Box 7, New York, NY 10001",
    }
    return a_writing_lender(**said | columns)


def a_debt(lender, *, who=ANA, points=("email", "postal"), person_columns=None, itemised=True, **facts):
    """A loan of Ana's of which the agency wrote to her yesterday for the first time: (person, loan)."""
    ana = a_person(lender, who, points=points, **person_columns or {})
    loan = a_loan(
        lender, ana, overdue_days=90, governing_law="US", currency="USD", opened_on=date(2025, 1, 1)
    )
    point = models.ContactPoint.objects.filter(person=ana).first() or a_contact_point(ana, "mobile")
    an_attempt(loan, point, origin="imported", at=NOON - DAY, actor_organisation_id=lender.pk)
    if itemised:
        an_itemisation(loan, **facts)
    return ana, loan


def an_itemisation(loan, **facts):
    return models.Itemisation.objects.create(
        **{"lender_id": loan.lender_id, "loan": loan, "actor_id": an_actor(), "recorded_at": LONG_AGO}
        | FACTS
        | facts
    )


def run(lender):
    run_day(lender=lender.pk, on=date(2026, 7, 14), strategy=SAMPLE, law=LAW, actor="program:test", at=NOON)
    planned = models.PlannedContact.objects.filter(purpose="notice_required_by_law")
    return [(each.notice, each.channel) for each in planned]


def send(**servers):
    sending = Sending(for_all(LAW), for_all(SAMPLE), Servers(**servers), 500, is_until_empty=True)
    return {each.channel: each for each in send_due(sending, actor=ACTOR)}


def kept():
    message = models.Message.objects.get()
    return cipher_of(message.attempt.person).decrypt("body", bytes(message.body_encrypted))


def the_duty(lender, at=NOON):
    found = list_open(lender_id=lender.pk, at=at, known_at=at)
    (duty,) = [each for each in found if each.rule.id == "us.validation"]
    return duty


ITEMS = """\
On March 31, 2026, the day of the charge-off, you owed Old Harbour Bank: USD 1,200.00
Interest charged since then: USD 34.56
Fees charged since then: USD 0.00
Paid since then: USD 50.00
Credited otherwise since then: USD 10.00
Total amount of the debt on July 10, 2026: USD 1,174.56
"""
SAID = (
    "Harbour Recovery writes for Harbour Bank",
    "This message is from a debt collector.",
    "To Ana Torres, 1 Example Plaza, New York, NY 10001",
    ITEMS,
    "The creditor of this account is now Harbour Bank.",
    "this address: Harbour Recovery, PO Box 7, New York, NY 10001",
    "If you do not dispute the debt by August 20, 2026,",
    "www.cfpb.gov/debt-collection",
    "[   ] I want to dispute the debt",
)


@by_itself
def test_an_e_mail_holds_the_whole_of_it_and_meets_the_duty():
    lender = a_collector()
    a_debt(lender)

    before, planned = the_duty(lender), run(lender)
    with scripted_server() as server:
        send(smtp_url=f"smtp://127.0.0.1:{server.port}?tls=none")

    assert (before.next_step, before.missing, planned) == (NextStep.PLAN, (), [("validation", "email")])
    (message,) = [message_from_bytes(each, policy=default) for each in server.messages]
    body = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert body.splitlines() == kept().splitlines()
    for said in SAID:
        assert said in body
    assert list_open(lender_id=lender.pk, at=NOON + DAY, known_at=NOON + DAY) == []


@by_itself
def test_a_letter_holds_it_with_the_form_to_send_back_and_leaves_time_for_the_post(tmp_path):
    lender = a_collector()
    a_debt(lender, points=("postal",))

    planned = run(lender)
    send(print_url=f"folder://{tmp_path}?sink=yes")

    assert planned == [("validation", "letter")]
    (path,) = tmp_path.glob("[0-9]*/*.pdf")
    text = plain("".join(page.extract_text() for page in PdfReader(path).pages))
    assert all(plain(line) in text for line in kept().splitlines())
    for said in ("Ana Torres", "1 Example Plaza", "USD 1,174.56", "August 23, 2026", "Cut this part off"):
        assert plain(said) in text


@by_itself
def test_whoever_reads_chinese_reads_the_same_facts():
    lender = a_collector()
    a_debt(lender, person_columns={"language": "zh-Hant"})

    run(lender)
    gate("email")

    body, same = kept(), ("USD 1,174.56", "Ana Torres", "www.cfpb.gov/debt-collection")
    for said in ("（轉銷之日）您對Old Harbour Bank的債務：USD 1,200.00", "2026年8月20日當日或之前", *same):
        assert said in body


NOTHING_ITEMISED = ("creditor_then", "itemised_on", "itemised_amount", "itemisation", "current_amount")


@pytest.mark.parametrize(("lender", "debt", "missing"), [
    ({"postal_address": None}, {}, ("collector_address",)),
    ({"postal_address": " "}, {}, ("collector_address",)),
    ({}, {"points": ("email",)}, ("recipient_address",)),
    ({}, {"who": replace(ANA, name="")}, ("recipient_name",)),
    ({}, {"itemised": False}, NOTHING_ITEMISED),
    ({"postal_address": None}, {"itemised": False}, ("collector_address", *NOTHING_ITEMISED)),
])  # fmt: skip
def test_what_is_not_on_file_is_named_and_is_for_a_person_to_write(lender, debt, missing):
    lender = a_collector(**lender)
    a_debt(lender, **debt)

    duty = the_duty(lender)

    assert (duty.next_step, duty.missing) == (NextStep.WRITE, missing)


def test_an_agency_that_has_not_said_whose_the_debt_is_is_told_so():
    lender = a_collector(collects_for=None)
    a_debt(lender)

    assert the_duty(lender).missing == ("current_creditor",)


@by_itself
def test_who_bought_the_debt_is_its_creditor_himself():
    lender = a_collector(actor_kind="assignee", collects_for=None)
    a_debt(lender)

    run(lender)
    gate("email")

    assert "The creditor of this account is now Harbour Recovery." in kept()


def test_what_another_collector_owes_no_text_of_the_lenders_gives():
    lender = a_collector(actor_kind="original_creditor")
    _, loan = a_debt(lender)
    agency = models.Organisation.objects.create(
        lender=lender, kind="agency", name="Collect Co", recorded_at=LONG_AGO
    )
    point = models.ContactPoint.objects.get(kind="email")
    an_attempt(loan, point, origin="imported", at=NOON - DAY, actor_organisation_id=agency.pk)

    planned, duty = run(lender), the_duty(lender)

    assert planned == []
    assert (duty.next_step, duty.missing) == (NextStep.WRITE, ("debt_collector",))


def reversed_payment(loan, **columns):
    payment = a_payment(loan, date(2026, 7, 1), recorded_at=LONG_AGO)
    models.Reversal.objects.create(
        lender_id=loan.lender_id, payment=payment, reason="bounced", actor_id=an_actor(), **columns
    )


NEWS = {
    "a payment of a later day": lambda loan: a_payment(loan, date(2026, 7, 11), recorded_at=LONG_AGO),
    "an earlier one that came in later": lambda loan: a_payment(
        loan, date(2026, 7, 9), recorded_at=NOON - DAY
    ),
    "a charge": lambda loan: an_event(loan, "charge", date(2026, 7, 12)),
    "a payment taken back": lambda loan: reversed_payment(
        loan, reversed_on=date(2026, 7, 11), recorded_at=LONG_AGO
    ),
    "a payment of which one hears later": lambda loan: reversed_payment(
        loan, reversed_on=date(2026, 7, 2), recorded_at=NOON - DAY
    ),
}


@pytest.mark.parametrize("news", NEWS)
def test_an_itemisation_from_before_a_change_of_the_debt_no_longer_says_what_is_owed(news):
    lender = a_collector()
    _, loan = a_debt(lender)
    NEWS[news](loan)

    duty = the_duty(lender)

    assert (duty.next_step, duty.missing) == (NextStep.WRITE, ("current_amount",))


def test_what_the_itemisation_has_counted_and_a_step_of_the_books_leave_it_as_it_is():
    lender = a_collector()
    _, loan = a_debt(lender)
    a_payment(loan, date(2026, 7, 10), recorded_at=LONG_AGO)
    an_event(loan, "charge_off", date(2026, 7, 12))

    assert (the_duty(lender).next_step, the_duty(lender).missing) == (NextStep.PLAN, ())


@by_itself
def test_a_later_itemisation_takes_the_place_of_an_outdated_one():
    lender = a_collector()
    _, loan = a_debt(lender)
    a_payment(loan, date(2026, 7, 11), recorded_at=LONG_AGO)
    first = models.Itemisation.objects.get()
    newer = {"payments_minor": 105_000, "stated_on": date(2026, 7, 12), "recorded_at": NOON - DAY}
    an_itemisation(loan, supersedes=first, **newer)

    run(lender)
    gate("email")

    assert "Total amount of the debt on July 12, 2026: USD 174.56" in kept()


@by_itself
def test_what_is_gone_when_it_would_be_sent_stops_the_notice():
    lender = a_collector()
    a_debt(lender)
    run(lender)
    models.Organisation.objects.filter(pk=lender.pk).update(postal_address=None)

    gate("email")

    ended = [(each.state, each.end_reason) for each in models.PlannedContact.objects.all()]
    assert (models.Message.objects.count(), ended) == (0, [("cancelled", "not_owed")])


def test_the_letter_can_be_looked_at_before():
    _, loan = a_debt(a_collector())

    letter = letter_about(loan_ref=loan.source_ref, notice="validation", at=NOON).letter

    assert ITEMS in letter.body
    assert "by August 23, 2026" in letter.body


def test_the_forecast_says_what_is_missing_too():
    lender = a_collector(postal_address=None)
    _, loan = a_debt(lender)

    found = explain(loan_ref=loan.source_ref, strategy=SAMPLE, law=LAW, at=NOON)

    (duty,) = [each for each in found.duties if each.rule.id == "us.validation"]
    assert (duty.missing, duty.is_written) == (("collector_address",), False)


@pytest.mark.parametrize(("sent_on", "channel", "ends_on"), [
    (date(2026, 6, 1), "email", date(2026, 7, 8)),
    (date(2026, 6, 29), "email", date(2026, 8, 6)),
    (date(2026, 6, 1), "letter", date(2026, 7, 11)),
])  # fmt: skip
def test_the_period_ends_as_the_tables_say(sent_on, channel, ends_on):
    assert besides_of(NOBODY, channel, sent_on=sent_on).validation_ends_on == ends_on
