"""Chinese texts hold no character of the other script: the national character sets know the difference."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from arrears import locale, rulepacks, strategies
from arrears.locale.answers import leaves

LOCALE, PACKS, LADDERS = (Path(each.__file__).parent for each in (locale, rulepacks, strategies))
OF_SCRIPT = {"zh-Hans": "gb2312", "zh-Hant": "big5"}


def texts_in(language: str) -> Iterator[tuple[str, str]]:
    """Every (where, text) in this language: answers, notices, statements, rules and steps."""
    for path in (LOCALE / language).glob("*.toml"):
        for key, text in leaves(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield f"{path.name} {key}", text
    for path in (*PACKS.glob("**/*.toml"), *LADDERS.glob("*.toml")):
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        rows = (row for kind in ("rule", "exception", "steps") for row in content.get(kind, []))
        for row in (content, *rows):
            if language in row.get("about", {}):
                yield f"{path.name} {row.get('id', row.get('name'))}", row["about"][language]


@pytest.mark.parametrize("language", OF_SCRIPT)
def test_no_character_is_of_the_other_script(language: str) -> None:
    found = list(texts_in(language))

    assert len(found) > 300
    for where, text in found:
        odd = {each for each in text if not _is_in(each, OF_SCRIPT[language])}
        assert odd == set(), (where, odd)


@pytest.mark.parametrize("language", OF_SCRIPT)
def test_the_other_language_would_be_found_out(language: str) -> None:
    (other,) = set(OF_SCRIPT) - {language}

    strange = [where for where, text in texts_in(other) if not _is_in(text, OF_SCRIPT[language])]

    assert len(strange) > 200


def _is_in(text: str, character_set: str) -> bool:
    try:
        text.encode(character_set)
    except UnicodeEncodeError:
        return False
    return True
