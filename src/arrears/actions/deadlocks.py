"""What to do when PostgreSQL chose us to give way: the same again, from the beginning."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError
from psycopg.errors import DeadlockDetected

R = TypeVar("R")

_TRIES_MAX = 5


def again_after_deadlock(work: Callable[[], R]) -> R:
    """What `work` returns. It opens its own transaction, so a deadlock has undone all of it.

    Gates and writers take their locks in one order; but an import locks rows of its file first
    and scopes last, so one of two that meet has to begin anew.
    """
    for _ in range(_TRIES_MAX - 1):
        try:
            return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return work()
