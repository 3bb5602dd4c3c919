"""The print house's folder: whatever dies when, a letter is in it once or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest

from arrears.channels.letter.channel import settle_handed_over
from arrears.channels.letter.house import Printed, PrintHouse
from arrears.kernel.errors import ChannelUnavailable

AT = datetime(2026, 1, 5, 1, tzinfo=UTC)
NAME = "20260105T010000Z-17-19"
SYNCS = 8
"""Files and folders that a batch of three letters makes durable before its rename, and after it."""


def a_set_letter(attempt, content=b"%PDF"):
    digest = hashlib.sha256(content).hexdigest()
    printed = Printed(
        attempt=attempt,
        file=f"{attempt}.pdf",
        pages=1,
        country="TW",
        language="zh-Hant",
        paper="210 x 297 mm",
        window="iso_dl",
        service="standard",
        sha256=digest,
    )
    return printed, content


BATCH = [a_set_letter(attempt) for attempt in (17, 18, 19)]


@pytest.fixture
def house(tmp_path):
    made = PrintHouse(tmp_path)
    made.check()
    return made


def test_a_batch_has_its_letters_and_a_line_for_each(house, tmp_path):
    house.hand_over(BATCH, at=AT)

    assert sorted(path.name for path in (tmp_path / NAME).iterdir()) == [
        "17.pdf",
        "18.pdf",
        "19.pdf",
        "manifest.jsonl",
    ]
    told = [json.loads(line) for line in (tmp_path / NAME / "manifest.jsonl").read_text().splitlines()]
    assert [each["attempt"] for each in told] == [17, 18, 19]
    assert told[0]["sha256"] == hashlib.sha256((tmp_path / NAME / "17.pdf").read_bytes()).hexdigest()
    assert set(house.handed_over([17, 19, 20])) == {17, 19}


def test_what_the_print_house_has_taken_away_is_still_known(house, tmp_path):
    house.hand_over(BATCH, at=AT)
    for path in (tmp_path / NAME).iterdir():
        path.unlink()
    (tmp_path / NAME).rmdir()

    assert set(house.handed_over([17])) == {17}
    assert house.batches() == {NAME: ([printed for printed, _ in BATCH], False)}


def test_a_folder_that_is_away_takes_nothing(tmp_path):
    house = PrintHouse(tmp_path / "not-mounted")

    with pytest.raises(ChannelUnavailable):
        house.check()
    with pytest.raises(ChannelUnavailable):
        house.hand_over(BATCH, at=AT)


def test_a_batch_that_could_not_be_written_leaves_nothing_behind(house, tmp_path, monkeypatch):
    def full(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(ChannelUnavailable):
        house.hand_over(BATCH, at=AT)

    assert [path.name for path in tmp_path.iterdir()] == [".handed"]
    assert house.handed_over([17, 18, 19]) == {}


@pytest.mark.parametrize("nth", range(1, SYNCS + 1))
def test_a_sender_that_is_killed_has_handed_over_all_or_nothing_and_nothing_is_printed_twice(
    house, tmp_path, nth
):
    _killed_at_sync(house, nth)

    is_there = (tmp_path / NAME).is_dir()
    assert is_there == (nth == SYNCS)
    assert settle_handed_over(house, [17, 18, 19]) == (frozenset({17, 18, 19}) if is_there else frozenset())

    again = [each for each in BATCH if each[0].attempt not in house.handed_over([17, 18, 19])]
    if again:
        house.hand_over(again, at=AT + timedelta(minutes=10))
    printed = [path.name for path in tmp_path.glob("[0-9]*/*.pdf")]
    assert sorted(printed) == ["17.pdf", "18.pdf", "19.pdf"]
    assert not list(tmp_path.glob(".preparing*")) + list(tmp_path.glob(".abandoned*"))


def _killed_at_sync(house, nth):
    """Hand the batch over in a process that is killed when it has made the nth thing durable."""
    child = os.fork()
    if child == 0:
        syncs, sync = iter(range(1, nth + 1)), os.fsync

        def counted(descriptor):
            sync(descriptor)
            if next(syncs) == nth:
                os.kill(os.getpid(), signal.SIGKILL)

        os.fsync = counted
        house.hand_over(BATCH, at=AT)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def test_a_sender_that_was_only_slow_finds_its_batch_gone(house, tmp_path, monkeypatch):
    sync = os.fsync
    seen = []

    def settled_meanwhile(descriptor):
        sync(descriptor)
        seen.append(descriptor)
        if len(seen) == SYNCS - 1:
            assert settle_handed_over(house, [17, 18, 19]) == frozenset()

    monkeypatch.setattr(os, "fsync", settled_meanwhile)

    with pytest.raises(ChannelUnavailable):
        house.hand_over(BATCH, at=AT)

    assert not list(tmp_path.glob("[0-9]*"))
    assert house.handed_over([17, 18, 19]) == {}


def test_what_another_sender_prepares_is_left_alone(house, tmp_path):
    (tmp_path / ".preparing-20260105T010000Z-40-45").mkdir()

    settle_handed_over(house, [17])

    assert (tmp_path / ".preparing-20260105T010000Z-40-45").is_dir()
