"""Rules of content: each rests on its source, answers its cases, and says nothing that no case needs."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from arrears.actions.content_cases import answer_content_cases
from arrears.kernel.errors import BadInput
from arrears.rulepacks import shipped
from arrears.rulepacks.content import content_of, shipped_content
from tests.law.builders import where_of
from tests.law.content_mutants import content_mutants
from tests.law.test_citations import needs_notes, rows

PACKS = shipped_content()
RULES = [rule for pack in PACKS for rule in pack.rules]
OF_LAW = [rule for rule in RULES if rule.jurisdiction != "house"]
BY_ID = {"ids": lambda rule: rule.id}


def test_every_case_is_answered_as_it_expects():
    wrong = [(each.id, each.answered) for each in answer_content_cases() if not each.holds]

    assert wrong == []


@pytest.mark.parametrize("rule", RULES, **BY_ID)
def test_every_rule_has_a_case_on_each_side(rule):
    sides = {case["expect"] for pack in PACKS for each, case in pack.cases if each is rule}

    assert sides == {"pass", "refuse"}


def test_no_case_is_called_like_another():
    names = [each.id for each in answer_content_cases()]

    assert sorted(set(names)) == sorted(names)


def test_no_contact_pack_is_a_file_of_content():
    assert {pack.path.name for pack in shipped()} & {"content.toml"} == set()


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.jurisdiction)
def test_every_changed_value_breaks_a_case_or_is_refused(pack):
    told = tomllib.loads(pack.path.read_text(encoding="utf-8"))

    survivors = [what for what, mutant in content_mutants(told) if not _is_noticed(pack.path, mutant)]

    assert survivors == []


def _is_noticed(path, told):
    try:
        return not all(answer.holds for answer in answer_content_cases([content_of(path, told)]))
    except BadInput:
        return True


@needs_notes
@pytest.mark.parametrize("rule", OF_LAW, **BY_ID)
def test_the_rule_stands_in_the_notes_with_the_same_certainty(rule):
    notes = rows()
    row = notes.get(rule.id) or notes[rule.id.rpartition(".")[0]]

    assert rule.certainty in row[-1].split()[0].split("/")


FILE = Path("test/content.toml")
RULE = {
    "id": "t.says",
    "requires": ["institution"],
    "citation": "A source",
    "certainty": "B",
    "about": {"en": "Says.", "zh-Hans": "说。", "zh-Hant": "說。"},
}


def test_a_plain_rule_is_read():
    pack = content_of(FILE, {"jurisdiction": "test", "rule": [RULE]})

    assert [(rule.id, rule.requires) for rule in pack.rules] == [("t.says", ("institution",))]


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"requires": ["weather"]}, "requires"),
        ({"requires": []}, "requires"),
        ({"colour": "red"}, "colour"),
        ({"when": ["it_rains"]}, "when"),
        ({"match": {"channel": ["smoke"]}}, "match.channel"),
        ({"match": {"mood": ["sms"]}}, "match.mood"),
        ({"match": {"place": ["Massachusetts"]}}, "match.place"),
        ({"unless": {"debt": ["charges_shown"]}}, "unless.debt"),
        ({"forbids": ["debt"], "unless": {"debt": ["it_rains"]}}, "unless.debt"),
        ({"forbids": ["debt"], "unless": {"debt": ["charges_shown"]}, "certainty": "C"}, "unless"),
        ({"certainty": "E"}, "certainty"),
        ({"about": {"en": "Says."}}, "about"),
        ({"in_force_from": "2026-01-01"}, "in_force_from"),
        ({"case": [{"id": "t"}]}, "case.expect"),
        ({"case": [{"id": "t", "expect": "allow"}]}, "case.expect"),
        ({"case": [{"id": "t", "expect": "pass", "text": "x"}]}, "case.language"),
        ({"case": [{"id": "t", "expect": "pass", "each": {"moods": ["x"]}}]}, "case.each.moods"),
    ],
)
def test_a_mistake_names_the_file_the_rule_and_the_key(changed, key):
    with pytest.raises(BadInput) as raised:
        content_of(FILE, {"jurisdiction": "test", "rule": [{**RULE, **changed}]})

    assert where_of(raised.value) == ("test/content.toml", "t.says", key)


def test_a_rule_that_asks_nothing_is_a_mistake():
    told = {key: value for key, value in RULE.items() if key != "requires"}

    with pytest.raises(BadInput, match="one must be there"):
        content_of(FILE, {"jurisdiction": "test", "rule": [told]})


def test_an_id_may_stand_once():
    with pytest.raises(BadInput, match="stands twice"):
        content_of(FILE, {"jurisdiction": "test", "rule": [RULE, RULE]})
