"""A Parquet file gives its rows as text; types that cannot hold facts and absurd sizes are refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from arrears.actions.feeds.reading import parquet
from arrears.actions.feeds.reading.opening import open_rows
from arrears.kernel.errors import BadInput


def read(path, columns=None):
    with open_rows(path) as file:
        columns = columns or file.header
        batches = list(file.batches(columns))
    lines = [line for batch in batches for line in batch.lines.to_list()]
    return lines, {
        name: [cell for batch in batches for cell in batch.cells[name].to_list()] for name in columns
    }


def write(path, **columns):
    pq.write_table(pa.table(columns), path)
    return path


def test_values_of_any_fit_type_become_text(tmp_path):
    path = write(
        tmp_path / "f.parquet",
        ref=pa.array([17, None], pa.int32()),
        name=pa.array(["a", ""]),
        amount=pa.array([Decimal("1.50"), Decimal("-2.00")], pa.decimal128(12, 2)),
        on=pa.array([date(2026, 3, 1), None]),
        flag=pa.array([True, False]),
        nothing=pa.nulls(2),
        code=pa.array(["x", "y"]).dictionary_encode(),
    )

    assert read(path) == (
        [1, 2],
        {
            "ref": ["17", None],
            "name": ["a", None],
            "amount": ["1.50", "-2.00"],
            "on": ["2026-03-01", None],
            "flag": ["yes", "no"],
            "nothing": [None, None],
            "code": ["x", "y"],
        },
    )


def repeated(text):
    """A column that says the same in very many rows, and takes little room."""
    return pa.DictionaryArray.from_arrays(pa.array([0] * 90_000, pa.int32()), pa.array([text]))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (pa.array([1.5]), "has the type double, which cannot hold every amount exactly"),
        (pa.array([0], pa.timestamp("us")), "has the type timestamp[us], which is no civil day; write dates"),
        (pa.array([[1]]), "has the type list<"),
        (pa.array([b"x"]), "has the type binary"),
    ],
)
def test_a_type_that_cannot_hold_the_fact_is_refused_by_the_name_of_its_column(tmp_path, values, words):
    path = write(tmp_path / "f.parquet", ref=pa.array(["a"]), amount=values)

    with pytest.raises(BadInput) as caught:
        read(path)

    assert f"the column 'amount' {words}" in caught.value.what
    assert read(path, ["ref"]) == ([1], {"ref": ["a"]})


def test_a_cut_off_or_damaged_file_is_refused(tmp_path):
    path = write(tmp_path / "f.parquet", ref=pa.array([str(n) for n in range(10_000)]))
    whole = path.read_bytes()

    for content in (
        whole[:-1],
        whole[: len(whole) // 2],
        whole[:4],
        whole[:100] + b"\xff" * 500 + whole[600:],
    ):
        path.write_bytes(content)
        with pytest.raises(BadInput) as caught:
            read(path)
        assert caught.value.code == "import.parquet_unreadable"


def test_a_long_cell_is_found_before_it_is_repeated(tmp_path):
    path = write(tmp_path / "f.parquet", ref=repeated("x" * 70_000))

    with pytest.raises(BadInput) as caught:
        read(path)

    assert "the column 'ref': a cell would take more than 65,536 bytes" in caught.value.what


def test_cells_that_are_long_together_are_refused(tmp_path):
    path = write(tmp_path / "f.parquet", ref=repeated("x" * 60_000))

    with pytest.raises(BadInput) as caught:
        read(path)

    assert "65,536 cells together would take more than 67,108,864 bytes" in caught.value.what


def test_an_absurd_row_group_is_refused_by_what_it_says_of_itself(tmp_path, monkeypatch):
    monkeypatch.setattr(parquet, "_CHUNK_MAX_BYTES", 1000)
    path = write(tmp_path / "f.parquet", ref=pa.array([str(n) for n in range(10_000)]))

    with pytest.raises(BadInput) as caught:
        read(path)

    assert "the column 'ref': row group 1 would take more than 1,000 bytes" in caught.value.what


def test_more_rows_than_a_file_can_tell_apart_are_refused(tmp_path):
    path = write(tmp_path / "f.parquet", ref=pa.array(["x"]).take(pa.array([0] * 1_000_000)))

    with pytest.raises(BadInput) as caught:
        read(path)

    assert "the file says it has 1,000,000 rows, and is far too small for them" in caught.value.what
