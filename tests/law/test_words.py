"""What the packs state is told in words: everything, and in three languages."""

from __future__ import annotations

import pytest

from arrears.rulepacks.case_words import situation, usual_facts
from arrears.rulepacks.library import EntryKind, match_of, shipped_entries, stated_by
from arrears.rulepacks.values import LANGUAGES
from arrears.rulepacks.wording import applies_to, states, unworded

ENTRIES = shipped_entries()


def test_every_name_that_an_entry_states_has_words():
    assert unworded(ENTRIES) == [], "add them to rulepacks/words.toml"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_entry_is_a_sentence_without_gaps(language):
    for entry in ENTRIES:
        said = states(entry, language)
        assert said[-1] in ".。", entry.id
        assert not set("{}–_") & set(said), (entry.id, said)


def test_every_number_and_date_of_an_entry_stands_in_its_words():
    for entry in ENTRIES:
        said = states(entry, "zh-Hans")
        for key, value in stated_by(entry.source).items():
            if type(value) is int and not key.endswith(("_bps", "_minor")) and value:
                assert str(value) in said, (entry.id, key)


def test_two_entries_that_state_different_things_are_not_told_alike():
    told: dict[str, list[object]] = {}
    for entry in ENTRIES:
        words = f"{entry.kind} {states(entry, 'en')} {applies_to(entry, 'en')}"
        stated = (entry.form, stated_by(entry.source), match_of(entry.source))
        assert told.setdefault(words, stated) == stated, entry.id


def test_rows_that_differ_in_their_instant_alone_are_told_once():
    rows = [{"result": "rang_out", "at": f"2026-07-14T{hour}:00:00"} for hour in ("09", "10")]

    assert situation({"contacts": rows}) == "contacts: 2 × (rang out, 2026-07-14 09:00, 10:00)"


def test_what_most_cases_share_is_told_before_them_and_of_each_only_what_differs():
    cases = [{"id": "a", "expect": "allow", "channel": "call", "on": day} for day in ("monday", "tuesday")]
    cases.append({"id": "b", "expect": "allow", "on": "sunday"})

    usual = usual_facts(cases)

    assert usual == {"channel": "call"}
    assert [situation(case, usual) for case in cases] == [
        "on monday",
        "on tuesday",
        "on sunday; channel not stated",
    ]


def test_exceptions_and_rules_keep_their_kinds():
    assert {entry.kind for entry in ENTRIES} == set(EntryKind)
