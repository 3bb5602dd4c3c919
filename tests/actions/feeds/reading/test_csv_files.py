"""A CSV file gives the same rows whichever way a block of it is read, and tells what is no row."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from arrears.actions.feeds.reading import lines
from arrears.actions.feeds.reading.csv_files import open_csv
from arrears.kernel.errors import BadInput
from tests.actions.importing.hostile import NASTY

HEADER = b"ref,on,amount\n"
REGULAR = [b"P1", b"x", b"", b'"P1"', b'"a,b"', b'""', b'"a"', b'"a""b"', b'"a\nb"']


def read(path, content: bytes, columns=("ref", "amount"), *, delimiter=",", encoding="utf-8"):
    """(rows with their lines, broken records, digest) of a file."""
    path.write_bytes(content)
    rows, broken = [], []
    with open_csv(path, delimiter=delimiter, encoding=encoding) as file:
        for batch in file.batches(columns):
            cells = [batch.cells[name].to_list() for name in columns]
            rows += list(zip(batch.lines.to_list(), *cells, strict=True))
            broken += [(each.line, each.reason) for each in batch.broken]
    return rows, broken, file.digest


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(lines, "BLOCK_BYTES", 64)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_rows_have_the_lines_they_stand_on(tmp_path, end, bom):
    content = bom + HEADER + b"P1,2026-01-01,5\nP2,,\nP3,x,7\n"
    rows, broken, digest = read(tmp_path / "f.csv", content.replace(b"\n", end))

    assert rows == [(2, "P1", "5"), (3, "P2", None), (4, "P3", "7")]
    assert broken == []
    assert digest == hashlib.sha256(content.replace(b"\n", end)).hexdigest()


def test_one_bad_line_costs_only_itself(tmp_path):
    rows, broken, _ = read(tmp_path / "f.csv", HEADER + b'P1,a,1\nP2,b\n\nP3,"c,2\nP4,d,4\n')

    assert rows == [(2, "P1", "1"), (6, "P4", "4")]
    assert broken == [
        (3, "has 2 cells, and the header 3"),
        (5, "a quote is not closed, or text follows a closing quote"),
    ]


def test_quoted_cells_hold_delimiters(tmp_path):
    rows, broken, _ = read(tmp_path / "f.csv", HEADER + b'"P1","a,b","1"\nP2,"",2\n"P3",c,3', ("ref", "on"))

    assert rows == [(2, "P1", "a,b"), (3, "P2", None), (4, "P3", "c")]
    assert broken == []


def test_a_quoted_cell_may_go_on_in_the_next_block(tmp_path, small_blocks):
    padding = b"".join(b"P%d,x,1\n" % n for n in range(10, 16))
    content = HEADER + padding + b'P1,"a\nb\nc",1\nP2,d,2\n' + padding
    rows, broken, digest = read(tmp_path / "f.csv", content, ("ref", "on"))

    assert rows[6:8] == [(8, "P1", "a\nb\nc"), (11, "P2", "d")]
    assert rows[-1] == (17, "P15", "x")
    assert broken == []
    assert digest == hashlib.sha256(content).hexdigest()


def test_an_unclosed_quote_at_the_end_of_a_block_swallows_nothing(tmp_path, small_blocks):
    content = HEADER + b'P1,"x,1\n' + b"".join(b"P%d,x,1\n" % n for n in range(2, 200))
    rows, broken, _ = read(tmp_path / "f.csv", content)

    assert [line for line, _ in broken] == [2]
    assert [row[0] for row in rows] == list(range(3, 201))
    assert [row[1] for row in rows] == [f"P{n}" for n in range(2, 200)]


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_other_encodings_are_read_as_what_they_say(tmp_path, small_blocks, encoding):
    text = "ref,on,amount\n" + "".join(f"P{n},備註許功蓋,{n}\n" for n in range(40))
    rows, broken, digest = read(tmp_path / "f.csv", text.encode(encoding), ("ref", "on"), encoding=encoding)

    assert rows == [(n + 2, f"P{n}", "備註許功蓋") for n in range(40)]
    assert broken == []
    assert digest == hashlib.sha256(text.encode(encoding)).hexdigest()


def test_what_cannot_be_decoded_is_a_sign_for_damage(tmp_path):
    rows, _, _ = read(tmp_path / "f.csv", HEADER + "P1,許,1\n".encode("big5"), ("ref", "on"))

    assert rows[0][:2] == (2, "P1")
    assert "\ufffd" in rows[0][2]


def test_a_nul_byte_stays_in_its_cell(tmp_path):
    rows, _, _ = read(tmp_path / "f.csv", HEADER + b"P\x001,a,1\nP2,b,2\n")

    assert rows == [(2, "P\x001", "1"), (3, "P2", "2")]


def test_a_huge_cell_costs_its_row_and_a_huge_line_the_file(tmp_path):
    rows, broken, _ = read(tmp_path / "f.csv", HEADER + b"P" * 70_000 + b",a,1\nP2,b,2\n")
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "f.csv", HEADER + b"P1,a,1\n" + b"x" * (1 << 21))

    assert rows == [(3, "P2", "2")]
    assert broken == [(2, "has a cell of more than 65,536 characters")]
    assert caught.value.what.endswith("line 3: the line is longer than 1,048,576 bytes.")


def test_a_file_without_its_last_line_end_is_read_to_its_end(tmp_path):
    rows, _, _ = read(tmp_path / "f.csv", HEADER + b"P1,a,1\nP2,b,2")

    assert rows == [(2, "P1", "1"), (3, "P2", "2")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        ("ref,on,amount\n".encode("utf-16"), "is UTF-16 text"),
        (b"\x1f\x8b\x08", "is a gzip archive"),
        (b"a,a\n1,2\n", "the columns 1 and 2 of the header have the same name"),
        (b"a,b\r1,2\r", "its lines end in CR alone"),
    ],
)
def test_a_file_that_is_no_csv_is_refused(tmp_path, content, words):
    with pytest.raises(BadInput) as caught:
        read(tmp_path / "f.csv", content, ())

    assert words in caught.value.what


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.lists(st.sampled_from([*NASTY, *REGULAR]), min_size=3, max_size=3), max_size=30),
    blocks=st.sampled_from([16, 64, 8 << 20]),
)
def test_blocks_of_any_size_give_the_same_rows(tmp_path, monkeypatch, rows, blocks):
    content = HEADER + b"".join(b",".join(row) + b"\n" for row in rows)

    def outcome(size):
        monkeypatch.setattr(lines, "BLOCK_BYTES", size)
        try:
            return read(tmp_path / "f.csv", content)
        except BadInput as error:
            return error.what

    assert outcome(blocks) == outcome(1 << 24)
