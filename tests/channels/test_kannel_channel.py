"""Text messages through a real Kannel: what is handed over arrives as it was written, once."""

from __future__ import annotations

import pytest

from arrears.channels.kannel import KannelChannel, read_gateway
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable
from tests.channels.builders import NOW, a_contact
from tests.channels.kannel import Taken, a_kannel, needs_kannel

pytestmark = needs_kannel
NUMBER = "+8613800000001"
LATE = "港湾银行：您的信用卡已逾期。请还款或联系我们，回复TD退订。😀"


@pytest.fixture(scope="module")
def kannel(tmp_path_factory):
    with a_kannel(tmp_path_factory.mktemp("kannel")) as running:
        yield running


def channel_to(kannel, **options):
    gateway = read_gateway(kannel.url(**options), is_simulation=True)
    return KannelChannel(lambda: NOW, gateway, is_simulation=True)


@pytest.mark.parametrize(
    "body",
    ["Harbour Bank: please pay or ask us. Reply STOP to end.", LATE, LATE * 5, "a{b}[c]~€\\^|" * 20],
    ids=["gsm", "unicode", "unicode in parts", "extended in parts"],
)
def test_a_text_arrives_as_it_was_written(kannel, body):
    number = f"+86138{len(body):08}"
    contact = a_contact(channel="sms", address=f"{number[:4]} {number[4:8]}-{number[8:]}", body=body)

    answer = channel_to(kannel).send(contact)

    assert not answer.is_delivered
    assert kannel.wait_for_taken(1, number) == [Taken("10690", number, body)]


def test_a_wrong_password_is_a_gateway_that_is_not_there_for_us(kannel):
    gateway = read_gateway(kannel.url().replace("open%20sesame", "guessed"), is_simulation=True)

    with pytest.raises(ChannelUnavailable) as raised:
        KannelChannel(lambda: NOW, gateway, is_simulation=True).send(a_contact(channel="sms", address=NUMBER))

    assert raised.value.code == "kannel.not_let_in"


@pytest.mark.parametrize("address", ["lin@borrower.example", "", "+", "+86 138x", "１３８００００００００"])
def test_what_is_no_number_is_refused_before_anything_is_sent(kannel, address):
    before = len(kannel.taken())

    with pytest.raises(ChannelRefused):
        channel_to(kannel).send(a_contact(channel="sms", address=address))

    assert len(kannel.taken()) == before


def test_a_message_waits_at_the_gateway_while_the_operator_is_away_and_arrives_once(kannel):
    kannel.end("operator")
    (kannel.folder / "operator.log").write_text("")

    channel_to(kannel).send(a_contact(channel="sms", address="+8613911111111", body="held"))
    assert kannel.taken() == []
    kannel.start_operator()

    assert kannel.wait_for_taken(1, "+8613911111111") == [Taken("10690", "+8613911111111", "held")]
