"""May I contact? Asked by value or of the facts on file, any number at once, and nothing is changed by it.

Both ways lead to facts and candidates, and one solver answers all of them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from arrears.actions.lawful_texts import KIND as CONTENT
from arrears.actions.lawful_texts import OwnText, Used, code_of_own, with_own_texts
from arrears.actions.wanted import Known, Wanted, read_known
from arrears.kernel.errors import ArrearsError, BadInput
from arrears.kernel.facts import NO_ID, Codes, Instants
from arrears.kernel.law.candidates import Candidates, take
from arrears.kernel.law.contents import Faults, TextKey, key_of
from arrears.kernel.law.rules import Law, Rule
from arrears.kernel.law.situation import readable_situations
from arrears.kernel.law.solver import HORIZON, Solution, solve
from arrears.kernel.law.told import Situation

SPREAD_MAX = HORIZON
"""Hours are laid out day by day from the first instant asked about to the last, so they lie together."""


TEXTS_MAX = 100
"""Different texts that are read for one asking."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question: a row of a solution and of its candidates.

    `point` is the contact point it is about, if any.
    """

    solution: Solution
    row: int
    candidates: Candidates = field(repr=False)
    point: int | None = None

    @property
    def result(self) -> int:
        """`Result` of asking."""
        return int(self.solution.result[self.row])

    @property
    def from_at(self) -> int:
        return int(self.solution.from_at[self.row])

    def faults(self, rule: Rule) -> Faults:
        """What is wrong with the text by a rule of content; nothing by any other rule."""
        texts: Mapping[TextKey, Faults] = rule.params["texts"] if rule.kind == CONTENT else {}
        return texts.get(key_of(self.candidates, self.row), ()) if texts else ()


Answered = Answer | ArrearsError
"""An answer, or why the question could not be asked."""


def ask_by_value(
    situations: Sequence[Situation], law: Law, *, texts: Mapping[int, OwnText] | None = None
) -> list[Answered]:
    """The law's answer to each situation, in order, however far apart the instants asked about lie.

    `texts` are those of the situations that have one. Raises BadInput for more than `TEXTS_MAX`
    different ones.
    """
    facts, candidates, at, wrong = readable_situations(situations, law.zones)
    asked = np.array([n for n in range(len(situations)) if n not in wrong], np.int64)
    law, candidates = _with_texts(law, candidates, asked, texts or {})
    answers: dict[int, Answered] = {number: faults[0] for number, faults in wrong.items()}
    for rows in _close_together(at):
        chosen = take(candidates, rows)
        solution = solve(facts, law, chosen, at[rows])
        numbers = asked[rows].tolist()
        answers.update((number, Answer(solution, n, chosen)) for n, number in enumerate(numbers))
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
    law, candidates = _with_texts(law, known.candidates, known.of_wanted, known.texts)
    solution = solve(known.facts, law, candidates, known.at)
    order = np.lexsort([np.arange(len(known.at)), solution.from_at, solution.hard_from_at, solution.result])
    first: dict[int, int] = {}
    for row in order.tolist():
        first.setdefault(int(known.of_wanted[row]), row)
    points = candidates["point"]
    return {n: Answer(solution, row, candidates, _point(points, row)) for n, row in first.items()}


def _with_texts(
    law: Law, candidates: Candidates, of: Codes, texts: Mapping[int, OwnText]
) -> tuple[Law, Candidates]:
    """The law and the candidates with the texts brought along; `of` is the question of each candidate."""
    numbers: dict[Used, int] = {}
    text = candidates["text"].copy()
    for row in np.flatnonzero(np.isin(of, list(texts)) & (candidates["channel"] != NO_ID)).tolist():
        notice, channel, _ = key_of(candidates, row)
        used = (notice, channel, texts[int(of[row])])
        text[row] = code_of_own(numbers.setdefault(used, len(numbers)))
    if len(numbers) > TEXTS_MAX:
        what = f"More than {TEXTS_MAX} different texts are asked about."
        raise BadInput("ask.too_many_texts", what, hint="Ask about them in requests of their own.")
    return (with_own_texts(law, list(numbers)) if numbers else law), {**candidates, "text": text}


def _point(points: Codes, row: int) -> int | None:
    return None if points[row] == NO_ID else int(points[row])


def _refuse_spread(at: Instants) -> None:
    if len(at) and int(at.max()) - int(at.min()) > SPREAD_MAX:
        raise BadInput(
            "ask.too_far_apart",
            "The instants asked about lie more than 400 days apart.",
            hint="Ask about them in requests of their own.",
        )
