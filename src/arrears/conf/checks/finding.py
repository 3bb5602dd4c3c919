"""What a check found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from arrears.kernel.errors import ArrearsError


class State(Enum):
    """Whether what was looked for is there."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """The answer of one check. What is missing but not needed stops nothing."""

    check: str
    state: State
    found: str
    advice: str = ""
    is_needed: bool = True


def find(name: str, check: Callable[[str], Finding]) -> Finding:
    """Run a check; a failure that a person can act on is its finding."""
    try:
        return check(name)
    except ArrearsError as error:
        return Finding(name, State.MISSING, error.what, error.hint)
