"""Agents who ask at the same instant, and refusals that come between taking a call and dialling it."""

from __future__ import annotations

import pytest
from django.db import transaction

from arrears.kernel.errors import Conflict, NotPossible
from arrears.store import models
from arrears.store.locks import holding, scope_keys
from tests.actions.calling import a_due_call, dial, take
from tests.actions.sending import a_writing_lender, states
from tests.builders import MING, a_loan, a_person, an_opt_out
from tests.chaos.racing import Racer, race_gates, wait_until, waiting_for_locks

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("shared", ["contact", "number", "person"])
def test_agents_who_ask_at_once_never_call_the_same_person_or_number(monkeypatch, shared):
    lender = a_writing_lender()
    first = a_due_call(lender)
    if shared == "number":
        a_due_call(lender, person=a_person(lender, MING))
    if shared == "person":
        loan = a_loan(lender, first.person, overdue_days=10)
        a_due_call(lender, person=first.person, loan=loan, value="0912000111")

    tasks = race_gates(monkeypatch, [lambda: take(lender, "anna"), lambda: take(lender, "bert")])

    assert sorted(task is None for task in tasks) == [False, True]
    assert states(models.Attempt) == {"reserved": 1}


def test_an_agent_who_asks_twice_at_once_has_one_call(monkeypatch):
    lender = a_writing_lender()
    a_due_call(lender)
    a_due_call(lender, person=a_person(lender, MING), value="0912000111")

    one, other = race_gates(monkeypatch, [lambda: take(lender, "anna"), lambda: take(lender, "anna")])

    assert one.attempt == other.attempt
    assert states(models.Attempt) == {"reserved": 1}


def test_an_opt_out_that_is_being_recorded_stops_the_call_that_waits_for_it():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    task = take(lender)

    with holding(scope_keys(persons=[planned.person_id])):
        dialling = Racer(lambda: dial(task))
        wait_until(lambda: waiting_for_locks() == 1, "the dialling waited for the opt-out")
        an_opt_out(planned.person)

    with pytest.raises(NotPossible, match=r"house\.opt-out"):
        dialling.join_and_tell()
    assert states(models.Attempt) == {"not_sent": 1}


def test_a_call_is_dialled_once(monkeypatch):
    lender = a_writing_lender()
    a_due_call(lender)
    task = take(lender)

    def dialled():
        try:
            return dial(task).number
        except Conflict as error:
            return error.code

    assert sorted(race_gates(monkeypatch, [dialled, dialled])) == ["+886912345678", "call.not_taken"]


def test_a_call_that_somebody_is_changing_is_passed_over_and_not_waited_for():
    lender = a_writing_lender()
    first = a_due_call(lender)
    second = a_due_call(lender, person=a_person(lender, MING), value="0912000111")

    with transaction.atomic():
        models.PlannedContact.objects.select_for_update(no_key=True).get(pk=first.pk)
        task = Racer(lambda: take(lender)).join_and_tell()

    assert models.Attempt.objects.get(pk=task.attempt).planned_contact_id == second.pk
