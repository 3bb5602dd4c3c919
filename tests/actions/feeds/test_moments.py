"""Moments: days, wall times and instants are told apart, and become the instants that they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import polars as pl
import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from arrears.actions.feeds.moments import MOMENT, begins, ends
from tests.builders import a_lender

NO_MOMENT = "is not a date or a time, such as 2026-03-01 or 2026-03-01T10:00+08:00"
_CLOCK = "[0-9]{2}:[0-9]{2}(:[0-9]{2})?"
_OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_AT = st.datetimes(datetime(1899, 1, 1), datetime(9999, 12, 31, 23, 59, 59))  # noqa: DTZ001 - wall times
_TEXTS = st.one_of(
    st.dates(date(1899, 1, 1), date(9999, 12, 31)).map(str),
    _AT.map(lambda at: at.replace(microsecond=0).isoformat()),
    _AT.map(lambda at: at.replace(microsecond=0).isoformat(" ")),
    _AT.map(str),
    st.tuples(_AT, _OFFSETS).map(lambda both: both[0].replace(microsecond=0, tzinfo=both[1]).isoformat()),
    st.from_regex(
        rf"(19|20|21)[0-9]{{2}}-[0-9]{{2}}-[0-9]{{2}}([T ]{_CLOCK}(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?",
        fullmatch=True,
    ),
)


@given(texts=st.lists(_TEXTS, min_size=1, max_size=20))
def test_what_is_read_fast_is_what_is_read_one_by_one(texts):
    found = pl.select(MOMENT.fast(pl.lit(pl.Series(texts)))).to_series().to_list()

    for text, value in zip(texts, found, strict=True):
        if value is not None:
            assert MOMENT.parse(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2026-03-01", "2026-03-01"),
        ("2026-03-01T10:00", "2026-03-01T10:00:00"),
        ("2026-03-01 10:00:00", "2026-03-01T10:00:00"),
        ("2026-03-01T10:00:00.25", "2026-03-01T10:00:00.250000"),
        ("2026-03-01T10:00:00+08:00", "2026-03-01T02:00:00Z"),
        ("2026-03-01 10:00+0800", "2026-03-01T02:00:00Z"),
        ("2026-03-01T00:30:00.5Z", "2026-03-01T00:30:00.500000Z"),
    ],
)
def test_a_moment_has_one_form(text, value):
    assert MOMENT.parse(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("01.03.2026", NO_MOMENT),
        ("2026-03-01T", NO_MOMENT),
        (
            "2026-03-01T10:00 Asia/Taipei",
            NO_MOMENT,
        ),
        ("２０２６-03-01", NO_MOMENT),
        ("2026-02-29", "is a day no calendar has"),
        ("1899-12-31T23:00Z", "lies before 1900-01-01"),
        ("2026-03-01T24:00", "is a time that no clock shows"),
        ("2026-03-01T10:00:60Z", "is a time that no clock shows"),
        ("2026-03-01T10:00+25:00", "is a time that no clock shows"),
        ("9999-12-31T23:59:59-01:00", "is a time that no clock shows"),
    ],
)
def test_what_is_no_moment_is_named(text, reason):
    with pytest.raises(ValueError, match=r"^(is|lies) ") as error:
        MOMENT.parse(text)
    assert str(error.value) == reason


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("2026-03-01", datetime(2026, 2, 28, 16, tzinfo=UTC), datetime(2026, 3, 1, 16, tzinfo=UTC)),
        ("2026-03-01T10:00", datetime(2026, 3, 1, 2, tzinfo=UTC), datetime(2026, 3, 1, 2, tzinfo=UTC)),
        ("2026-03-01T10:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC), datetime(2026, 3, 1, 10, tzinfo=UTC)),
    ],
)
def test_a_day_at_the_lender_begins_and_ends_and_an_instant_is_both(text, begin, end):
    lender = a_lender()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {begins('it')}, {ends('it')} FROM (VALUES (%(text)s::text)) AS s (it)",
            {"lender": lender.pk, "text": MOMENT.parse(text)},
        )
        assert cursor.fetchone() == (begin, end)
