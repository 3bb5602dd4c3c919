"""The British notice of sums in arrears: what was missed, as the loan's own arithmetic has it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from pypdf import PdfReader

from arrears.actions.days import run_day
from arrears.actions.letters import letter_about
from arrears.actions.obligations import NextStep, list_open
from arrears.actions.sending import Sending, send_due
from arrears.actions.shortfalls import shortfall_of
from arrears.channels.registry import Servers
from arrears.kernel.arrears.tracing import CellLine, Trace
from arrears.kernel.errors import Misconfigured
from arrears.kernel.money import Money
from arrears.kernel.vocabulary import Component
from arrears.rulepacks import load_law
from arrears.store import models
from arrears.strategies import load_strategy
from tests.actions.sending import ACTOR, a_writing_lender, for_all, gate
from tests.builders import (
    LONG_AGO,
    Somebody,
    a_loan,
    a_payment,
    a_person,
    a_product,
    a_schedule,
    a_simulation,
    a_statement,
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
NOON = datetime(2026, 7, 14, 11, 0, tzinfo=UTC)
SHEET = "fca.example/arrears-sheet"
SAM = Somebody(
    "Sam Carter",
    "GB",
    "Europe/London",
    "en",
    {"email": "sam@example.org", "postal": "1 Example Street, London, SW1A 1AA"},
)


def a_british_lender(**columns):
    a_simulation(NOON)
    said = {"country": "GB", "zone": "Europe/London", "language": "en", "currency": "GBP"}
    return a_writing_lender(**said | {"arrears_information_sheet": SHEET} | columns)


def a_british_loan(lender, *, points=("email",), language="en", is_card=False):
    """Payments of 1,000.00 on the first of May, June and July; of May a part was paid."""
    sam = a_person(lender, SAM, points=points, language=language)
    kind = {"debt_kind": "credit_card" if is_card else "consumer_loan", "product": "loan"}
    a_product(lender, "loan", currency="GBP")
    loan = a_loan(lender, sam, governing_law="GB", currency="GBP", **kind)
    if is_card:
        for month in (4, 5, 6):
            a_statement(loan, date(2026, month, 5))
        return loan
    a_schedule(loan, *(date(2026, month, 1) for month in (5, 6, 7, 8)))
    a_payment(loan, date(2026, 5, 20), amount_minor=40_000, recorded_at=LONG_AGO)
    an_event(loan, "charge", date(2026, 6, 10), due_on=date(2026, 6, 10), component="fee", amount_minor=1_200)
    return loan


def run(lender):
    run_day(lender=lender.pk, on=date(2026, 7, 14), strategy=SAMPLE, law=LAW, actor="program:test", at=NOON)
    planned = models.PlannedContact.objects.filter(purpose="notice_required_by_law")
    return [(each.notice, each.channel) for each in planned]


def send(**servers):
    sending = Sending(for_all(LAW), for_all(SAMPLE), Servers(**servers), 500, is_until_empty=True)
    return send_due(sending, actor=ACTOR)


def kept():
    message = models.Message.objects.get(attempt__notice="sums_in_arrears")
    return cipher_of(message.attempt.person).decrypt("body", bytes(message.body_encrypted))


def the_duty(lender, at=NOON):
    found = list_open(lender_id=lender.pk, at=at, known_at=at)
    return [each for each in found if each.rule.id in ("uk.86b", "uk.86c")]


MISSED = """
Your agreement for a personal loan (account number ending {reference})
Payment due on 1 May 2026: GBP 600.00 is unpaid
Payment due on 1 June 2026: GBP 1,000.00 is unpaid
Payment due on 1 July 2026: GBP 1,000.00 is unpaid
Charged because of this and unpaid: GBP 12.00
Shortfall in all, by our records as of 13 July 2026: GBP 2,612.00
"""


@by_itself
def test_an_e_mail_says_what_was_missed_and_when_and_meets_the_duty():
    lender = a_british_lender()
    loan = a_british_loan(lender)

    (before,), planned = the_duty(lender), run(lender)
    with scripted_server() as server:
        send(smtp_url=f"smtp://127.0.0.1:{server.port}?tls=none")

    assert (before.next_step, before.missing) == (NextStep.PLAN, ())
    assert ("sums_in_arrears", "email") in planned
    (message,) = [message_from_bytes(each, policy=default) for each in server.messages]
    body = message.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert body.splitlines() == kept().splitlines()
    assert MISSED.format(reference=loan.source_ref[-4:]) in body
    for said in (SHEET, "moneyhelper.org.uk", "What may follow if the shortfall stays unpaid"):
        assert said in body
    assert [each for each in the_duty(lender, NOON + DAY) if each.next_step is not NextStep.PROVE] == []


@by_itself
def test_a_letter_says_the_same(tmp_path):
    lender = a_british_lender()
    a_british_loan(lender, points=("postal",))

    planned = run(lender)
    send(print_url=f"folder://{tmp_path}?sink=yes")

    assert ("sums_in_arrears", "letter") in planned
    (path,) = tmp_path.glob("[0-9]*/*.pdf")
    text = plain("".join(page.extract_text() for page in PdfReader(path).pages))
    assert all(plain(line) in text for line in kept().splitlines())
    for said in ("Sam Carter", "GBP 2,612.00", SHEET):
        assert plain(said) in text


@pytest.mark.parametrize("sheet", [None, " "])
def test_without_the_information_sheet_a_person_writes_it(sheet):
    lender = a_british_lender(arrears_information_sheet=sheet)
    a_british_loan(lender)

    (duty,) = the_duty(lender)

    assert (duty.next_step, duty.missing) == (NextStep.WRITE, ("arrears_information_sheet",))


@by_itself
def test_a_sheet_that_is_gone_when_it_would_be_sent_stops_the_notice():
    lender = a_british_lender()
    a_british_loan(lender)
    run(lender)
    models.Organisation.objects.filter(pk=lender.pk).update(arrears_information_sheet=None)

    gate("email")

    assert models.Message.objects.filter(attempt__notice="sums_in_arrears").count() == 0


def test_which_minima_of_a_card_were_missed_no_text_can_say():
    lender = a_british_lender()
    loan = a_british_loan(lender, points=("postal",), is_card=True)

    (duty,) = the_duty(lender)
    with pytest.raises(Misconfigured) as raised:
        letter_about_sums(loan)

    assert (duty.rule.id, duty.next_step, duty.missing) == ("uk.86c", NextStep.WRITE, ("missed_payments",))
    assert raised.value.facts["field"] == "shortfall"


def letter_about_sums(loan):
    return letter_about(loan_ref=loan.source_ref, notice="sums_in_arrears", at=NOON).letter.body


def test_a_loan_that_is_known_by_reports_alone_has_no_such_letter():
    lender = a_british_lender()
    sam = a_person(lender, SAM, points=("postal",))
    loan = a_loan(lender, sam, overdue_days=40, governing_law="GB", currency="GBP")

    with pytest.raises(Misconfigured) as raised:
        letter_about_sums(loan)

    assert raised.value.facts["field"] == "shortfall"


def a_cell(due_on, last_on, open_minor, *, event=None):
    return CellLine(1, Component.FEE, due_on, due_on, last_on, None, event, 100, 0, 0, open_minor)


def test_what_may_still_be_paid_in_time_and_what_is_paid_is_not_missed():
    on = date(2026, 7, 14)
    cells = (
        a_cell(date(2026, 7, 1), date(2026, 7, 13), 70),
        a_cell(date(2026, 7, 1), date(2026, 7, 13), 5),
        a_cell(date(2026, 7, 2), date(2026, 7, 14), 20),
        a_cell(date(2026, 6, 1), date(2026, 6, 1), 0),
        a_cell(date(2026, 6, 3), date(2026, 6, 3), 9, event=1),
    )

    found = shortfall_of(Trace(cells, (), 0), on, "GBP")

    assert found.payments == ((date(2026, 7, 1), Money(75, "GBP")),)
    assert (found.charges, found.total) == (Money(9, "GBP"), Money(84, "GBP"))
