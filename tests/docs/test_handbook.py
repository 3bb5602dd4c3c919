"""docs/law is what the packs say, and nothing of the law goes unmentioned."""

from __future__ import annotations

import re

import pytest

from arrears.rulepacks.handbook import handbook, shipped_coverage
from tests.docs.documents import ROOT

NOTES = ROOT.parent / "shared" / "law"


def test_the_handbook_is_made_from_the_packs() -> None:
    folder = ROOT / "docs" / "law"
    written = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}

    assert written == handbook(), "arrears law docs docs/law"


def test_of_every_rule_and_case_it_is_said_where_it_is_encoded_or_why_not() -> None:
    coverage = shipped_coverage()

    assert coverage.unexplained() == []
    assert coverage.contradicted() == []


@pytest.mark.skipif(not NOTES.is_dir(), reason="the notes on the law do not lie beside the project")
def test_every_rule_and_case_of_the_notes_is_spoken_of() -> None:
    rules = re.findall(r"^\| ([a-z]{2}\.[a-z0-9.\-]+) \|", (NOTES / "regulation.md").read_text("utf-8"), re.M)
    cases = re.findall(r"^\| ([A-Z]{1,2}-\d+) \|", (NOTES / "cases.md").read_text("utf-8"), re.M)
    coverage = shipped_coverage()

    assert (list(coverage.rules), list(coverage.cases)) == (rules, cases)
