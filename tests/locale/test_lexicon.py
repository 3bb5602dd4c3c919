"""The lexicon finds what it has to find, passes what is harmless, and holds nothing it does not need."""

from __future__ import annotations

import dataclasses

import pytest

from arrears.kernel.content.lexicon import Entry, plain
from arrears.kernel.errors import BadInput
from arrears.locale.lexicon import lexicon_of, load_lexica

ENTRIES = [
    (lexicon.language, fact, entry)
    for lexicon in load_lexica().values()
    for fact, entry in lexicon.entries.items()
]
ALL = pytest.mark.parametrize(("language", "fact", "entry"), ENTRIES, ids=[f"{a}/{b}" for a, b, _ in ENTRIES])


def is_in_order(entry: Entry) -> bool:
    finds = all(entry.spans(plain(text)) for text in entry.finds)
    return finds and not any(entry.spans(plain(text)) for text in entry.passes)


@ALL
def test_an_entry_finds_its_sentences_and_passes_the_harmless_ones(language, fact, entry):
    found = {text: bool(entry.spans(plain(text))) for text in (*entry.finds, *entry.passes)}

    assert found == {**dict.fromkeys(entry.finds, True), **dict.fromkeys(entry.passes, False)}


@ALL
@pytest.mark.parametrize("key", ["says", "unless"])
def test_no_expression_of_an_entry_can_be_left_out_unnoticed(language, fact, entry, key):
    told = getattr(entry, key)
    shorter = [dataclasses.replace(entry, **{key: told[:n] + told[n + 1 :]}) for n in range(len(told))]

    needless = [told[n].pattern for n, each in enumerate(shorter) if is_in_order(each)]

    assert needless == []


def test_every_language_knows_the_same_facts():
    known = {language: set(lexicon.entries) for language, lexicon in load_lexica().items()}

    assert known["zh-Hans"] == known["zh-Hant"]
    assert known["en"] - known["zh-Hans"] == {"time_of_call", "reply_times", "any_representative"}
    assert known["zh-Hans"] - known["en"] == set()


@pytest.mark.parametrize(
    ("hidden", "found"),
    [
        ("我们将起 诉", "起诉"),
        ("我们将起\u200b诉", "起诉"),
        ("我们将起·诉", "起诉"),
        ("我们将起*诉", "起诉"),
        ("We will SUE you", "sue"),
    ],
)
def test_a_word_cannot_be_hidden_from_the_search(hidden, found):
    words = [lexicon.words_of("suit_threat", plain(hidden)) for lexicon in load_lexica().values()]

    assert any(found in each for each in words)


GOOD = '[debt]\nsays = ["owed"]\nfinds = ["owed"]\n'


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ('[weather]\nsays = ["rain"]\nfinds = ["rain"]\n', "weather is not a fact"),
        (GOOD + 'sings = ["owed"]\n', "debt.sings is not a key"),
        ('[debt]\nsays = ["owed"]\n', "debt.finds is missing"),
        (GOOD + 'unless = ["not owed"]\n', "debt.passes is missing"),
        ('[debt]\nsays = ["("]\nfinds = ["("]\n', "debt.says cannot be searched for"),
    ],
)
def test_a_wrong_entry_is_named(source, why):
    with pytest.raises(BadInput) as raised:
        lexicon_of("en", source)

    assert why in raised.value.what
