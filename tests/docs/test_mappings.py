"""`docs/mappings.md` shows the fields as the code defines them, and an example that works."""

from __future__ import annotations

import re
from pathlib import Path

from arrears.actions.importing.mapping import read_mapping
from arrears.actions.importing.target import REPORTED
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/mappings.md").read_text(encoding="utf-8")


def test_the_table_of_fields_is_the_one_definition() -> None:
    shown = re.findall(r"^\| `(\w+)` \| (required|) \| (.*) \| (.*) \|$", TEXT, re.MULTILINE)

    defined = [
        (field.name, "required" if field.is_required else "", field.accepts, field.about)
        for field in REPORTED
    ]
    assert shown == defined


def test_the_example_is_a_mapping(tmp_path: Path) -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
    (tmp_path / "example.toml").write_text(example, encoding="utf-8")

    assert read_mapping(tmp_path / "example.toml").payments_complete_through_on is not None
