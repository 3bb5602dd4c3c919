"""Every rule rests on a source that the research notes name, with the certainty they give it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from arrears.kernel.vocabulary import HOUSE
from arrears.rulepacks import shipped
from arrears.rulepacks.library import EntryKind, shipped_entries

NOTES = Path(__file__).parents[3] / "shared" / "law" / "regulation.md"
RULES = [rule for pack in shipped() for rule in (*pack.rules, *pack.exceptions)]
OF_LAW = [rule for rule in RULES if rule.jurisdiction != HOUSE]
NAMED_OTHERWISE = {
    "cn.hours.cba.agreed": "cn.hours.cba",
    "cn.hours.gb.agreed": "cn.hours.gb",
    "in.2026.hours": "in.2026",
    "in.2026.stated": "in.2026",
    "tw.hours.agreed": "tw.hours",
    "us.call.rebut-compliance.day": "us.call.rebut-compliance",
    "us.call.rebut-compliance.gap": "us.call.rebut-compliance",
    "us.call.rebut-compliance.rest-days": "us.call.rebut-compliance",
    "us.tcpa.residential3.consent": "us.tcpa.residential3",
    "us.ma.visit.agreed": "us.ma.visit",
    "us.ma.visit.hours": "us.ma.visit",
    "us.ma.hours": "us.ma.visit",
    "us.ma.hours.known": "us.ma.visit",
    "us.ma.2in7.elsewhere": "us.ma.2in7",
    "us.loc.once.represented": "us.loc.once",
    "us.third.number": "us.third",
    "cn.third.only-debtor.number": "cn.third.only-debtor",
    "cn.third.contact-conditions.gb.died": "cn.third.contact-conditions.gb",
    "us.furnish.first.spoken": "us.furnish.first",
    "us.cease.notices": "us.cease",
    "us.email.work.used": "us.email.work",
    "us.third.consent": "us.third",
    "us.respond-once.place": "us.respond-once",
}
"""Exceptions that the notes state in the row of the rule they lift, and rows of several rules."""
CALIFORNIA = "Civ. Code 1788.2(c), 1788.17"
"""What the notes say of California stands before their tables, in a sentence that names this; B."""
needs_notes = pytest.mark.skipif(not NOTES.exists(), reason="the research notes are not beside the checkout")


def rows() -> dict[str, list[str]]:
    """Rule id -> the cells of its row in the notes."""
    lines = NOTES.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row for row in cells}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_rule_has_a_citation_and_a_certainty(rule):
    assert rule.citation.strip()
    assert rule.certainty in ("A", "B", "C", "D")
    if rule.jurisdiction == HOUSE:
        assert (rule.citation, rule.certainty) == ("House policy", "A")


@needs_notes
@pytest.mark.parametrize(
    "rule", [rule for rule in OF_LAW if not rule.id.startswith("us.ca.")], ids=lambda rule: rule.id
)
def test_the_rule_stands_in_the_notes_with_the_same_certainty(rule):
    row = rows()[NAMED_OTHERWISE.get(rule.id, rule.id)]

    assert rule.certainty in {each.strip()[:1] for each in row[-1].split("/")}  # "B (quoted in full)"
    places = re.findall(r"[\d.]+\(\w\)\(\d\)|\d+-\d{4}", rule.citation)  # 6(b)(1), 45251-2025
    assert not places or any(place in " ".join(row) for place in places), (rule.citation, row)


@needs_notes
@pytest.mark.parametrize("kind", [EntryKind.CONTENT, EntryKind.OBLIGATION, EntryKind.TABLE])
def test_texts_obligations_and_tables_have_the_certainty_of_the_notes(kind):
    of_law = [each for each in shipped_entries() if each.kind is kind and each.jurisdiction != HOUSE]
    told = rows()

    assert [each.id for each in of_law if each.certainty not in _certainties(each.id, told)] == []


def _certainties(entry, told):
    """Of the row of that id, or of the one whose id it goes on from."""
    while entry and entry not in told:
        entry = entry.rpartition(".")[0]
    return {each.strip()[:1] for each in told[entry][-1].split("/")}


@needs_notes
def test_california_takes_over_what_the_notes_say_it_does():
    rules = [rule for rule in OF_LAW if rule.id.startswith("us.ca.")]

    assert f"({CALIFORNIA})" in NOTES.read_text(encoding="utf-8")
    assert rules
    assert [rule.id for rule in rules if CALIFORNIA not in rule.citation or rule.certainty != "B"] == []
