"""Every entry of the lexicon of replies has a part in its own cases and none in what it has to pass."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from arrears.kernel.errors import BadInput
from arrears.kernel.inbound.understanding import understand
from arrears.kernel.inbound.wishes import Wish
from arrears.locale import inbound
from arrears.locale.inbound import lexicon_of, load_lexicon

LEXICON = load_lexicon()
FOLDER = Path(inbound.__file__).parent
SOURCES = {path.relative_to(FOLDER).as_posix(): path.read_text("utf-8") for path in FOLDER.glob("**/*.toml")}
CANTONESE = set("嚟佢搵哋嘅黐啰咗冇啲畀")


@pytest.mark.parametrize("entry", LEXICON.entries, ids=lambda entry: entry.id)
def test_an_entry_finds_its_messages_and_passes_the_others(entry):
    found = {text: entry.id in understand(text, LEXICON).because for text in (*entry.finds, *entry.passes)}

    assert found == {**dict.fromkeys(entry.finds, True), **dict.fromkeys(entry.passes, False)}


def test_no_two_entries_share_an_id_and_every_wish_can_be_stated():
    ids = [entry.id for entry in LEXICON.entries]

    assert len(ids) == len(set(ids))
    assert {entry.wish for entry in LEXICON.entries} == set(Wish)


def test_every_phrase_is_written_in_its_plain_form():
    for name in ("refusals", "others"):
        for entry in tomllib.loads(SOURCES[f"zh/{name}.toml"])["entry"]:
            told = "".join((*entry.get("says", ()), *entry.get("keywords", ())))
            assert told == told.translate(LEXICON.letters.characters), entry["id"]


def test_every_traditional_character_of_an_example_is_folded():
    examples = "".join(text for entry in LEXICON.entries for text in (*entry.finds, *entry.passes))
    folded = examples.translate(LEXICON.letters.characters)

    strange = {each for each in folded if "\u4e00" <= each <= "\u9fff" and not is_simplified(each)}

    assert strange <= CANTONESE


def is_simplified(character: str) -> bool:
    return character.encode("gb2312", "ignore") != b""


ENTRY = """id = "en.x"
about = "x"
wish = "stop"
certainty = "hint"
says = ["x"]
finds = ["x"]
passes = ["y"]
"""


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (ENTRY.replace('about = "x"\n', ""), "en/extra.toml: en.x has no about."),
        (ENTRY.replace('passes = ["y"]\n', ""), "en/extra.toml: en.x has no passes."),
        (ENTRY + "sings = true\n", "en/extra.toml: en.x has sings, which is not a key."),
        (ENTRY.replace('"stop"', '"sing"'), "en.x cannot be read: 'sing' is not a valid Wish"),
        (ENTRY.replace('says = ["x"]', 'says = ["("]'), "en.x cannot be read: "),
        (ENTRY.replace('says = ["x"]', 'says = ["{nobody}"]'), "en.x cannot be read: 'nobody'"),
        (ENTRY + 'keywords = ["退订"]\n', "en.x has the keyword 退订"),
        ("[[", "en/extra.toml cannot be read: "),
    ],
)
def test_a_wrong_entry_is_named(entry, why):
    with pytest.raises(BadInput) as raised:
        lexicon_of({**SOURCES, "en/extra.toml": f"[[entry]]\n{entry}"})

    assert why in raised.value.what
