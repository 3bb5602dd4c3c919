"""What the post reports: a file that is read whole, or refused by row."""

from __future__ import annotations

import pytest

from arrears.channels.base import Reported
from arrears.channels.letter.events import LetterEvent, read_letter_events, read_letter_report
from arrears.kernel.errors import BadInput

HEADER = "attempt,event,at,reason\n"
AT = "2026-01-07T09:00:00+08:00"


def rows(*lines, header=HEADER):
    return read_letter_events((header + "".join(f"{line}\n" for line in lines)).encode(), file="back.csv")


def test_each_row_is_one_event():
    assert rows(f"17,posted,{AT},", f'18,returned,{AT},"moved, no forwarding"') == [
        LetterEvent(17, "posted", AT, ""),
        LetterEvent(18, "returned", AT, "moved, no forwarding"),
    ]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ("posted", Reported(17, "accepted", "gone")),
        ("delivered", Reported(17, "delivered", "gone")),
        ("undeliverable", Reported(17, "undelivered", "undeliverable gone")),
        ("returned", Reported(17, "returned", "gone", is_address_dead=True)),
        ("destroyed", Reported(17, "undelivered", "destroyed gone")),
    ],
)
def test_what_a_kept_event_says_of_the_letter(event, expected):
    assert read_letter_report(LetterEvent(17, event, AT, "gone").content()) == expected


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"attempt": 1}'])
def test_what_is_no_receipt_is_none(content):
    assert read_letter_report(content) is None


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (f"x,posted,{AT},", "attempt is not the number"),
        (f"-1,posted,{AT},", "attempt is not the number"),
        (f"17,lost,{AT},", "event is none of posted"),
        (f"17,returned,{AT},", "reason is empty"),
        (f"17,returned,{AT},{'x' * 61}", "reason is longer"),
        ("17,posted,yesterday,", "at is no instant"),
        ("17,posted,2026-01-07T09:00:00,", "at has no offset"),
        ("17,posted", "has 2 columns instead of 4"),
        ("", "has 0 columns instead of 4"),
        (f'17,posted,{AT},"x', "is not CSV"),
    ],
)
def test_a_wrong_row_is_named_by_file_and_row(line, why):
    with pytest.raises(BadInput, match=rf"^back\.csv, row 3: .*{why}"):
        rows(f"16,posted,{AT},", line)


def test_a_row_that_says_it_again_is_named_with_the_first():
    with pytest.raises(BadInput, match="row 4: says of letter 17 what row 2 says already"):
        rows(f"17,posted,{AT},", f"18,posted,{AT},", f"17,posted,{AT},")


@pytest.mark.parametrize("header", ["", "attempt,event\n", "number,event,at,reason\n"])
def test_another_header_is_refused(header):
    with pytest.raises(BadInput, match="row 1: must be the header"):
        rows(f"17,posted,{AT},", header=header)


def test_a_file_that_is_not_utf8_is_refused():
    with pytest.raises(BadInput, match="is not UTF-8"):
        read_letter_events(HEADER.encode() + b"17,posted,\xff", file="back.csv")
