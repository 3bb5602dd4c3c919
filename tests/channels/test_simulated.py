"""Channels that exist in a simulation only: everything in time is taken, and a call rings out."""

from __future__ import annotations

import pytest

from arrears.channels.base import Accepted
from arrears.channels.registry import CHANNELS, SIMULATED, Servers, Surroundings, channels_of, open_channel
from arrears.kernel.errors import ChannelUnavailable, Misconfigured
from arrears.kernel.vocabulary import Channel, NetworkResult, name_of
from tests.channels.builders import MARKS, NOW, a_contact


def opened(name, *, is_simulation=True):
    around = Surroundings(
        now=lambda: NOW,
        deliver_in_app=lambda _contacts: frozenset(),
        servers=Servers(),
        is_simulation=is_simulation,
        marks=MARKS,
    )
    return open_channel(name, around)


@pytest.mark.parametrize("name", ["sms", "push", "letter"])
def test_a_message_is_taken_and_nothing_is_known_of_it(name):
    with opened(name) as channel:
        channel.check()
        assert channel.send(a_contact(channel=name)) == Accepted()


def test_a_call_rings_out():
    with opened("call") as channel:
        assert channel.send(a_contact(channel="call")).network_result is NetworkResult.RANG_OUT


@pytest.mark.parametrize("name", SIMULATED)
def test_what_comes_too_late_is_not_taken(name):
    with opened(name) as channel, pytest.raises(ChannelUnavailable, match="has passed"):
        channel.send(a_contact(channel=name, send_before=NOW))


def test_a_live_database_has_none_of_them():
    every = Servers(print_url="folder:///x", push_url="webpush:///x")
    assert channels_of(is_simulation=False, servers=every) == tuple(CHANNELS)
    with pytest.raises(AssertionError, match="in a simulation only"):
        opened("call", is_simulation=False)


def test_a_live_database_without_a_print_house_leaves_its_letters_to_people():
    assert "letter" not in channels_of(is_simulation=False, servers=Servers())
    with pytest.raises(Misconfigured, match="ARREARS_PRINT_URL"):
        opened("letter", is_simulation=False)


def test_a_live_database_without_keys_leaves_notifications_to_another_system():
    assert "push" not in channels_of(is_simulation=False, servers=Servers())
    with pytest.raises(Misconfigured, match="ARREARS_PUSH_URL"):
        opened("push", is_simulation=False)


def test_a_live_database_without_a_gateway_says_what_to_set():
    with pytest.raises(Misconfigured, match="ARREARS_SMS_URL"):
        opened("sms", is_simulation=False)


def test_a_simulation_has_a_channel_for_everything_but_visits():
    assert set(channels_of(is_simulation=True, servers=Servers())) == {
        name_of(channel) for channel in Channel
    } - {"visit"}
