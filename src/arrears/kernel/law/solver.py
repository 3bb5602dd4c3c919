"""The solver: the first instant that every rule permits, and until when, with the reasons.

Each rule is a closure operator on time (it never moves back, keeps order, and settles at
once), so applying the rules in turn until none moves gives the earliest instant permitted by
all of them. Rows that have not settled after a few rounds, because two rules leave each other
next to no common time, are settled exactly by intersecting the permitted time of all rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from arrears.kernel.days import DAY
from arrears.kernel.facts import NEVER, Codes, Facts, Instants, Mask
from arrears.kernel.law.candidates import Candidates, check_candidates, count_of
from arrears.kernel.law.compiling import permitted_time
from arrears.kernel.law.hours import span_around
from arrears.kernel.law.intervals import (
    Rows,
    complement,
    intersect,
    key_of_each,
    sets_of,
    whole_time,
)
from arrears.kernel.law.kinds import RELEASED_BY
from arrears.kernel.law.matching import rules_about
from arrears.kernel.law.permitted import Case, Permitted
from arrears.kernel.law.rules import Effect, Law, Release, Rule

HORIZON = 400 * DAY
"""Permitted time that starts later than this after the instant asked about is *never*."""

_FARTHEST = 3_653 * DAY
_ROUNDS = 16
_CHUNK = 65_536  # rows decided together; bounds memory, changes no answer
_EXACT_CHUNK = 2_048


class Result(IntEnum):
    ALLOW = 0
    OVERRIDABLE = 1
    REFUSE = 2


class Binding(NamedTuple):
    """A rule that stands in the way of one candidate.

    from_at   the first instant the rule itself permits, from the instant it bound
    is_now    it refuses the instant asked about; otherwise it only binds later
    """

    rule: Rule
    from_at: int
    is_now: bool
    release: Release


@dataclass(frozen=True)
class Solution:
    """The answer for each candidate row, in order.

    from_at, until_at            over all rules that are not flags: the first permitted
                                 interval; both NEVER when there is none before the horizon
    hard_from_at, hard_until_at  the same over the rules that nobody may override
    bound_row, bound_rule, bound_from_at, bound_now
                                 one element per binding, sorted by row: which rule of
                                 `law.rules` refused, its own first permitted instant, and
                                 whether it refuses the instant asked about
    flag_row, flag_rule          flag rules that do not permit `from_at`, sorted by row
    """

    law: Law
    at: Instants
    from_at: Instants
    until_at: Instants
    hard_from_at: Instants
    hard_until_at: Instants
    bound_row: Rows
    bound_rule: Codes
    bound_from_at: Instants
    bound_now: Mask
    flag_row: Rows
    flag_rule: Codes

    @cached_property
    def result(self) -> npt.NDArray[np.int64]:
        """`Result` of asking for a contact at `at`."""
        refused = np.where(self.hard_from_at == self.at, Result.OVERRIDABLE, Result.REFUSE)
        return np.where(self.from_at == self.at, Result.ALLOW, refused).astype(np.int64)

    def reasons(self, row: int) -> list[Binding]:
        """What stands in the way of one row: rules that refuse now first, each with its release."""
        first, codes, from_at, is_now = self._bound
        rows = slice(first[row], first[row + 1])
        bound = zip((self.law.rules[code] for code in codes[rows]), from_at[rows], is_now[rows], strict=True)
        found = [_binding(*each) for each in bound]
        return found if len(found) < 2 else sorted(found, key=lambda each: not each.is_now)

    def flags(self, row: int) -> list[Rule]:
        """Rules to remark on that the slot does not satisfy."""
        first, rules = self._flagged
        return [self.law.rules[code] for code in rules[first[row] : first[row + 1]]]

    def spans(self, row: int) -> tuple[int, int, int, int, int, int]:
        """Of one row: `result`, `at`, `from_at`, `until_at`, `hard_from_at` and `hard_until_at`."""
        return self._spans[row]

    @cached_property
    def _spans(self) -> list[tuple[int, int, int, int, int, int]]:
        columns = (self.from_at, self.until_at, self.hard_from_at, self.hard_until_at)
        told = (column.tolist() for column in (self.result, self.at, *columns))
        return list(zip(*told, strict=True))

    @cached_property
    def _bound(self) -> tuple[list[int], list[int], list[int], list[bool]]:
        """Where the bindings of each row begin, and their columns."""
        first = self._first_of_rows(self.bound_row)
        return first, self.bound_rule.tolist(), self.bound_from_at.tolist(), self.bound_now.tolist()

    @cached_property
    def _flagged(self) -> tuple[list[int], list[int]]:
        return self._first_of_rows(self.flag_row), self.flag_rule.tolist()

    def _first_of_rows(self, row: Rows) -> list[int]:
        firsts: list[int] = np.searchsorted(row, np.arange(len(self.at) + 1)).tolist()
        return firsts


@lru_cache(maxsize=10_000)
def _binding(rule: Rule, from_at: int, is_now: bool) -> Binding:
    """Many candidates are bound alike."""
    return Binding(rule, from_at, is_now, release_of(rule, from_at))


def release_of(rule: Rule, from_at: int) -> Release:
    """What ends this rule's refusal, given the first instant it permits."""
    if from_at < NEVER:
        return Release("time", "", from_at)
    fact = rule.releases_by or RELEASED_BY.get(rule.kind, "")
    return Release("fact", fact, NEVER) if fact else Release("nothing", "", NEVER)


def solve(
    facts: Facts,
    law: Law,
    candidates: Candidates,
    at: Instants,
    *,
    horizon_at: Instants | None = None,
) -> Solution:
    """Ask every rule of `law` about every candidate at its instant `at`.

    at          int64[n], the instant asked about, one per candidate
    horizon_at  int64[n], permitted time must start before it; 400 days after `at` by default and
                ten years at most, because hours are laid out that far
    """
    check_candidates(candidates)
    at = np.asarray(at, np.int64)
    horizon = at + HORIZON if horizon_at is None else np.asarray(horizon_at, np.int64)
    assert len(at) == len(horizon) == count_of(candidates), "one instant per candidate"
    assert not np.any(horizon > at + _FARTHEST), "a horizon is at most ten years away"
    chunks = [
        _Chunk(facts, law, _part(candidates, rows), at[rows], horizon[rows], rows.start).solved()
        for rows in (slice(begin, begin + _CHUNK) for begin in range(0, len(at), _CHUNK))
    ]
    return _joined(law, at, chunks)


def _part(candidates: Candidates, rows: slice) -> Candidates:
    return {name: column[rows] for name, column in candidates.items()}


_COLUMNS = (
    "from_at",
    "until_at",
    "hard_from_at",
    "hard_until_at",
    "bound_row",
    "bound_rule",
    "bound_from_at",
    "bound_now",
    "flag_row",
    "flag_rule",
)


def _joined(law: Law, at: Instants, chunks: list[dict[str, npt.NDArray[np.int64]]]) -> Solution:
    none = np.empty(0, np.int64)
    columns = {name: np.concatenate([none, *(chunk[name] for chunk in chunks)]) for name in _COLUMNS}
    columns["bound_now"] = columns["bound_now"].astype(np.bool_)
    return Solution(law, at, **columns)


Bound = tuple[Rows, int, Instants]
Compiled = Mapping[int, Permitted]
"""Rule code (index in `law.rules`) -> permitted time, for rules that could refuse some row."""


@dataclass
class _Chunk:
    """The rows decided together, and what has been found out about them.

    _now, _later  (rows, rule code, the rule's next instant) of refusals of the instant asked
                  about, and of moves away from later instants in the order they were made
    """

    facts: Facts
    law: Law
    candidates: Candidates
    at: Instants
    horizon: Instants
    first_row: int
    _now: list[Bound] = field(default_factory=list)
    _later: list[Bound] = field(default_factory=list)

    def solved(self) -> dict[str, npt.NDArray[np.int64]]:
        compiled = self._compiled()
        hard, soft, flags = (
            {code: each for code, each in compiled.items() if self.law.rules[code].effect is effect}
            for effect in (Effect.HARD, Effect.OVERRIDABLE, Effect.FLAG)
        )
        hard_from, hard_until = self._settled(hard, {}, self.at, np.full(len(self.at), NEVER))
        from_at, until_at = hard_from, hard_until
        if soft:
            from_at, until_at = self._settled(soft, hard, hard_from, hard_until)
        return {
            "from_at": from_at,
            "until_at": until_at,
            "hard_from_at": hard_from,
            "hard_until_at": hard_until,
            **self._bound_columns(),
            **self._flag_columns(flags, from_at),
        }

    def _compiled(self) -> Compiled:
        first = int(self.at.min())
        span = span_around(first, int(self.horizon.max()))
        case = Case(self.facts, self.law, self.candidates, first, span)
        about = rules_about(self.facts, self.law, self.candidates)
        compiled = {code: permitted_time(case, self.law.rules[code]) for code in about}
        return {code: each for code, each in compiled.items() if len(each.rows)}

    def _next(self, permitted: Permitted, key: Codes, rows: Rows, t: Instants) -> tuple[Instants, Instants]:
        """One rule's answer for some of its rows, with the horizon applied."""
        from_at, until_at = permitted.sets.next(key, t)
        is_beyond = from_at >= self.horizon[rows]
        from_at[is_beyond] = until_at[is_beyond] = NEVER
        return from_at, until_at

    def _settled(
        self, new: Compiled, old: Compiled, from_at: Instants, until_at: Instants
    ) -> tuple[Instants, Instants]:
        """The first interval that the new rules permit too, the old ones alone having given these.

        The new rules are asked at the instant asked about, which also shows who refuses it. Rows
        that do not stay there are then put to every rule in turn until they rest.
        """
        from_at, until_at = from_at.copy(), until_at.copy()
        is_spoken_of = np.zeros(len(self.at), np.bool_)
        for code, permitted in new.items():
            rows, t = permitted.rows, self.at[permitted.rows]
            moved_to, until = self._next(permitted, permitted.key, rows, t)
            refuses = moved_to > t
            if refuses.any():
                self._now.append((rows[refuses], code, moved_to[refuses]))
            from_at[rows] = np.maximum(from_at[rows], moved_to)
            until_at[rows] = np.minimum(until_at[rows], until)
            is_spoken_of[rows] = True
        live = np.flatnonzero(is_spoken_of & (from_at > self.at) & (from_at < NEVER))
        self._let_rest({**old, **new}, live, from_at, until_at)
        until_at[from_at == NEVER] = NEVER
        return from_at, until_at

    def _let_rest(self, compiled: Compiled, live: Rows, from_at: Instants, until_at: Instants) -> None:
        """Put the live rows to every rule in turn until none moves; then `until_at` is theirs too."""
        for _ in range(_ROUNDS):
            if len(live) == 0:
                return
            before = from_at[live].copy()
            until_at[live] = NEVER
            self._round(compiled, live, from_at, until_at)
            live = live[(from_at[live] != before) & (from_at[live] < NEVER)]
        for begin in range(0, len(live), _EXACT_CHUNK):
            self._settle_exactly(compiled, live[begin : begin + _EXACT_CHUNK], from_at, until_at)

    def _round(self, compiled: Compiled, live: Rows, from_at: Instants, until_at: Instants) -> None:
        for code, permitted in compiled.items():
            local, rows = _rows_among(permitted.rows, live, len(self.at))
            is_open = from_at[rows] < NEVER
            local, rows = local[is_open], rows[is_open]
            if len(rows) == 0:
                continue
            moved_to, until = self._next(permitted, permitted.key[local], rows, from_at[rows])
            moves = moved_to > from_at[rows]
            if moves.any():
                self._later.append((rows[moves], code, moved_to[moves]))
            from_at[rows] = moved_to
            until_at[rows] = np.minimum(until_at[rows], until)

    def _settle_exactly(self, compiled: Compiled, rows: Rows, from_at: Instants, until_at: Instants) -> None:
        """Intersect all rules' permitted time and take the first interval."""
        common = whole_time(len(rows))
        for permitted in compiled.values():
            local, spoken = _rows_among(permitted.rows, rows, len(self.at))
            if len(spoken):
                at = np.searchsorted(rows, spoken)
                refused = complement(permitted.sets.select(permitted.key[local]))
                owner = at[key_of_each(refused)]
                spread = sets_of(len(rows), owner, refused.starts, refused.ends)
                common = intersect(common, complement(spread))
        first, until = common.next(np.arange(len(rows)), from_at[rows])
        is_beyond = first >= self.horizon[rows]
        from_at[rows] = np.where(is_beyond, NEVER, first)
        until_at[rows] = np.where(is_beyond, NEVER, until)

    def _bound_columns(self) -> dict[str, npt.NDArray[np.int64]]:
        """One binding per (row, rule): the refusal now if there is one, else the last move."""
        bound = [*self._later, *self._now]
        none = np.empty(0, np.int64)
        row = np.concatenate([none, *(rows for rows, _, _ in bound)])
        code = np.repeat([code for _, code, _ in bound], [len(rows) for rows, _, _ in bound]).astype(np.int64)
        from_at = np.concatenate([none, *(moved_to for _, _, moved_to in bound)])
        is_now = np.arange(len(row)) >= sum(len(rows) for rows, _, _ in self._later)
        pair = row * len(self.law.rules) + code
        order = np.argsort(pair, kind="stable")
        is_last = np.append(pair[order][1:] != pair[order][:-1], np.ones(min(len(row), 1), np.bool_))
        kept = order[is_last]
        return {
            "bound_row": row[kept] + self.first_row,
            "bound_rule": code[kept],
            "bound_from_at": from_at[kept],
            "bound_now": is_now[kept],
        }

    def _flag_columns(self, flags: Compiled, from_at: Instants) -> dict[str, npt.NDArray[np.int64]]:
        none = np.empty(0, np.int64)
        rows, codes = [none], [none]
        for code, permitted in flags.items():
            t = from_at[permitted.rows]  # of NEVER the next instant is NEVER: no slot, no flag
            answer, _ = permitted.sets.next(permitted.key, t)
            flagged = permitted.rows[answer != t]
            rows.append(flagged)
            codes.append(np.full(len(flagged), code))
        row, code_ = np.concatenate(rows), np.concatenate(codes)
        order = np.lexsort([code_, row])
        return {"flag_row": row[order] + self.first_row, "flag_rule": code_[order]}


def _rows_among(owned: Rows, live: Rows, total: int) -> tuple[Rows, Rows]:
    """Positions in `owned` of the rows that are live, and those rows; both ascending."""
    if len(live) == total:
        return np.arange(len(owned)), owned
    at = np.searchsorted(owned, live)
    at[at == len(owned)] = 0
    is_owned = owned[at] == live
    return at[is_owned], live[is_owned]
