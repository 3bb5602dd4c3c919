"""Clearing a batch is clearing its contacts one by one, and no order of them breaks a count."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arrears.kernel.arrears import arrears_of
from arrears.kernel.days import HOUR
from arrears.kernel.facts import NO_ID
from arrears.kernel.planning.assumed import Attempts, with_attempts
from arrears.kernel.planning.clearing import Ended, Intended, candidates_for, clear, ended
from arrears.kernel.vocabulary import Channel, NoticeKind, Purpose, RecipientKind
from tests.kernel.planning.builders import a_strategy
from tests.kernel.planning.world import APP, PER_ADDRESS, World, a_law, midnight

ON = 20_000
AT = midnight(ON) + 10 * HOUR
LAW = a_law(PER_ADDRESS)
STRATEGY = a_strategy(3)
EPISODE = ON - 9


def a_world(addresses):
    """People by number with one inbox each, at these addresses, and one loan ten days late each."""
    world = World()
    for n, address in enumerate(addresses, start=1):
        world.person(n, (APP, address))
        world.loan(100 + n, n)
        world.report(100 + n, ON - 1, since=EPISODE)
    return world


def intend(world, rows):
    """`rows`: (contact, loan, person); the person's first point."""
    point = {each["person"]: each["point"] for each in reversed(world.points)}
    contact, loan, person = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    same = np.ones(len(rows), np.int64)
    return Intended(
        contact=contact,
        loan=loan,
        person=person,
        recipient_kind=same * RecipientKind.BORROWER,
        point=np.array([point.get(each, NO_ID) for each in person.tolist()], np.int64),
        channel=same * Channel.IN_APP,
        notice=same * NoticeKind.PAYMENT_REMINDER,
        purpose=same * Purpose.COLLECT,
        step=same * 0,
        episode_start_on=same * EPISODE,
    )


def cleared_of(facts, intended, at=AT):
    """Rows cleared in a batch, ascending."""
    candidates = candidates_for(facts, STRATEGY, arrears_of(facts, ON, LAW.zones), intended)
    rounds = clear(facts, LAW, candidates, intended.contact, at)
    return sorted(row for each in rounds for row in each.rows[each.is_cleared].tolist())


def cleared_one_by_one(facts, intended):
    """The same, each contact asked alone after the ones before it were made."""
    cleared = []
    for contact in dict.fromkeys(intended.contact.tolist()):
        rows = np.flatnonzero(intended.contact == contact)
        mine = [int(rows[row]) for row in cleared_of(facts, intended.take(rows))]
        cleared += mine
        if mine:
            value = candidates_for(facts, STRATEGY, arrears_of(facts, ON, LAW.zones), intended.take(rows))[
                "value"
            ]
            made = Attempts(
                at=np.array([AT]),
                person=intended.person[rows[:1]],
                value=value[:1],
                channel=intended.channel[rows[:1]],
                loan_row=np.zeros(len(mine), np.int64),
                loan=intended.loan[mine],
            )
            facts = with_attempts(facts, made)
    return sorted(cleared)


@st.composite
def batches(draw):
    """Up to eight people at up to three addresses, up to twelve contacts of one or two loans each."""
    addresses = draw(st.lists(st.integers(1, 3), min_size=1, max_size=8))
    world = a_world(addresses)
    for person in range(1, len(addresses) + 1):
        loan = world.loan(200 + person, person)
        world.report(loan, ON - 1, since=EPISODE)
        if draw(st.booleans()):
            world.hold(loan, stops=1)
    people = draw(st.lists(st.integers(1, len(addresses)), min_size=1, max_size=12))
    rows = []
    for contact, person in enumerate(people, start=1):
        loans = draw(st.sampled_from([[100 + person], [200 + person], [100 + person, 200 + person]]))
        rows += [(contact, loan, person) for loan in loans]
    return world.facts(), intend(world, rows)


@given(batches())
def test_a_batch_is_cleared_as_its_contacts_would_be_one_by_one(batch):
    assert cleared_of(*batch) == cleared_one_by_one(*batch)


@given(batches())
def test_no_batch_breaks_a_count(batch):
    facts, intended = batch
    cleared = cleared_of(facts, intended)

    contacts = {int(intended.contact[row]): row for row in cleared}
    by_person = Counter(int(intended.person[row]) for row in contacts.values())
    candidates = candidates_for(facts, STRATEGY, arrears_of(facts, ON, LAW.zones), intended)
    by_address = Counter(int(candidates["value"][row]) for row in contacts.values())
    assert max(by_person.values(), default=0) <= 1
    assert max(by_address.values(), default=0) <= 2


def test_a_contact_with_its_two_loans_is_one_contact():
    world = a_world([1])
    world.loan(201, 1)
    world.report(201, ON - 1, since=EPISODE)

    assert cleared_of(world.facts(), intend(world, [(1, 101, 1), (1, 201, 1)])) == [0, 1]


def test_a_point_that_is_not_on_file_is_no_point():
    world = a_world([1])
    intended = intend(world, [(1, 101, 1)])
    world.points.clear()

    facts = world.facts()

    assert cleared_of(facts, intended) == []
    assert candidates_for(facts, STRATEGY, arrears_of(facts, ON, LAW.zones), intended)["point"].tolist() == [
        NO_ID
    ]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, Ended.NOT),
        ({"step": 1}, Ended.OTHER_STEP),
        ({"step": -1}, Ended.OTHER_STEP),
        ({"episode_start_on": EPISODE - 1}, Ended.OTHER_EPISODE),
        ({"person": 2}, Ended.OTHER_BORROWER),
    ],
)
def test_what_is_due_no_longer_says_why(changed, why):
    world = a_world([1, 2])
    facts = world.facts()
    intended = intend(world, [(1, 101, 1)])
    columns = {name: getattr(intended, name) for name in Intended.__slots__}
    columns |= {name: np.array([value]) for name, value in changed.items()}

    arrears = arrears_of(facts, ON, LAW.zones)
    assert ended(facts, STRATEGY, arrears, Intended(**columns), on=ON, at=AT).tolist() == [why]


def test_a_loan_reported_paid_is_not_late():
    world = a_world([1])
    intended = intend(world, [(1, 101, 1)])
    world.report(101, ON)

    facts = world.facts()

    assert ended(facts, STRATEGY, arrears_of(facts, ON, LAW.zones), intended, on=ON, at=AT).tolist() == [
        Ended.NOT_LATE
    ]
