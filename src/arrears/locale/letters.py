"""What stands on a letter beside its text, in the three languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from arrears.kernel.vocabulary import LANGUAGES


@dataclass(frozen=True, slots=True)
class LetterWords:
    """The words of one language; `page` has the placeholders {page} and {pages}."""

    on: str
    number: str
    code: str
    ask: str
    check: str
    page: str
    specimen: str


@cache
def letter_words(language: str) -> LetterWords:
    """The words of one of `LANGUAGES`."""
    assert language in LANGUAGES, language
    path = Path(__file__).parent / language / "letter.toml"
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return LetterWords(**told)
