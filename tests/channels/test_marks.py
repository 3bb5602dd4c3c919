"""A mark shows one attempt for one use, under one key, and survives servers that change letters."""

from __future__ import annotations

import pytest

from arrears.channels.marks import Marks
from arrears.channels.smtp.marked import Marked, find_marked, marked_address
from tests.channels.builders import MARKS

LARGEST = 2**63 - 1


@pytest.mark.parametrize("attempt", [0, 17, LARGEST])
def test_a_mark_names_its_attempt_for_its_use_only(attempt):
    mark = MARKS.mark("bounce", attempt)

    assert MARKS.attempt_of("bounce", mark) == attempt
    assert MARKS.attempt_of("bounce", mark.upper()) == attempt
    assert MARKS.attempt_of("stop", mark) is None
    assert Marks(b"another").attempt_of("bounce", mark) is None


def test_a_mark_of_another_attempt_or_half_a_mark_is_none():
    _, _, proof = MARKS.mark("bounce", 17).partition(".")

    for wrong in (
        f"18.{proof}",
        f"017.{proof}",
        "17",
        "17.",
        f"17.{proof[:-1]}",
        f"17.{proof}0",
        f"１７.{proof}",
        "",
    ):
        assert MARKS.attempt_of("bounce", wrong) is None, wrong


@pytest.mark.parametrize("use", ["bounce", "stop", "reply"])
def test_every_address_of_ours_is_short_enough_for_every_server(use):
    address = marked_address(use, LARGEST, domain="x.example", marks=MARKS)

    assert len(address.partition("@")[0]) <= 64
    assert find_marked(address.upper(), MARKS) == Marked(use, LARGEST)
