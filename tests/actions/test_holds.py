"""Holds: placed on a loan, a person or an area, and ended by another row."""

from __future__ import annotations

from datetime import timedelta

import pytest

from arrears.actions.holds import end_hold, place_hold
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, loan_of
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def place(planned, **columns):
    where = {"loan": loan_of(planned).pk} if not {"person", "area"} & set(columns) else {}
    usual = {"reason": "dispute", "shown_reason": "We are checking.", "stops": ["notices", "calls"]}
    return place_hold(lender=planned.lender_id, actor=ACTOR, at=NOW, **{**usual, **where, **columns})


@pytest.mark.parametrize("where", ["loan", "person", "area"])
def test_it_stops_notices_wherever_it_lies(where):
    planned = a_due_contact(a_writing_lender())
    place(planned, **{"loan": {}, "person": {"person": planned.person_id}, "area": {"area": "TW"}}[where])

    gate()

    assert end_of(planned) == ("not_permitted", "house.hold")


def test_it_stops_only_what_it_names():
    planned = a_due_contact(a_writing_lender())
    place(planned, stops=["calls", "interest"])

    gate()

    assert end_of(planned)[0] == "reserved"


def test_an_ended_hold_does_not_stop():
    planned = a_due_contact(a_writing_lender())

    end_hold(hold=place(planned), actor=ACTOR, at=NOW)

    gate()
    assert end_of(planned)[0] == "reserved"
    assert models.Hold.objects.count() == 2


def test_it_is_ended_once():
    planned = a_due_contact(a_writing_lender())
    hold = place(planned)
    second = end_hold(hold=hold, actor=ACTOR, at=NOW)

    for ended in (hold, second):
        with pytest.raises(Conflict):
            end_hold(hold=ended, actor=ACTOR, at=NOW)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"reason": "mood"}, "hold.word"),
        ({"stops": ["everything"]}, "hold.word"),
        ({"stops": []}, "hold.stops_nothing"),
        ({"shown_reason": " "}, "hold.shown_reason"),
        ({"until_at": NOW}, "hold.ends_before_it_begins"),
        ({"from_at": NOW, "until_at": NOW - timedelta(days=1)}, "hold.ends_before_it_begins"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_stored(wrong, code):
    planned = a_due_contact(a_writing_lender())

    with pytest.raises(BadInput) as raised:
        place(planned, **wrong)

    assert (raised.value.code, models.Hold.objects.count()) == (code, 0)


def test_a_hold_that_is_not_there_cannot_be_ended():
    a_writing_lender()

    with pytest.raises(NotFound):
        end_hold(hold=99, actor=ACTOR, at=NOW)
