"""The lender's ladders as data, and the only loader of them.

`load_strategy("sample")` reads a ladder that ships with Arrears; `load_strategy("my.toml")`
reads a lender's own file of the same form. Every mistake is a `BadInput` that names the file,
the step and the key. The version is the digest of what the file says, so that comments and
layout may change and a changed number may not.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput, NotFound
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.strategies.reachability import read_reachability
from arrears.strategies.reading import Place, read_about, read_ladders, read_text
from arrears.strategies.segments import read_calls_per_day, read_segments

_SHIPPED = resources.files(__name__)

FILE_KEYS = frozenset({"name", "about", "calls_per_day", "ladders", "steps", "segments", "reachability"})

SAMPLE = "sample"
"""The shipped ladder of a lender that has adopted none."""


def list_strategies() -> tuple[str, ...]:
    """Names of the ladders that ship with Arrears."""
    names = (entry.name for entry in _SHIPPED.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def load_strategy(source: str | Path = SAMPLE) -> Strategy:
    """The ladder of this name, or in this `.toml` file; `NotFound` or `BadInput` otherwise."""
    return strategy_told(*text_of(source))


@lru_cache(maxsize=64)
def strategy_told(text: str, file: str) -> Strategy:
    """The ladder of this text, read once; `file` is where errors say it stands."""
    return read_strategy(text, file=file)


def text_of(source: str | Path) -> tuple[str, str]:
    """The text of a strategy given by name or by its file, and the name of the file for errors."""
    if isinstance(source, Path) or source.endswith(".toml"):
        return _read(Path(source)), str(source)
    if source not in list_strategies():
        raise NotFound(
            "strategy.unknown",
            f"There is no strategy named {source!r}.",
            hint=f"Shipped: {', '.join(list_strategies())}; or give the path of a .toml file.",
        )
    return (_SHIPPED / f"{source}.toml").read_text(encoding="utf-8"), f"{source}.toml"


@lru_cache(maxsize=64)
def read_strategy(text: str, *, file: str) -> Strategy:
    """A ladder from the text of its file; `file` only names it in errors."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("strategy.syntax", f"{file} is not TOML: {error}.", file=file) from None
    place = Place(file)
    place.only_keys(content, FILE_KEYS)
    ladders = read_ladders(content, place)
    return Strategy(
        name=read_text(content, "name", place),
        version=_digest(content),
        ladders=ladders,
        segments=read_segments(content, ladders, place),
        calls_per_day=read_calls_per_day(content, place),
        about=read_about(content, place),
        reachability=read_reachability(content, place),
    )


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise BadInput("strategy.unreadable", f"{path} cannot be read: {reason}.") from None


def _digest(content: Mapping[str, Any]) -> str:
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


__all__ = [
    "SAMPLE",
    "Step",
    "Strategy",
    "list_strategies",
    "load_strategy",
    "read_strategy",
    "strategy_told",
    "text_of",
]
