"""docs/api.md works as it is typed, and docs/openapi.json is what the server describes."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from arrears.api.app import api
from arrears.api.documents import document_text
from arrears.conf.postgres.client import leave_server
from tests.docs.documents import ROOT, Document

pytestmark = pytest.mark.slow

PAGE = Document(ROOT / "docs" / "api.md")


def test_the_document_in_docs_is_what_the_operations_say() -> None:
    assert (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8") == document_text(api), (
        "arrears schema api > docs/openapi.json"
    )


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_first_question_of_the_page_is_answered(tmp_path: Path) -> None:
    (steps,) = PAGE.shell_blocks()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    kept = {name: os.environ[name] for name in ("LANG", "TMPDIR") if name in os.environ}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    done = subprocess.run(
        ["sh", "-e", "-c", steps.replace("8000", str(port))],
        cwd=tmp_path,
        env={**kept, "HOME": str(tmp_path), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    leave_server(tmp_path / "arrears-api-trial", wait=True)

    assert done.returncode == 0, done.stderr
    (item,) = json.loads(done.stdout.splitlines()[-1])["items"]
    assert (item["id"], item["answer"]["result"]) == ("tonight", "refuse")
    assert "house.hours" in [each["rule"] for each in item["answer"]["bindings"]]


def test_every_example_of_the_page_is_as_described() -> None:
    from arrears.api.contacts import ContactReport
    from arrears.api.decisions import Questions
    from arrears.api.inbox import Opened
    from arrears.api.reservations import ReservationWanted

    examples = [block.split("```")[0] for block in PAGE.text.split("```json\n")[1:]]
    models = (Questions, Questions, ReservationWanted, Opened, ContactReport, ContactReport)

    assert len(examples) == len(models)
    for example, model in zip(examples, models, strict=True):
        model.model_validate(json.loads(example))
