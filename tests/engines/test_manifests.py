"""A snapshot is finished or it is not there; whatever is wrong with it is said in words."""

from __future__ import annotations

import json

import pytest

from arrears.engines.files import alone_in
from arrears.engines.manifests import open_snapshot, write_snapshot
from arrears.kernel.errors import BadInput, Conflict, NotFound
from tests.engines.town import a_part, a_snapshot, contents


def test_the_manifest_says_what_every_part_must_be(tmp_path):
    a_snapshot(tmp_path, parts=2, known_at=7)

    told = json.loads((tmp_path / "snapshot.json").read_text())

    assert {name: told[name] for name in ("version", "lender", "known_at", "loans")} == {
        "version": 1,
        "lender": 1,
        "known_at": 7,
        "loans": 6,
    }
    assert [(part["number"], part["loans"], part["contact_groups"]) for part in told["parts"]] == [
        (0, 3, {"from": 10, "to": 12}),
        (1, 3, {"from": 20, "to": 22}),
    ]
    first = told["parts"][0]
    assert sorted(first["files"]) == sorted(path.name for path in (tmp_path / "00000").iterdir())
    assert first["bytes"] == sum(path.stat().st_size for path in (tmp_path / "00000").iterdir())


def test_the_same_facts_make_the_same_snapshot(tmp_path):
    one, other = a_snapshot(tmp_path / "a"), a_snapshot(tmp_path / "b")

    assert one.digest == other.digest
    assert contents(one.folder) == contents(other.folder)


def test_a_snapshot_that_was_not_finished_is_not_there_and_is_written_anew(tmp_path):
    def parts():
        yield a_part(1).facts()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_snapshot(tmp_path / "a", parts(), lender=1, known_at=0)
    with pytest.raises(NotFound, match="the snapshot was not finished"):
        open_snapshot(tmp_path / "a")
    a_snapshot(tmp_path / "a")

    assert contents(tmp_path / "a") == contents(a_snapshot(tmp_path / "b").folder)


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(NotFound, match="nowhere: there is no such folder"):
        open_snapshot(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"version": 9}', "the manifest is of version 9, and this program reads version 1"),
        ('{"version": 1, "lender"', "the manifest is not what was written"),
        ("[]", "the manifest is not what was written"),
        ('{"version": 1, "lender": 1, "known_at": 0, "parts": [{}]}', "the manifest is not what was written"),
    ],
)
def test_a_manifest_of_another_version_or_form_is_said(tmp_path, text, says):
    a_snapshot(tmp_path)
    (tmp_path / "snapshot.json").write_text(text)

    with pytest.raises(BadInput, match=says):
        open_snapshot(tmp_path)


@pytest.mark.parametrize(("wanted", "age"), [(8, "older"), (6, "newer")])
def test_a_snapshot_older_than_the_books_is_said(tmp_path, wanted, age):
    a_snapshot(tmp_path, known_at=7)

    with pytest.raises(Conflict, match=f"the snapshot is {age} than what this run knows of the books"):
        open_snapshot(tmp_path, known_at=wanted)


def test_a_folder_is_for_one_run_at_a_time(tmp_path):
    with alone_in(tmp_path), pytest.raises(Conflict, match="another run is at work here"), alone_in(tmp_path):
        pass

    with alone_in(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["lock"]
