"""What the law says of contacts that nobody plans: a call, or one to a third person.

They are asked so that an answer can name the rule that stands in the way. The person asked
about does not exist: somebody living where the borrower lives, reachable by telephone.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from arrears.kernel.facts import NEVER, NO_ID, Column, Facts
from arrears.kernel.law.candidates import Candidates, candidates_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Binding, solve
from arrears.kernel.planning.assumed import with_rows
from arrears.kernel.vocabulary import (
    LIABLE,
    Channel,
    NoticeKind,
    PointKind,
    PointOwner,
    PointSource,
    Purpose,
    RecipientKind,
)

THIRD_PERSONS = tuple(kind for kind in RecipientKind if kind not in LIABLE)


def call_bindings(facts: Facts, law: Law, loan: int, at: int) -> list[Binding]:
    """The rules that refuse a call to the borrower at this instant."""
    person = int(facts["loan"]["borrower"][facts["loan"]["loan"] == loan][0])
    points = facts["point"]
    is_phone = np.isin(points["kind"], [PointKind.MOBILE, PointKind.LANDLINE])
    numbers = points["point"][is_phone & (points["person"] == person)]
    point = int(numbers[0]) if len(numbers) else NO_ID
    candidates = _calls(facts, loan, person, point, [RecipientKind.BORROWER])
    return solve(facts, law, candidates, np.array([at])).reasons(0)


def third_person_bindings(facts: Facts, law: Law, loan: int, at: int) -> list[list[Binding]]:
    """For each kind of third person, the rules about recipients that refuse to contact one.

    Rules that would refuse the borrower as well (hours, counts, holds) are left out: they say
    nothing about third persons.
    """
    borrower = int(facts["loan"]["borrower"][facts["loan"]["loan"] == loan][0])
    imagined, person, point = _with_somebody(facts, borrower)
    candidates = _calls(imagined, loan, person, point, THIRD_PERSONS)
    solution = solve(imagined, law, candidates, np.full(len(THIRD_PERSONS), at))
    return [
        [each for each in solution.reasons(row) if "recipient_kind" in each.rule.match]
        for row in range(len(THIRD_PERSONS))
    ]


def _with_somebody(facts: Facts, borrower: int) -> tuple[Facts, int, int]:
    """The facts with one more person, living where the borrower does, and a telephone."""
    persons, points = facts["person"], facts["point"]
    row = int(persons["person"].searchsorted(borrower))
    person = int(persons["person"].max()) + 1
    point = int(points["point"].max(initial=0)) + 1
    somebody = {name: column[row : row + 1] for name, column in persons.items()}
    telephone = {
        "point": [point],
        "person": [person],
        "kind": [PointKind.MOBILE],
        "value": [NO_ID],
        "source": [PointSource.RESERVED_BY_BORROWER],
        "dead_from_at": [NEVER],
        "owner": [PointOwner.OWN],
        "place": [NO_ID],
    }
    added = {"person": {**somebody, "person": [person]}, "point": telephone}
    return with_rows(facts, added), person, point


def _calls(facts: Facts, loan: int, person: int, point: int, kinds: Sequence[RecipientKind]) -> Candidates:
    def every(value: int) -> Column:
        return np.full(len(kinds), int(value))

    return candidates_of(
        facts,
        loan=every(loan),
        person=every(person),
        recipient_kind=np.array([int(kind) for kind in kinds]),
        point=every(point),
        channel=every(Channel.CALL),
        notice=every(NoticeKind.CALL_TASK),
        purpose=every(Purpose.COLLECT),
        is_amount_known=every(1),
        reported_on=every(10**6),
    )
