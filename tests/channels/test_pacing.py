"""No more than so many messages a second to one recipient domain, whatever the order they come in."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.channels.pacing import Pace, domain_of
from tests.channels.builders import a_contact, an_email_channel, an_sms_channel
from tests.channels.scripted_server import scripted_gateway, scripted_server


def to(*domains):
    return [a_contact(attempt=n, address=f"lin@{domain}") for n, domain in enumerate(domains)]


def attempts(contacts):
    return [each.attempt for each in contacts]


def test_without_a_limit_all_have_room():
    contacts = to("a.example", "a.example")

    assert Pace(None, lambda: 0.0).with_room(contacts) == contacts


def test_each_domain_has_room_of_its_own_however_it_is_written():
    pace = Pace(1, lambda: 0.0)

    assert attempts(pace.with_room(to("a.example", "A.EXAMPLE", "b.example"))) == [0, 2]


def test_there_is_room_again_a_second_after_what_left():
    now = [0.0]
    pace = Pace(2, lambda: now[0])
    contacts = to("a.example", "a.example", "a.example")
    for contact in pace.with_room(contacts):
        pace.note(contact)

    now[0] = 0.999
    assert pace.with_room(contacts) == []
    now[0] = 1.0
    assert attempts(pace.with_room(contacts)) == [0, 1]


@given(
    st.integers(1, 4),
    st.lists(st.tuples(st.integers(0, 900), st.lists(st.sampled_from("ab"), max_size=6)), max_size=30),
)
def test_never_more_than_the_limit_in_any_second(most, rounds):
    """Each round asks some milliseconds after the one before, and hands over one after another."""
    now, left = [0], []
    pace = Pace(most, lambda: now[0] / 1_000)
    for pause, domains in rounds:
        now[0] += pause
        for contact in pace.with_room(to(*domains)):
            pace.note(contact)
            left.append((now[0], domain_of(contact)))
            now[0] += 30

    for start, _ in left:
        within = Counter(domain for at, domain in left if start <= at < start + 1_000)
        assert all(count <= most for count in within.values())


@pytest.mark.parametrize(("option", "had_room"), [({}, 3), ({"per_domain": 2}, 2)])
def test_an_e_mail_channel_paces_as_its_route_says(option, had_room):
    contacts = to("a.example", "a.example", "a.example")

    with scripted_server() as server, an_email_channel(server.port, **option) as channel:
        assert len(channel.with_room(contacts)) == had_room
        channel.send(contacts[0])
        assert len(channel.with_room(contacts)) == (3 if not option else 1)


@pytest.mark.parametrize(("option", "had_room"), [({}, 3), ({"per_second": 2}, 2)])
def test_a_gateway_is_paced_in_all(option, had_room):
    contacts = [a_contact(channel="sms", attempt=n, address=f"+88691234560{n}") for n in range(3)]
    taken = b"HTTP/1.1 202 Accepted\r\nContent-Length: 24\r\n\r\n0: Accepted for delivery"

    with scripted_gateway(taken) as gateway, an_sms_channel(gateway.port, **option) as channel:
        assert len(channel.with_room(contacts)) == had_room
        channel.send(contacts[0])
        assert len(channel.with_room(contacts)) == (3 if not option else 1)
