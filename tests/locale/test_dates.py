"""Days are written as people of the country write them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from arrears.locale.dates import said_date
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


@pytest.mark.parametrize(("country", "said"), [("US", "September 30, 2005"), ("GB", "30 September 2005")])
def test_a_notice_writes_days_as_its_lender_does(country, said):
    text = get_template("overdue_notice", "email", "en").fill(replace(WORDING, country=country))

    assert said in text.body
