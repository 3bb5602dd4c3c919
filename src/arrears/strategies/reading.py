"""From the keys of a strategy file to ladders, with an error for every way to get one wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

from arrears.kernel.errors import BadInput
from arrears.kernel.facts import NO_ID
from arrears.kernel.planning.strategy import LADDER_TRACKS, CatchUp, Ladder, Step, Tone, Track
from arrears.kernel.vocabulary import (
    CONTACT_PURPOSES,
    LIABLE,
    Channel,
    NoticeKind,
    Purpose,
    RecipientKind,
    code_of,
    name_of,
)

LANGUAGES = ("en", "zh-Hans", "zh-Hant")
LADDER_KEYS = frozenset({"name", "about", "steps"})
STEP_KEYS = frozenset(
    {
        *("id", "rank", "track", "offset_days", "channels", "notice", "purpose", "tone", "window_days"),
        *("catch_up", "recipients", "only_if_unreachable", "legal_force", "priority", "visitors", "about"),
    }
)
_PAPER = frozenset({Channel.LETTER, Channel.VISIT})
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_DAYS_MAX = 3650
_DAYS_BEFORE_MAX = 31
_E = TypeVar("_E", bound=IntEnum)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which file a key stands, for the errors."""

    file: str
    step: str = ""
    segment: int | None = None

    def wrong(self, key: str, what: str, hint: str = "") -> BadInput:
        """The error that this key is wrong; to be raised."""
        where = f"{self.file}, step {self.step}" if self.step else self.file
        where += f", segment {self.segment}" if self.segment else ""
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


def read_all(*readers: Callable[[], _T]) -> tuple[_T, ...]:
    """What each reader gives. The mistakes of all of them are told in one error, a line each."""
    read: list[_T] = []
    mistakes: list[BadInput] = []
    for reader in readers:
        try:
            read.append(reader())
        except BadInput as mistake:
            mistakes.append(mistake)
    if len(mistakes) > 1:
        first = mistakes[0]
        raise BadInput(first.code, "\n".join(map(str, mistakes)), hint="", **first.facts)
    if mistakes:
        raise mistakes[0]
    return tuple(read)


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


def read_ladders(content: Mapping[str, Any], place: Place) -> tuple[Ladder, ...]:
    """Every `[[ladders]]` table; a file of one ladder may give its `[[steps]]` alone."""
    if "ladders" not in content:
        return (Ladder("standard", read_steps(content, place)),)
    if "steps" in content:
        raise place.wrong("steps", "belong into a ladder where [[ladders]] are given")
    tables = content["ladders"]
    if not isinstance(tables, list) or not tables:
        raise place.wrong("ladders", "must hold at least one [[ladders]] table")
    ladders = read_all(*(partial(_read_ladder, table, n, place) for n, table in enumerate(tables, 1)))
    _check_once([ladder.name for ladder in ladders], place, "ladders")
    _check_once([step.id for ladder in ladders for step in ladder.steps], place, "id")
    return ladders


def read_steps(content: Mapping[str, Any], place: Place) -> tuple[Step, ...]:
    """Every `[[steps]]` table, in file order, which must be the order of ranks and offsets."""
    tables = content.get("steps")
    if not isinstance(tables, list) or not tables:
        raise place.wrong("steps", "must hold at least one [[steps]] table")
    steps = read_all(*(partial(_read_step, table, n, place) for n, table in enumerate(tables, 1)))
    _check_once([step.id for step in steps], place, "id")
    for track in LADDER_TRACKS:
        _check_order([step for step in steps if step.track is track], place)
    return steps


def _read_ladder(table: object, number: int, file: Place) -> Ladder:
    if not isinstance(table, Mapping):
        raise file.wrong("ladders", f"must hold only tables, and entry {number} is none")
    file.only_keys(table, LADDER_KEYS)
    name = read_id(table, "name", file)
    return Ladder(name, read_steps(table, file), read_about(table, file))


def _read_step(table: object, number: int, file: Place) -> Step:
    if not isinstance(table, Mapping):
        raise file.wrong("steps", f"must hold only tables, and entry {number} is none")
    place = Place(file.file, str(table.get("id") or f"number {number}"))
    place.only_keys(table, STEP_KEYS)
    track = _read_code(table, "track", Track, place) if "track" in table else Track.ARREARS
    if track is Track.DUTY:
        raise place.wrong("track", "is no track of a ladder: the law says when such a notice is due")
    low, high = (-_DAYS_BEFORE_MAX, 0) if track is Track.BEFORE_DUE else (0, _DAYS_MAX)
    has_legal_force = read_flag(table, "legal_force", place) or False
    catch_up = _read_code(table, "catch_up", CatchUp, place)
    if has_legal_force and catch_up is not CatchUp.IN_ORDER:
        raise place.wrong("catch_up", 'must be "in_order": a step of legal force is never passed over')
    purpose = _read_code(table, "purpose", Purpose, place)
    if purpose is Purpose.FURNISH:
        raise place.wrong("purpose", "is no purpose of a contact", f"Known: {', '.join(CONTACT_PURPOSES)}.")
    step = Step(
        id=read_id(table, "id", place),
        rank=read_whole(table, "rank", place, low=0, high=10_000),
        offset_days=read_whole(table, "offset_days", place, low=low, high=high),
        channels=_read_channels(table, place),
        notice=_read_code(table, "notice", NoticeKind, place),
        purpose=purpose,
        window_days=read_whole(table, "window_days", place, low=1, high=60),
        catch_up=catch_up,
        tone=_read_code(table, "tone", Tone, place),
        track=track,
        recipients=_read_recipients(table, place),
        only_if_unreachable=read_flag(table, "only_if_unreachable", place) or False,
        has_legal_force=has_legal_force,
        priority=read_whole(table, "priority", place, low=0, high=100) if "priority" in table else 0,
        visitors=read_whole(table, "visitors", place, low=1, high=100) if "visitors" in table else NO_ID,
        about=read_about(table, place),
    )
    _check_paper(step, place)
    if step.visitors != NO_ID and Channel.VISIT not in step.channels:
        raise place.wrong("visitors", "is how many persons make a visit, and this step makes none")
    return step


def _read_channels(table: Mapping[str, Any], place: Place) -> tuple[Channel, ...]:
    channels = tuple(read_codes(table, "channels", Channel, place))
    if not channels:
        raise place.wrong("channels", 'must be a list such as ["in_app", "email"], the preferred one first')
    return channels


def _read_recipients(table: Mapping[str, Any], place: Place) -> tuple[RecipientKind, ...]:
    if "recipients" not in table:
        return (RecipientKind.BORROWER,)
    recipients = tuple(read_codes(table, "recipients", RecipientKind, place))
    if not recipients or not set(recipients) <= set(LIABLE):
        liable = ", ".join(name_of(kind) for kind in LIABLE)
        raise place.wrong(
            "recipients",
            "must be a list of those who owe the loan themselves",
            f"Known: {liable}. No ladder contacts anybody else.",
        )
    return recipients


def _check_paper(step: Step, place: Place) -> None:
    """Paper is the exception: it needs somebody unreachable otherwise, or the law."""
    if _PAPER.isdisjoint(step.channels):
        return
    if len(step.channels) > 1:
        raise place.wrong("channels", "may not mix paper or visits with other channels", _PAPER_HINT)
    by_law = step.has_legal_force or step.purpose is Purpose.NOTICE_REQUIRED_BY_LAW
    if not by_law and not step.only_if_unreachable:
        raise place.wrong("channels", "may not be paper or a visit here", _PAPER_HINT)


_PAPER_HINT = (
    "Paper is a step of its own, with only_if_unreachable = true, a purpose that the law requires,"
    " or legal_force."
)


def _check_once(names: Sequence[str], place: Place, key: str) -> None:
    for position, name in enumerate(names):
        if name in names[:position]:
            raise Place(place.file, name).wrong(key, "stands twice")


def read_id(table: Mapping[str, Any], key: str, place: Place) -> str:
    """A name in lower case."""
    name = read_text(table, key, place)
    if not _ID.fullmatch(name):
        raise place.wrong(key, "must be lower-case letters, digits and hyphens, at most 40")
    return name


def read_flag(table: Mapping[str, Any], key: str, place: Place) -> bool | None:
    """true or false; None where it is not given."""
    value = table.get(key)
    if value is not None and not isinstance(value, bool):
        raise place.wrong(key, "must be true or false")
    return value


def read_codes(table: Mapping[str, Any], key: str, kind: type[_E], place: Place) -> list[_E]:
    """A list of names of one vocabulary, none of them twice; empty where it is not given."""
    names = table.get(key, [])
    if not isinstance(names, list):
        raise place.wrong(key, "must be a list of names")
    codes = [_read_code({key: name}, key, kind, place) for name in names]
    if len(set(codes)) < len(codes):
        raise place.wrong(key, "names the same thing twice")
    return codes


def read_whole(table: Mapping[str, Any], key: str, place: Place, *, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
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
    """Ranks and offsets rise within a track."""
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
