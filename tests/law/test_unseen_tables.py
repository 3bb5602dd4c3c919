"""Days and sums of the tables, worked out by hand from the sources before the tables were read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from arrears.rulepacks.tables import ask

CASES = tomllib.loads(Path(__file__).with_name("unseen_tables.toml").read_text(encoding="utf-8"))["case"]
_OWN = ("ask", "why", "expect")


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['ask']}: {case['why']}")
def test_the_entry_answers_as_its_source_is_read(case):
    facts = {key: value for key, value in case.items() if key not in _OWN}

    assert ask(case["ask"], facts).word == case["expect"]
