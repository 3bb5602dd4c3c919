"""The lender's ladders as data, and the only loader of them.

`load_strategy("sample")` reads a ladder that ships with Arrears; `load_strategy("my.toml")`
reads a lender's own file of the same form. All mistakes of a file are one `BadInput` that names the
file, the step and the key of each. The version is the digest of what the file says, so that comments and
layout may change and a changed number may not.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from arrears.kernel.errors import BadInput, NotFound
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.rulepacks.lines import line_at, lines_of
from arrears.rulepacks.mistakes import Mistake, Mistakes, Steps, not_toml, refuse_mistakes
from arrears.strategies.reachability import read_reachability
from arrears.strategies.reading import LadderDraft, Place, StepDraft, read_about, read_ladders, read_text
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
    """A ladder from the text of its file; `file` only names it in errors.

    Raises BadInput for all that the file may not say.
    """
    read = read_as_far_as_it_goes(text, file=file)
    syntax = "strategy.bad_value" if read.is_toml else "strategy.syntax"
    refuse_mistakes(read.mistakes, syntax, hint=f"What to do about each: arrears strategy check {file}")
    assert read.strategy is not None, file
    return read.strategy


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A strategy file as far as it can be read.

    strategy  None where there are mistakes
    mistakes  all that the file may not say, by line
    ladders   what is told of each, whatever is wrong with it
    """

    strategy: Strategy | None
    mistakes: tuple[Mistake, ...]
    ladders: tuple[LadderDraft, ...]
    lines: Mapping[Steps, int]
    is_toml: bool = True

    @property
    def steps(self) -> tuple[StepDraft, ...]:
        return tuple(step for ladder in self.ladders for step in ladder.steps)

    def line_of(self, name: str) -> int | None:
        """The line on which the step of this id begins, or else the ladder of this name."""
        drafts: Mapping[str, LadderDraft | StepDraft] = {
            **{ladder.name: ladder for ladder in self.ladders},
            **{step.id: step for step in self.steps},
        }
        return line_at(self.lines, drafts[name].place.spot.steps) if name in drafts else None


def read_as_far_as_it_goes(text: str, *, file: str) -> ReadFile:
    """What the text of a file says, and everything that is wrong with it."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return ReadFile(None, (not_toml(file, f"is not TOML: {error}"),), (), {}, is_toml=False)
    place = Place(Mistakes(file))
    place.only_keys(content, FILE_KEYS)
    name, about = read_text(content, "name", place), read_about(content, place)
    ladders = read_ladders(content, place)
    segments = read_segments(content, [ladder.name for ladder in ladders], place)
    calls_per_day, reachability = read_calls_per_day(content, place), read_reachability(content, place)
    lines = lines_of(text)
    mistakes = sorted(
        (replace(each, line=line_at(lines, each.steps)) for each in place.mistakes),
        key=lambda each: (each.line is None, each.line or 0),
    )
    strategy = None
    if not mistakes:
        strategy = Strategy(
            name=name,
            version=_digest(content),
            ladders=tuple(ladder.make() for ladder in ladders),
            segments=segments,
            calls_per_day=calls_per_day,
            about=about,
            reachability=reachability,
        )
    return ReadFile(strategy, tuple(mistakes), ladders, lines)


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
    "ReadFile",
    "Step",
    "Strategy",
    "list_strategies",
    "load_strategy",
    "read_as_far_as_it_goes",
    "read_strategy",
    "strategy_told",
    "text_of",
]
