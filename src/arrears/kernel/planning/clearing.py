"""Clearing: which planned contacts may go out at this instant, and which are due no longer.

Facts were read after the locks were taken, so what is decided here is decided on what binds.
Contacts of one batch could break a count together: those that share a person or an address
are decided one after another, in rounds, each as if the ones cleared before it had been made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from arrears.kernel.facts import NO_ID, Column, Facts, Instants, Mask, rows_of
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution, solve
from arrears.kernel.planning.assumed import Attempts, with_attempts
from arrears.kernel.planning.duties import Duties, is_open_duty
from arrears.kernel.planning.ladder import due_steps, episode_start_on
from arrears.kernel.planning.proposals import candidates_of_steps
from arrears.kernel.planning.strategy import Strategy, Track
from arrears.kernel.vocabulary import RecipientKind


@dataclass(frozen=True, slots=True)
class Intended:
    """Planned contacts as rows of (contact, loan); rows of one contact stand together.

    `contact` is its id, `step` a position in the strategy (-1: it has no such step). Contacts
    stand in the order in which they are decided.
    """

    contact: Column
    loan: Column
    person: Column
    recipient_kind: Column
    point: Column
    channel: Column
    notice: Column
    purpose: Column
    step: Column
    episode_start_on: Column

    def take(self, rows: Rows | Mask) -> Intended:
        return Intended(*(getattr(self, name)[rows] for name in self.__slots__))


class Ended(IntEnum):
    """Why a row is due no longer."""

    NOT = 0
    NOT_LATE = 1  # not late, or closed; before a due day: nothing is left to pay on it
    OTHER_EPISODE = 2
    OTHER_STEP = 3  # done or passed over meanwhile, not reached any more, or not in the strategy
    OTHER_BORROWER = 4  # the person is not, or not any more, what the contact addresses him as
    NOT_OWED = 5  # the law does not, or not any more, want this notice given


@dataclass(frozen=True, slots=True)
class Round:
    """Rows decided together: the law's answers, and which rows were cleared.

    `rows` are rows of the candidates given to `clear`.
    """

    rows: Rows
    candidates: Candidates
    solution: Solution

    @property
    def is_cleared(self) -> Mask:
        return np.asarray(self.solution.from_at == self.solution.at)


def ended(
    facts: Facts,
    strategy: Strategy,
    arrears: Mapping[str, Column],
    intended: Intended,
    *,
    on: int,
    at: int,
    duties: Duties | None = None,
) -> Column:
    """`Ended` of each row on day `on` at instant `at`, `arrears` being those of `arrears_of` for it.

    `duties` are those still to be given; a row on their track is due whatever is owed in money.
    """
    row = rows_of(facts["loan"]["loan"], intended.loan)
    assert bool(np.all(row >= 0)), "a planned contact names a loan that is not in the facts"
    loans = facts["loan"]
    tracks = _tracks(strategy, intended.step)
    is_before_due, is_duty = tracks == Track.BEFORE_DUE, tracks == Track.DUTY
    is_late = arrears["is_late"][row] & ~loans["is_closed"][row]
    is_coming = ~arrears["is_late"][row] & (arrears["next_due_on"][row] >= on) & ~loans["is_closed"][row]
    start = episode_start_on(arrears, Track.ARREARS)[row]
    start = np.where(is_before_due, episode_start_on(arrears, Track.BEFORE_DUE)[row], start)
    is_borrower = intended.recipient_kind == RecipientKind.BORROWER
    return np.select(
        [
            is_duty & ~_is_owed(duties, intended),
            ~is_duty & ~np.where(is_before_due, is_coming, is_late),
            ~is_duty & (start != intended.episode_start_on),
            is_borrower & (loans["borrower"][row] != intended.person),
            ~is_duty & ~_is_due(facts, strategy, arrears, intended, on=on, at=at),
        ],
        [Ended.NOT_OWED, Ended.NOT_LATE, Ended.OTHER_EPISODE, Ended.OTHER_BORROWER, Ended.OTHER_STEP],
        Ended.NOT,
    )


def _is_owed(duties: Duties | None, intended: Intended) -> Mask:
    if duties is None:
        return np.zeros(len(intended.loan), np.bool_)
    return is_open_duty(duties, intended.loan, intended.person, intended.notice)


def _tracks(strategy: Strategy, step: Column) -> Column:
    """The track of each step; that of arrears where the strategy has no such step."""
    return np.append(strategy.of_steps("track"), int(Track.ARREARS))[step]


def _is_due(
    facts: Facts, strategy: Strategy, arrears: Mapping[str, Column], intended: Intended, *, on: int, at: int
) -> Mask:
    """Whether each row's step is the one due now for this person as what he is to the loan."""
    due = due_steps(facts, arrears, strategy, on=on, at=at)
    keys = ("loan", "person", "recipient_kind", "step")
    wanted = list(zip(*(getattr(intended, key).tolist() for key in keys), strict=True))
    found = set(zip(*(getattr(due, key).tolist() for key in keys), strict=True))
    return np.array([each in found for each in wanted], np.bool_)


def candidates_for(
    facts: Facts, strategy: Strategy, arrears: Mapping[str, Column], intended: Intended
) -> Candidates:
    """One candidate per row, completed from the facts; a point no longer on file is none."""
    is_on_file = np.isin(intended.point, facts["point"]["point"])
    return candidates_of_steps(
        facts,
        strategy,
        arrears,
        row=rows_of(facts["loan"]["loan"], intended.loan),
        person=intended.person,
        recipient_kind=intended.recipient_kind,
        point=np.where(is_on_file, intended.point, NO_ID),
        channel=intended.channel,
        step=intended.step,
    )


def clear(facts: Facts, law: Law, candidates: Candidates, contact: Column, at: int) -> list[Round]:
    """Ask the law about every candidate at `at`; `contact` says which contact each is told in.

    A candidate is cleared exactly when the law permits it now. The contacts cleared in one
    round count in every later one.
    """
    number = _round_of_each(candidates, contact)
    rounds = []
    for n in range(int(number.max(initial=-1)) + 1):
        rows = np.flatnonzero(number == n)
        mine = take(candidates, rows)
        solution = solve(facts, law, mine, np.full(len(rows), at))
        rounds.append(Round(rows, mine, solution))
        if n < number.max():
            facts = _with_cleared(facts, rounds[-1], contact[rows], at)
    return rounds


def _round_of_each(candidates: Candidates, contact: Column) -> Rows:
    """The round of each row: one later than any contact before it with its person, address or household."""
    latest: dict[tuple[str, int], int] = {}
    of_contact: dict[int, int] = {}
    columns = (candidates[name].tolist() for name in ("person", "value", "household"))
    for who, person, value, household in zip(contact.tolist(), *columns, strict=True):
        if who in of_contact:
            continue
        keys = [("person", person), *([("value", value)] if value != NO_ID else [])]
        keys += [("household", household)] if household > NO_ID else []
        of_contact[who] = 1 + max(latest.get(key, -1) for key in keys)
        latest.update(dict.fromkeys(keys, of_contact[who]))
    return np.array([of_contact[who] for who in contact.tolist()], np.int64)


def _with_cleared(facts: Facts, decided: Round, contact: Column, at: Instants | int) -> Facts:
    """The facts as they will be when the contacts cleared in this round have been made."""
    cleared = np.flatnonzero(decided.is_cleared)
    _, first, of_contact = np.unique(contact[cleared], return_index=True, return_inverse=True)
    lead = cleared[first]
    return with_attempts(
        facts,
        Attempts(
            at=np.full(len(lead), at),
            person=decided.candidates["person"][lead],
            value=decided.candidates["value"][lead],
            channel=decided.candidates["channel"][lead],
            loan_row=of_contact.reshape(-1),
            loan=decided.candidates["loan"][cleared],
        ),
    )
