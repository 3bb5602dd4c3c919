"""The plan of one run: at most one contact per person, and every refusal kept.

The law answers each candidate with the first instant it permits. A candidate *fits* when that
instant lies inside its step's window. Of a person's fitting candidates one leads: the highest
rank, its first channel and contact point that fits, the earliest instant; before all others what
a duty wants, and of that what is to be told first. Other loans of the
person join when their own step would say the same thing at the same place (same notice, tone,
channel and contact point, and he is the same to the loan) and their permitted time holds the
leader's slot; every other candidate keeps its own answer, and its step is due again tomorrow.

Contacts planned in one run could break a count together, since none of them has happened yet.
So they are chosen in rounds: no two contacts of a round share what a rule counts, and each
round asks the law again as if the contacts of the rounds before had been made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from arrears.kernel.facts import NEVER, Codes, Column, Facts, Instants, Mask
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.intervals import Rows, join
from arrears.kernel.law.matching import matching_rows
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Solution, solve
from arrears.kernel.planning.assumed import Attempts, with_attempts
from arrears.kernel.planning.proposals import Proposals
from arrears.kernel.planning.strategy import Strategy

_COUNTED_APART: Mapping[str, str | None] = {
    "person": None,  # one contact per person per run
    "person_and_debt": None,
    "value_and_debt": None,
    "value": "value",
    "household": "household",
}
"""Count scope -> the candidate column that two contacts of one round may not share."""


class Outcome(IntEnum):
    """What became of a candidate in a run."""

    PLANNED = 0
    JOINED = 1  # told in the contact planned for another loan of the person
    REFUSED = 2  # the law permits nothing inside the step's window
    OTHER_POINT = 3  # another channel or contact point serves the same due step
    OTHER_CONTACT = 4  # the person has another contact in this run
    NO_CAPACITY = 5  # a call that nobody has time for on this day


@dataclass(frozen=True, slots=True)
class Choice:
    """What the law answered and what was chosen, one row per candidate.

    solution  the answer given in the round that settled the candidate
    outcome   `Outcome`
    contact   index of the planned contact that tells it, -1 for none
    """

    solution: Solution
    outcome: Codes
    contact: Rows


@dataclass(frozen=True, slots=True)
class Contacts:
    """The planned contacts of a run: one row each.

    `lead` is the candidate it was chosen for; it starts at or after `not_before_at` and
    strictly before `not_after_at`.
    """

    lead: Rows
    step: Column
    not_before_at: Instants
    not_after_at: Instants

    def __len__(self) -> int:
        return len(self.lead)


def choose(
    facts: Facts,
    law: Law,
    strategy: Strategy,
    proposals: Proposals,
    *,
    at: int,
    window_ends: Instants,
    last_at: Instants | None = None,
) -> tuple[Choice, Contacts]:
    """What becomes of each candidate, asked about at instant `at`.

    `window_ends` has, per candidate, the first instant after its step's window; `last_at` the last
    instant in time for a duty that it meets, NEVER for none.
    """
    if last_at is None:
        last_at = np.full(len(proposals), NEVER)
    rounds = _Rounds(facts, law, strategy, proposals, at=at, window_ends=window_ends, last_at=last_at)
    open_rows = np.arange(len(proposals))
    while len(open_rows):
        open_rows = rounds.settle(open_rows)
    solution = _stitched(law, at, len(proposals), rounds.answers)
    return Choice(solution, rounds.outcome, rounds.contact), _concatenated(rounds.contacts)


class _Rounds:
    """The state of choosing: what has been answered and decided in the rounds so far."""

    def __init__(
        self,
        facts: Facts,
        law: Law,
        strategy: Strategy,
        proposals: Proposals,
        *,
        at: int,
        window_ends: Instants,
        last_at: Instants,
    ) -> None:
        size = len(proposals)
        self.facts, self.law, self.proposals = facts, law, proposals
        self.at, self.window_ends, self.last_at = at, window_ends, last_at
        self.rank = strategy.of_steps("rank")[proposals.step]
        self.tone = strategy.of_steps("tone")[proposals.step]
        self.preference = _preference(proposals)
        self.from_at, self.until_at = np.full(size, NEVER), np.full(size, NEVER)
        self.outcome = np.full(size, int(Outcome.REFUSED))
        self.contact = np.full(size, -1)
        self.answers: list[_Answers] = []
        self.contacts: list[Contacts] = []
        self.shared = _shared_keys(facts, law, proposals.candidates)

    def settle(self, rows: Rows) -> Rows:
        """Ask about the open candidates, settle what can be settled, return the rest."""
        solution = self._ask(rows)
        fits = solution.from_at < self.window_ends[rows]
        leads = self._leads(rows[fits], solution.from_at[fits])
        waiting = self._without_own_lead(rows, rows[fits], leads)
        is_settled = np.isin(rows, waiting, invert=True)
        self._keep(solution, rows, is_settled)
        member, of_lead = self._members(leads, rows[is_settled])
        self._place(leads, member, of_lead)
        self._note_the_others(rows[is_settled], leads)
        if len(waiting):
            self._assume_made(leads, member, of_lead)
        return waiting

    def _ask(self, rows: Rows) -> Solution:
        return solve(self.facts, self.law, take(self.proposals.candidates, rows), np.full(len(rows), self.at))

    def _leads(self, rows: Rows, from_at: Instants) -> Rows:
        """The leading candidate of each person, and of these one per shared key."""
        person = self.proposals.candidates["person"][rows]
        last_at = self.last_at[rows]
        is_late = from_at > last_at
        order = np.lexsort([rows, from_at, self.preference[rows], -self.rank[rows], is_late, last_at, person])
        leads = rows[order][_first_of_each(person[order])]
        for shared in self.shared:
            key = shared[leads]
            by_key = np.lexsort([leads, key])
            is_first = _first_of_each(key[by_key]) | (key[by_key] < 0)
            leads = leads[by_key][is_first]
        return np.sort(leads)

    def _without_own_lead(self, rows: Rows, fitting: Rows, leads: Rows) -> Rows:
        """Open rows of persons who could be contacted but must wait for the next round."""
        person = self.proposals.candidates["person"]
        waiting = np.setdiff1d(person[fitting], person[leads])
        return rows[np.isin(person[rows], waiting)]

    def _keep(self, solution: Solution, rows: Rows, is_settled: Mask) -> None:
        """Take over the law's answer for the rows that no later round will ask again."""
        settled = rows[is_settled]
        self.from_at[settled] = solution.from_at[is_settled]
        self.until_at[settled] = solution.until_at[is_settled]
        self.answers.append(_Answers(rows, is_settled, solution))

    def _place(self, leads: Rows, member: Rows, of_lead: Rows) -> None:
        """Make the leads into contacts that tell their members."""
        first = sum(len(contacts) for contacts in self.contacts)
        self.contact[member] = first + of_lead
        self.outcome[member] = Outcome.JOINED
        self.outcome[leads] = Outcome.PLANNED
        ends = np.full(len(leads), NEVER)
        np.minimum.at(ends, of_lead, np.minimum(self.until_at, self.window_ends)[member])
        self.contacts.append(Contacts(leads, self.proposals.step[leads], self.from_at[leads], ends))

    def _assume_made(self, leads: Rows, member: Rows, of_lead: Rows) -> None:
        """Let the rounds to come count these contacts."""
        candidates = self.proposals.candidates
        attempts = Attempts(
            at=self.from_at[leads],
            person=candidates["person"][leads],
            value=candidates["value"][leads],
            channel=candidates["channel"][leads],
            loan_row=of_lead,
            loan=candidates["loan"][member],
        )
        self.facts = with_attempts(self.facts, attempts)

    def _members(self, leads: Rows, settled: Rows) -> tuple[Rows, Rows]:
        """(candidate, index of lead) for each lead itself and every loan its contact can tell."""
        candidates = self.proposals.candidates
        by_person = np.argsort(candidates["person"][leads], kind="stable")
        row, at = join(candidates["person"][settled], candidates["person"][leads][by_person])
        other, of_lead = settled[row], by_person[at]
        lead = leads[of_lead]
        is_same = self.tone[other] == self.tone[lead]
        for column in ("point", "channel", "notice", "purpose", "recipient_kind"):
            is_same &= candidates[column][other] == candidates[column][lead]
        other, of_lead, lead = other[is_same], of_lead[is_same], lead[is_same]
        slot = self.from_at[lead]
        inside = self._permits(other, slot) | (other == lead)
        other, of_lead, lead = other[inside], of_lead[inside], lead[inside]
        return self._once_per_loan(other, of_lead, lead)

    def _once_per_loan(self, other: Rows, of_lead: Rows, lead: Rows) -> tuple[Rows, Rows]:
        """A contact tells of a loan once: of two steps of it that say the same, for the higher one."""
        loan = self.proposals.candidates["loan"][other]
        order = np.lexsort([-self.rank[other], other != lead, loan, of_lead])
        pair = np.stack([of_lead[order], loan[order]])
        is_first = np.ones(len(order), np.bool_)
        is_first[1:] = np.any(pair[:, 1:] != pair[:, :-1], axis=0)
        kept = np.sort(order[is_first])
        return other[kept], of_lead[kept]

    def _permits(self, rows: Rows, slot: Instants) -> Mask:
        """Whether each candidate may be told at the slot; notes until when, if so."""
        inside = (self.from_at[rows] <= slot) & (slot < self.until_at[rows])
        later = np.flatnonzero((self.from_at[rows] <= slot) & ~inside)
        if len(later):
            again = solve(self.facts, self.law, take(self.proposals.candidates, rows[later]), slot[later])
            is_permitted = again.from_at == slot[later]
            inside[later[is_permitted]] = True
            self.until_at[rows[later[is_permitted]]] = again.until_at[is_permitted]
        return inside

    def _note_the_others(self, settled: Rows, leads: Rows) -> None:
        """Candidates that fit but are not told: for another point, or another contact."""
        candidates, due = self.proposals.candidates, self.proposals.due
        fits = (self.contact[settled] < 0) & (self.from_at[settled] < self.window_ends[settled])
        other = settled[fits & np.isin(candidates["person"][settled], candidates["person"][leads])]
        told = np.unique(due[self.contact >= 0])
        is_told = np.isin(due[other], told)
        self.outcome[other] = np.where(is_told, Outcome.OTHER_POINT, Outcome.OTHER_CONTACT)


def _preference(proposals: Proposals) -> Rows:
    """0 for the first channel and contact point of a due step, 1 for the next, in its order."""
    return np.arange(len(proposals)) - np.searchsorted(proposals.due, proposals.due)


def _shared_keys(facts: Facts, law: Law, candidates: Candidates) -> list[Codes]:
    """What each candidate shares with other persons' in a count, per column; below 0 for nothing."""
    keys: dict[str, Codes] = {}
    for rule in law.rules:
        if rule.kind == "count" and (column := _COUNTED_APART[rule.params["scope"]]):
            rows = matching_rows(facts, rule, candidates)
            key = keys.setdefault(column, np.full(len(candidates["loan"]), -1))
            key[rows] = candidates[column][rows]
    return list(keys.values())


def _first_of_each(sorted_keys: Column) -> Mask:
    """Marks the first element of every run of equal keys."""
    is_first = np.ones(len(sorted_keys), np.bool_)
    is_first[1:] = sorted_keys[1:] != sorted_keys[:-1]
    return is_first


@dataclass(frozen=True, slots=True)
class _Answers:
    """The law's answers of one round to candidates `rows`; those marked are settled by it."""

    rows: Rows
    is_settled: Mask
    solution: Solution

    def listed(self, of: str) -> dict[str, Column]:
        """The settled rows' bindings or flags, with the candidates' own row numbers."""
        row = getattr(self.solution, f"{of}_row")
        keep = self.is_settled[row]
        columns = {name: getattr(self.solution, name)[keep] for name in _LISTED[of]}
        return {**columns, f"{of}_row": self.rows[row[keep]]}


_PER_ROW = ("from_at", "until_at", "hard_from_at", "hard_until_at")
_LISTED = {
    "bound": ("bound_row", "bound_rule", "bound_from_at", "bound_now"),
    "flag": ("flag_row", "flag_rule"),
}


def _stitched(law: Law, at: int, size: int, answers: Sequence[_Answers]) -> Solution:
    """One solution for all candidates, each row from the round that settled it."""
    columns: dict[str, Column] = {name: np.full(size, NEVER) for name in _PER_ROW}
    for answer in answers:
        for name in _PER_ROW:
            answered = getattr(answer.solution, name)
            columns[name][answer.rows[answer.is_settled]] = answered[answer.is_settled]
    for of, names in _LISTED.items():
        parts = [answer.listed(of) for answer in answers]
        listed = {n: np.concatenate([np.empty(0, np.int64), *(part[n] for part in parts)]) for n in names}
        order = np.argsort(listed[f"{of}_row"], kind="stable")
        columns |= {name: column[order] for name, column in listed.items()}
    columns["bound_now"] = columns["bound_now"].astype(np.bool_)
    return Solution(law=law, at=np.full(size, at), **columns)


def _concatenated(contacts: list[Contacts]) -> Contacts:
    none = np.empty(0, np.int64)
    names = ("lead", "step", "not_before_at", "not_after_at")
    return Contacts(*(np.concatenate([none, *(getattr(each, name) for each in contacts)]) for name in names))
