"""The texts of the page behind the link by which e-mail to an address is stopped."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Unsubscribing:
    """What the page says: before it is asked to stop, when it is done, and to a wrong link."""

    title: str
    question: str
    button: str
    done: str
    unchanged: str
    unknown: str


@cache
def load_unsubscribing(language: str) -> Unsubscribing:
    """The texts in one of our languages (`notices.LANGUAGES`)."""
    return Unsubscribing(**tomllib.loads((_FOLDER / language / "unsubscribing.toml").read_text("utf-8")))
