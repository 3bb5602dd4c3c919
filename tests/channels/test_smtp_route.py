"""ARREARS_SMTP_URL: what is understood, and what a simulation may never name."""

from __future__ import annotations

import pytest

from arrears.channels.smtp.message import WaysBack
from arrears.channels.smtp.route import Route, read_route
from arrears.kernel.errors import BadInput, Misconfigured


def test_a_live_route_requires_tls_unless_it_says_otherwise():
    route = read_route("smtp://u%40x:p%3Aw@mail.example", is_simulation=False)

    assert route == Route(
        "mail.example", 587, "required", "mail.example", username="u@x", password="p:w", is_simulation=False
    )


def test_options_are_read_from_the_query():
    route = read_route("smtps://mail.example?bounces=b.example&answer_seconds=5", is_simulation=False)

    assert (route.port, route.tls, route.bounces, route.answer_seconds) == (465, "implicit", "b.example", 5.0)


def test_what_a_message_calls_forth_comes_back_as_the_route_says():
    url = "smtp://mail.example?bounces=b.example&unsubscribe=https://arrears.example/&replies=yes"

    back = read_route(url, is_simulation=False).back

    assert back == WaysBack("b.example", "https://arrears.example", takes_replies=True)


@pytest.mark.parametrize(
    "url",
    ["", "mail.example", "http://mail.example", "smtp://", "smtp://mail.example:port", "smtp://mail.example/x",
     "smtp://mail.example:0", "smtp://mail.example?tls=maybe", "smtp://mail.example?bounces=a%20b",
     "smtp://mail.example?what=x", "smtp://mail.example?x", "smtp://mail.example?answer_seconds=nan",
     "smtp://[::1", "smtp://mail.example?unsubscribe=http://x.example", "smtp://mail.example?unsubscribe=x",
     "smtp://mail.example?unsubscribe=https://x.example/?a", "smtp://mail.example?replies=perhaps",
     "smtp://mail.example?delivered=yes", "smtp://mail.example?per_domain=0", "smtp://u:p@mail.example?tls=none"],
)  # fmt: skip
def test_what_is_no_mail_server_address_is_bad_input_and_is_not_quoted(url):
    with pytest.raises(BadInput) as raised:
        read_route(url, is_simulation=False)

    assert raised.value.code == "setting.smtp_url"
    assert "u:p" not in str(raised.value)


@pytest.mark.parametrize(
    "host", ["mail.example", "10.0.0.1", "127.0.0.1.mail.example", "localhost.mail.example", "0.0.0.0"]
)
def test_a_simulation_names_this_machine_only(host):
    with pytest.raises(Misconfigured) as raised:
        read_route(f"smtp://{host}:10025", is_simulation=True)

    assert raised.value.code == "smtp.not_loopback"


@pytest.mark.parametrize("port", ["", ":25", ":465", ":587"])
def test_a_simulation_does_not_use_the_port_of_a_real_mail_server(port):
    with pytest.raises(Misconfigured) as raised:
        read_route(f"smtp://127.0.0.1{port}", is_simulation=True)

    assert raised.value.code == "smtp.mail_server_port"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.9.1"])
def test_a_simulation_may_use_a_sink_on_this_machine(host):
    assert read_route(f"smtp://{host}:10025", is_simulation=True).tls == "none"
