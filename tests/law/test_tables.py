"""The tables as shipped: every case holds, on both sides of every entry, and no value can slip."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict

import holidays
import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.tables.kinds import KINDS
from arrears.rulepacks import shipped
from arrears.rulepacks.tables import TableFile, answer_table_cases, shipped_tables, table_entries, tables_of
from tests.law.table_mutants import Told, mutants
from tests.law.test_citations import needs_notes, rows

ANSWERS = {answer.id: answer for answer in answer_table_cases(shipped_tables())}
ENTRIES = table_entries()


@pytest.mark.parametrize("case", ANSWERS)
def test_the_case_holds(case):
    assert ANSWERS[case].answered == ANSWERS[case].expected


def test_no_two_cases_have_one_name():
    assert len(ANSWERS) == sum(len(file.cases) for file in shipped_tables())


def test_every_entry_has_cases_on_both_sides():
    sides = defaultdict(set)
    for file in shipped_tables():
        for entry, case in file.cases:
            kind = KINDS[entry.kind]
            sides[entry.id] |= {side for side in (kind.permits, kind.refuses) if case["expect"] in side}

    one_sided = {entry.id for entry in ENTRIES if len(sides[entry.id]) < 2}
    assert one_sided == set()


def is_noticed(file: TableFile, told: Told) -> bool:
    try:
        return not all(answer.holds for answer in answer_table_cases([tables_of(file.path, told)]))
    except (BadInput, NotImplementedError):
        return True


@pytest.mark.parametrize("file", shipped_tables(), ids=lambda file: file.name)
def test_every_changed_value_breaks_a_case_or_is_refused(file):
    told = tomllib.loads(file.path.read_text(encoding="utf-8"))

    survivors = [what for what, mutant in mutants(told) if not is_noticed(file, mutant)]

    assert survivors == []


def test_a_file_of_tables_is_no_pack_of_contact_law():
    assert all(pack.path.name != "tables.toml" for pack in shipped())
    ids = {rule.id for pack in shipped() for rule in (*pack.rules, *pack.exceptions)}
    assert ids & {entry.id for entry in ENTRIES} == set()


def test_union_law_binds_in_every_member_state():
    (union,) = (file for file in shipped_tables() if file.jurisdiction == "eu")

    places = union.entries[0].applies_to

    assert len(set(places)) == 27
    assert set(places) <= set(holidays.list_supported_countries())
    assert not {"GB", "NO", "CH"} & set(places)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_an_entry_says_something_else_in_each_language(entry):
    assert len(set(entry.about.values())) == 3


@needs_notes
@pytest.mark.parametrize(
    "entry", [e for e in ENTRIES if e.jurisdiction != "house"], ids=lambda entry: entry.id
)
def test_the_entry_stands_in_the_notes_with_a_certainty_they_give(entry):
    row = rows()[entry.rule]

    assert entry.certainty in re.findall(r"\b[ABCD]\b", row[-1])
    places = re.findall(r"\d{3,4}\.\d+|〔\d{4}〕\d+号", entry.citation)
    assert all(place in " ".join(row) for place in places), (entry.citation, row)
