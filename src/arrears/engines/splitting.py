"""Splitting a portfolio into parts that can be planned apart: nothing that bears on a plan crosses them.

Two contacts planned in one night may break a count together when they go to one person, or to
one address that two persons share. And a contact made, an opt-out or a hold bears on everybody
behind the same person, loan or address. So whatever is linked stays together: the unit that is
never split is a connected component over loans, persons, debts, contact groups and addresses.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from arrears.kernel.facts import Codes, rows_of

LOANS_A_PART = 100_000


@dataclass(frozen=True, slots=True)
class Links:
    """Pairs of ids that belong together, element by element; a kind names what the ids are of."""

    a: str
    a_ids: Codes
    b: str
    b_ids: Codes


def alone(kind: str, ids: Codes) -> Links:
    """Ids that are there, whether or not anything is linked to them."""
    return Links(kind, ids, kind, ids)


def components(links: Sequence[Links]) -> dict[str, tuple[Codes, Codes]]:
    """By kind, its distinct ids ascending and the component of each: equal for all that are linked."""
    ids = _distinct(links)
    first, base = 0, {}
    for kind, known in ids.items():
        base[kind] = first
        first += len(known)
    a = np.concatenate([base[each.a] + rows_of(ids[each.a], each.a_ids) for each in links])
    b = np.concatenate([base[each.b] + rows_of(ids[each.b], each.b_ids) for each in links])
    label = _labels(first, a, b)
    return {kind: (known, label[base[kind] : base[kind] + len(known)]) for kind, known in ids.items()}


def _distinct(links: Sequence[Links]) -> dict[str, Codes]:
    told: dict[str, list[Codes]] = {}
    for each in links:
        told.setdefault(each.a, []).append(each.a_ids)
        told.setdefault(each.b, []).append(each.b_ids)
    return {kind: np.unique(np.concatenate(ids)) for kind, ids in told.items()}


def _labels(size: int, a: Codes, b: Codes) -> Codes:
    """The smallest node of each node's component, given the edges between nodes 0..size-1."""
    label = np.arange(size)
    while True:
        left, right = label[a], label[b]
        apart = left != right
        if not apart.any():
            return label
        a, b, left, right = a[apart], b[apart], left[apart], right[apart]
        lower = np.minimum(left, right)
        np.minimum.at(label, left, lower)
        np.minimum.at(label, right, lower)
        _flatten(label)


def _flatten(label: Codes) -> None:
    """Point every node at the end of its chain."""
    while True:
        further = label[label]
        if np.array_equal(further, label):
            return
        label[:] = further


def parts_of(loan_component: Codes, size: int) -> Codes:
    """The part (0, 1, ...) of each loan, given its component, the loans ascending by id.

    Components follow one another in the order of their first loans; a part that has `size` loans
    is closed, so that none is larger than `size` and its last component together.
    """
    _, first, of, counts = np.unique(
        loan_component, return_index=True, return_inverse=True, return_counts=True
    )
    order = np.argsort(first, kind="stable")
    before = np.cumsum(counts[order]) - counts[order]
    part = np.empty(len(order), np.int64)
    part[order] = np.unique(before // size, return_inverse=True)[1]
    return part[of]


def slices(
    links: Sequence[Links], persons: Codes, *, size: int = LOANS_A_PART
) -> Iterator[tuple[Codes, Codes]]:
    """(loans, persons) of each part, ascending ids; of the persons only those named, ascending.

    Whoever is linked to no loan is in no part: what is known about him bears on no contact.
    """
    found = components([*links, alone("person", persons)])
    loans, loan_component = found["loan"]
    of_loan = parts_of(loan_component, size)
    of_person = _carried_over(loan_component, of_loan, _known(found["person"], persons))
    for part in range(int(of_loan.max(initial=-1)) + 1):
        yield loans[of_loan == part], persons[of_person == part]


def _known(of: tuple[Codes, Codes], wanted: Codes) -> Codes:
    ids, component = of
    return component[rows_of(ids, wanted)]


def _carried_over(component: Codes, part: Codes, wanted: Codes) -> Codes:
    """The part of each wanted component; -1 for those of no loan."""
    distinct, first = np.unique(component, return_index=True)
    row = rows_of(distinct, wanted)
    return np.where(row >= 0, part[first][row], -1) if len(distinct) else row
