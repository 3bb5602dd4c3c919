"""The sink's record holds exactly what it took responsibility for."""

from __future__ import annotations

import pytest

from arrears.channels.smtp.marked import BOUNCE, marked_address, message_id
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import MARKS, a_contact, an_email_channel


@pytest.fixture(scope="module")
def sink(tmp_path_factory):
    conduct = {name: [f"{name}*@*"] for name in ("refuse", "defer", "reject", "drop", "lose", "hang")}
    with SinkProcess(tmp_path_factory.mktemp("sink") / "record", conduct) as running:
        yield running


def entries(sink, attempt):
    return [entry for entry in sink.taken() if entry["attempt"] == attempt]


def test_what_is_accepted_is_recorded_with_the_attempt(sink):
    with an_email_channel(sink.port, answer_seconds=10) as channel:
        channel.send(a_contact(attempt=1))

    (entry,) = entries(sink, 1)
    assert entry["message_id"] == message_id(1, domain="bounces.example", marks=MARKS)
    assert entry["envelope_sender"] == marked_address(BOUNCE, 1, domain="bounces.example", marks=MARKS)
    assert entry["recipients"] == ["lin@borrower.example"]


@pytest.mark.parametrize(
    ("attempt", "name", "error", "recorded"),
    [
        (11, "refuse", ChannelRefused, 0),
        (12, "defer", ChannelUnavailable, 0),
        (13, "reject", ChannelRefused, 0),
        (14, "lose", ChannelUnsure, 0),
        (15, "drop", ChannelUnsure, 1),
        (16, "hang", ChannelUnsure, 1),
    ],
)
def test_each_conduct_is_seen_by_the_sender_and_recorded_truly(sink, attempt, name, error, recorded):
    with an_email_channel(sink.port, answer_seconds=1) as channel, pytest.raises(error):
        channel.send(a_contact(attempt=attempt, address=f"{name}-me@x.example"))

    assert len(entries(sink, attempt)) == recorded


def test_a_live_database_does_not_hand_it_anything(sink):
    live = an_email_channel(sink.port, is_simulation=False, answer_seconds=10)

    with live as channel, pytest.raises(ChannelUnavailable):
        channel.send(a_contact(attempt=7))

    assert entries(sink, 7) == []
