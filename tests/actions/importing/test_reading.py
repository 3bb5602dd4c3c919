"""A file is read to its end whatever stands in it, or refused as a whole with a reason."""

from __future__ import annotations

import gzip
import os
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.importing.reading import LINE_MAX_BYTES, ROWS_PER_CHUNK, digest_of, open_source
from arrears.kernel.errors import ArrearsError, BadInput, Conflict
from tests.actions.importing.builders import write


def records(path, *, columns=("a", "b"), delimiter=","):
    """(rows as {line: cells}, broken as {line: reason})."""
    good, broken = {}, {}
    with open_source(path, delimiter) as source:
        for chunk in source.chunks(columns):
            good |= dict(zip(chunk.lines, zip(*chunk.cells.values(), strict=True), strict=True))
            broken |= {each.line: each.reason for each in chunk.broken}
    return good, broken


def read(tmp_path, content, **options):
    return records(write(tmp_path / "in.csv", content), **options)


def refusal(tmp_path, content) -> BadInput:
    with pytest.raises(BadInput) as caught:
        read(tmp_path, content)
    assert "in.csv" in caught.value.what
    return caught.value


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_either_kind(tmp_path, end):
    assert read(tmp_path, end.join(["a,b", "1,2", "3,4", ""])) == ({2: ("1", "2"), 3: ("3", "4")}, {})


def test_a_byte_order_mark_is_no_part_of_the_first_name(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa,b\n1,2\n")[0] == {2: ("1", "2")}


def test_columns_come_by_name_in_any_order(tmp_path):
    assert read(tmp_path, "b,x,a\n2,9,1\n")[0] == {2: ("1", "2")}


def test_quotes_hold_delimiters_quotes_and_line_ends(tmp_path):
    content = 'a,b\n"x,y","say ""no"""\n"two\nlines",z\nplain,5" pipe\n'

    assert read(tmp_path, content)[0] == {
        2: ("x,y", 'say "no"'),
        3: ("two\nlines", "z"),
        5: ("plain", '5" pipe'),
    }


def test_an_unclosed_quote_costs_its_own_line_and_no_other(tmp_path):
    good, broken = read(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n"7,8\n9,10\n')

    assert set(good) == {2, 4, 6}
    assert set(broken) == {3, 5}
    assert "quote" in broken[3]


def test_text_after_a_closing_quote_breaks_the_record(tmp_path):
    good, broken = read(tmp_path, 'a,b\n"x"y,2\n3,4\n')

    assert (set(good), set(broken)) == ({3}, {2})


def test_a_ragged_record_is_told_with_both_widths(tmp_path):
    good, broken = read(tmp_path, "a,b\n1,2,3\n4\n\n5,6\n")

    assert set(good) == {5}
    assert broken == {2: "has 3 cells, and the header 2", 3: "has 1 cells, and the header 2"}


def test_empty_lines_are_nothing(tmp_path):
    assert read(tmp_path, "a,b\n\n1,2\n\r\n\n") == ({3: ("1", "2")}, {})


def test_a_last_line_without_its_end_is_read_and_told(tmp_path):
    with open_source(write(tmp_path / "in.csv", "a,b\n1,2"), ",") as source:
        chunks = list(source.chunks(["a"]))

    assert chunks[0].lines == [2]
    assert source.has_last_line_end is False


def test_bytes_that_are_not_utf8_reach_only_their_own_cell(tmp_path):
    good, _ = read(tmp_path, b"a,b\n\xc1\xd6,2\n3,4\n")

    assert good[3] == ("3", "4")
    assert good[2][0] == "\udcc1\udcd6"


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"\n1,2\n", "no header"),
        (b",,\n1,2,3\n", "no header"),
        ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
        ("a,b\n1,2\n".encode("utf-16-le"), "NUL"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x00\x01\x02", "NUL"),
        (b"a,b\r1,2\r3,4\r", "CR alone"),
        (b"a,b\r1,2\n", "CR alone"),
        (b"a,b\r" * 300_000, "CR alone"),
        (b"x" * (LINE_MAX_BYTES + 1), "line 1: the line is longer"),
        (b"a,b\n1,2\n3," + b"x" * (10 << 20) + b"\n", "line 3: the line is longer"),
        (b"," * 5000 + b"a\n", "more than 4,000 columns"),
        (b'"a,b\n1,2\n', "no header"),
    ],
)
def test_a_file_that_is_no_csv_is_refused_as_a_whole(tmp_path, content, what):
    assert what in refusal(tmp_path, content).what


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path, what in (
        (tmp_path, "folder"),
        (tmp_path / "absent.csv", "cannot be read"),
        (tmp_path / "pipe", "read twice"),
        (tmp_path / "nul\x00", "cannot be read"),
        (tmp_path / ("x" * 5000), "cannot be read"),
        (tmp_path / "in.csv" / "deeper", "cannot be read"),
    ):
        write(tmp_path / "in.csv", "a,b\n")
        with pytest.raises(BadInput, match=what):
            records(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path):
    path = write(tmp_path / "in.csv", "a,b\n")
    path.chmod(0)
    with pytest.raises(BadInput, match="Permission denied"):
        records(path)


def test_names_that_stand_twice_are_refused_by_their_places(tmp_path):
    path = write(tmp_path / "in.csv", "a,b,a,,\n")

    with open_source(path, ",") as source, pytest.raises(BadInput, match="1 and 3"):
        source.refuse_repeated_names()


def test_a_likelier_delimiter_is_seen(tmp_path):
    with open_source(write(tmp_path / "in.csv", "a;b\n1;2\n"), ",") as source:
        assert source.likelier_delimiter() == ";"


def test_a_file_written_to_while_it_is_read_is_a_conflict(tmp_path):
    path = write(tmp_path / "in.csv", "a,b\n1,2\n")

    def read_while_it_grows():
        with open_source(path, ",") as source, path.open("a") as more:
            list(source.chunks(["a"]))
            more.write("3,4\n")
            more.flush()

    with pytest.raises(Conflict, match="written to"):
        read_while_it_grows()


def test_the_digest_is_that_of_every_byte(tmp_path):
    path = write(tmp_path / "in.csv", b"\xef\xbb\xbfa,b\r\n1,\xff\n\n3,4")
    with open_source(path, ",") as source:
        list(source.chunks(["a"]))

    assert source.digest == digest_of(path)


def test_memory_stays_bounded_however_long_the_file(tmp_path):
    def peak(rows):
        path = write(tmp_path / "in.csv", "a,b\n" + "1,2\n" * rows)
        tracemalloc.start()
        with open_source(path, ",") as source:
            total = sum(len(chunk.lines) for chunk in source.chunks(["a", "b"]))
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert total == rows
        return top

    assert peak(6 * ROWS_PER_CHUNK) < 1.5 * peak(2 * ROWS_PER_CHUNK)


CELLS = st.text(st.sampled_from('ab1 ,;"\n\r\t\x00é'), max_size=6)


@given(rows=st.lists(st.tuples(CELLS, CELLS), max_size=12))
def test_what_a_csv_writer_wrote_is_read_back(tmp_path_factory, rows):
    import csv
    import io

    rows = [row for row in rows if "\x00" not in "".join(row)]
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("a", "b"), *rows])

    path = write(tmp_path_factory.mktemp("x") / "in.csv", out.getvalue())

    good, broken = records(path)
    assert ([*good.values()], broken) == (rows, {})


@given(content=st.binary(max_size=200) | st.text(st.sampled_from('ab,"\n\r;'), max_size=200).map(str.encode))
def test_every_line_of_any_bytes_is_told_once_or_the_file_is_refused(tmp_path_factory, content):
    path = write(tmp_path_factory.mktemp("x") / "in.csv", b"a,b\n" + content)
    try:
        good, broken = records(path)
    except ArrearsError:
        return
    assert not set(good) & set(broken)
    assert all(len(row) == 2 for row in good.values())
