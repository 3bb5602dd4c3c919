"""The lexicon of what people write back, read from the TOML files of this folder."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

from arrears.kernel.inbound.lexicon import Entry, Lexicon
from arrears.kernel.inbound.wishes import Certainty3, Wish

__all__ = ["load_lexicon"]


@cache
def load_lexicon() -> Lexicon:
    """Every entry of every language."""
    entries = []
    for path in sorted(Path(__file__).parent.glob("*.toml")):
        for told in tomllib.loads(path.read_text(encoding="utf-8"))["entry"]:
            says = tuple(re.compile(each) for each in told["says"])
            entries.append(Entry(told["id"], Wish(told["wish"]), Certainty3(told["certainty"]), says))
    return Lexicon(tuple(entries))
