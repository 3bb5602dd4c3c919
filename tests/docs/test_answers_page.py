"""docs/answers.md is what the shape of the answers says."""

from __future__ import annotations

from arrears.actions.telling_shape import page
from tests.docs.documents import ROOT


def test_the_page_of_the_answers_is_made_from_their_shape() -> None:
    assert (ROOT / "docs" / "answers.md").read_text(encoding="utf-8") == page(), (
        "arrears schema answers --format md > docs/answers.md"
    )
