"""A planned contact ends once, and a step of an episode has one that lives."""

from __future__ import annotations

from itertools import product

import pytest

from arrears.store import models
from arrears.store.models.planned_contacts import LIVE_PLANNED_STATES, PLANNED_MOVES, PLANNED_STATES
from tests import builders as b
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db

WAYS = {
    "planned": [],
    "reserved": ["reserved"],
    "sent": ["reserved", "sent"],
    "unsure": ["reserved", "unsure"],
    "not_permitted": ["not_permitted"],
    "cancelled": ["cancelled"],
    "lapsed": ["lapsed"],
}


@pytest.fixture
def loan():
    lender = b.a_lender()
    return b.a_loan(lender, b.a_person(lender, points=("email",)))


@pytest.fixture
def point(loan):
    return models.ContactPoint.objects.get()


def _move(planned, *states):
    for state in states:
        models.PlannedContact.objects.filter(pk=planned.pk).update(state=state, state_at=b.NOW)


@pytest.mark.parametrize(("before", "after"), list(product(PLANNED_STATES, repeat=2)))
def test_a_planned_contact_makes_the_legal_moves_and_no_other(loan, point, before, after):
    planned = b.a_planned_contact(loan, point)
    _move(planned, *WAYS[before])

    if after in PLANNED_MOVES[before] or after == before:
        _move(planned, after)
    else:
        with rejected(f"cannot go from {before} to {after}"):
            _move(planned, after)


@pytest.mark.parametrize("state", PLANNED_STATES)
def test_a_step_is_planned_again_only_after_the_one_before_came_to_nothing(loan, point, state):
    _move(b.a_planned_contact(loan, point), *WAYS[state])

    if state in LIVE_PLANNED_STATES:
        with rejected("planned_contact_loan_one_live_per_step"):
            b.a_planned_contact(loan, point)
    else:
        b.a_planned_contact(loan, point)


def test_another_step_and_another_episode_are_planned_beside_it(loan, point):
    b.a_planned_contact(loan, point)

    b.a_planned_contact(loan, point, step="app-message", rank=10)
    b.a_planned_contact(loan, point, episode_start_on=b.TODAY)


def test_what_a_contact_was_planned_for_never_changes(loan, point):
    planned = b.a_planned_contact(loan, point)

    with rejected("of a row of planned_contact only"):
        models.PlannedContact.objects.filter(pk=planned.pk).update(value_key=7)
    with rejected("of a row of planned_contact_loan only"):
        models.PlannedContactLoan.objects.update(step="letter")


def test_a_contact_has_time_to_happen(loan, point):
    with rejected("planned_contact_has_time"):
        b.a_planned_contact(loan, point, not_before_at=b.NOW, not_after_at=b.NOW)
