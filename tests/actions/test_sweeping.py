"""The sweeper settles what nobody will settle any more, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from arrears.actions.sweeping import sweep
from arrears.store import clock, models
from tests.actions.sending import ACTOR, a_due_contact, a_writing_lender, end_of, gate, move_clock, states
from tests.builders import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def reserved(channel="email"):
    planned = a_due_contact(a_writing_lender(), channel=channel)
    gate(channel)
    return planned


def handing_over(channel="email"):
    planned = reserved(channel)
    models.Attempt.objects.update(state="handing_over", state_at=NOW, worker="gone")
    return planned


def test_nothing_is_settled_before_its_lease_ends():
    reserved()
    move_clock(minutes=4, seconds=59)

    assert sweep(actor=ACTOR) == {}
    assert states(models.Attempt) == {"reserved": 1}


def test_a_reservation_that_was_never_handed_over_is_certainly_not_sent_and_due_again_at_once():
    planned = reserved()
    move_clock(minutes=5)

    assert sweep(actor=ACTOR) == Counter(not_sent=1)
    planned.refresh_from_db()
    assert (planned.state, planned.not_before_at) == ("planned", clock.now())
    assert gate("email").cleared == 1
    assert states(models.Attempt) == {"not_sent": 1, "reserved": 1}


def test_an_e_mail_whose_worker_is_gone_is_unsure():
    planned = handing_over()
    move_clock(minutes=5)

    assert sweep(actor=ACTOR) == Counter(unsure=1)
    assert end_of(planned) == ("unsure", None)
    assert models.StepRecord.objects.filter(step="email", outcome="done").count() == 1


def test_a_message_in_the_app_whose_worker_is_gone_was_certainly_not_shown():
    planned = handing_over("in_app")
    move_clock(minutes=5)

    assert sweep(actor=ACTOR) == Counter(not_sent=1)
    assert end_of(planned) == ("planned", None)


def test_a_planned_contact_past_its_window_lapses():
    planned = a_due_contact(a_writing_lender())
    clock.set_simulated(planned.not_after_at - timedelta(microseconds=1))
    assert sweep(actor=ACTOR) == {}
    clock.set_simulated(planned.not_after_at)

    assert sweep(actor=ACTOR) == Counter(lapsed=1)
    assert end_of(planned) == ("lapsed", "window_ended")


def test_sweeping_again_changes_nothing():
    handing_over()
    move_clock(minutes=5)
    sweep(actor=ACTOR)

    assert sweep(actor=ACTOR) == {}
