"""The words of a statement exist in every language, with the same places to fill."""

from __future__ import annotations

from string import Formatter

import pytest

from arrears.locale.notices import LANGUAGES
from arrears.locale.statement import load_statement_texts


def places(texts):
    return {
        (table, name): {field for _, field, _, _ in Formatter().parse(text) if field}
        for table, words in texts.items()
        for name, text in words.items()
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_texts_with_the_same_places(language):
    assert places(load_statement_texts(language)) == places(load_statement_texts("en"))
