"""A planned part counts when it is whole and answers the question, and is planned anew otherwise."""

from __future__ import annotations

import json

import polars as pl
import pytest

from arrears.engines.local import plan_parts
from arrears.engines.plans import read_plan
from arrears.engines.results import ask, find_result, unfinished
from arrears.kernel.errors import BadInput
from tests.engines.town import LAW, STRATEGY, TODAY, a_night, a_question, contents, plan_here
from tests.kernel.planning.world import a_law, midnight

FILES = ["due.parquet", "decisions.parquet", "reasons.parquet", "flags.parquet", "contacts.parquet"]


def a_planned_night(tmp_path):
    night = a_night(tmp_path, parts=2)
    plan_here(night)
    return night


@pytest.mark.parametrize("name", [*FILES, "result.json"])
@pytest.mark.parametrize("spoil", ["cut", "changed", "gone"])
def test_a_part_with_a_spoiled_file_is_planned_anew(tmp_path, name, spoil):
    night = a_planned_night(tmp_path)
    before = contents(night.folder)
    path = night.folder / "00001" / name
    content = path.read_bytes()
    if spoil == "gone":
        path.unlink()
    else:
        path.write_bytes(content[:-3] if spoil == "cut" else b"0" * len(content))

    assert list(unfinished(night.folder, night.question, 2)) == [1]
    plan_here(night)

    assert contents(night.folder) == before


def test_what_a_killed_run_left_half_written_is_swept(tmp_path):
    night = a_planned_night(tmp_path)
    before = contents(night.folder)
    (night.folder / "00001.77.part").mkdir()
    (night.folder / "00001.77.part" / "due.parquet").write_bytes(b"PAR1")

    plan_parts(night, workers=1)

    assert contents(night.folder) == before


def test_a_night_gone_on_with_keeps_its_first_instant_and_its_first_list_of_busy_loans(tmp_path):
    night = a_planned_night(tmp_path)
    later = a_question(night.snapshot, at=midnight(TODAY) + 1, busy=(10,))

    asked = ask(night.folder, later)

    assert asked == night.question
    assert list(unfinished(night.folder, asked, 2)) == []


@pytest.mark.parametrize(
    "changed", [{"on": "2026-07-17"}, {"law": "b"}, {"strategy": "b"}, {"zones": "b"}, {"snapshot": "b"}]
)
def test_answers_to_another_question_are_swept(tmp_path, changed):
    night = a_planned_night(tmp_path)
    other = a_question(night.snapshot, **changed)

    asked = ask(night.folder, other)

    assert asked == other
    assert list(contents(night.folder)) == ["lock", "question.json"]
    assert list(unfinished(night.folder, asked, 2)) == [0, 1]


def test_a_part_that_answers_another_question_does_not_count(tmp_path):
    night = a_planned_night(tmp_path)
    other = a_question(night.snapshot, law="b")

    assert find_result(night.folder, other, 0) is None


def test_busy_loans_are_left_out_of_the_plan(tmp_path):
    night = a_night(tmp_path, parts=1)
    asked = ask(tmp_path / "other", a_question(night.snapshot, busy=(10,)))
    other = type(night)(night.snapshot, tmp_path / "other", asked, LAW, STRATEGY)

    plan_here(night)
    plan_here(other)

    assert find_result(night.folder, night.question, 0).counts["due"] == 3
    assert find_result(other.folder, asked, 0).counts["due"] == 2


def test_decisions_are_legible_without_this_program(tmp_path):
    night = a_planned_night(tmp_path)
    part = night.folder / "00000"

    decided = pl.read_parquet(part / "decisions.parquet")
    reasons = pl.read_parquet(part / "reasons.parquet")

    assert decided.select("loan", "channel", "notice", "outcome", "step").rows() == [
        (10, "in_app", "payment_reminder", "planned", "app-message"),
        (11, "in_app", "payment_reminder", "refused", "app-message"),
        (12, "in_app", "payment_reminder", "planned", "app-message"),
    ]
    assert [str(at) for at in decided["from_at"].dt.convert_time_zone("Asia/Taipei")] == [
        "2026-07-16 08:00:00+08:00",
        "None",
        "2026-07-16 08:00:00+08:00",
    ]
    assert reasons.filter(pl.col("candidate") == 1).select("rule", "from_at", "is_now", "released_by").rows(
        named=False
    ) == [("t.hours", decided["from_at"][0], True, None), ("t.opt-out", None, True, "opt_in")]


def test_a_plan_kept_under_other_rules_is_not_read(tmp_path):
    night = a_planned_night(tmp_path)

    with pytest.raises(BadInput, match=r"reasons\.parquet: the column rule has words"):
        read_plan(night.folder / "00000", a_law(), STRATEGY, on=TODAY, at=0)


def test_the_manifest_of_a_part_names_the_question_and_marks_every_file(tmp_path):
    night = a_planned_night(tmp_path)

    told = json.loads((night.folder / "00000" / "result.json").read_text())

    assert (told["question"], told["part"]) == (night.question.digest, 0)
    assert sorted(told["files"]) == sorted(FILES)
