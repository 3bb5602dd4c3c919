"""docs/feeds.md is what the definitions say."""

from __future__ import annotations

from arrears.actions.feeds.documents import page
from tests.docs.documents import ROOT


def test_the_page_of_feeds_is_made_from_their_definitions() -> None:
    assert (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8") == page(), (
        "arrears schema docs > docs/feeds.md"
    )
