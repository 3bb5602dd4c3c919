"""What a notification shows, on a locked screen too, beside the sender's name: the same for every notice."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from arrears.locale.notices import LANGUAGES


def shown_of(language: str) -> str:
    """The words in one of `LANGUAGES`."""
    assert language in LANGUAGES, language
    return _texts()[language]


@cache
def _texts() -> dict[str, str]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
