"""The first steps of the README, typed as they stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from arrears.conf.postgres.client import leave_server
from tests.docs.documents import ROOT, Document

pytestmark = pytest.mark.slow


def test_the_first_steps_of_the_readme_work(tmp_path: Path) -> None:
    (steps,) = (block for block in Document(ROOT / "README.md").shell_blocks() if "db init" in block)
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        ["sh", "-e", "-c", steps],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    leave_server(tmp_path / "arrears-trial", wait=True)

    assert done.returncode == 0, done.stderr
    assert "Will I be sent a notice?" in done.stdout
    assert "Nobody is contacted about a debt whose amount the books do not show." in done.stdout
