"""What somebody is told who checks whether a contact was genuine."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from arrears.locale.answers import load_texts
from arrears.locale.notices import LANGUAGES


@cache
def load_verification_texts(language: str) -> Mapping[str, str]:
    """The sentences of one of `LANGUAGES`."""
    assert language in LANGUAGES, language
    path = Path(__file__).parent / language / "verification.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say_genuine(
    language: str, *, lender: str, channel: str, hour_local: datetime, until_local: datetime
) -> str:
    """That a contact is genuine, by whom, how, and between which two full hours of the lender's day."""
    return load_verification_texts(language)["genuine"].format(
        lender=lender,
        channel=load_texts(language)["channel"][channel],
        date=hour_local.date().isoformat(),
        hour=f"{hour_local:%H:%M}",
        until=f"{until_local:%H:%M}",
    )


def say_unknown(language: str) -> str:
    """That no contact of ours has the code, and what to do."""
    return load_verification_texts(language)["unknown"]


def say_too_often(language: str) -> str:
    """That this was asked too often."""
    return load_verification_texts(language)["too_often"]
