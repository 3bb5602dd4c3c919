"""Running the command line as a person does: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from tests.forking import python

_EACH = """
import json, sys
from click.testing import CliRunner
from arrears.cli import arrears
runner = CliRunner(catch_exceptions=False)
print(json.dumps([runner.invoke(arrears, command).stdout for command in json.loads(sys.argv[1])]))
"""


def arrears(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `arrears` on a data folder; variables given empty are unset."""
    return _python("-m", "arrears", *arguments, home=home, **environment)


def arrears_each(*commands: tuple[str, ...], home: Path) -> list[str]:
    """What each of many commands prints, run in one process: to start one takes longer than to run them."""
    done = _python("-c", _EACH, json.dumps(commands), home=home)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def _python(*arguments: str, home: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {"ARREARS_HOME": str(home), "ARREARS_DATABASE_URL": "", "PYTHONWARNINGS": "error"}
    wanted = {**os.environ, **own, **environment}
    return subprocess.run(
        python(*arguments),
        env={name: setting for name, setting in wanted.items() if setting},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
