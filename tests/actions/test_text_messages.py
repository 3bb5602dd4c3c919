"""A text message from the plan to the telephone and its report back, through a real Kannel."""

from __future__ import annotations

import time

import pytest

from arrears.actions.sending import Sending, send_due
from arrears.actions.sweeping import sweep
from arrears.channels.kannel import KannelChannel
from arrears.channels.prices import Price
from arrears.channels.registry import Servers
from arrears.channels.text_parts import parts_of
from arrears.store import models
from arrears.strategies import read_strategy, text_of
from tests.actions.sending import ACTOR, EPISODE_START_ON, LAW, a_writing_lender, for_all, move_clock, states
from tests.builders import MING, a_contact_point, a_loan, a_person, a_planned_contact, cipher_of
from tests.channels.kannel import a_kannel, needs_kannel
from tests.channels.own_server import own_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_kannel]

TEXTING = read_strategy(
    text_of("sample")[0].replace('channels = ["in_app"]', 'channels = ["sms"]'), file="texting.toml"
)
STEP = TEXTING.steps[0]


@pytest.fixture
def kannel(tmp_path):
    with a_kannel(tmp_path) as running:
        yield running


@pytest.fixture
def served():
    with own_server() as address:
        yield address


def a_due_text(lender, number):
    person = a_person(lender, MING)
    loan = a_loan(lender, person, overdue_days=10)
    return a_planned_contact(
        loan,
        a_contact_point(person, "mobile", value=number),
        step=STEP.id,
        rank=STEP.rank,
        channel="sms",
        notice="payment_reminder",
        episode_start_on=EPISODE_START_ON,
        strategy_version=TEXTING.version,
    )


def send(sms_url):
    sending = Sending(for_all(LAW), for_all(TEXTING), Servers(sms_url=sms_url), 500, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}


def attempts_once(state, seconds=20):
    """The states of all attempts once reports have come in, or when the time is over."""
    end = time.monotonic() + seconds
    while states(models.Attempt)[state] == 0 and time.monotonic() < end:
        time.sleep(0.1)
        sweep(actor=ACTOR)
    return dict(states(models.Attempt))


def test_what_the_telephone_shows_is_what_is_kept_and_the_report_settles_it(kannel, served, settings):
    planned = a_due_text(a_writing_lender(), "+886912345678")
    url = settings.ARREARS_SMS_URL = kannel.url(reports=served)

    run = send(url)["sms"]

    assert run.states == {"accepted": 1}
    arrived = kannel.wait_for_taken(1, "+886912345678")
    kept = bytes(models.Message.objects.get().body_encrypted)
    assert [each.text for each in arrived] == [cipher_of(planned.person).decrypt("body", kept)]
    assert attempts_once("delivered") == {"delivered": 1}
    planned.refresh_from_db()
    assert planned.state == "sent"


def test_an_operator_that_is_away_costs_nobody_a_message(kannel, served, settings):
    a_due_text(a_writing_lender(), "+886912345678")
    url = settings.ARREARS_SMS_URL = kannel.url(reports=served)
    kannel.end("operator")

    send(url)
    assert states(models.Attempt) == {"accepted": 1}
    kannel.start_operator()

    assert attempts_once("delivered") == {"delivered": 1}
    assert send(url) == {}
    assert len(kannel.taken("+886912345678")) == 1


def test_a_gateway_that_is_away_leaves_the_contact_planned(kannel):
    planned = a_due_text(a_writing_lender(), "+886912345678")
    url = kannel.url()
    kannel.end("smsbox")

    run = send(url)["sms"]

    assert run.away == "kannel.no_connection"
    planned.refresh_from_db()
    assert (planned.state, models.Attempt.objects.count()) == ("planned", 0)


@pytest.mark.parametrize("wrong", ["mark=", "mark=0", "attempt=x", "attempt=", "attempt=1&mark=é"])
def test_a_report_without_its_mark_is_refused_and_nothing_is_stored(kannel, client, settings, wrong):
    a_writing_lender()
    settings.ARREARS_SMS_URL = kannel.url()

    answered = client.get(f"/api/v1/receipts/kannel?attempt=1&type=1&{wrong}")

    assert (answered.status_code, answered.json()["code"]) == (403, "receipt.mark")
    assert models.Receipt.objects.count() == 0


@pytest.mark.parametrize("boxes", [("smsbox",), ("operator", "bearerbox", "smsbox")], ids=["smsbox", "all"])
def test_a_gateway_that_restarts_within_a_batch_costs_nobody_a_message_and_sends_nobody_two(
    kannel, monkeypatch, boxes
):
    lender = a_writing_lender()
    numbers = [f"+88691234560{n}" for n in range(8)]
    for number in numbers:
        a_due_text(lender, number)
    handed_over, hand_over = [], KannelChannel._hand_over

    def restarting(channel, contact):
        if len(handed_over) == 3:
            kannel.wait_for_taken(3)  # what the killed gateway had in memory only would be lost with it
            for box in boxes:
                kannel.end(box)
        handed_over.append(contact.attempt)
        return hand_over(channel, contact)

    monkeypatch.setattr(KannelChannel, "_hand_over", restarting)
    first = send(kannel.url())["sms"]
    assert (first.away, first.states) == ("failing", {"accepted": 3, "not_sent": 5})
    if "bearerbox" in boxes:
        kannel.start_bearer()
    kannel.start_box()
    move_clock(minutes=6)
    second = send(kannel.url())["sms"]

    assert second.states == {"accepted": 5}
    arrived = kannel.wait_for_taken(8)
    assert sorted(each.number for each in arrived) == numbers


def test_what_was_sent_is_told_in_parts_and_in_money(kannel):
    a_due_text(a_writing_lender(), "+886912345678")

    run = send(kannel.url(price="0.45TWD"))["sms"]

    (text,) = kannel.wait_for_taken(1)
    assert run.parts == parts_of(text.text)
    assert str(run.cost) == str(Price(450_000, "TWD").times(run.parts))
