"""The manifest of a delivery: which files belong together, and what they declare of the books.

    business_date = 2026-03-01
    payments_complete_through = 2026-03-01
    contacts_known_from = 2025-01-01

    [[file]]
    feed = "payments"
    path = "payments.csv"      # inside the folder
    mode = "delta"             # or "full"
    rows = 51234               # a file with another number of rows is refused
    sha256 = "..."             # a file with another digest is refused
    mapping = "payments.toml"  # inside the folder; without one the header has the feed's own names
    schema = 1                 # the version of the feed's schema

Only `feed` and `path` are required. Every mistake is named before a file is read.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from arrears.actions.feeds.columns import read_feed_mapping
from arrears.actions.feeds.declaring import Declared
from arrears.actions.feeds.reading.files import File
from arrears.actions.feeds.registry import FEEDS
from arrears.actions.feeds.schema import Feed
from arrears.actions.importing.mapping import Mapping
from arrears.kernel.errors import BadInput

NAME = "manifest.toml"
_BYTES_MAX = 1_000_000
_TOP_KEYS = ("business_date", "payments_complete_through", "contacts_known_from", "file")
_FILE_KEYS = ("feed", "path", "mode", "rows", "sha256", "mapping", "schema")
_MODES = ("delta", "full")
_DIGEST_LENGTH = 64


@dataclass(frozen=True, slots=True)
class Manifest:
    """A checked manifest; `files` in its order."""

    declared: Declared
    files: tuple[File, ...]


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a folder. Raises `BadInput` for anything it may not say."""
    path = folder / NAME
    try:
        if path.stat().st_size > _BYTES_MAX:
            raise _bad("it is too large to be a manifest")
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        if isinstance(error, tomllib.TOMLDecodeError):
            raise _bad(f"it is not valid TOML: {error}") from None
        reason = getattr(error, "strerror", None) or "is not UTF-8 text"
        raise BadInput(
            "import.manifest_unreadable",
            f"{path}: the manifest cannot be read: {reason}.",
            hint=f"A delivery is a folder with a file {NAME} that names its files.",
            file=str(path),
        ) from None
    except RecursionError:
        raise _bad("it is nested too deeply") from None
    return _Reader(folder, told).manifest()


@dataclass(frozen=True, slots=True)
class _Reader:
    folder: Path
    told: dict[str, Any]

    def manifest(self) -> Manifest:
        _known("", self.told, _TOP_KEYS)
        days = [self._day(key) for key in _TOP_KEYS[:3]]
        listed = self.told.get("file")
        if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
            raise _bad("it must have a table [[file]] for every file")
        files = tuple(self._file(f"file {number}", each) for number, each in enumerate(listed, 1))
        self._refuse_repeats(files)
        return Manifest(Declared(*days), files)

    def _day(self, key: str) -> date | None:
        on = self.told.get(key)
        if on is not None and type(on) is not date:
            raise _bad(f"{key} must be a date, 2026-03-01, unquoted")
        return on

    def _file(self, where: str, told: dict[str, Any]) -> File:
        _known(where, told, _FILE_KEYS)
        feed = self._feed(where, told)
        mode = told.get("mode", _MODES[0])
        if mode not in _MODES:
            raise _bad(f'{where}: mode must be "delta" or "full"')
        name = _text(where, told, "path")
        return File(
            feed=feed,
            path=self._inside(where, name),
            shown=name,
            mapping=self._mapping(where, told, feed),
            is_full=mode == "full",
            rows_expected=_count(where, told),
            sha256=_digest(where, told),
        )

    def _feed(self, where: str, told: dict[str, Any]) -> Feed:
        name = _text(where, told, "feed")
        if name not in FEEDS:
            raise _bad(f"{where}: no feed is called {name!r}; there are {', '.join(FEEDS)}")
        feed = FEEDS[name]
        version = told.get("schema", feed.version)
        if type(version) is not int or version != feed.version:
            raise _bad(f"{where}: the schema of {name} is version {feed.version}, not {version}")
        return feed

    def _mapping(self, where: str, told: dict[str, Any], feed: Feed) -> Mapping | None:
        if "mapping" not in told:
            return None
        return read_feed_mapping(self._inside(where, _text(where, told, "mapping")), feed)

    def _inside(self, where: str, name: str) -> Path:
        """A path may not leave the folder, neither by its text nor by a link."""
        root = self.folder.resolve()
        try:
            path = (root / name).resolve()
        except (OSError, ValueError, RuntimeError):
            raise _bad(f"{where}: {name!r} is not a path") from None
        if not path.is_relative_to(root) or path == root:
            raise _bad(f"{where}: {name!r} does not lie inside the folder")
        return path

    def _refuse_repeats(self, files: tuple[File, ...]) -> None:
        paths = [file.path for file in files]
        for file in files:
            if paths.count(file.path) > 1:
                raise _bad(f"it names {file.shown} twice")
            if file.is_full and sum(other.feed is file.feed for other in files) > 1:
                raise _bad(f"it has a full file of {file.feed.name} and another file of it")


def _known(where: str, told: dict[str, Any], known: tuple[str, ...]) -> None:
    for key in told:
        if key not in known:
            at = f"{where}: " if where else ""
            raise _bad(f"{at}{key!r} is unknown; known here: {', '.join(known)}")


def _text(where: str, told: dict[str, Any], key: str) -> str:
    text = told.get(key)
    if not isinstance(text, str) or not text:
        raise _bad(f"{where}: {key} must be text in quotes")
    return text


def _count(where: str, told: dict[str, Any]) -> int | None:
    rows = told.get("rows")
    if rows is not None and (type(rows) is not int or rows < 0):
        raise _bad(f"{where}: rows must be a whole number")
    return rows


def _digest(where: str, told: dict[str, Any]) -> str:
    digest = told.get("sha256", "")
    is_hex = isinstance(digest, str) and all(char in "0123456789abcdefABCDEF" for char in digest)
    if not is_hex or len(digest) not in (0, _DIGEST_LENGTH):
        raise _bad(f"{where}: sha256 must be {_DIGEST_LENGTH} hexadecimal digits")
    return str(digest)


def _bad(what: str) -> BadInput:
    return BadInput(
        "import.bad_manifest",
        f"{NAME}: {what}.",
        hint="docs/feeds.md shows a manifest with everything it may say.",
    )
