"""The rejects file shows what stood there, hides nothing and carries nothing out."""

from __future__ import annotations

import csv
import stat

import pytest

from arrears.actions.importing.rejects import Rejects, refuse_overwriting, visible
from arrears.actions.importing.validating import Reject
from arrears.kernel.errors import BadInput
from tests.actions.importing.builders import write


def test_the_file_holds_a_row_per_bad_field_for_its_owner_only(tmp_path):
    path = tmp_path / "rejects.csv"
    with Rejects(path) as rejects:
        rejects.add([Reject(3, "email", "a,b", "is not an e-mail address"), Reject(3, "name", "=1", "f")])
        assert not path.exists()
        rejects.close()

    with path.open(newline="", encoding="utf-8") as file:
        assert list(csv.reader(file)) == [
            ["row", "field", "value", "reason"],
            ["3", "email", "a,b", "is not an e-mail address"],
            ["3", "name", "'=1", "f"],
        ]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert rejects.lines.tolist() == [3]
    assert list(tmp_path.iterdir()) == [path]


def test_an_import_that_does_not_come_to_its_end_leaves_no_rejects_file(tmp_path):
    with Rejects(tmp_path / "rejects.csv") as rejects:
        rejects.add([Reject(3, "email", "x", "y")])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("plain 林", "plain 林"),
        ("=cmd()", "'=cmd()"),
        ("@x", "'@x"),
        ("-1+1", "'-1+1"),
        ("-12.50", "-12.50"),
        ("a\r\nb\x00c", "a\\r\\nb\\x00c"),
        ("a\u202eb", "a\\u202eb"),
        ("\udcc1", "\\udcc1"),
        ("x" * 300, "x" * 200 + "…"),
    ],
)
def test_a_value_hides_nothing(value, shown):
    assert visible(value) == shown


def test_a_place_that_cannot_be_written_is_told_before_anything_is_read(tmp_path):
    for path in (tmp_path / "absent" / "r.csv", tmp_path / "nul\x00.csv"):
        with pytest.raises(BadInput, match="cannot be written"):
            Rejects(path)


def test_the_rejects_never_overwrite_what_is_read(tmp_path):
    path = write(tmp_path / "in.csv", "a\n")

    with pytest.raises(BadInput, match="one of the files being read"):
        refuse_overwriting(tmp_path / "." / "in.csv", [path])
