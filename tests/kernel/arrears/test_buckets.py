"""Every late loan stands in one band, and a set of bands leaves no day out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.arrears.buckets import read_buckets


def bucket(text, days, *, is_late=True):
    buckets = read_buckets(text)
    (code,) = buckets.of(np.array([days]), np.array([is_late]))
    return buckets.names[code]


@pytest.mark.parametrize(
    ("text", "days", "name"),
    [
        ("days", 1, "1-29"),
        ("days", 29, "1-29"),
        ("days", 30, "30-59"),
        ("days", 90, "90+"),
        ("days", 0, "0"),
        ("months", 0, "M1"),
        ("months", 30, "M1"),
        ("months", 31, "M2"),
        ("months", 180, "M6"),
        ("months", 181, "M7+"),
        ("1-15/16-90/91+", 16, "16-90"),
        ("1-15/16-90/91+", 0, "1-15"),
        ("1+", 5000, "1+"),
    ],
)
def test_both_ends_of_a_band_stand_in_it(text, days, name):
    assert bucket(text, days) == name


@pytest.mark.parametrize(("text", "name"), [("days", "current"), ("months", "M0"), ("1+", "current")])
def test_a_loan_that_is_not_late_is_current_whatever_its_days(text, name):
    assert bucket(text, 40, is_late=False) == name


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1-29/31+", r"does not end in 30\+"),
        ("1-29/30-59", r"does not end in 30\+"),
        ("2-29/30+", "one after the other"),
        ("1-29/29-59/60+", "one after the other"),
        ("1-29/40-59/60+", "one after the other"),
        ("5-4/6+", "one after the other"),
        ("weeks", r"does not end in 1\+"),
        ("", r"does not end in 1\+"),
    ],
)
def test_bands_that_leave_a_day_out_or_name_it_twice_are_refused(text, reason):
    with pytest.raises(ValueError, match=reason):
        read_buckets(text)


@given(st.lists(st.integers(1, 400), min_size=1, max_size=6, unique=True), st.integers(1, 500))
def test_a_late_loan_stands_in_the_band_that_holds_its_days(ends, days):
    ends = sorted(ends)
    starts = [1, *(end + 1 for end in ends)]
    text = "/".join([*(f"{a}-{b}" for a, b in zip(starts, ends, strict=False)), f"{starts[-1]}+"])

    first = int(bucket(text, days).rstrip("+").split("-")[0])

    assert first == max(start for start in starts if start <= days)
