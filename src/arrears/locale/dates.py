"""Days and times as a country writes them, by CLDR: November 9, 2026, 2:30 PM in the United States."""

from __future__ import annotations

from datetime import date, time
from functools import cache

import babel
from babel.dates import format_date, format_time
from babel.localedata import exists

VERSION = babel.__version__
"""Whose data say how: another version may write otherwise, so that a text is another one."""
_FORMS = {"en": "en_001", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
"""How a language writes days where no country has a form of its own for it."""
_CLOCKS = {"en_001": "HH:mm"}
"""Of a form that is no country's the clock of 24 hours, which nobody misreads."""
_NARROW_SPACE = "\u202f"


def said_date(on: date, language: str, country: str = "") -> str:
    """The day in words of one of `LANGUAGES`, as the country (ISO 3166, or empty) writes it."""
    return str(format_date(on, format="long", locale=_form(language, country)))


def said_time(at: time, language: str, country: str = "") -> str:
    """The time of day in one of `LANGUAGES`, to the minute, as the country writes it: 2:30 PM."""
    form = _form(language, country)
    return str(format_time(at, format=_CLOCKS.get(form, "short"), locale=form)).replace(_NARROW_SPACE, " ")


@cache
def _form(language: str, country: str) -> str:
    own = f"{_FORMS[language].removesuffix('_001')}_{country}"
    return own if country and exists(own) else _FORMS[language]
