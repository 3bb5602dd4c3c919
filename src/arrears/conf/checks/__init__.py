"""What `arrears doctor` looks at: is everything here that a run needs, and how to get it if not."""

from __future__ import annotations

from collections.abc import Iterator

from arrears.conf.checks import database, machine
from arrears.conf.checks.finding import Finding, State

__all__ = ["Finding", "State", "findings"]


def findings() -> Iterator[Finding]:
    """Every check's answer, as it is found. Nothing is changed; no failure of the world gets out."""
    yield from machine.findings()
    yield from database.findings()
