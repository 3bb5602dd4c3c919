"""`docs/strategies.md` names every key a strategy file may have, and an example without findings."""

from __future__ import annotations

import re

import pytest

from arrears.kernel.planning.strategy import LADDER_TRACKS
from arrears.kernel.vocabulary import name_of
from arrears.locale.notices import load_templates
from arrears.strategies import FILE_KEYS, read_strategy
from arrears.strategies.checking import check_strategy
from arrears.strategies.reading import LADDER_KEYS, STEP_KEYS
from arrears.strategies.segments import SEGMENT_KEYS
from tests.docs.documents import ROOT

TEXT = (ROOT / "docs/strategies.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)


def keys_under(title: str) -> list[str]:
    section = TEXT.split(f"## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)


@pytest.mark.parametrize(
    ("title", "keys"),
    [
        ("Keys of the file", FILE_KEYS),
        ("Keys of a ladder", LADDER_KEYS),
        ("Keys of a step", STEP_KEYS),
        ("Keys of a segment", SEGMENT_KEYS),
        ("Tracks", [name_of(track) for track in LADDER_TRACKS]),
    ],
)
def test_every_key_that_is_read_is_told_once_and_no_other(title: str, keys: list[str]) -> None:
    assert sorted(keys_under(title)) == sorted(keys)


def test_the_example_is_a_strategy_without_findings() -> None:
    strategy = read_strategy(EXAMPLE, file="docs/strategies.md")

    assert check_strategy(strategy, load_templates().keys()) == ()
    assert [ladder.name for ladder in strategy.ladders] == ["standard", "gentle"]
    assert [segment.is_vulnerable for segment in strategy.segments] == [True, None]
