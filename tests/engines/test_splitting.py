"""What is linked is never split, parts are full, and no loan is lost or in two parts."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from arrears.engines.splitting import Links, alone, components, parts_of, slices

IDS = st.integers(0, 15)
PAIRS = st.lists(st.tuples(IDS, IDS), max_size=25)


def _links(a, b, pairs):
    columns = np.array(pairs, np.int64).reshape(-1, 2)
    return Links(a, columns[:, 0], b, columns[:, 1])


def _reached_from(start, edges):
    """Everything that can be walked to, one edge after the other."""
    reached, open_ends = {start}, [start]
    while open_ends:
        here = open_ends.pop()
        for edge in edges:
            for one, other in (edge, edge[::-1]):
                if one == here and other not in reached:
                    reached.add(other)
                    open_ends.append(other)
    return reached


@given(PAIRS, PAIRS)
def test_two_ids_share_a_component_exactly_when_one_can_be_walked_to_from_the_other(parties, values):
    links = [_links("loan", "person", parties), _links("value", "person", values)]

    found = components(links)

    edges = [(("loan", a), ("person", b)) for a, b in parties] + [
        (("value", a), ("person", b)) for a, b in values
    ]
    label = {
        (kind, each): component
        for kind, (ids, of) in found.items()
        for each, component in zip(ids.tolist(), of.tolist(), strict=True)
    }
    assert set(label) == {end for edge in edges for end in edge}
    for start, mine in label.items():
        assert {other for other, its in label.items() if its == mine} == _reached_from(start, edges)


def test_a_chain_of_a_hundred_thousand_links_is_one_component():
    order = np.random.default_rng(1).permutation(100_000)

    ids, component = components([Links("loan", order[:-1], "loan", order[1:])])["loan"]

    assert len(ids) == 100_000
    assert set(component.tolist()) == {0}


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.integers(1, 12))
def test_parts_are_whole_components_closed_as_soon_as_they_are_full(component, size):
    part = parts_of(np.array(component), size)

    in_part = Counter(part.tolist())
    assert sorted(in_part) == list(range(len(in_part)))
    assert all(len(set(part[np.array(component) == each].tolist())) == 1 for each in component)
    largest = max(Counter(component).values())
    assert max(in_part.values()) < size + largest
    firsts = [part[component.index(each)] for each in dict.fromkeys(component)]
    assert firsts == sorted(firsts)


def test_loans_that_nothing_links_fill_their_parts():
    assert parts_of(np.arange(10), 4).tolist() == [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]


@given(PAIRS, PAIRS, st.integers(1, 20))
def test_every_loan_and_everybody_linked_to_one_is_in_one_part(parties, values, size):
    loans, persons = np.arange(16), np.arange(0, 16, 2)
    links = [alone("loan", loans), _links("loan", "person", parties), _links("value", "person", values)]

    parts = [(a.tolist(), b.tolist()) for a, b in slices(links, persons, size=size)]

    assert sorted(loan for part, _ in parts for loan in part) == loans.tolist()
    linked = {
        person
        for kind, person in (
            node
            for loan in loans.tolist()
            for node in _reached_from(
                ("loan", loan),
                [(("loan", a), ("person", b)) for a, b in parties]
                + [(("value", a), ("person", b)) for a, b in values],
            )
        )
        if kind == "person"
    }
    assert sorted(person for _, part in parts for person in part) == sorted(linked & set(persons.tolist()))
    for loan, person in parties:
        assert [person in people for lent, people in parts if loan in lent] == [person % 2 == 0]
