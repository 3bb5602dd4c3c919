"""Cases written by others agree, or differ for a reason that is written down."""

from __future__ import annotations

import pytest

from tests.cases.documents import document
from tests.cases.verdicts import ABSENT, FOLDER, SOURCES, cases_of, expected_verdicts, verdict_of
from tests.docs.documents import ROOT

pytestmark = [pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT), pytest.mark.slow]
CASES = [
    pytest.param(source, case, id=case["id"])
    for source in SOURCES
    if FOLDER.is_dir()
    for case in cases_of(source)
]


@pytest.mark.parametrize(("source", "case"), CASES)
def test_a_case_agrees_or_has_a_reason_not_to(source, case):
    verdict = verdict_of(source, case)

    if case["id"] in expected_verdicts():
        assert verdict.differences, "it agrees now: take it out of verdicts.toml"
    assert verdict.word == "agrees" or verdict.reason, verdict.differences


def test_every_reason_is_given_for_a_case_there_is():
    known = {case["id"] for source in SOURCES for case in cases_of(source)}

    assert set(expected_verdicts()) <= known


def test_the_table_of_cases_is_up_to_date():
    assert (ROOT / "docs" / "cases.md").read_text(encoding="utf-8") == document(), "python -m tests.cases"
