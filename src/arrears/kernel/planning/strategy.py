"""A lender's strategy as a value: ladders of steps, and which loan climbs which ladder.

A strategy has one or more ladders. A segment says for which loans a ladder is meant; the first
segment that fits decides, and who fits none climbs the first ladder. Each step belongs to a track:

    before_due   days before the next amount falls due (-3 is three days before); a key of its own
                 per due day, so a reminder is given once per due day
    arrears      delinquent days: past-due days less grace and less every pause
    reporting    past-due days: what a credit bureau counts, whatever grace or a pause says

A recipient climbs a track by himself: what was done towards a guarantor is nothing done towards
the borrower. The steps that one recipient of one ladder climbs on one track are a **lane**.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from itertools import pairwise, product

import numpy as np

from arrears.kernel.facts import NO_ID, Column
from arrears.kernel.law.unreached import NO_LIMITS, Reachability
from arrears.kernel.vocabulary import LIABLE, Channel, DebtKind, NoticeKind, Purpose, RecipientKind


class CatchUp(IntEnum):
    """What happens to a step whose day has passed unused when a higher one is reached."""

    LATEST = 0
    IN_ORDER = 1


class Tone(IntEnum):
    """How a step speaks. There is no tone of pressure."""

    FRIENDLY = 0
    PLAIN = 1
    FORMAL = 2


class Track(IntEnum):
    """Which days a step counts, and what its episode is."""

    BEFORE_DUE = 0
    ARREARS = 1
    REPORTING = 2
    DUTY = 3  # no days: what the law wants told, and by when (`kernel.planning.duties`)


LADDER_TRACKS = (Track.BEFORE_DUE, Track.ARREARS, Track.REPORTING)
"""The tracks that a lender's own steps may be on."""


@dataclass(frozen=True, slots=True)
class Step:
    """One rung: when it is due, to whom, and the contact it asks for.

    offset_days           days of its track; negative before the due day
    channels              in the order in which they are preferred; the first that fits is used
    window_days           civil days of the lender, the run's own day included, inside which the
                          contact must start, else it is planned anew
    recipients            what somebody must be to the loan; only those who owe it
    only_if_unreachable   taken only where electronic channels are known not to reach the
                          recipient (`kernel.planning.reachability`); for others it is no step
    has_legal_force       never passed over, whatever is due after it
    priority              among calls of one day, the higher goes first
    visitors              how many persons make a visit; NO_ID where it does not say
    """

    id: str
    rank: int
    offset_days: int
    channels: tuple[Channel, ...]
    notice: NoticeKind
    purpose: Purpose
    window_days: int
    catch_up: CatchUp
    tone: Tone
    track: Track = Track.ARREARS
    recipients: tuple[RecipientKind, ...] = (RecipientKind.BORROWER,)
    only_if_unreachable: bool = False
    has_legal_force: bool = False
    priority: int = 0
    visitors: int = NO_ID
    about: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        assert self.channels, (self.id, "a step needs a channel")
        assert set(self.recipients) <= set(LIABLE), (self.id, "a step is for those who owe the loan")
        assert self.catch_up is CatchUp.IN_ORDER or not self.has_legal_force, (self.id, "legal force")


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps with a name, those of each track together; ranks and offsets rise within a track.

    That no two steps of one recipient and loan fall on one day of a track rests on it.
    """

    name: str
    steps: tuple[Step, ...]
    about: Mapping[str, str] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        for track in Track:
            for lower, higher in pairwise(step for step in self.steps if step.track is track):
                assert lower.rank < higher.rank, (lower.id, higher.id, "ranks must rise")
                assert lower.offset_days < higher.offset_days, (lower.id, higher.id, "offsets")


@dataclass(frozen=True, slots=True)
class Share:
    """A part of all borrowers, always the same ones: those whose draw is below `basis_points`.

    The draw is a number from 0 to 9,999 made of the borrower and the salt alone.
    """

    salt: str
    basis_points: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Whom a ladder is meant for; every condition given must hold, an empty one always does.

    debt_kinds, products, risks  one of these; names for products and risks
    overdue_from, overdue_below  by currency: at least, and less than, so many minor units overdue;
                                 a loan of another currency, or with an unknown amount, is not meant
    is_first_time                no step of an earlier episode was taken towards the borrower;
                                 reminders before a due day are of no episode
    is_vulnerable                a hold for hardship stands for the loan or its borrower
    share                        a part of all borrowers
    """

    ladder: str
    debt_kinds: frozenset[DebtKind] = frozenset()
    products: frozenset[str] = frozenset()
    risks: frozenset[str] = frozenset()
    overdue_from: Mapping[str, int] = field(default_factory=dict)
    overdue_below: Mapping[str, int] = field(default_factory=dict)
    is_first_time: bool | None = None
    is_vulnerable: bool | None = None
    share: Share | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """The steps that a recipient of one kind climbs on one track of one ladder.

    `positions` are those of its steps in `Strategy.steps`, lowest first. `is_unreachable` is None
    where the ladder makes no difference between who is reached and who is not.
    """

    ladder: int
    track: Track
    recipient_kind: RecipientKind
    is_unreachable: bool | None
    positions: Column
    ranks: Column
    offsets: Column
    barriers: Column  # for each index, the lowest at or above it that may not be passed over


@dataclass(frozen=True)
class Strategy:
    """A lender's ladders and segments; `version` is the digest of the file it was read from.

    `steps` are those of every ladder in turn; a step's place there is its position, and its id is
    unique in the strategy. Ranks are one scale: a loan that changes its ladder goes on above the
    rank it has reached. `calls_per_day` bounds the calls planned for one day; None does not.
    `reachability` says from which soft evidence on an address does not reach.
    """

    name: str
    version: str
    ladders: tuple[Ladder, ...]
    segments: tuple[Segment, ...] = ()
    calls_per_day: int | None = None
    about: Mapping[str, str] = field(default_factory=dict, compare=False)
    reachability: Reachability = NO_LIMITS

    def __post_init__(self) -> None:
        assert self.ladders, (self.name, "a strategy needs a ladder")
        assert len(self._positions) == len(self.steps), (self.name, "a step id stands twice")
        names = [ladder.name for ladder in self.ladders]
        assert len(set(names)) == len(names), (self.name, "a ladder's name stands twice")
        for segment in self.segments:
            assert segment.ladder in names, (self.name, segment.ladder, "no such ladder")

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every ladder."""
        return tuple(step for ladder in self.ladders for step in ladder.steps)

    def position(self, step: str) -> int:
        """Where the step of this id stands in `steps`; -1 when the strategy has none."""
        return self._positions.get(step, -1)

    def ladder_number(self, name: str) -> int:
        """The place of the ladder of this name."""
        return next(n for n, ladder in enumerate(self.ladders) if ladder.name == name)

    def of_steps(self, name: str) -> Column:
        """One number per step: the code, count or flag that steps have under this name."""
        return np.array([int(getattr(step, name)) for step in self.steps], np.int64)

    @cached_property
    def lanes(self) -> tuple[Lane, ...]:
        """Every lane with a step, ladder by ladder."""
        return tuple(self._lanes())

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {step.id: position for position, step in enumerate(self.steps)}

    def _lanes(self) -> Iterator[Lane]:
        first = 0
        for number, ladder in enumerate(self.ladders):
            differs = any(step.only_if_unreachable for step in ladder.steps)
            whether: tuple[bool | None, ...] = (False, True) if differs else (None,)
            for track, kind, is_unreachable in product(Track, LIABLE, whether):
                steps = [
                    (first + place, step)
                    for place, step in enumerate(ladder.steps)
                    if step.track is track
                    and kind in step.recipients
                    and (is_unreachable is not False or not step.only_if_unreachable)
                ]
                if steps:
                    yield _lane(number, track, kind, is_unreachable, steps)
            first += len(ladder.steps)


def _lane(
    ladder: int,
    track: Track,
    kind: RecipientKind,
    is_unreachable: bool | None,
    steps: list[tuple[int, Step]],
) -> Lane:
    size = len(steps)
    barriers = np.full(size + 1, size, np.int64)
    for index in reversed(range(size)):
        in_order = steps[index][1].catch_up is CatchUp.IN_ORDER
        barriers[index] = index if in_order else barriers[index + 1]
    return Lane(
        ladder=ladder,
        track=track,
        recipient_kind=kind,
        is_unreachable=is_unreachable,
        positions=np.array([position for position, _ in steps], np.int64),
        ranks=np.array([step.rank for _, step in steps], np.int64),
        offsets=np.array([step.offset_days for _, step in steps], np.int64),
        barriers=barriers,
    )
