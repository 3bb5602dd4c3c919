"""A telephone writes back, through a real Kannel: what follows, and for whom."""

from __future__ import annotations

import time

import pytest

from arrears.actions.hearing.listing import messages_refusing
from arrears.actions.laws import laws_to_send_by
from arrears.actions.sending import Sending, send_due
from arrears.actions.sweeping import sweep
from arrears.channels.kannel import read_gateway
from arrears.channels.kannel.inbound import ASKED
from arrears.channels.registry import Servers
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_writing_lender, end_of, for_all, states
from tests.actions.test_inbound import a_borrower, switched_off
from tests.actions.test_text_messages import TEXTING, a_due_text
from tests.channels.kannel import a_kannel, needs_kannel
from tests.channels.own_server import own_server

pytestmark = [pytest.mark.django_db(transaction=True), needs_kannel]
NUMBER = "+886912345678"


def send(sms_url):
    """As `arrears send` does: each lender under its whole law, texts and all."""
    laws = laws_to_send_by(at=clock.now())
    sending = Sending(laws, for_all(TEXTING), Servers(sms_url=sms_url), 500, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}


@pytest.fixture(scope="module")
def served():
    with own_server() as address:
        yield address


@pytest.fixture(scope="module")
def gateway(served, tmp_path_factory):
    mark = read_gateway("kannel://arrears:open%20sesame@127.0.0.1?sender=1069&sink=yes", is_simulation=True)
    inbound = f"{served}/api/v1/inbound/kannel?mark={mark.inbound_mark}&{ASKED}"
    with a_kannel(tmp_path_factory.mktemp("kannel"), inbound=inbound) as running:
        yield running


@pytest.fixture
def kannel(gateway, served, settings):
    settings.ARREARS_SMS_URL = gateway.url(reports=served)
    return gateway


def messages_once(count, seconds=20):
    """The messages once so many are settled, or when the time is over."""
    end = time.monotonic() + seconds
    while len(found := settled()) < count and time.monotonic() < end:
        time.sleep(0.05)
    return found


def settled():
    return list(models.InboundMessage.objects.exclude(state="new").order_by("pk"))


def test_after_a_stop_the_next_planned_text_is_refused(kannel, settings):
    planned = a_due_text(a_writing_lender(), NUMBER)

    kannel.write(f"{NUMBER} 10690 text STOP")
    (message,) = messages_once(1)
    send(settings.ARREARS_SMS_URL)

    assert end_of(planned) == ("not_permitted", "house.opt-out")
    assert messages_refusing(person=planned.person_id) == [message.pk]
    (confirmed,) = kannel.wait_for_taken(1, NUMBER)
    assert confirmed.text == "【Example Bank】已為您停止，此號碼不會再收到我們的簡訊。"
    kannel.write(f"{NUMBER} 10690 text STOP")
    messages_once(2)
    send(settings.ARREARS_SMS_URL)
    assert len(kannel.taken(NUMBER)) == 1, "a second refusal is not confirmed again"


@pytest.mark.parametrize("sender", ["+886987654321", "886987654321", "0987654321"])
def test_a_number_is_known_however_the_operator_writes_it(kannel, sender):
    person = a_borrower(number="+886987654321")

    kannel.write(f"{sender} 10690 text 退订")
    messages_once(1)

    assert switched_off() == [("number", "sms"), (person.pk, "sms")]


def test_a_message_that_kannel_delivers_again_is_one(kannel, client):
    a_borrower()
    path = "/api/v1/inbound/kannel"
    mark = read_gateway(kannel.url(), is_simulation=True).inbound_mark
    asked = {
        "mark": mark,
        "from": NUMBER,
        "to": "10690",
        "id": "d9a6c0e7",
        "charset": "UTF-8",
        "text": "STOP",
    }

    answers = [client.get(path, asked) for _ in range(3)]

    # smsbox asks again until it hears 200, and sends on what it is told
    assert [(each.status_code, each.content) for each in answers] == [(200, b"")] * 3
    assert (len(settled()), len(switched_off())) == (1, 2)


def test_texts_and_reports_come_in_together(kannel, settings):
    lender = a_writing_lender()
    numbers = [f"+88691234560{n}" for n in range(4)]
    planned = [a_due_text(lender, number) for number in numbers]
    send(settings.ARREARS_SMS_URL)

    kannel.write(*(f"{number} 10690 text STOP" for number in numbers), "+886911111111 10690 text hm")
    messages_once(5)
    end = time.monotonic() + 20
    while states(models.Attempt)["delivered"] < 4 + 4 and time.monotonic() < end:
        time.sleep(0.1)
        sweep(actor=ACTOR)

    assert states(models.Attempt) == {"delivered": 4 + 4}, "four of ours, four of theirs"
    assert [end_of(each)[0] for each in planned] == ["sent"] * 4
    assert states(models.InboundMessage) == {"applied": 4, "waiting": 1}
    assert {channel for _, channel in switched_off()} == {"sms"}


def test_chinese_is_read_in_the_charset_that_kannel_names(kannel, client):
    a_borrower()
    mark = read_gateway(kannel.url(), is_simulation=True).inbound_mark
    text = "%90%00%8B%A2"

    answer = client.get(
        f"/api/v1/inbound/kannel?mark={mark}&from=%2B886912345678&to=10690&id=1&coding=2&charset=UTF-16BE&text={text}"
    )

    assert (answer.status_code, [each.state for each in settled()]) == (200, ["applied"])


@pytest.mark.parametrize("wrong", ["", "mark=", "mark=0", "mark=é"])
def test_an_address_without_its_mark_takes_nothing(kannel, client, wrong):
    a_writing_lender()

    answered = client.get(f"/api/v1/inbound/kannel?from=1&text=STOP&{wrong}")

    assert (answered.status_code, answered.json()["code"]) == (403, "inbound.mark")
    assert models.InboundMessage.objects.count() == 0


def test_what_could_not_be_understood_at_once_is_settled_by_the_next_sweep(kannel, client, monkeypatch):
    a_borrower()
    mark = read_gateway(kannel.url(), is_simulation=True).inbound_mark
    asked = {"mark": mark, "from": NUMBER, "to": "10690", "id": "1", "text": "STOP"}
    with monkeypatch.context() as patch:
        patch.setattr("arrears.api.inbound.settle_inbound", lambda *_, **__: None)
        assert client.get("/api/v1/inbound/kannel", asked).status_code == 200
    assert switched_off() == []

    assert sweep(actor=ACTOR)["inbound"] == 1
    assert len(switched_off()) == 2
