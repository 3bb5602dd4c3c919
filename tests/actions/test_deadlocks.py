"""A writer that PostgreSQL chose to give way begins anew; every other failure is a failure."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from arrears.actions.deadlocks import again_after_deadlock


def failing(times, cause):
    left = [times]

    def work():
        if left[0]:
            left[0] -= 1
            raise OperationalError("failed") from cause
        return "done"

    return work


def test_a_deadlock_is_tried_again():
    assert again_after_deadlock(failing(4, DeadlockDetected())) == "done"


def test_not_for_ever():
    with pytest.raises(OperationalError):
        again_after_deadlock(failing(5, DeadlockDetected()))


def test_nothing_else_is_tried_again():
    with pytest.raises(OperationalError):
        again_after_deadlock(failing(1, ConnectionError()))
