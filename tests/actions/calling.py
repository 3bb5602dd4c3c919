"""What tests of calls share: a strategy whose first step is a call, calls due now, and an agent's moves."""

from __future__ import annotations

from typing import Any

from arrears.actions.calls.dialling import dial_call
from arrears.actions.calls.outcomes import CallFacts, Recorded, record_call_outcome
from arrears.actions.calls.showing import CallTask
from arrears.actions.calls.taking import take_next_call
from arrears.kernel.law.rules import Law
from arrears.store import models
from arrears.strategies import read_strategy
from tests.actions.sending import ACTOR, EPISODE_START_ON, LAW
from tests.builders import MING, Somebody, a_contact_point, a_loan, a_person, a_planned_contact

ABOUT = 'en = "a call"\nzh-Hans = "电话"\nzh-Hant = "電話"\n'
CALLS_TEXT = f"""
name = "calls"
[about]
{ABOUT}
[[steps]]
id = "call"
rank = 10
offset_days = 3
channels = ["call"]
notice = "call_task"
purpose = "collect"
tone = "plain"
window_days = 5
catch_up = "in_order"
[steps.about]
{ABOUT}
"""
CALLS = read_strategy(CALLS_TEXT, file="calls.toml")
TALKED = CallFacts("answered", "self", is_conversation=True)
RANG_OUT = CallFacts("rang_out")


def a_due_call(
    lender: models.Organisation,
    *,
    who: Somebody = MING,
    person: models.Person | None = None,
    loan: models.Loan | None = None,
    value: str = "",
    **columns: Any,
) -> models.PlannedContact:
    """A call that may be made at `NOW`, about a loan ten days late."""
    person = person or a_person(lender, who)
    loan = loan or a_loan(lender, person, overdue_days=10)
    point = a_contact_point(person, "mobile", value=value or who.values["mobile"], country=who.place[:2])
    planned = {
        "channel": "call",
        "step": "call",
        "rank": 10,
        "notice": "call_task",
        "episode_start_on": EPISODE_START_ON,
        "strategy_version": CALLS.version,
        **columns,
    }
    return a_planned_contact(loan, point, **planned)


def take(lender: models.Organisation, agent: str = "anna", *, law: Law = LAW) -> CallTask | None:
    return take_next_call(lender=lender.pk, agent=agent, law=law, strategy=CALLS, actor=ACTOR)


def dial(task: CallTask, agent: str = "anna", *, law: Law = LAW) -> CallTask:
    row = models.Attempt.objects.get(pk=task.attempt)
    return dial_call(
        lender=row.lender_id, attempt=task.attempt, agent=agent, law=law, strategy=CALLS, actor=ACTOR
    )


def tell(task: CallTask, facts: CallFacts = TALKED, *, is_correction: bool = False) -> Recorded:
    row = models.Attempt.objects.get(pk=task.attempt)
    return record_call_outcome(
        lender=row.lender_id,
        attempt=task.attempt,
        facts=facts,
        is_correction=is_correction,
        actor=ACTOR,
    )
