"""`arrears inbound understand` says what a text is taken to mean, and why."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.command import arrears_each


def test_a_text_is_shown_as_it_is_understood(tmp_path: Path) -> None:
    table, told, nothing = arrears_each(
        ("inbound", "understand", "別再打了"),
        ("inbound", "understand", "I lost my job, don't call me at work", "--format", "json"),
        ("inbound", "understand", "the weather is nice", "--format", "json"),
        home=tmp_path,
    )

    assert "Understood: stop_channel (clear)" in table
    assert "zh.channel.call" in table
    assert [(row["wish"], row["certainty"], row["about"], row["because"]) for row in json.loads(told)] == [
        ("no_calls_at", "clear", "work", "en.when.time_or_place"),
        ("hardship", "clear", "", "en.hardship"),
    ]
    assert [(row["wish"], row["certainty"]) for row in json.loads(nothing)] == [("other", "unclear")]
