"""Days of a lender whose programs are killed and whose providers misbehave, and no promise is broken.

The same is `make chaos`, for longer. `tests.chaos.storm.reckoning` says what is compared with what.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.channels.kannel import needs_kannel
from tests.effort import effort


@needs_kannel
@pytest.mark.slow
def test_in_a_storm_no_promise_is_broken():
    told = [sys.executable, "-m", "tests.chaos.storm", "--minutes", str(effort(0, 3))]

    ended = subprocess.run(
        told,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    sys.stdout.write(ended.stdout)
    assert ended.returncode == 0, ended.stderr
