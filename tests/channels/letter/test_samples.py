"""A letter for newcomers."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from arrears.channels.letter.samples import sample_letter
from tests.builders import TODAY


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_a_sample_is_one_page_that_says_that_it_is_none(language):
    (page,) = PdfReader(BytesIO(sample_letter(language, on=TODAY).pdf())).pages

    text = page.extract_text()
    assert {"en": "Specimen", "zh-Hans": "样本", "zh-Hant": "樣本"}[language] in text
