"""The plan of one business day: due steps, candidates, the law's answers, the contacts chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from arrears.kernel.facts import Codes, Column, Facts, Instants, rows_of
from arrears.kernel.law.intervals import Rows
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.capacity import without_surplus_calls
from arrears.kernel.planning.choice import Choice, Contacts, Outcome, choose
from arrears.kernel.planning.duties import (
    Duties,
    due_duties,
    last_instants,
    without_idle_ways,
    without_needless_paper,
)
from arrears.kernel.planning.ladder import Due, due_steps
from arrears.kernel.planning.proposals import Proposals, propose
from arrears.kernel.planning.strategy import Strategy


@dataclass(frozen=True, slots=True)
class DayPlan:
    """Everything a run decides: due steps, the candidates asked, the answers, the contacts.

    `window_ends` has, per candidate, the first instant after its step's window.
    """

    on: int
    at: int
    due: Due
    proposals: Proposals
    choice: Choice
    contacts: Contacts
    window_ends: Instants

    def joined(self, contact: int) -> Rows:
        """Candidates told in this contact, the leading one among them."""
        return np.flatnonzero(self.choice.contact == contact)

    def joined_to(self, contacts: Rows) -> Rows:
        """Candidates told in any of these contacts."""
        return np.flatnonzero(np.isin(self.choice.contact, contacts))

    def refusing(self, rows: Rows) -> tuple[Rows, Codes]:
        """(candidate, rule of the law) for each rule that kept one of these out of its window.

        A rule that would have permitted time inside the window is not in it, unless it is
        only together that the rules leave none.
        """
        solution = self.choice.solution
        is_refused = np.zeros(len(self.proposals), np.bool_)
        is_refused[rows] = self.choice.outcome[rows] == Outcome.REFUSED
        row, rule = solution.bound_row, solution.bound_rule
        is_alone = solution.bound_from_at >= self.window_ends[row]
        has_one = np.zeros(len(self.proposals), np.bool_)
        has_one[row[is_alone]] = True
        counted = is_refused[row] & (is_alone | ~has_one[row])
        return row[counted], rule[counted]

    def refused_by(self, rows: Rows) -> dict[str, int]:
        """How many of these candidates each rule kept out of their window, by rule id."""
        codes, counts = np.unique(self.refusing(rows)[1], return_counts=True)
        rules = self.choice.solution.law.rules
        return {rules[code].id: int(count) for code, count in zip(codes, counts, strict=True)}


def plan_day(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    arrears: Mapping[str, Column],
    *,
    on: int,
    at: int,
    busy: Codes | None = None,
    duties: Duties | None = None,
) -> DayPlan:
    """The plan for day `on`, asked of the law at instant `at`.

    `arrears` are the columns of `arrears_of` for that day; `busy` are loans with a
    contact under way or of unknown fate, ascending: nothing more is planned for them. Nobody
    is contacted about a loan whose borrower is not on file. `duties` are planned where the
    strategy has steps for them (`with_duties`).
    """
    due = due_steps(facts, arrears, strategy, on=on, at=at)
    if duties is not None:
        due = _with_duties(due, due_duties(facts, strategy, duties, on=on))
    if busy is not None and len(busy):
        due = due.take(np.flatnonzero(rows_of(busy, due.loan) < 0))
    proposals, last_at = propose(facts, strategy, due, arrears), None
    if duties is not None:
        proposals = proposals.take(without_idle_ways(strategy, duties, proposals))
        last_at = last_instants(duties, proposals)
        rows = without_needless_paper(facts, law, strategy, proposals, last_at, at=at)
        proposals, last_at = proposals.take(rows), last_at[rows]
    window_ends = _window_ends(facts, law, strategy, proposals, on)
    choice, contacts = choose(
        facts, law, strategy, proposals, at=at, window_ends=window_ends, last_at=last_at
    )
    choice, contacts = without_surplus_calls(strategy, due, proposals, choice, contacts)
    return DayPlan(on, at, due, proposals, choice, contacts, window_ends)


def _with_duties(due: Due, duties: Due) -> Due:
    every = Due(
        *(np.concatenate([getattr(due, each.name), getattr(duties, each.name)]) for each in fields(Due))
    )
    return every.take(np.lexsort([every.lane, every.person, every.row]))


def _window_ends(facts: Facts, law: Law, strategy: Strategy, proposals: Proposals, on: int) -> Instants:
    """The first instant after each candidate's step window, which starts with day `on`."""
    lenders = facts["lender"]
    days = strategy.of_steps("window_days")[proposals.step]
    zone = lenders["zone"][rows_of(lenders["lender"], proposals.candidates["lender"])]
    ends = np.empty(len(proposals), np.int64)
    for code in np.unique(zone):
        mine = zone == code
        ends[mine] = law.zones[facts.zones[code]].first_instant(on + days[mine])
    return ends
