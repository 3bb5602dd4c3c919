"""What the packs state is told in words: everything, and in three languages."""

from __future__ import annotations

import pytest

from arrears.rulepacks.case_words import shared_facts, situation
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

    assert situation({"contacts": rows}) == "contacts: 2 × (result rang out, at 2026-07-14 09:00, 10:00)"


def test_what_all_cases_share_is_told_before_them():
    cases = [{"id": "a", "expect": "allow", "channel": "call", "at": hour} for hour in ("08:00", "09:00")]

    assert shared_facts(cases) == {"channel": "call"}
    assert situation(cases[0], shared_facts(cases)) == "at 08:00"


def test_exceptions_and_rules_keep_their_kinds():
    assert {entry.kind for entry in ENTRIES} == set(EntryKind)
