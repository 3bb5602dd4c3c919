"""The words of a loan's statement, in the three languages."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from arrears.locale.notices import LANGUAGES


@cache
def load_statement_texts(language: str) -> dict[str, Any]:
    """The words of one of `LANGUAGES`."""
    assert language in LANGUAGES, language
    path = Path(__file__).parent / language / "statement.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Words:
    """Speaks one language about statements."""

    language: str

    @cached_property
    def _texts(self) -> dict[str, Any]:
        return load_statement_texts(self.language)

    def say(self, table: str, name: str, **values: object) -> str:
        """A text of one of the tables, filled."""
        return str(self._texts[table][name]).format_map(values)
