"""The obligations that are shipped: their cases hold, and no value can be changed unnoticed."""

from __future__ import annotations

import tomllib
from collections import defaultdict

import pytest

from arrears.kernel.errors import BadInput
from arrears.rulepacks.loading import shipped
from arrears.rulepacks.obligations import load_obligations, shipped_obligations
from arrears.rulepacks.obligations.cases import answer_obligation_cases
from arrears.rulepacks.obligations.reading import ObligationsFile, obligations_of_file
from tests.law.obligation_mutants import mutants
from tests.law.test_citations import needs_notes, rows


@pytest.mark.parametrize("answer", answer_obligation_cases(), ids=lambda answer: answer.id)
def test_a_case_is_answered_as_the_law_says(answer):
    assert answer.answered == answer.expected


def test_every_obligation_has_a_case_in_which_it_is_met_and_one_in_which_something_is_to_be_done():
    sides = defaultdict(set)
    for answer in answer_obligation_cases():
        sides[answer.rule.id].add(answer.expected.split()[0] == "met")

    assert {name for name, both in sides.items() if both != {True, False}} == set()
    assert set(sides) == {each.id for each in load_obligations()}


def test_case_ids_are_used_once():
    ids = [answer.id for answer in answer_obligation_cases()]

    assert sorted(set(ids)) == sorted(ids)


def test_an_obligations_file_is_no_pack_of_contact_law():
    assert not [pack.name for pack in shipped() if pack.path.name == "obligations.toml"]


def entries():
    """Each entry as a file of its own: (file, what it tells)."""
    for file in shipped_obligations():
        told = tomllib.loads(file.path.read_text(encoding="utf-8"))
        for entry in told["obligation"]:
            yield pytest.param(file, {**told, "obligation": [entry]}, id=entry["id"])


def is_noticed(file: ObligationsFile, told) -> bool:
    try:
        return not all(each.holds for each in answer_obligation_cases([obligations_of_file(file.path, told)]))
    except BadInput:
        return True


@pytest.mark.parametrize(("file", "told"), list(entries()))
def test_every_changed_value_breaks_a_case_or_is_refused(file, told):
    survivors = [what for what, mutant in mutants(told) if not is_noticed(file, mutant)]

    assert survivors == []


NAMED_OTHERWISE = {"us.fcra.direct.frivolous": "us.fcra.direct"}
"""Rows of the notes that state several obligations."""


@needs_notes
@pytest.mark.parametrize("obligation", load_obligations(), ids=lambda each: each.id)
def test_the_obligation_stands_in_the_notes_with_the_same_certainty(obligation):
    row = rows()[NAMED_OTHERWISE.get(obligation.id, obligation.id)]

    assert obligation.certainty in row[-1].split("/")
