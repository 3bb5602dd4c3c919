"""Threats, disclosures and harmless sentences that the lexica were not written from."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from arrears.kernel.content.lexicon import plain
from arrears.locale.lexicon import load_lexica

TEXTS = tomllib.loads(Path(__file__).with_name("unseen_texts.toml").read_text(encoding="utf-8"))["text"]
SELDOM_LAWFUL = (
    *("suit_threat", "prosecution_threat", "detention_threat", "violence_threat", "visit_threat"),
    *("publication", "tells_others", "abuse", "authority_sender", "court_form", "lawyer", "borrow_elsewhere"),
    *("marketing", "asks_secret", "false_pretext", "limitation_misstated", "pressure", "dispute_denied"),
    "claim_beyond_estate",
)


@pytest.mark.parametrize("told", TEXTS, ids=lambda told: told["text"])
def test_a_text_states_what_a_reader_takes_from_it(told):
    text, lexica = plain(told["text"]), load_lexica().values()

    def is_stated(fact: str) -> bool:
        return any(lexicon.words_of(fact, text) for lexicon in lexica)

    if told["states"]:
        assert is_stated(told["states"])
    else:
        assert [fact for fact in SELDOM_LAWFUL if is_stated(fact)] == []
