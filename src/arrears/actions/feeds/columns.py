"""Which column of a file is which field: by a mapping, or by its name when there is none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from arrears.actions.feeds.reading.lines import ENCODINGS
from arrears.actions.feeds.schema import Feed
from arrears.actions.importing.mapping import Mapping, Target, read_mapping
from arrears.actions.importing.transforms import Column, Transform
from arrears.kernel.errors import BadInput


@dataclass(frozen=True, slots=True)
class Columns:
    """How the fields of a feed are read from the columns of one file."""

    transforms: MappingOf[str, Transform]
    in_major: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The file's columns that are read, each once."""
        return tuple(dict.fromkeys(name for each in self.transforms.values() for name in each.columns))

    @property
    def stated(self) -> frozenset[str]:
        """Fields the file has: about the others it says nothing."""
        return frozenset(self.transforms)


def read_feed_mapping(path: Path, feed: Feed) -> Mapping:
    """The mapping in a TOML file that says `feed = "NAME"`. Raises `BadInput`."""
    return read_mapping(
        path, Target("feed", feed.name, feed.targets(), feed.amounts, ENCODINGS, feed.version)
    )


def columns_of(path: Path, header: Sequence[str], feed: Feed, mapping: Mapping | None) -> Columns:
    """Raises `BadInput` for a header that the mapping, or without one the feed, does not fit."""
    if mapping is not None:
        mapping.check_header(header)
        return Columns(mapping.fields, mapping.amounts_in == "major")
    for number, name in enumerate(header, 1):
        if name not in feed:
            raise _unknown(path, feed, number, name)
    for field in feed.fields:
        if field.is_required and field.name not in header:
            raise _bad(path, feed, f"the header has no column {field.name}", column=field.name)
    return Columns({name: Column(name) for name in header}, in_major=True)


def _unknown(path: Path, feed: Feed, number: int, name: str) -> BadInput:
    """The name itself is not repeated: a file without a header shows people there."""
    near = difflib.get_close_matches(name, [each.name for each in feed.fields], n=1)
    instead = f"; is it {near[0]}?" if near else ""
    return _bad(
        path, feed, f"column {number} of the header is no field of {feed.name}{instead}", column=number
    )


def _bad(path: Path, feed: Feed, what: str, **facts: object) -> BadInput:
    return BadInput(
        "import.header_of_feed",
        f"{path}: {what}.",
        hint=f"arrears schema show {feed.name} lists the fields; a mapping may rename columns.",
        file=str(path),
        **facts,
    )
