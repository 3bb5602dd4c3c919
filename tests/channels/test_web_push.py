"""Notifications as push services get them, to whom they are sent, and what nobody else may read."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from arrears.channels.asking import Server
from arrears.channels.server_urls import is_public_address
from arrears.channels.web_push import PushRoute, WebPushChannel, read_push_route
from arrears.channels.web_push.keys import read_keys, write_new_key
from arrears.kernel.errors import BadInput, ChannelRefused, ChannelUnavailable, Conflict, Misconfigured
from arrears.kernel.push_subscriptions import read_subscription
from arrears.locale.notices import LANGUAGES
from arrears.locale.notifications import shown_of
from tests.channels.browser import KEYS, Browser, a_push_url, request_of
from tests.channels.builders import NOW, a_contact, a_push_channel
from tests.channels.scripted_server import scripted_gateway

TAKEN = b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
HERE = "http://127.0.0.1:9/push/1?a=b"
WALL = 1_800_000_000


def a_notice(browser, **changed):
    usual = {"channel": "push", "address": browser.subscription(), "topic": "overdue_notice 1 2"}
    return a_contact(**{**usual, **changed})


def sent(*contacts, **route):
    """The requests that a push service gets for these."""
    with scripted_gateway(TAKEN) as service:
        channel = a_push_channel(service.port, **route)
        channel._wall = lambda: WALL
        for contact in contacts:
            channel.send(contact)
    return [request_of(each) for each in service.heard]


def test_a_notification_is_for_one_browser_and_for_as_long_as_it_is_permitted():
    browser = Browser(endpoint=HERE)

    (request,) = sent(a_notice(browser, send_before=NOW + timedelta(minutes=90)))

    assert request.target == "/push/1?a=b"
    kept = {name: value for name, value in request.headers.items() if name not in ("authorization", "topic")}
    assert kept == {
        "host": "127.0.0.1:9",
        "ttl": "5400",
        "urgency": "normal",
        "content-encoding": "aes128gcm",
        "content-type": "application/octet-stream",
        "content-length": str(len(request.body)),
        "connection": "close",
    }
    assert request.claims == {
        "aud": "http://127.0.0.1:9",
        "exp": WALL + 12 * 3600,
        "sub": "mailto:push@harbour.example",
        "key": KEYS.public_keys[0],
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_on_a_locked_screen_is_the_same_for_every_notice(language):
    browser = Browser(endpoint=HERE)

    (request,) = sent(a_notice(browser, language=language), page="https://app.example/m/{reference}")

    told = browser.opened(request.body)
    assert told == {
        "title": "Harbour Bank",
        "body": shown_of(language),
        "lang": language,
        "tag": request.headers["topic"],
        "data": {
            "reference": "17",
            "code": "K7QM-2XRD-9TVB",
            "text": "Harbour Bank\n\nPlease pay or ask us.",
            "url": "https://app.example/m/17",
        },
    }


def test_a_later_notice_of_the_same_kind_about_the_same_loans_takes_the_place_of_the_first():
    browser, other = Browser(endpoint=HERE), Browser(endpoint=HERE, auth=b"another's secret")

    requests = sent(
        a_notice(browser),
        a_notice(browser, attempt=18),
        a_notice(browser, topic="overdue_notice 1"),
        a_notice(other),
        a_notice(browser, topic=""),
    )

    first, again, about_another, of_another, alone = (each.headers.get("topic") for each in requests)
    assert first == again
    assert len({first, about_another, of_another}) == 3
    assert len(first) == 32
    assert alone is None


def test_nothing_of_a_notice_can_be_read_on_the_way():
    browser = Browser(endpoint=HERE)
    contact = a_notice(browser)
    with scripted_gateway(TAKEN) as service:
        a_push_channel(service.port).send(contact)

    (heard,) = service.heard
    words = (contact.body, contact.verification, "overdue", contact.sender.name, "A message", "secrets")
    assert not [word for word in words if word.encode() in heard]


def test_a_message_as_large_as_may_be_is_sent_and_a_larger_one_is_refused():
    browser = Browser(endpoint=HERE)
    empty = sent(a_notice(browser, body=""))[0]
    room = 4096 - len(empty.body)

    (full,) = sent(a_notice(browser, body="x" * room))
    with pytest.raises(ChannelRefused) as raised:
        sent(a_notice(browser, body="x" * (room + 1)))

    assert len(full.body) == 4096
    assert browser.opened(full.body)["data"]["text"] == "x" * room
    assert (raised.value.code, raised.value.facts["is_address_dead"]) == ("web_push.too_large", False)


@pytest.mark.parametrize(("status", "is_dead"), [(404, True), (410, True), (400, False), (413, False)])
def test_only_a_subscription_that_is_gone_is_a_dead_address(status, is_dead):
    answer = f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode()
    with scripted_gateway(answer) as service, pytest.raises(ChannelRefused) as raised:
        a_push_channel(service.port).send(a_notice(Browser(endpoint=HERE)))

    assert raised.value.facts["is_address_dead"] is is_dead


def test_a_push_service_that_has_had_too_much_is_left_alone_as_long_as_it_says():
    answer = b"HTTP/1.1 429 X\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
    with scripted_gateway(answer) as service, pytest.raises(ChannelUnavailable) as raised:
        a_push_channel(service.port).send(a_notice(Browser(endpoint=HERE)))

    assert raised.value.facts["pause_seconds"] == 7


@pytest.mark.parametrize(("hosts", "is_ours"), [(("127.0.0.1",), None), (("*.push.example",), True)])
def test_a_name_that_only_a_browser_knows_says_nothing_against_push_services(hosts, is_ours):
    """Else three made-up subscriptions would hold up everybody's notifications."""
    with scripted_gateway(TAKEN) as closed:
        port = closed.port

    with pytest.raises(ChannelUnavailable) as raised:
        a_push_channel(port, hosts=hosts).send(a_notice(Browser(endpoint=HERE)))

    assert raised.value.facts.get("is_ours") is is_ours


# -- where nothing is sent ------------------------------------------------------------------------


def refused_by(route, contact):
    """The code of the refusal; a channel that asked anybody would fail here."""

    class Asking(WebPushChannel):
        def _server(self, where):
            raise AssertionError("nobody may be asked")

    with pytest.raises(ChannelRefused) as raised:
        Asking(lambda: NOW, route).send(contact)
    assert raised.value.facts["is_address_dead"] is False
    return raised.value.code


LIVE = PushRoute(KEYS, "mailto:push@harbour.example")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://push.attacker.example/1",
        "https://fcm.googleapis.com.attacker.example/1",
        "https://attacker-fcm.googleapis.com/1",
        "https://push.apple.com/1",
        "https://fcm.googleapis.com:8443/1",
        "https://169.254.169.254/latest",
        "https://localhost/1",
        "http://127.0.0.1:9/1",
    ],
)
def test_a_subscription_cannot_send_us_anywhere_but_to_a_push_service(endpoint):
    assert refused_by(LIVE, a_notice(Browser(endpoint=endpoint))) == "web_push.host"


def test_a_lender_says_which_push_services_there_are():
    own = replace(LIVE, hosts=("*.push.bank.example",))
    where = [
        read_subscription(Browser(endpoint=f"https://{host}/1").subscription()).where
        for host in ("a.push.bank.example", "push.bank.example", "fcm.googleapis.com")
    ]

    assert [own.may_reach(each) for each in where] == [True, False, False]
    assert [LIVE.may_reach(each) for each in where] == [False, False, True]


def test_a_simulation_sends_to_nobody_elsewhere():
    sink = replace(LIVE, is_sink=True)

    assert refused_by(sink, a_notice(Browser())) == "web_push.host"


@pytest.mark.parametrize("address", ["someone", "{}", Browser(server_key="A" * 87).subscription()])
def test_what_is_no_subscription_is_not_sent_to(address):
    assert refused_by(LIVE, a_notice(Browser(), address=address)) == "web_push.no_subscription"


def test_a_subscription_that_was_made_with_another_key_is_not_sent_to(tmp_path):
    other = write_new_key(tmp_path / "other.pem")

    assert refused_by(LIVE, a_notice(Browser(server_key=other))) == "web_push.other_key"


def test_a_name_that_leads_into_our_own_network_gets_no_byte():
    """The name is allowed, and whoever answers for it may say anything."""
    with scripted_gateway(TAKEN) as service:
        server = Server("web_push", "127.0.0.1", service.port, False, 1.0, 1.0, False, is_public_only=True)
        with pytest.raises(ChannelUnavailable):
            server.connected()

    assert service.heard in ([], [b""])


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("142.250.1.95", True),
        ("2a00:1450:4001::5f", True),
        *(
            (each, False)
            for each in ("10.0.0.1", "192.168.1.1", "127.0.0.1", "169.254.169.254", "100.64.0.1")
        ),
        *((each, False) for each in ("::1", "fe80::1%eth0", "fd00::1", "::ffff:10.0.0.1", "224.0.0.1", "x")),
    ],
)
def test_which_addresses_are_of_the_public_network(address, is_public):
    assert is_public_address(address) is is_public


# -- the setting and the keys ------------------------------------------------------------------------


def test_the_route_is_read_and_shows_no_key(tmp_path):
    url, key = a_push_url(tmp_path, hosts="push.example,*.push.example", page="https://a.example/{reference}")

    route = read_push_route(url, is_simulation=True)

    assert (route.keys.public_keys, route.contact) == ((key,), "mailto:push@bank.example")
    assert (route.hosts, route.page) == (("push.example", "*.push.example"), "https://a.example/{reference}")
    assert "PRIVATE" not in repr(route)
    assert key not in repr(route)


@pytest.mark.parametrize(
    ("said", "instead", "reason"),
    [
        ("webpush:///", "webpush://host/", "is not webpush:///"),
        ("webpush:", "https:", "is not webpush:///"),
        ("mailto:push@bank.example", "push@bank.example", "contact is neither"),
        ("contact=mailto:push@bank.example&", "", "contact is neither"),
        ("sink=yes", "sink=yes&hosts=*", "hosts are not names"),
        ("sink=yes", "sink=yes&hosts=*.example", "hosts are not names"),
        ("sink=yes", "sink=yes&hosts=10.0.0.1", "hosts are not names"),
        ("sink=yes", "sink=yes&page=http://a.example", "page is not"),
        ("sink=yes", "sink=yes&secret=1", "not known: secret"),
        ("sink=yes", "sink=yes&sink=yes", "has an option twice"),
    ],
)
def test_a_setting_that_cannot_be_used_says_why(tmp_path, said, instead, reason):
    url, _ = a_push_url(tmp_path)

    with pytest.raises(BadInput, match=reason) as raised:
        read_push_route(url.replace(said, instead, 1), is_simulation=True)
    assert raised.value.facts["setting"] == "ARREARS_PUSH_URL"


def test_a_simulation_needs_a_sink_and_a_live_database_takes_none(tmp_path):
    url, _ = a_push_url(tmp_path)

    with pytest.raises(Misconfigured, match="may reach people"):
        read_push_route(url.replace("&sink=yes", ""), is_simulation=True)
    with pytest.raises(Misconfigured, match="said to be a sink"):
        read_push_route(url, is_simulation=False)
    assert read_push_route(url.replace("&sink=yes", ""), is_simulation=False).may_reach(
        read_subscription(Browser().subscription()).where
    )


def test_a_new_key_goes_before_the_older_ones(tmp_path):
    file = tmp_path / "push.pem"

    first, second = write_new_key(file), write_new_key(file)

    assert read_keys(file).public_keys == (second, first)
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["push.pem"]


def test_keys_that_cannot_be_used_say_why(tmp_path):
    file = tmp_path / "push.pem"
    with pytest.raises(Misconfigured, match="cannot be read"):
        read_keys(file)
    write_new_key(file)
    file.chmod(0o640)
    with pytest.raises(Misconfigured, match="chmod 600"):
        read_keys(file)
    file.chmod(0o600)
    file.write_text("nothing")
    with pytest.raises(Misconfigured, match="no private key"):
        write_new_key(file)
    (tmp_path / ".other.pem.new").touch()
    with pytest.raises(Conflict):
        write_new_key(tmp_path / "other.pem")


# -- what a browser says --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"endpoint": None}, "endpoint is missing"),
        ({"endpoint": "http://push.example/1"}, "endpoint does not begin with https://"),
        ({"endpoint": "ftp://push.example/1"}, "endpoint does not begin with https://"),
        ({"endpoint": "https://user@push.example/1"}, "endpoint is not the plain address"),
        ({"endpoint": "https://push.example/1#x"}, "endpoint is not the plain address"),
        ({"endpoint": "https:///1"}, "endpoint is not the plain address"),
        ({"endpoint": "https://push.example:x/1"}, "endpoint has a host or port"),
        ({"endpoint": "https://push.example/1\r\nTTL: 9"}, "endpoint holds characters"),
        ({"endpoint": "https://push.example/" + "1" * 1_500}, "endpoint is longer than 1,500"),
        ({"keys": None}, "keys is missing"),
        ({"keys": {"p256dh": "AAAA", "auth": "AAAA"}}, "keys.p256dh is 3 bytes and not 65"),
        ({"keys": {"p256dh": "A" * 87, "auth": "AAAA"}}, "keys.p256dh is not an uncompressed point"),
        ({"keys": {"p256dh": "!", "auth": "AAAA"}}, "keys.p256dh is not base64url"),
        ({"keys": {"p256dh": KEYS.public_keys[0], "auth": "AAAA"}}, "keys.auth is 3 bytes and not 16"),
        ({"keys": {"p256dh": KEYS.public_keys[0]}}, "keys.auth is missing"),
        ({"applicationServerKey": None}, "applicationServerKey is missing"),
        ({"expirationTime": "soon"}, "expirationTime is neither"),
        ({"expirationTime": -1}, "expirationTime is neither"),
    ],
)
def test_a_subscription_with_a_fault_is_named_by_its_field(changed, reason):
    with pytest.raises(BadInput) as raised:
        read_subscription(Browser().subscription(**changed))

    assert reason in raised.value.what
    assert raised.value.facts["field"] == next(iter(changed)) or raised.value.facts["field"].startswith(
        "keys."
    )
    assert "push.example" not in str(raised.value)


def test_a_subscription_has_one_form_however_it_is_written():
    browser = Browser()
    padded = {name: f"{value}==" for name, value in browser.told()["keys"].items()}
    end = datetime(2026, 7, 1, tzinfo=UTC)

    one = read_subscription(browser.subscription())
    other = read_subscription(
        json.dumps({**browser.told(expirationTime=int(end.timestamp()) * 1000), "keys": padded, "more": 1})
    )

    assert one.text == other.text
    assert (one.expires_at, other.expires_at) == (None, end)
    assert browser.endpoint not in repr(one)
