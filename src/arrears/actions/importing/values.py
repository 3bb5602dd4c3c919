"""From the text of one cell to a value: one small function per kind of field.

Each returns the value or raises ValueError with a reason that reads on after the field's name
("is not a date, 2005-09-30") and never repeats the value, which may be personal data. Text is
given without blanks around it and is never empty.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from enum import IntEnum
from typing import TypeVar

from arrears.actions.importing.numbers import Exact, plain_number
from arrears.kernel.errors import BadInput
from arrears.kernel.money import CURRENCIES
from arrears.kernel.vocabulary import name_of
from arrears.rulepacks import ZONES
from arrears.store.values import normalise

MONTHS_MAX = 1200
LANGUAGES = ("zh-Hans", "zh-Hant", "en")
_EARLIEST_ON = date(1900, 1, 1)
_REF_MAX, _NAME_MAX, _EMAIL_MAX, _MOBILE_MAX = 64, 200, 254, 40
_JOINERS = "\u200c\u200d"  # spelling of names in Persian and Indic scripts needs them
_DAMAGED = "\ufffd"

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_WHOLE = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_PLACE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", re.ASCII)
_LOCAL = r"[A-Za-z0-9_][A-Za-z0-9!#$%&'*+/=?^_`{|}~-]*(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_EMAIL = re.compile(rf"({_LOCAL})@((?:{_LABEL}\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9])", re.ASCII)
_E = TypeVar("_E", bound=IntEnum)


def ref(text: str) -> str:
    """Somebody else's number or code for something."""
    _refuse_unprintable(text, _REF_MAX)
    if not text[0].isalnum():
        raise ValueError("must begin with a letter or a digit")
    return text


def name(text: str) -> str:
    """A person's name, composed (NFC)."""
    _refuse_unprintable(text, _NAME_MAX)
    if text[0] in "=+-@":
        raise ValueError("begins like a formula of a spreadsheet")
    return unicodedata.normalize("NFC", text)


def day(text: str) -> date:
    if not _DAY.fullmatch(text):
        raise ValueError("is not a date, 2005-09-30")
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is a day no calendar has") from None
    if on < _EARLIEST_ON:
        raise ValueError(f"lies before {_EARLIEST_ON}")
    return on


def months(text: str) -> int:
    if not _WHOLE.fullmatch(text):
        raise ValueError("is not a whole number of months")
    if not 0 <= int(text) <= MONTHS_MAX:
        raise ValueError(f"is not between 0 and {MONTHS_MAX:,} months")
    return int(text)


def amount(text: str) -> Exact:
    """In the mapping's unit; becomes minor units once the currency is known."""
    return plain_number(text)


def currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError("is not a currency code of ISO 4217, such as TWD")
    return text


def place(text: str) -> str:
    """A country (ISO 3166-1), or a part of one (ISO 3166-2)."""
    if not _PLACE.fullmatch(text):
        raise ValueError("is not a place of ISO 3166, such as TW or US-NY")
    return text


def zone(text: str) -> str:
    if text not in ZONES:
        raise ValueError("is not a time zone of the IANA database, such as Asia/Taipei")
    return text


def language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"is not one of {', '.join(LANGUAGES)}")
    return text


def email(text: str) -> str:
    """As it is written; only ASCII, because a mail server need not take anything else."""
    _refuse_unprintable(text, _EMAIL_MAX)
    found = _EMAIL.fullmatch(text)
    if found is None or len(found[1]) > 64:
        raise ValueError("is not an e-mail address")
    return text


def mobile(text: str) -> str:
    """A telephone number as it is written; how to read it depends on the country (`mobile_of`)."""
    _refuse_unprintable(text, _MOBILE_MAX)
    return text


def mobile_of(text: str, country: str | None) -> str:
    """The number with its country's code, `+886912345678`."""
    try:
        return normalise("mobile", text, country=country)
    except BadInput as error:
        raise ValueError(error.what.removeprefix("The value of this mobile ").rstrip(".")) from None


def flag(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("is neither yes nor no")
    return text == "yes"


def code(kind: type[_E], text: str) -> _E:
    """A value of a closed list, written in lower case as everywhere."""
    found = next((member for member in kind if name_of(member) == text), None)
    if found is None:
        raise ValueError(f"is not one of {', '.join(name_of(member) for member in kind)}")
    return found


def _refuse_unprintable(text: str, length_max: int) -> None:
    if len(text) > length_max:
        raise ValueError(f"is longer than {length_max} characters")
    if not text.isascii():
        _refuse_odd_characters(text)
    elif not text.isprintable():
        raise ValueError("contains a control character")


def _refuse_odd_characters(text: str) -> None:
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs":
            raise ValueError("is not UTF-8 text")
        if category in ("Cc", "Zl", "Zp") or (ord(char) & 0xFFFE) == 0xFFFE:
            raise ValueError("contains a control character")
        if category == "Cf" and char not in _JOINERS:
            raise ValueError("contains an invisible character that can change how text reads")
        if char == _DAMAGED:
            raise ValueError("was damaged when its encoding was converted")
