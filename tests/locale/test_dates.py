"""Days are written as people of the country write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest

from arrears.locale.dates import said_date, said_time
from arrears.locale.notices import get_template
from tests.locale.test_notices import WORDING

DAY = date(2026, 11, 9)


@pytest.mark.parametrize(
    ("language", "country", "said"),
    [
        ("en", "US", "November 9, 2026"),
        ("en", "GB", "9 November 2026"),
        ("en", "HK", "9 November 2026"),
        ("en", "TW", "9 November 2026"),
        ("en", "", "9 November 2026"),
        ("zh-Hans", "CN", "2026年11月9日"),
        ("zh-Hans", "US", "2026年11月9日"),
        ("zh-Hant", "TW", "2026年11月9日"),
        ("zh-Hant", "HK", "2026年11月9日"),
        ("zh-Hant", "", "2026年11月9日"),
    ],
)
def test_a_day_is_written_as_its_country_writes_it(language, country, said):
    assert said_date(DAY, language, country) == said


@pytest.mark.parametrize(
    ("language", "country", "midnight", "afternoon"),
    [
        ("en", "US", "12:00 AM", "2:30 PM"),
        ("en", "GB", "00:00", "14:30"),
        ("en", "HK", "12:00 am", "2:30 pm"),
        ("en", "TW", "00:00", "14:30"),
        ("en", "", "00:00", "14:30"),
        ("zh-Hans", "CN", "00:00", "14:30"),
        ("zh-Hans", "US", "00:00", "14:30"),
        ("zh-Hant", "TW", "午夜12:00", "下午2:30"),
        ("zh-Hant", "HK", "上午12:00", "下午2:30"),
        ("zh-Hant", "", "午夜12:00", "下午2:30"),
    ],
)
def test_a_time_is_written_as_its_country_writes_it(language, country, midnight, afternoon):
    said = [said_time(at, language, country) for at in (time(0), time(14, 30))]

    assert said == [midnight, afternoon]


@pytest.mark.parametrize(("country", "said"), [("US", "September 30, 2005"), ("GB", "30 September 2005")])
def test_a_notice_writes_days_as_its_lender_does(country, said):
    text = get_template("overdue_notice", "email", "en").fill(replace(WORDING, country=country))

    assert said in text.body
