"""From the keys of a strategy file to ladders; every mistake is noted with its step and key.

A reader notes what is wrong and goes on with a value that is right, so that no mistake hides another.
Nothing is made of a file with mistakes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import partial
from itertools import pairwise
from typing import Any, TypeVar

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
from arrears.rulepacks.mistakes import Mistakes, Spot, near

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


@dataclass(frozen=True, slots=True)
class Place:
    """A table of a strategy file: mistakes about its keys are noted here."""

    mistakes: Mistakes
    spot: Spot = Spot("")  # noqa: RUF009 - it cannot be changed

    def wrong(self, key: str, what: str, hint: str) -> None:
        """Note that this key is wrong, and what to do about it."""
        self.mistakes.note(self.spot, key, what, hint)

    def is_right(self, *keys: str) -> bool:
        """Whether nothing is known against these keys of the table, nor against what stands in them."""
        ways = [(*self.spot.steps, key) for key in keys]
        return not any(each.steps[: len(way)] == way for each in self.mistakes for way in ways)

    def table(self, *steps: str | int, name: str = "") -> Place:
        """A table within, of the step or segment of this name."""
        return replace(self, spot=Spot(name or self.spot.rule, (*self.spot.steps, *steps)))

    def under(self, key: str) -> Place:
        """The table in a key, whose own keys are told with it."""
        return replace(self, spot=self.spot.under(key))

    def only_keys(self, table: Mapping[str, Any], known: Collection[str]) -> None:
        """A key that means nothing is a misspelling, or a promise not kept."""
        for key in table:
            if key not in known:
                self.wrong(
                    key, "is not known here", near(key, known) or f"Known: {', '.join(sorted(known))}."
                )

    def tables(self, table: Mapping[str, Any], key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The tables of a list, each with its place; what is none is noted."""
        found = table.get(key)
        if not isinstance(found, list) or not found:
            self.wrong(key, f"must hold at least one [[{key}]] table", to_write(table, key))
            return
        for number, each in enumerate(found):
            if isinstance(each, Mapping):
                yield number, each
            else:
                what = f"must hold only tables, and entry {number + 1} is none"
                self.wrong(key, what, f"Write each under [[{key}]].")


@dataclass(frozen=True, slots=True)
class StepDraft:
    """A step as far as it is told; `make` gives it where nothing is wrong with it."""

    place: Place
    id: str
    track: Track
    rank: int
    offset_days: int
    channels: tuple[Channel, ...]
    notice: NoticeKind
    make: Callable[[], Step]

    @property
    def is_sent(self) -> bool:
        """Whether it is known what is sent through what."""
        return self.place.is_right("channels", "notice")


@dataclass(frozen=True, slots=True)
class LadderDraft:
    """A ladder as far as it is told."""

    place: Place
    name: str
    about: Mapping[str, str]
    steps: tuple[StepDraft, ...]

    def make(self) -> Ladder:
        return Ladder(self.name, tuple(step.make() for step in self.steps), self.about)


def read_text(table: Mapping[str, Any], key: str, place: Place) -> str:
    """A required text that is not empty."""
    value = table.get(key)
    if not isinstance(value, str) or not value.strip():
        place.wrong(key, "must be a text that is not empty", to_write(table, key))
        return ""
    return value


def read_about(table: Mapping[str, Any], place: Place) -> Mapping[str, str]:
    """The `about` table: one text in each of `LANGUAGES`."""
    about = table.get("about")
    if not isinstance(about, Mapping):
        place.wrong("about", f"must be a table with {', '.join(LANGUAGES)}", to_write(table, "about"))
        return {}
    within = place.under("about")
    within.only_keys(about, LANGUAGES)
    return {language: read_text(about, language, within) for language in LANGUAGES}


def read_ladders(content: Mapping[str, Any], place: Place) -> tuple[LadderDraft, ...]:
    """Every `[[ladders]]` table; a file of one ladder may give its `[[steps]]` alone."""
    if "ladders" not in content:
        steps = _read_steps(content, place)
        _check_once([(step.id, step.place) for step in steps], "id")
        return (LadderDraft(place, "standard", {}, steps),)
    if "steps" in content:
        place.wrong("steps", "belong into a ladder where [[ladders]] are given", "Move them into one.")
    tables = place.tables(content, "ladders")
    ladders = tuple(_read_ladder(table, place.table("ladders", n)) for n, table in tables)
    _check_once([(ladder.name, ladder.place) for ladder in ladders], "name")
    _check_once([(step.id, step.place) for ladder in ladders for step in ladder.steps], "id")
    return ladders


def _read_steps(content: Mapping[str, Any], place: Place) -> tuple[StepDraft, ...]:
    """Every `[[steps]]` table, in file order, which must be the order of ranks and offsets."""
    steps = tuple(
        _read_step(table, place.table("steps", n, name=f"step {table.get('id') or f'number {n + 1}'}"))
        for n, table in place.tables(content, "steps")
    )
    for track in LADDER_TRACKS:
        _check_order([step for step in steps if step.track is track and step.place.is_right("track")])
    return steps


def _read_ladder(table: Mapping[str, Any], unnamed: Place) -> LadderDraft:
    place = unnamed.table(name=f"ladder {table.get('name')}" if table.get("name") else "")
    place.only_keys(table, LADDER_KEYS)
    name = read_id(table, "name", place)
    return LadderDraft(place, name, read_about(table, place), _read_steps(table, place))


def _read_step(table: Mapping[str, Any], place: Place) -> StepDraft:
    place.only_keys(table, STEP_KEYS)
    track = _read_track(table, place)
    low, high = (-_DAYS_BEFORE_MAX, 0) if track is Track.BEFORE_DUE else (0, _DAYS_MAX)
    told: dict[str, Any] = {
        "id": read_id(table, "id", place),
        "rank": read_whole(table, "rank", place, low=0, high=10_000),
        "offset_days": read_whole(table, "offset_days", place, low=low, high=high),
        "channels": _read_channels(table, place),
        "notice": _read_code(table, "notice", NoticeKind, place),
        "purpose": _read_purpose(table, place),
        "window_days": read_whole(table, "window_days", place, low=1, high=60),
        "catch_up": _read_code(table, "catch_up", CatchUp, place),
        "tone": _read_code(table, "tone", Tone, place),
        "track": track,
        "recipients": _read_recipients(table, place),
        "only_if_unreachable": read_flag(table, "only_if_unreachable", place) or False,
        "has_legal_force": read_flag(table, "legal_force", place) or False,
        "priority": _read_optional(table, "priority", place, low=0, none=0),
        "visitors": _read_optional(table, "visitors", place, low=1, none=NO_ID),
        "about": read_about(table, place),
    }
    _check_together(told, place)
    drafted = {key: told[key] for key in ("id", "track", "rank", "offset_days", "channels", "notice")}
    return StepDraft(place, **drafted, make=partial(Step, **told))


def _read_track(table: Mapping[str, Any], place: Place) -> Track:
    track = _read_code(table, "track", Track, place) if "track" in table else Track.ARREARS
    if track is Track.DUTY and place.is_right("track"):
        known = ", ".join(name_of(each) for each in LADDER_TRACKS)
        place.wrong(
            "track",
            "is no track of a ladder: the law says when such a notice is due",
            f"Known: {known}; or leave it out.",
        )
    return track


def _read_purpose(table: Mapping[str, Any], place: Place) -> Purpose:
    purpose = _read_code(table, "purpose", Purpose, place)
    if purpose is Purpose.FURNISH and place.is_right("purpose"):
        place.wrong("purpose", "is no purpose of a contact", f"Known: {', '.join(CONTACT_PURPOSES)}.")
    return purpose


def _read_optional(table: Mapping[str, Any], key: str, place: Place, *, low: int, none: int) -> int:
    return read_whole(table, key, place, low=low, high=100) if key in table else none


def _read_channels(table: Mapping[str, Any], place: Place) -> tuple[Channel, ...]:
    channels = tuple(read_codes(table, "channels", Channel, place))
    if not channels and place.is_right("channels"):
        what = 'must be a list such as ["in_app", "email"], the preferred one first'
        place.wrong("channels", what, f"Known: {', '.join(name_of(each) for each in Channel)}.")
    return channels


def _read_recipients(table: Mapping[str, Any], place: Place) -> tuple[RecipientKind, ...]:
    if "recipients" not in table:
        return (RecipientKind.BORROWER,)
    recipients = tuple(read_codes(table, "recipients", RecipientKind, place))
    if place.is_right("recipients") and (not recipients or not set(recipients) <= set(LIABLE)):
        liable = ", ".join(name_of(kind) for kind in LIABLE)
        place.wrong(
            "recipients",
            "must be a list of those who owe the loan themselves",
            f"Known: {liable}. No ladder contacts anybody else.",
        )
    return recipients


def _check_together(told: Mapping[str, Any], place: Place) -> None:
    """What keys of one step may not say together, where each of them is right by itself."""
    if told["has_legal_force"] and place.is_right("catch_up") and told["catch_up"] is not CatchUp.IN_ORDER:
        what = 'must be "in_order": a step of legal force is never passed over'
        place.wrong("catch_up", what, "Write it, or take legal_force out.")
    if place.is_right("channels", "purpose", "legal_force", "only_if_unreachable"):
        _check_paper(told, place)
    if (
        told["visitors"] != NO_ID
        and place.is_right("channels", "visitors")
        and Channel.VISIT not in told["channels"]
    ):
        what = "is how many persons make a visit, and this step makes none"
        place.wrong("visitors", what, 'Take it out, or write channels = ["visit"].')


def _check_paper(told: Mapping[str, Any], place: Place) -> None:
    """Paper is the exception: it needs somebody unreachable otherwise, or the law."""
    if _PAPER.isdisjoint(told["channels"]):
        return
    by_law = told["has_legal_force"] or told["purpose"] is Purpose.NOTICE_REQUIRED_BY_LAW
    if len(told["channels"]) > 1:
        place.wrong("channels", "may not mix paper or visits with other channels", _PAPER_HINT)
    elif not by_law and not told["only_if_unreachable"]:
        place.wrong("channels", "may not be paper or a visit here", _PAPER_HINT)


_PAPER_HINT = (
    "Paper is a step of its own, with only_if_unreachable = true, a purpose that the law requires,"
    " or legal_force."
)


def _check_once(named: Sequence[tuple[str, Place]], key: str) -> None:
    names = [name for name, _ in named]
    for position, (name, place) in enumerate(named):
        if name and name in names[:position]:
            place.wrong(key, "stands twice", "Give one of them another.")


def read_id(table: Mapping[str, Any], key: str, place: Place) -> str:
    """A name in lower case."""
    name = read_text(table, key, place)
    if name and not _ID.fullmatch(name):
        what = "must be lower-case letters, digits and hyphens, at most 40"
        place.wrong(key, what, to_write(table, key))
    return name


def read_flag(table: Mapping[str, Any], key: str, place: Place) -> bool | None:
    """true or false; None where it is not given."""
    value = table.get(key)
    if value is not None and not isinstance(value, bool):
        place.wrong(key, "must be true or false", to_write(table, key))
        return None
    return value


def read_codes(table: Mapping[str, Any], key: str, kind: type[_E], place: Place) -> list[_E]:
    """A list of names of one vocabulary, none of them twice; empty where it is not given."""
    names = table.get(key, [])
    if not isinstance(names, list):
        place.wrong(key, "must be a list of names", to_write(table, key))
        return []
    codes = [_read_code({key: name}, key, kind, place) for name in names]
    if len(set(codes)) < len(codes) and place.is_right(key):
        place.wrong(key, "names the same thing twice", to_write(table, key))
    return codes


def read_whole(table: Mapping[str, Any], key: str, place: Place, *, low: int, high: int) -> int:
    """A whole number from `low` to `high`."""
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        place.wrong(key, f"must be a whole number from {low} to {high}", to_write(table, key))
        return low
    return value


def _read_code(table: Mapping[str, Any], key: str, kind: type[_E], place: Place) -> _E:
    """The code of a name; of one that is none, some code of the kind."""
    told = table.get(key)
    known = [name_of(member) for member in kind]
    if isinstance(told, str) and told in known:
        return code_of(kind, told)
    if isinstance(told, str) and told.strip():
        hint = f"{near(told, known)} Known: {', '.join(known)}.".strip()
        place.wrong(key, f"is not one of the known names; it is {told!r}", hint)
    else:
        place.wrong(key, "must be a text that is not empty", f"Known: {', '.join(known)}.")
    return next(iter(kind))


def to_write(table: Mapping[str, Any], key: str) -> str:
    """What to do about a key whose mistake says what it must be."""
    return f"It is {table[key]!r} now." if key in table else "Add it."


def _check_order(steps: Sequence[StepDraft]) -> None:
    """Ranks and offsets rise within a track; a step whose own cannot be read is passed over."""
    for lower, higher in pairwise(step for step in steps if step.place.is_right("rank")):
        if higher.rank <= lower.rank:
            what = f"must be above {lower.rank}, the rank of step {lower.id}"
            higher.place.wrong("rank", what, f"It is {higher.rank} now.")
    for lower, higher in pairwise(step for step in steps if step.place.is_right("offset_days")):
        if higher.offset_days <= lower.offset_days:
            higher.place.wrong(
                "offset_days",
                f"must be above {lower.offset_days}, the offset of step {lower.id}",
                "Two steps of one loan may not fall on one day.",
            )
