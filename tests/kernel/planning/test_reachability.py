"""Who is known not to be reached electronically, against a reading person by person in plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arrears.kernel.facts import NEVER, NO_ID
from arrears.kernel.law.unreached import NO_LIMITS, Limit, Miss, Reachability
from arrears.kernel.planning.reachability import ELECTRONIC, is_unreachable
from arrears.kernel.vocabulary import ANY, Arrival, Channel, PointKind
from tests.kernel.planning.world import APP, EMAIL, World

AT = 1_000
LIMITS = Reachability((Limit(Channel.EMAIL, Miss.FAILED, 2, 1),))
USES = {
    Channel.IN_APP: {PointKind.APP_INBOX},
    Channel.PUSH: {PointKind.WEB_PUSH},
    Channel.EMAIL: {PointKind.EMAIL},
    Channel.SMS: {PointKind.MOBILE},
}
PEOPLE = st.integers(1, 4)
VALUES = st.integers(100, 103)
INSTANTS = st.sampled_from([0, AT - 1, AT, AT + 1, NEVER])


@st.composite
def worlds(draw):
    world = World()
    for person in range(1, 5):
        world.person(
            person, *draw(st.lists(st.tuples(st.sampled_from(PointKind), VALUES), max_size=3, unique=True))
        )
    for point in world.points:
        point["dead_from_at"] = draw(INSTANTS)
    for value in draw(st.lists(VALUES, max_size=6)):
        world.came(value, Channel.EMAIL, Arrival.FAILED, draw(st.integers(0, AT)))
    for _ in range(draw(st.integers(0, 6))):
        person, value = draw(
            st.one_of(
                st.tuples(PEOPLE, st.just(NO_ID)),
                st.tuples(st.just(NO_ID), VALUES),
                st.tuples(PEOPLE, VALUES),
            )
        )
        channel = draw(st.sampled_from([ANY, *Channel]))
        world.opt_out(person, channel, value=value, from_at=draw(st.sampled_from([0, AT, AT + 1])))
        world.opt_outs[-1]["until_at"] = draw(st.sampled_from([AT, AT + 1, NEVER]))
    return world


def comes_in_vain(world, value, channel):
    """Two failures of e-mail before, and nothing else ever."""
    return channel is Channel.EMAIL and sum(row["value"] == value for row in world.arrivals) >= 2


def reached_by_something(world, person):
    return any(
        point["person"] == person
        and point["kind"] in kinds
        and point["dead_from_at"] > AT
        and not comes_in_vain(world, point["value"], channel)
        and not any(switches_off(out, person, point["value"], channel) for out in world.opt_outs)
        for channel, kinds in USES.items()
        for point in world.points
    )


def switches_off(out, person, value, channel):
    """An opt-out names a person, an address or both; what it does not name it does not ask about."""
    return (
        out["channel"] in (ANY, channel)
        and out["from_at"] <= AT < out["until_at"]
        and out["person"] in (NO_ID, person)
        and out["value"] in (NO_ID, value)
    )


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_unreachable_is_who_has_no_electronic_address_that_is_alive_and_switched_on(world):
    people = sorted(world.people)

    found = is_unreachable(world.facts(), np.array(people), AT, LIMITS)

    assert found.tolist() == [not reached_by_something(world, person) for person in people]


def test_the_electronic_channels_are_those_that_need_neither_paper_nor_anybodys_time():
    assert set(ELECTRONIC) == set(USES)


def unreachable(world):
    return is_unreachable(world.facts(), np.array([1]), AT, LIMITS).tolist() == [True]


@pytest.mark.parametrize("kind", [PointKind.LANDLINE, PointKind.POSTAL])
def test_a_landline_or_a_home_is_no_electronic_address(kind):
    world = World()
    world.person(1, (kind, 100))

    assert unreachable(world)


def test_an_address_that_bounces_later_still_reaches_him_now():
    world = World()
    world.person(1, (EMAIL, 100))
    world.points[0]["dead_from_at"] = AT + 1

    assert not unreachable(world)


def test_silence_is_no_knowledge_that_somebody_is_not_reached():
    world = World()
    world.loan(1, world.person(1, (APP, 100)))
    for at in range(0, AT, 50):
        world.attempt(at, 1, 100, Channel.IN_APP, [1])

    assert not unreachable(world)


def test_an_address_at_which_everything_failed_is_used_by_no_message_and_leaves_paper():
    world = World()
    world.person(1, (EMAIL, 100))
    world.came(100, Channel.EMAIL, Arrival.FAILED, 1)
    assert not unreachable(world)

    world.came(100, Channel.EMAIL, Arrival.FAILED, 2)

    assert unreachable(world)


def test_an_address_that_one_of_two_persons_switched_off_for_himself_still_reaches_the_other():
    world = World()
    world.person(1, (EMAIL, 100))
    world.person(2, (EMAIL, 100))
    world.opt_out(1, value=100)

    assert is_unreachable(world.facts(), np.array([1, 2]), AT, NO_LIMITS).tolist() == [True, False]
