"""A day as a country writes it, by CLDR: November 9, 2026 in the United States, 9 November in Britain."""

from __future__ import annotations

from datetime import date
from functools import cache

import babel
from babel.dates import format_date
from babel.localedata import exists

VERSION = babel.__version__
"""Whose data say how: another version may write otherwise, so that a text is another one."""
_FORMS = {"en": "en_001", "zh-Hans": "zh_Hans", "zh-Hant": "zh_Hant"}
"""How a language writes days where no country has a form of its own for it."""


def said_date(on: date, language: str, country: str = "") -> str:
    """The day in words of one of `LANGUAGES`, as the country (ISO 3166, or empty) writes it."""
    return str(format_date(on, format="long", locale=_form(language, country)))


@cache
def _form(language: str, country: str) -> str:
    own = f"{_FORMS[language].removesuffix('_001')}_{country}"
    return own if country and exists(own) else _FORMS[language]
