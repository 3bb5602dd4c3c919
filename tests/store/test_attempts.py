"""An attempt moves only forward, keeps who and what it was, and is one at a time."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest

from arrears.store import models
from arrears.store.models.attempts import ATTEMPT_MOVES, ATTEMPT_STATES
from tests import builders as b
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db


def _ways():
    """How to get to each state from `reserved`: the shortest list of moves."""
    ways = {"reserved": []}
    waiting = ["reserved"]
    for state in waiting:
        for after in ATTEMPT_MOVES[state]:
            if after not in ways:
                ways[after] = [*ways[state], after]
                waiting.append(after)
    return ways


WAYS = _ways()


@pytest.fixture
def loan():
    lender = b.a_lender()
    return b.a_loan(lender, b.a_person(lender))


def _point(loan):
    return b.a_contact_point(models.LoanParty.objects.get(loan=loan).person)


def _move(attempt, *states):
    for hours, state in enumerate(states, start=1):
        at = b.NOW + timedelta(hours=hours)
        models.Attempt.objects.filter(pk=attempt.pk).update(state=state, state_at=at)


def test_every_state_can_be_reached():
    assert set(WAYS) == set(ATTEMPT_STATES)


@pytest.mark.parametrize(("before", "after"), list(product(ATTEMPT_STATES, repeat=2)))
def test_an_attempt_makes_the_legal_moves_and_no_other(loan, before, after):
    attempt = b.an_attempt(loan, _point(loan))
    _move(attempt, *WAYS[before])

    if after in ATTEMPT_MOVES[before] or after == before:
        _move(attempt, after)
    else:
        with rejected(f"cannot go from {before} to {after}"):
            _move(attempt, after)


def test_every_move_is_recorded_with_its_time(loan):
    attempt = b.an_attempt(loan, _point(loan))

    _move(attempt, "handing_over", "accepted", "returned")

    steps = models.AttemptStep.objects.order_by("at").values_list("from_state", "to_state", "at")
    assert list(steps) == [
        ("reserved", "handing_over", b.NOW + timedelta(hours=1)),
        ("handing_over", "accepted", b.NOW + timedelta(hours=2)),
        ("accepted", "returned", b.NOW + timedelta(hours=3)),
    ]


def test_of_two_workers_who_take_one_attempt_one_gets_it(loan):
    attempt = b.an_attempt(loan, _point(loan), worker="w1")
    mine = models.Attempt.objects.filter(pk=attempt.pk, state="reserved", worker="w1")

    assert mine.update(state="handing_over", state_at=b.NOW) == 1
    assert mine.update(state="handing_over", state_at=b.NOW) == 0


def test_a_worker_that_wakes_late_does_not_take_back_what_was_settled(loan):
    attempt = b.an_attempt(loan, _point(loan))
    _move(attempt, "not_sent")

    with rejected("cannot go from not_sent to handing_over"):
        _move(attempt, "handing_over")


@pytest.mark.parametrize(
    "column", ["person_id", "value_key", "channel", "at", "decided_at", "send_before", "recorded_at"]
)
def test_who_whom_where_when_and_why_never_change(loan, column):
    attempt = b.an_attempt(loan, _point(loan))
    other = {
        "person_id": b.a_person(loan.lender, b.NA).pk,
        "value_key": 7,
        "channel": "sms",
    }.get(column, b.LONG_AGO)

    with rejected("are never changed"):
        models.Attempt.objects.filter(pk=attempt.pk).update(**{column: other})


def test_an_attempt_is_never_deleted(loan):
    attempt = b.an_attempt(loan, _point(loan))

    with rejected("never deleted"):
        models.Attempt.objects.filter(pk=attempt.pk)._raw_delete("default")


@pytest.mark.parametrize("state", sorted(set(ATTEMPT_STATES) - {"not_sent"}))
def test_a_planned_contact_has_one_live_attempt(loan, state):
    point = _point(loan)
    planned = b.a_planned_contact(loan, point)
    _move(b.an_attempt(loan, point, planned=planned), *WAYS[state])

    with rejected("attempt_one_live_per_contact"):
        b.an_attempt(loan, point, planned=planned, try_no=2)


def test_after_a_try_that_certainly_left_nothing_there_is_another(loan):
    point = _point(loan)
    planned = b.a_planned_contact(loan, point)
    _move(b.an_attempt(loan, point, planned=planned), "handing_over", "not_sent")

    b.an_attempt(loan, point, planned=planned, try_no=2)
    with rejected("attempt_once_per_try"):
        _move(models.Attempt.objects.get(try_no=2), "not_sent")
        b.an_attempt(loan, point, planned=planned, try_no=2)


@pytest.mark.parametrize("missing", ["decision_id", "decided_at", "send_before", "lease_until"])
def test_the_gate_makes_no_attempt_without_a_decision_and_a_lease(loan, missing):
    with rejected("attempt_of_the_gate_has_a_decision"):
        b.an_attempt(loan, _point(loan), **{missing: None})


def test_a_decision_that_does_not_exist_justifies_nothing(loan):
    with rejected("attempt_decision"):
        b.an_attempt(loan, _point(loan), decision_id=10**9)


def test_a_contact_made_elsewhere_is_never_ours_to_send(loan):
    with rejected("attempt_from_elsewhere_was_made"):
        b.an_attempt(loan, _point(loan), origin="imported", state="reserved")


def test_the_same_contact_is_imported_once(loan):
    point = _point(loan)
    b.an_attempt(loan, point, origin="imported", source_ref="call-1")

    with rejected("attempt_once_per_source_ref"):
        b.an_attempt(loan, point, origin="imported", source_ref="call-1")


def test_the_outcome_of_a_call_says_when_it_became_known(loan):
    person = models.LoanParty.objects.get(loan=loan).person
    call = b.an_attempt(loan, b.a_contact_point(person, "mobile"), channel="call")

    with rejected("attempt_outcome_has_a_time"):
        models.Attempt.objects.filter(pk=call.pk).update(is_conversation=False)
    models.Attempt.objects.filter(pk=call.pk).update(is_conversation=False, outcome_recorded_at=b.NOW)
