"""From the keys of a strategy file to `Step`, with an error for every way to get one wrong."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Any, TypeVar

from arrears.kernel.errors import BadInput
from arrears.kernel.planning.ladder import CatchUp, Step, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose, code_of

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
_STEP_KEYS = frozenset(
    {"id", "rank", "offset_days", "channel", "notice", "purpose", "tone", "window_days", "catch_up", "about"}
)
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DAYS_MAX = 3650
_E = TypeVar("_E", bound=IntEnum)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file a key stands, for the errors."""

    file: str
    step: str = ""

    def wrong(self, key: str, what: str, hint: str = "") -> BadInput:
        """The error that this key is wrong; to be raised."""
        where = f"{self.file}, step {self.step}" if self.step else self.file
        return BadInput(
            "strategy.bad_value",
            f"{where}: {key!r} {what}.",
            hint=hint,
            file=self.file,
            step=self.step,
            key=key,
        )

    def only_keys(self, table: Mapping[str, Any], known: Collection[str]) -> None:
        """Refuse a key that means nothing: it is a misspelling, or a promise not kept."""
        for key in table:
            if key not in known:
                raise self.wrong(key, "is not known here", f"Known: {', '.join(sorted(known))}.")


def read_text(table: Mapping[str, Any], key: str, place: Place) -> str:
    """A required text that is not empty."""
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        raise place.wrong(key, "must be a text that is not empty")
    return value


def read_about(table: Mapping[str, Any], place: Place) -> Mapping[str, str]:
    """The `about` table: one text in each of `LANGUAGES`."""
    about = table.get("about")
    if not isinstance(about, Mapping):
        raise place.wrong("about", f"must be a table with {', '.join(LANGUAGES)}")
    place.only_keys(about, LANGUAGES)
    return {language: read_text(about, language, place) for language in LANGUAGES}


def read_steps(content: Mapping[str, Any], place: Place) -> tuple[Step, ...]:
    """Every `[[steps]]` table, in file order, which must be the order of ranks and offsets."""
    tables = content.get("steps")
    if not isinstance(tables, list) or not tables:
        raise place.wrong("steps", "must hold at least one [[steps]] table")
    steps = tuple(_read_step(table, number, place) for number, table in enumerate(tables, 1))
    _check_order(steps, place)
    return steps


def _read_step(table: object, number: int, file: Place) -> Step:
    if not isinstance(table, Mapping):
        raise file.wrong("steps", f"must hold only tables, and entry {number} is none")
    place = Place(file.file, str(table.get("id") or f"number {number}"))
    place.only_keys(table, _STEP_KEYS)
    return Step(
        id=_read_id(table, place),
        rank=_read_whole(table, "rank", place, low=0, high=10_000),
        offset_days=_read_whole(table, "offset_days", place, low=0, high=_DAYS_MAX),
        channel=_read_code(table, "channel", Channel, place),
        notice=_read_code(table, "notice", NoticeKind, place),
        purpose=_read_code(table, "purpose", Purpose, place),
        window_days=_read_whole(table, "window_days", place, low=1, high=60),
        catch_up=_read_code(table, "catch_up", CatchUp, place),
        tone=_read_code(table, "tone", Tone, place),
        about=read_about(table, place),
    )


def _read_id(table: Mapping[str, Any], place: Place) -> str:
    name = read_text(table, "id", place)
    if not _ID.fullmatch(name):
        raise place.wrong("id", "must be lower-case letters, digits and hyphens, at most 40")
    return name


def _read_whole(table: Mapping[str, Any], key: str, place: Place, *, low: int, high: int) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise place.wrong(key, f"must be a whole number from {low} to {high}")
    return value


def _read_code(table: Mapping[str, Any], key: str, kind: type[_E], place: Place) -> _E:
    try:
        return code_of(kind, read_text(table, key, place))
    except KeyError:
        known = ", ".join(member.name.lower() for member in kind)
        raise place.wrong(key, "is not one of the known names", f"Known: {known}.") from None


def _check_order(steps: Sequence[Step], file: Place) -> None:
    seen: set[str] = set()
    for step in steps:
        if step.id in seen:
            raise Place(file.file, step.id).wrong("id", "stands twice")
        seen.add(step.id)
    for lower, higher in pairwise(steps):
        place = Place(file.file, higher.id)
        if higher.rank <= lower.rank:
            raise place.wrong("rank", f"must be above {lower.rank}, the rank of step {lower.id}")
        if higher.offset_days <= lower.offset_days:
            raise place.wrong(
                "offset_days",
                f"must be above {lower.offset_days}, the offset of step {lower.id}",
                "Two steps of one loan may not fall on one day.",
            )
