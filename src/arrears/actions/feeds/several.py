"""Kinds of cells that hold several words, minutes of a local day, and digests."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

import polars as pl

from arrears.actions.feeds.kinds import Kind
from arrears.actions.importing import values

_WALL = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00", re.ASCII)
_DIGEST = re.compile(r"[0-9A-Fa-f]{64}", re.ASCII)
_REFS_MAX = 100


def mask_of(words: Sequence[str]) -> Kind:
    """Words of a closed list between blanks, as bits in the order of the list."""
    listed = ", ".join(f"`{word}`" for word in words)
    return Kind(
        f"of {listed}, with blanks between",
        "smallint",
        pl.Int64(),
        partial(_mask, tuple(words)),
        _none(pl.Int64()),
    )


def _mask(words: tuple[str, ...], text: str) -> int:
    bits = 0
    for word in text.split():
        if word not in words:
            raise ValueError(f"has a word that is not one of {', '.join(words)}")
        bits |= 1 << words.index(word)
    return bits


def _minutes(text: str) -> int:
    if not _WALL.fullmatch(text):
        raise ValueError("is not a time between 00:00 and 24:00")
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def _refs(text: str) -> str:
    found = text.split()
    if len(found) > _REFS_MAX:
        raise ValueError(f"names more than {_REFS_MAX}")
    if len(set(found)) < len(found):
        raise ValueError("names one twice")
    return " ".join(map(values.ref, found))


def _digest(text: str) -> str:
    if not _DIGEST.fullmatch(text):
        raise ValueError("is not a SHA-256 digest of 64 hexadecimal digits")
    return text.lower()


def _none(dtype: pl.DataType) -> Callable[[pl.Expr], pl.Expr]:
    return lambda text: pl.when(text.is_null()).then(pl.lit(None, dtype))


WALL_MINUTES = Kind(
    "a time of day, `08:30`, up to `24:00`", "smallint", pl.Int64(), _minutes, _none(pl.Int64())
)
REFS = Kind("numbers with blanks between", "text", pl.String(), _refs, _none(pl.String()))
DIGEST = Kind("64 hexadecimal digits", "text", pl.String(), _digest, _none(pl.String()))
