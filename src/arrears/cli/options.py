"""What several commands ask in the same words."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from arrears.kernel.vocabulary import LANGUAGES

LANGUAGE = click.Choice(LANGUAGES)
"""The type of an option that chooses what a text is written in."""


def midnight(on: datetime, zone: str) -> datetime:
    """The first instant of a day at the lender."""
    return on.replace(tzinfo=ZoneInfo(zone))
