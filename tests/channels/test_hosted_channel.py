"""E-mail as a provider sees it: django-anymail speaks, to a server of ours that plays the provider."""

from __future__ import annotations

import base64
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qs

import pytest

from arrears.channels.base import Accepted, Sender
from arrears.channels.hosted.route import read_hosted_route
from arrears.channels.registry import Servers, Surroundings, open_channel
from arrears.channels.smtp.message import WaysBack
from arrears.kernel.errors import BadInput, ChannelRefused, ChannelUnavailable, Misconfigured
from tests.channels.builders import MARKS, NOW, a_contact, a_hosted_channel
from tests.channels.scripted_server import scripted_gateway

TAKEN = b'{"id": "<4711@mailgun>", "message": "Queued. Thank you."}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
    len(TAKEN),
    TAKEN,
)


def handed_over(contact, **changed):
    """(what was answered, the request's headers, its fields) of one contact."""
    with scripted_gateway(ANSWER) as gateway, a_hosted_channel(gateway.port, **changed) as channel:
        accepted = channel.send(contact)
    line, _, rest = gateway.heard[0].partition(b"\r\n")
    return accepted, line.decode(), BytesParser(policy=HTTP).parsebytes(rest), fields_of(gateway.heard[0])


def fields_of(heard):
    """The form of a request, by name."""
    request = BytesParser(policy=HTTP).parsebytes(heard.partition(b"\r\n")[2])
    body = heard.partition(b"\r\n\r\n")[2]
    if request.get_content_type() == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    parts = request.iter_parts()
    return {
        part.get_param("name", header="content-disposition"): part.get_content().strip() for part in parts
    }


def test_what_is_taken_is_accepted_with_the_providers_own_reference():
    accepted, line, request, _ = handed_over(a_contact(), domain="mail.bank.example")

    assert accepted == Accepted("<4711@mailgun>")
    assert line == "POST /v3/mail.bank.example/messages HTTP/1.1"
    assert request["Authorization"] == f"Basic {base64.b64encode(b'api:open sesame').decode()}"
    assert request["Connection"] == "close"


def test_the_message_is_the_one_that_goes_over_smtp_and_nobody_watches_it_being_opened():
    contact = a_contact(
        subject="您的信用卡已逾期", body="海港銀行\n\n請還款。", sender=Sender("海港銀行", "a@bank.example")
    )

    _, _, _, told = handed_over(contact, back=WaysBack("b.example", "https://arrears.example", True))

    assert told["subject"] == "您的信用卡已逾期"
    assert told["to"] == "lin@borrower.example"
    assert told["text"].replace("\r\n", "\n").strip() == "海港銀行\n\n請還款。"
    assert "<p>請還款。</p>" in told["html"]
    stop = MARKS.mark("stop", 17)
    assert told["h:List-Unsubscribe"] == (
        f"<https://arrears.example/unsubscribe/{stop}>, <mailto:stop+{stop}@b.example?subject=stop>"
    )
    assert told["h:List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert told["h:Reply-To"] == f"reply+{MARKS.mark('reply', 17)}@b.example"
    assert told["h:Auto-Submitted"] == "auto-generated"
    assert MARKS.mark("message", 17) in told["h:Message-Id"]
    assert MARKS.attempt_of("hosted", told["v:arrears"]) == 17
    assert (told["o:tracking-opens"], told["o:tracking-clicks"]) == ("no", "no")


def test_it_connects_for_no_longer_than_the_contact_is_permitted():
    with a_hosted_channel(9, connect_seconds=10.0) as channel:
        backend = channel._backend(a_contact())
        assert backend.timeout == (10.0, 0.3)
        late = channel._backend(a_contact(send_before=NOW.replace(second=2)))
        assert late.timeout == (2.0, 0.3)


def test_what_a_provider_cannot_carry_is_refused_before_anything_is_said():
    with scripted_gateway(ANSWER) as gateway, a_hosted_channel(gateway.port) as channel:
        with pytest.raises(ChannelRefused) as raised:
            channel.send(a_contact(sender=Sender("Bank", "銀行@bank.example")))

        assert (raised.value.code, gateway.connections) == ("hosted.cannot_carry", 0)


def test_check_says_whether_somebody_listens():
    with scripted_gateway(ANSWER) as gateway, a_hosted_channel(gateway.port) as channel:
        channel.check()
        port = gateway.port

    with a_hosted_channel(port) as channel, pytest.raises(ChannelUnavailable):
        channel.check()


URL = "anymail+mailgun://k%40y@127.0.0.1:8025/v3?domain=m.example&secret=s&bounces=b.example&sink=yes"


def test_a_route_is_read_from_its_address():
    route = read_hosted_route(
        URL + "&per_domain=5&unsubscribe=https://x.example&replies=yes", is_simulation=True
    )

    assert (route.name, route.key, route.secret, route.domain) == ("mailgun", "k@y", "s", "m.example")
    assert (route.api_url, route.per_domain) == ("http://127.0.0.1:8025/v3/", 5)
    assert route.back == WaysBack("b.example", "https://x.example", takes_replies=True)


@pytest.mark.parametrize(
    "url",
    ["anymail+pigeon://k@x.example?bounces=b.example", "anymail+mailgun://x.example?bounces=b.example",
     "anymail+mailgun://k@x.example", "anymail+mailgun://k@x.example?bounces=b%20c",
     "anymail+postmark://k@x.example?bounces=b.example&domain=m.example",
     "anymail+mailgun://k@x.example?bounces=b.example&per_domain=0",
     "anymail+mailgun://k@x.example?bounces=b.example&unsubscribe=http://x.example"],
)  # fmt: skip
def test_what_is_no_providers_address_is_bad_input(url):
    with pytest.raises(BadInput) as raised:
        read_hosted_route(url, is_simulation=False)

    assert raised.value.code == "setting.email_url"


@pytest.mark.parametrize(
    ("url", "is_simulation", "code"),
    [
        (URL.replace("127.0.0.1", "api.mailgun.net"), True, "hosted.not_a_sink"),
        (URL.replace("&sink=yes", ""), True, "hosted.not_a_sink"),
        (URL, False, "hosted.sink"),
    ],
)
def test_a_simulation_and_real_people_are_kept_apart(url, is_simulation, code):
    with pytest.raises(Misconfigured) as raised:
        read_hosted_route(url, is_simulation=is_simulation)

    assert raised.value.code == code


def opened(**servers):
    return open_channel(
        "email", Surroundings(lambda: NOW, lambda _: frozenset(), Servers(**servers), True, MARKS)
    )


def test_of_a_server_and_a_provider_only_one_may_be_set():
    assert opened(email_url=URL).provider == "anymail"
    with pytest.raises(Misconfigured) as raised:
        opened(email_url=URL, smtp_url="smtp://127.0.0.1:10025")

    assert raised.value.code == "setting.email_twice"
