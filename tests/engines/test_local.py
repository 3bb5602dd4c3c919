"""Parts planned by processes: the same bytes by any number of them, and nothing lost when one dies."""

from __future__ import annotations

import multiprocessing
import time

import pytest

from arrears.engines.local import Night, plan_parts
from arrears.engines.results import find_result
from arrears.kernel.errors import BadInput, NotPossible
from tests.engines.town import MortalNight, a_night, contents, linger


def _as_undisturbed(night: MortalNight) -> Night:
    return Night(night.snapshot, night.folder, night.question, night.law, night.strategy)


def test_any_number_of_workers_writes_the_same_bytes(tmp_path):
    one, three = a_night(tmp_path / "a"), a_night(tmp_path / "b")

    plan_parts(one, workers=1)
    plan_parts(three, workers=3)

    assert contents(one.folder) == contents(three.folder)
    figures = [find_result(one.folder, one.question, part).counts for part in range(4)]
    assert [(each["loans"], each["decisions"], each["contacts"]) for each in figures] == [(3, 3, 2)] * 4


def test_progress_counts_the_loans_of_each_part_and_of_those_that_were_there(tmp_path):
    night, told = a_night(tmp_path), []

    plan_parts(night, workers=1, advance=told.append)
    plan_parts(night, workers=1, advance=told.append)

    assert told == [0, 3, 3, 3, 3, 12]


@pytest.mark.parametrize("when", ["before", "half"])
def test_a_killed_worker_is_named_with_its_part_and_what_was_finished_stays(tmp_path, when):
    whole = a_night(tmp_path / "whole")
    plan_parts(whole, workers=1)
    night = a_night(tmp_path / "night", kind=MortalNight, deadly=2, when=when)

    with pytest.raises(NotPossible, match="planned part 00002 was killed by signal 9") as raised:
        plan_parts(night, workers=1)

    assert (raised.value.code, raised.value.facts["part"]) == ("night.worker_died", 2)
    assert multiprocessing.active_children() == []
    is_there = [find_result(night.folder, night.question, part) is not None for part in range(4)]
    assert is_there == [True, True, False, False]
    plan_parts(_as_undisturbed(night), workers=2)
    assert contents(night.folder) == contents(whole.folder)


@pytest.mark.parametrize(
    ("when", "kind", "says"),
    [
        ("disk", OSError, r"\[Errno 28\] No space left on device: 'result.json'"),
        ("bug", RuntimeError, "AssertionError: ranks must rise"),
    ],
)
def test_what_fails_in_a_worker_is_raised_by_the_run(tmp_path, capfd, when, kind, says):
    night = a_night(tmp_path, kind=MortalNight, deadly=1, when=when)

    with pytest.raises(kind, match=says):
        plan_parts(night, workers=1)

    assert capfd.readouterr().err == ""
    plan_parts(_as_undisturbed(night), workers=1)


@pytest.mark.parametrize("spoil", ["cut", "changed", "gone"])
def test_a_part_of_the_snapshot_that_is_not_what_was_written_is_named(tmp_path, spoil):
    night = a_night(tmp_path)
    path = night.snapshot.folder / "00001" / "loan.parquet"
    content = path.read_bytes()
    if spoil == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-9] if spoil == "cut" else content.replace(b"PAR1", b"PAR2", 1))

    with pytest.raises(BadInput, match=r"00001/loan\.parquet: the file is missing, cut off or changed"):
        plan_parts(night, workers=2)

    path.write_bytes(content)
    plan_parts(night, workers=2)
    assert find_result(night.folder, night.question, 1) is not None


def test_workers_that_outlive_their_run_are_waited_for(tmp_path):
    night = a_night(tmp_path)
    left_over = multiprocessing.get_context("spawn").Process(target=linger, args=(night.folder,))
    left_over.start()
    while not (night.folder / "00003.1.part").is_dir():
        time.sleep(0.01)

    plan_parts(night, workers=1)

    left_over.join()
    assert left_over.exitcode == 0
    assert sorted(path.name for path in night.folder.iterdir())[:4] == ["00000", "00001", "00002", "00003"]
    assert not list(night.folder.glob("*.part"))
