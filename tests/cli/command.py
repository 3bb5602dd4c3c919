"""Running the command line as a person does: in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def arrears(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `arrears` on a data folder; variables given empty are unset."""
    wanted = {**os.environ, "ARREARS_HOME": str(home), "PYTHONWARNINGS": "error", **environment}
    return subprocess.run(
        [sys.executable, "-m", "arrears", *arguments],
        env={name: setting for name, setting in wanted.items() if setting},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
