"""Duties in a plan: notices that the law wants given by a day, beside the steps of the ladders.

An open obligation that a notice of ours can meet is a due step on a track of its own. It goes through
the same law, choice and gate as every step. Of one person's contacts in a night those that a duty
wants come first, and of these the one with the least slack; where a step of the ladder says the same
about the same loan, the step says it and the duty is met by that. Paper is asked for only where no
electronic way is permitted in time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from arrears.kernel.facts import NEVER, NO_DATE, Codes, Facts, Instants, Mask, rows_of
from arrears.kernel.law.candidates import take
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import solve
from arrears.kernel.planning.ladder import Due
from arrears.kernel.planning.proposals import Proposals
from arrears.kernel.planning.strategy import CatchUp, Ladder, Step, Strategy, Tone, Track
from arrears.kernel.vocabulary import (
    LIABLE,
    Channel,
    NoticeKind,
    Purpose,
    RecipientKind,
    name_of,
)

NAME = "duties"
"""What the ladder of duties is called."""

_WINDOW_DAYS = 2
_BELOW_EVERY_STEP = -1000
_ABOUT = {
    "en": "a notice that the law requires",
    "zh-Hans": "法律要求的通知",
    "zh-Hant": "法律要求的通知",
}
PAPER = (Channel.LETTER, Channel.VISIT)


@dataclass(frozen=True, slots=True)
class Duties:
    """Open obligations that a notice of ours would meet: one element each, in any order.

    notice        a `NoticeKind`
    since_on      the lender's day from which a notice counts: it arose, or the last one came back before
    not_after_at  the last instant in time; NEVER where the law names no day
    channels      those that meet it, one bit each: 1 << `Channel`
    """

    loan: Codes
    person: Codes
    notice: Codes
    since_on: Codes
    not_after_at: Instants
    channels: Codes

    def __len__(self) -> int:
        return len(self.loan)

    def rows(self) -> list[tuple[int, ...]]:
        """As plain values, one tuple per duty."""
        return list(zip(*(getattr(self, each.name).tolist() for each in fields(self)), strict=True))


def duties_of(rows: Iterable[Sequence[int]]) -> Duties:
    """The duties that `Duties.rows` wrote."""
    listed = list(rows)
    columns = zip(*listed, strict=True) if listed else ((),) * len(fields(Duties))
    return Duties(*(np.array(column, np.int64) for column in columns))


def with_duties(strategy: Strategy, channels: Mapping[NoticeKind, tuple[Channel, ...]]) -> Strategy:
    """The strategy with a ladder of duties: one step per notice, through these channels in this order."""
    if not channels or any(ladder.name == NAME for ladder in strategy.ladders):
        return strategy
    steps = tuple(_step(notice, channels[notice]) for notice in sorted(channels))
    return replace(strategy, ladders=(*strategy.ladders, Ladder(NAME, steps)))


def _step(notice: NoticeKind, channels: tuple[Channel, ...]) -> Step:
    return Step(
        id=f"{NAME}:{name_of(notice)}",
        rank=_BELOW_EVERY_STEP + notice,
        offset_days=int(notice),
        channels=channels,
        notice=notice,
        purpose=Purpose.NOTICE_REQUIRED_BY_LAW,
        window_days=_WINDOW_DAYS,
        catch_up=CatchUp.IN_ORDER,
        tone=Tone.FORMAL,
        track=Track.DUTY,
        recipients=LIABLE,
        about=_ABOUT,
    )


# -- what is due -------------------------------------------------------------------------------


def due_duties(facts: Facts, strategy: Strategy, duties: Duties, *, on: int) -> Due:
    """The due step of each duty towards somebody who owes the loan; of equal ones the most pressing."""
    lanes = {int(lane.recipient_kind): n for n, lane in enumerate(strategy.lanes) if lane.track is Track.DUTY}
    if not lanes:
        return Due(*(np.empty(0, np.int64) for _ in fields(Due)))
    positions = strategy.lanes[min(lanes.values())].positions  # the same in each: a duty is to whoever owes
    row = rows_of(facts["loan"]["loan"], duties.loan)
    kind = kind_of_liable(facts, row, duties.person, on)
    index = rows_of(strategy.of_steps("notice")[positions], duties.notice)
    rows = np.flatnonzero((kind >= 0) & (index >= 0) & ~facts["loan"]["is_closed"][row])
    rows = rows[_first_of_each(duties, rows)]
    return Due(
        row=row[rows],
        loan=duties.loan[rows],
        person=duties.person[rows],
        recipient_kind=kind[rows],
        step=positions[index[rows]],
        lane=np.array([lanes[each] for each in kind[rows].tolist()], np.int64),
        first=index[rows],
        last=index[rows],
        waited_days=on - duties.since_on[rows],
        episode_start_on=duties.since_on[rows],
    )


def _first_of_each(duties: Duties, rows: Rows) -> Rows:
    """Of duties that one notice meets the one with the least slack, in the order of loans and persons."""
    keys = [getattr(duties, name)[rows] for name in ("loan", "person", "notice")]
    order = np.lexsort([duties.since_on[rows], duties.not_after_at[rows], *keys[::-1]])
    is_first = np.ones(len(order), np.bool_)
    pairs = np.stack([key[order] for key in keys])
    is_first[1:] = np.any(pairs[:, 1:] != pairs[:, :-1], axis=0)
    return order[is_first]


def kind_of_liable(facts: Facts, row: Rows, person: Codes, on: int) -> Codes:
    """What each person is to the loan, of those who owe it; -1 for anybody else or a loan not here."""
    loans, parties = facts["loan"], facts["party"]
    kind = np.full(len(row), -1)
    known = row >= 0
    is_party = (parties["from_on"] <= on) & ((parties["until_on"] == NO_DATE) | (on < parties["until_on"]))
    mine = np.flatnonzero(is_party & np.isin(parties["role"], [int(each) for each in LIABLE]))
    at, party = join(loans["loan"][row[known]], parties["loan"][mine])
    of = np.flatnonzero(known)[at]
    is_same = parties["person"][mine[party]] == person[of]
    kind[of[is_same]] = parties["role"][mine[party[is_same]]]
    kind[known & (loans["borrower"][row] == person)] = int(RecipientKind.BORROWER)
    return kind


def is_open_duty(duties: Duties, loan: Codes, person: Codes, notice: Codes) -> Mask:
    """Whether each is still wanted of the person about the loan."""
    wanted = set(zip(duties.loan.tolist(), duties.person.tolist(), duties.notice.tolist(), strict=True))
    asked = zip(loan.tolist(), person.tolist(), notice.tolist(), strict=True)
    return np.array([each in wanted for each in asked], np.bool_)


# -- what is proposed --------------------------------------------------------------------------


def last_instants(duties: Duties, proposals: Proposals) -> Instants:
    """Per candidate the last instant at which it is in time for a duty that its notice meets; NEVER."""
    last_at = np.full(len(proposals), NEVER)
    rows = np.flatnonzero(np.isin(proposals.candidates["loan"], duties.loan))
    by_key: dict[tuple[int, ...], int] = {}
    for loan, person, notice, _, not_after_at, _ in duties.rows():
        key = (loan, person, notice)
        by_key[key] = min(not_after_at, by_key.get(key, NEVER))
    names = ("loan", "person", "notice")
    asked = zip(*(proposals.candidates[name][rows].tolist() for name in names), strict=True)
    last_at[rows] = [by_key.get(key, NEVER) for key in asked]
    return last_at


def without_idle_ways(strategy: Strategy, duties: Duties, proposals: Proposals) -> Rows:
    """Rows of the proposals without channels of duties' steps that do not meet the duty.

    Of several that one notice can meet, the most pressing, and with it as many more as one channel can.
    """
    is_duty = strategy.of_steps("track")[proposals.step] == Track.DUTY
    meets: dict[tuple[int, ...], int] = {}
    for loan, person, notice, _, _, channels in sorted(duties.rows(), key=lambda row: row[4]):
        so_far = meets.get((loan, person, notice), channels)
        meets[loan, person, notice] = so_far & channels or so_far
    names = ("loan", "person", "notice", "channel")
    rows = np.flatnonzero(is_duty)
    asked = zip(*(proposals.candidates[name][rows].tolist() for name in names), strict=True)
    idle = [not meets[loan, person, notice] >> channel & 1 for loan, person, notice, channel in asked]
    return np.setdiff1d(np.arange(len(proposals)), rows[np.array(idle, np.bool_)])


def without_needless_paper(
    facts: Facts, law: Law, strategy: Strategy, proposals: Proposals, not_after_at: Instants, *, at: int
) -> Rows:
    """Rows of the proposals without the letters of duties that electronic ways can meet in time."""
    is_duty = strategy.of_steps("track")[proposals.step] == Track.DUTY
    rows = np.flatnonzero(is_duty)
    asked = np.full(len(rows), at)
    from_at = solve(facts, law, take(proposals.candidates, rows), asked).from_at
    last_at = np.where(not_after_at[rows] < at, NEVER - 1, np.minimum(not_after_at[rows], NEVER - 1))
    is_paper = np.isin(proposals.candidates["channel"][rows], [int(each) for each in PAPER])
    served = np.unique(proposals.due[rows[~is_paper & (from_at <= last_at)]])
    needless = rows[is_paper & np.isin(proposals.due[rows], served)]
    return np.setdiff1d(np.arange(len(proposals)), needless)
