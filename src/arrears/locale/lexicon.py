"""The lexicon of each language: by which phrases a text states a fact, read from lexicon.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.content.lexicon import Entry, Lexicon
from arrears.kernel.content.stated import FACTS
from arrears.kernel.errors import BadInput
from arrears.locale.notices import LANGUAGES

__all__ = ["lexicon_of", "load_lexica"]

_SCRIPT = "call_task"
_KEYS = {"says": True, "unless": False, "finds": True, "passes": False}
"""Key of an entry -> whether it has to be there."""


@cache
def load_lexica() -> Mapping[str, Lexicon]:
    """Every lexicon, by language; raises BadInput that names the language, the fact and the key."""
    folder = Path(__file__).parent
    return {
        language: lexicon_of(language, (folder / language / "lexicon.toml").read_text(encoding="utf-8"))
        for language in LANGUAGES
    }


def lexicon_of(language: str, source: str) -> Lexicon:
    """The lexicon in this TOML; raises BadInput as `load_lexica` does."""
    told = tomllib.loads(source)
    script = told.pop(_SCRIPT, {})
    unknown = sorted(set(told) - FACTS)
    if unknown:
        raise _bad(language, unknown[0], "is not a fact that a text can state")
    entries = {fact: _entry(language, fact, entry) for fact, entry in told.items()}
    return Lexicon(language, entries, _patterns(language, _SCRIPT, "not_said", script.get("not_said", [])))


def _entry(language: str, fact: str, told: Mapping[str, Any]) -> Entry:
    for key in sorted(set(told) - set(_KEYS)):
        raise _bad(language, f"{fact}.{key}", f"is not a key; known: {', '.join(_KEYS)}")
    for key in (key for key, is_needed in _KEYS.items() if is_needed and not told.get(key)):
        raise _bad(language, f"{fact}.{key}", "is missing")
    if told.get("unless") and not told.get("passes"):
        raise _bad(language, f"{fact}.passes", "is missing, which unless needs")
    says = _patterns(language, fact, "says", told["says"])
    unless = _patterns(language, fact, "unless", told.get("unless", []))
    return Entry(says, unless, tuple(told["finds"]), tuple(told.get("passes", ())))


def _patterns(language: str, fact: str, key: str, told: list[str]) -> tuple[re.Pattern[str], ...]:
    """The expressions of one key; a space in them stands for any white space."""
    """The expressions of one key; a space in them stands for any white space."""
    try:
        return tuple(re.compile(each.replace(" ", r"\s"), re.DOTALL) for each in told)
    except re.error as error:
        raise _bad(language, f"{fact}.{key}", f"cannot be searched for: {error}") from None


def _bad(language: str, key: str, what: str) -> BadInput:
    return BadInput(
        "lexicon.bad_entry",
        f"locale/{language}/lexicon.toml: {key} {what}.",
        language=language,
        key=key,
    )
