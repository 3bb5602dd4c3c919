"""Window envelopes, from `windows.toml`: what of a folded sheet is seen through a window, and where."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from arrears.kernel.errors import NotFound

_FALLBACK = "din_5008_b"


class Rectangle(NamedTuple):
    """A part of the sheet, in millimetres from its top left corner."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Window:
    """One kind of window envelope and the sheet that goes into it.

    paper    width and height in millimetres
    always   what is seen however the sheet lies in the envelope: the address stands here
    perhaps  what is seen in some position: nothing else may stand here
    folds    distances of the folds from the top edge; marked on the paper when `has_marks`
    """

    name: str
    source: str
    is_standard: bool
    paper: tuple[float, float]
    always: Rectangle
    perhaps: Rectangle
    folds: tuple[float, ...]
    has_marks: bool
    has_return_line: bool


@cache
def load_windows() -> Mapping[str, Window]:
    """Every kind of window there is, by name."""
    return {name: _window(name, told) for name, told in _content()["window"].items()}


def usual_window(country: str) -> Window:
    """The envelopes that are usual where a lender is (ISO 3166-1)."""
    return load_windows()[_content()["usual"].get(country, _FALLBACK)]


def find_window(name: str | None, country: str) -> Window:
    """The kind of this name; without one, what is usual in the country. Raises NotFound."""
    windows = load_windows()
    if name is not None and name not in windows:
        raise NotFound(
            "window.unknown", f"No window envelope is called {name!r}: known are {', '.join(windows)}."
        )
    return windows[name] if name is not None else usual_window(country)


def _window(name: str, told: Mapping[str, Any]) -> Window:
    """The sheet lies anywhere between the edges of its envelope: by so much it may be shifted."""
    (wide, high), (window_wide, window_high) = told["envelope"], told["window"]
    panel = max(told["folds"][0], *(b - a for a, b in zip(told["folds"], told["folds"][1:], strict=False)))
    aside, down = wide - told["paper"][0], high - panel
    left, top = told["left"], high - told["bottom"] - window_high
    right, bottom = left + window_wide, top + window_high
    return Window(
        name=name,
        source=told["source"],
        is_standard=told["is_standard"],
        paper=(told["paper"][0], told["paper"][1]),
        always=_rounded(left, top, right - aside, bottom - down),
        perhaps=_rounded(left - aside, top - down, right, bottom),
        folds=tuple(told["folds"]),
        has_marks=told["marks"],
        has_return_line=told["return_line"],
    )


def _rounded(*edges: float) -> Rectangle:
    return Rectangle(*(round(max(edge, 0), 1) for edge in edges))


@cache
def _content() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("windows.toml").read_text(encoding="utf-8"))
