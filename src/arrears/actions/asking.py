"""May I contact? Asked by value or of the facts on file, any number at once, and nothing is changed by it.

Both ways lead to facts and candidates, and one solver answers all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from arrears.actions.wanted import Known, Wanted, read_known
from arrears.kernel.errors import ArrearsError, BadInput
from arrears.kernel.facts import NO_ID, Codes, Instants
from arrears.kernel.law.candidates import take
from arrears.kernel.law.rules import Law
from arrears.kernel.law.situation import readable_situations
from arrears.kernel.law.solver import HORIZON, Solution, solve
from arrears.kernel.law.told import Situation

SPREAD_MAX = HORIZON
"""Hours are laid out day by day from the first instant asked about to the last, so they lie together."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: a row of a solution. `point` is the contact point it is about, if any."""

    solution: Solution
    row: int
    point: int | None = None

    @property
    def result(self) -> int:
        """`Result` of asking."""
        return int(self.solution.result[self.row])

    @property
    def from_at(self) -> int:
        return int(self.solution.from_at[self.row])


Answered = Answer | ArrearsError
"""An answer, or why the question could not be asked."""


def ask_by_value(situations: Sequence[Situation], law: Law) -> list[Answered]:
    """The law's answer to each situation, in order, however far apart the instants asked about lie."""
    facts, candidates, at, wrong = readable_situations(situations, law.zones)
    right = [number for number in range(len(situations)) if number not in wrong]
    answers: dict[int, Answered] = dict(wrong)
    for rows in _close_together(at):
        solution = solve(facts, law, take(candidates, rows), at[rows])
        answers.update((right[row], Answer(solution, n)) for n, row in enumerate(rows.tolist()))
    return [answers[number] for number in range(len(situations))]


def _close_together(at: Instants) -> Iterator[Codes]:
    """Rows whose instants lie within `SPREAD_MAX`, until each row has been given once."""
    order = np.argsort(at, kind="stable")
    while len(order):
        count = int(np.searchsorted(at[order], at[order[0]] + SPREAD_MAX, side="right"))
        yield np.sort(order[:count])
        order = order[count:]


def ask_of_file(lender: int, wanted: Sequence[Wanted], law: Law, *, at: datetime) -> list[Answered]:
    """The law's answer to each contact wanted, from what is on file of the lender at `at`, in order.

    Of several contact points the one that may be used first is answered for.
    """
    known = read_known(lender, wanted, law, at=at)
    answers = solved(known, law)
    return [known.wrong[n] if n in known.wrong else answers[n] for n in range(len(wanted))]


def solved(known: Known, law: Law) -> dict[int, Answer]:
    """By contact wanted: the best of the answers to its candidates, of equal ones the first."""
    _refuse_spread(known.at)
    solution = solve(known.facts, law, known.candidates, known.at)
    order = np.lexsort([np.arange(len(known.at)), solution.from_at, solution.hard_from_at, solution.result])
    first: dict[int, int] = {}
    for row in order.tolist():
        first.setdefault(int(known.of_wanted[row]), row)
    points = known.candidates["point"]
    return {n: Answer(solution, row, _point(points, row)) for n, row in first.items()}


def _point(points: Codes, row: int) -> int | None:
    return None if points[row] == NO_ID else int(points[row])


def _refuse_spread(at: Instants) -> None:
    if len(at) and int(at.max()) - int(at.min()) > SPREAD_MAX:
        raise BadInput(
            "ask.too_far_apart",
            "The instants asked about lie more than 400 days apart.",
            hint="Ask about them in requests of their own.",
        )
