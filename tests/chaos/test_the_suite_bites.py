"""The storm's reckoning finds what it is for: with one promise broken on purpose, it says which.

Each scene is short and directed at the promise; a sender that keeps it comes through the same scene.
"""

from __future__ import annotations

import random

import pytest
from django.db import connection

from arrears.channels.smtp.sink_process import SinkProcess
from arrears.store import clock
from tests.actions.sending import move_clock
from tests.builders import TODAY
from tests.chaos.storm.forks import Forks
from tests.chaos.storm.reckoning import Records, broken_promises, rows_of
from tests.chaos.storm.town import a_town
from tests.chaos.storm.unruly import PASS, UnrulyMail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(scope="module")
def mail(tmp_path_factory):
    with SinkProcess(tmp_path_factory.mktemp("sink") / "record") as sink:
        unruly = UnrulyMail(sink.port, random.Random(1), 0)
        unruly.sink = sink
        yield unruly
        unruly.stop()


@pytest.fixture(scope="module")
def forks(tmp_path_factory, mail, django_db_setup, django_db_blocker):
    env = {
        "ARREARS_STORM_DATABASE": connection.settings_dict["NAME"],
        "ARREARS_SMTP_URL": f"smtp://127.0.0.1:{mail.port}?answer_seconds=20",
    }
    running = Forks(tmp_path_factory.mktemp("forks") / "log", env)
    yield running
    running.stop()


@pytest.fixture
def town(tmp_path, forks, mail):
    """A few borrowers of the storm's lender, and contacts planned for today."""
    mail.only, before = PASS, len(mail.sink.taken())
    made = a_town(9, random.Random(7), tmp_path)
    assert forks.run("run-day", "--on", TODAY.isoformat()) == 0, forks.failures()
    yield made
    assert len(mail.sink.taken()) >= before


def found(mail, **told):
    """The numbers of the promises that were broken, by the records of this test."""
    ours = {row["id"] for row in rows_of("SELECT id FROM attempt")}
    mails = [entry["attempt"] for entry in mail.sink.taken() if entry["attempt"] in ours]
    return {each.split(":")[0]: each for each in broken_promises(Records(mails=mails, **told))}


def a_sender_dies_waiting_for_its_answer(forks, mail, wrong):
    """The server has the message whole, and the sender does not live to know it."""
    mail.only, before = "hang after", len(mail.sink.taken())
    sender = forks.start("send", "--batch", "3", wrong=wrong)
    while len(mail.sink.taken()) == before and forks.wait(sender, 0.01) is None:
        pass
    forks.kill(sender)
    forks.wait(sender)
    mail.only = PASS
    move_clock(minutes=11)


def everything_comes_to_its_end(forks, wrong=""):
    for _ in range(3):
        assert forks.run("send", "--until-empty", wrong=wrong) == 0, forks.failures()
        move_clock(hours=7)
    assert forks.run("sweep", wrong=wrong) == 0


def killed(forks, mail, town, wrong):
    for _ in range(2):
        a_sender_dies_waiting_for_its_answer(forks, mail, wrong)
    everything_comes_to_its_end(forks, wrong)


def several_at_once(forks, mail, town, wrong):
    running = [forks.start("send", "--batch", "1", wrong=wrong) for _ in range(3)]
    assert [forks.wait(each) for each in running] == [0, 0, 0], forks.failures()
    everything_comes_to_its_end(forks)


def undisturbed(forks, mail, town, wrong):
    everything_comes_to_its_end(forks, wrong)


SCENES = {
    "unsure is tried again": (killed, "1"),
    "marked after it left": (killed, "1"),
    "not sent is forgotten": (killed, "2"),
    "decisions are mixed up": (undisturbed, "3"),
    "gate without locks": (several_at_once, "4"),
}


@pytest.mark.parametrize("wrong", SCENES)
def test_a_broken_promise_is_found(forks, mail, town, wrong):
    scene, promise = SCENES[wrong]

    scene(forks, mail, town, wrong)

    assert promise in found(mail)


@pytest.mark.parametrize("scene", [killed, several_at_once], ids=lambda scene: scene.__name__)
def test_kept_promises_are_not_found_broken(forks, mail, town, scene):
    scene(forks, mail, town, "")

    assert found(mail) == {}


@pytest.mark.parametrize(("wrong", "expected"), [("", set()), ("opt-outs are not read", {"5"})])
def test_whoever_is_cleared_after_his_opt_out_is_found(forks, mail, town, wrong, expected):
    assert forks.run("opt-out", "add", town.loans[0]) == 0
    person = rows_of("SELECT person_id FROM preference")[0]["person_id"]
    committed_by = clock.now()
    move_clock(seconds=1)

    everything_comes_to_its_end(forks, wrong)

    assert set(found(mail, opt_outs=[(person, None, committed_by)])) == expected


def test_evidence_that_was_acknowledged_and_lost_is_found(forks, mail, town):
    everything_comes_to_its_end(forks)
    attempt = rows_of("SELECT id FROM attempt WHERE state = 'accepted' AND channel = 'email'")[0]["id"]

    told = {attempt: {"delivered"}}

    assert set(found(mail, reports=told, reported=told)) == {"6"}
