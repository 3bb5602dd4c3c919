"""What a provider takes in a second holds over all senders together."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest
from django.db import connection

from arrears.actions import turns as turn_taking
from arrears.actions.handing_over import hand_over_reserved
from arrears.actions.turns import take_turn
from arrears.channels.smtp.route import read_route
from arrears.channels.smtp.sink_process import SinkProcess
from arrears.kernel.errors import BadInput
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, gate
from tests.actions.test_handing_over import Provider
from tests.forking import python

pytestmark = pytest.mark.django_db(transaction=True)


def seconds_of(*turns):
    return [round(turn, 1) for turn in turns]


def test_turns_follow_each_other_whoever_takes_them():
    provider, other = Provider(), Provider()

    assert seconds_of(take_turn(provider, 10), take_turn(other, 1), take_turn(provider, 1)) == [0, 10, 11]


def test_time_that_nobody_used_is_not_made_up_for():
    provider = Provider()
    take_turn(provider, 1)
    models.ProviderState.objects.update(free_at="2026-01-01T00:00Z")

    assert seconds_of(take_turn(provider, 10), take_turn(provider, 1)) == [0, 10]


def test_a_sender_takes_a_turn_for_a_fifth_of_a_second_and_waits_for_it(monkeypatch):
    taken, waits = [], []

    def take(_channel, seconds):
        taken.append(seconds)
        return len(taken) - 1

    monkeypatch.setattr(turn_taking, "take_turn", take)
    monkeypatch.setattr(Provider, "most_per_second", 50)
    lender, provider = a_writing_lender(), Provider()
    for _ in range(25):
        a_due_contact(lender, channel="email")
    gate("email")

    hand_over_reserved(provider, worker="w1", actor=ACTOR, wait=waits.append)

    assert (taken, waits, len(provider.asked)) == ([0.2, 0.2, 0.2], [1, 2], 25)


def test_where_nobody_has_said_how_much_nothing_is_waited_for():
    a_due_contact(a_writing_lender(), channel="email")
    gate("email")

    hand_over_reserved(Provider(), worker="w1", actor=ACTOR, wait=pytest.fail)

    assert not models.ProviderState.objects.exists()


def test_how_much_a_server_takes_is_said_with_its_address():
    assert read_route("smtp://localhost:2525?per_second=7", is_simulation=True).per_second == 7
    with pytest.raises(BadInput, match="per_second"):
        read_route("smtp://localhost:2525?per_second=0", is_simulation=True)


_SENDER = """
import sys
from arrears.conf.database import set_up_django
set_up_django()
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from tests.actions.sending import send
print("ready", flush=True)
sys.stdin.readline()
send(sys.argv[2], batch=8)
"""


def test_two_senders_together_are_no_faster_than_one_may_be(tmp_path):
    lender = a_writing_lender()
    for _ in range(48):
        a_due_contact(lender, channel="email")

    with SinkProcess(tmp_path / "record") as sink:
        senders = [_sender(f"{sink.url}?per_second=10") for _ in range(2)]
        for sender in senders:
            assert sender.stdout.readline() == "ready\n"
        begun = time.monotonic()
        for sender in senders:
            sender.stdin.write("\n")
            sender.stdin.flush()
        said = [sender.communicate(timeout=120) for sender in senders]
        lasted = time.monotonic() - begun

        assert [error for _, error in said] == ["", ""]
        taken = sink.taken()
    workers = set(models.Attempt.objects.values_list("worker", flat=True))
    assert len(taken) == 48
    assert len(workers) == 2
    assert lasted >= (48 - 2 * 2) / 10  # the last turn of each may be begun at once


def _sender(url):
    return subprocess.Popen(
        python("-c", _SENDER, connection.settings_dict["NAME"], url),
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([".", os.environ.get("PYTHONPATH", "")])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
