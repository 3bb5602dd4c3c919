"""`/call-tasks`: what an agent's desk is told, and what it is refused."""

from __future__ import annotations

import pytest

from arrears.actions.opt_outs import record_opt_out
from arrears.api import call_tasks
from arrears.store import models
from tests.actions.calling import CALLS, a_due_call
from tests.actions.sending import ACTOR, LAW, a_writing_lender
from tests.api.asking import System, problem_of
from tests.builders import MING, NOW

pytestmark = pytest.mark.django_db(transaction=True)
ANNA = {"agent": "anna"}


@pytest.fixture(autouse=True)
def _in_use(monkeypatch):
    monkeypatch.setattr(call_tasks, "law_now", lambda _lender, at: LAW)
    monkeypatch.setattr(call_tasks, "strategy_now", lambda _lender, at: CALLS)


def test_a_desk_takes_dials_and_reports():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    desk = System(lender, "desk", ["reserve"])

    task = desk.post("/call-tasks", ANNA).json()["task"]
    assert (task["state"], task["number"], task["number_ends"]) == ("reserved", "", "678")
    assert task["local"][0]["zone"] == "Asia/Taipei"
    path = f"/call-tasks/{task['attempt']}"
    dialled = desk.post(f"{path}/dial", ANNA).json()
    assert (dialled["state"], dialled["number"], dialled["name"]) == (
        "handing_over",
        "+886912345678",
        MING.name,
    )
    told = {"result": "answered", "answered_by": "self", "is_conversation": True, "wishes": ["promise"]}
    recorded = desk.post(f"{path}/outcome", told).json()

    assert (recorded["state"], recorded["sequence"], recorded["to_do"]) == ("accepted", 1, ["promise"])
    assert desk.post(f"{path}/outcome", told).json() == recorded
    other = {**told, "answered_by": "unknown", "wishes": []}
    assert problem_of(desk.post(f"{path}/outcome", other)) == (409, "call.outcome_known")
    assert desk.post(f"{path}/outcome", {**other, "correction": True}).json()["sequence"] == 2
    assert desk.post("/call-tasks", ANNA).json() == {"task": None}
    planned.refresh_from_db()
    assert planned.state == "sent"


def test_a_call_that_was_stopped_is_a_conflict_with_its_reason():
    lender = a_writing_lender()
    planned = a_due_call(lender)
    desk = System(lender, "desk")
    task = desk.post("/call-tasks", ANNA).json()["task"]
    record_opt_out(lender=lender.pk, person=planned.person_id, told_by="reply", actor=ACTOR, at=NOW)

    stopped = desk.post(f"/call-tasks/{task['attempt']}/dial", ANNA)

    assert problem_of(stopped) == (409, "call.stopped")
    assert "house.opt-out" in stopped.json()["detail"]


def test_a_call_is_given_back():
    lender = a_writing_lender()
    a_due_call(lender)
    desk = System(lender, "desk")
    attempt = desk.post("/call-tasks", ANNA).json()["task"]["attempt"]

    assert problem_of(desk.post(f"/call-tasks/{attempt}/give-back", {"agent": "bert"})) == (
        409,
        "call.not_taken",
    )
    assert desk.post(f"/call-tasks/{attempt}/give-back", ANNA).status_code == 204
    assert models.Attempt.objects.get().state == "not_sent"


def test_a_value_that_cannot_be_is_named():
    lender = a_writing_lender()
    a_due_call(lender)
    desk = System(lender, "desk")
    attempt = desk.post("/call-tasks", ANNA).json()["task"]["attempt"]
    desk.post(f"/call-tasks/{attempt}/dial", ANNA)

    wrong = desk.post(f"/call-tasks/{attempt}/outcome", {"result": "busy", "message_left": "full"})

    assert problem_of(wrong) == (422, "call.outcome")
    assert "message_left" in wrong.json()["detail"]


@pytest.mark.parametrize("attempt", [1, 9_999_999_999_999_999_999_999])
def test_what_is_no_call_is_not_found(attempt):
    desk = System(a_writing_lender(), "desk")

    for path, told in (("dial", ANNA), ("give-back", ANNA), ("outcome", {"result": "busy"})):
        assert problem_of(desk.post(f"/call-tasks/{attempt}/{path}", told)) == (404, "call.unknown")


def test_calls_are_taken_with_the_scope_to_reserve():
    desk = System(a_writing_lender(), "desk", ["decide", "report"])

    assert problem_of(desk.post("/call-tasks", ANNA)) == (403, "token.scope")
