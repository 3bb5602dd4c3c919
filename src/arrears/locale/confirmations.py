"""The text by which a refusal is confirmed, once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from arrears.locale.notices import Text

CHANNELS = ("sms", "email")
"""Channels by which a refusal is confirmed: where it is written, and answered in writing."""


def confirmation(language: str, channel: str) -> Text:
    """The text in one of `LANGUAGES`, with `{institution}` in it; a text message has no subject."""
    said = _texts()[language][channel]
    return Text(said.get("subject", ""), said["body"])


@cache
def _texts() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))
