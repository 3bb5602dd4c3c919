"""The plan of one person's loans as a run would make it now, without writing anything."""

from __future__ import annotations

import pytest

from arrears.actions.days import run_day
from arrears.actions.plans import show_plan
from arrears.actions.tasks import list_tasks
from arrears.kernel.errors import NotFound
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.strategy import CatchUp, Ladder, Step, Strategy, Tone
from arrears.kernel.vocabulary import Channel, NoticeKind, PointKind, Purpose, RecipientKind
from arrears.rulepacks import load_law
from arrears.store.crypto import keyring
from arrears.store.models import Decision, Person, PlannedContact, PlannedContactLoan, StepRecord
from tests.builders import (
    LONG_AGO,
    NA,
    NOW,
    TODAY,
    a_lender,
    a_loan,
    a_party,
    a_person,
    a_watermark,
    an_opt_out,
)

pytestmark = pytest.mark.django_db(transaction=True)
LAW = load_law()


def a_step(name, rank, offset_days, *channels, **more):
    columns = {
        "notice": NoticeKind.CALL_TASK if channels == (Channel.CALL,) else NoticeKind.PAYMENT_REMINDER,
        "purpose": Purpose.COLLECT,
        "window_days": 2,
        "catch_up": CatchUp.IN_ORDER,
        "tone": Tone.PLAIN,
        **more,
    }
    return Step(id=name, rank=rank, offset_days=offset_days, channels=channels, **columns)


def a_strategy(*steps, **more):
    return Strategy("test", "v1", (Ladder("standard", steps),), **more)


MESSAGE = a_step("message", 10, 3, Channel.IN_APP, Channel.EMAIL)
CALLS = a_strategy(a_step("call", 10, 3, Channel.CALL))


def shown(who, strategy, *, lender=None):
    return show_plan(who=who, strategy=strategy, law=LAW, at=NOW, lender=lender)


def run(lender, strategy):
    return run_day(lender=lender.pk, on=TODAY, strategy=strategy, law=LAW, actor="program:test", at=NOW)


def a_callable_lender():
    """One whose past contacts are known, so that the house lets it call."""
    lender = a_lender()
    a_watermark(lender, contacts_known_from_on=LONG_AGO.date(), payments_complete_through_on=None)
    return lender


def test_every_way_of_a_due_step_is_shown_in_the_strategys_order_with_what_became_of_it():
    lender = a_lender()
    person = a_person(lender, points=("email", "app_inbox"))
    loan = a_loan(lender, person, overdue_days=5)
    an_opt_out(person, channel="in_app")

    plan = shown(loan.source_ref, a_strategy(MESSAGE))

    (due,) = plan.due
    assert [(way.channel, way.point_kind, way.outcome) for way in due.ways] == [
        (Channel.IN_APP, PointKind.APP_INBOX, Outcome.REFUSED),
        (Channel.EMAIL, PointKind.EMAIL, Outcome.PLANNED),
    ]
    assert next((each.rule.id, each.release.fact) for each in due.ways[0].bindings if each.is_now) == (
        "house.opt-out",
        "opt_in",
    )
    assert [(each.channel, each.loan_refs) for each in plan.contacts] == [(Channel.EMAIL, (loan.source_ref,))]


def test_a_recipient_without_an_address_is_shown_as_a_refusal_and_what_would_release_it():
    lender = a_callable_lender()
    loan = a_loan(lender, a_person(lender, points=("email",)), overdue_days=5)

    (due,) = shown(loan.source_ref, CALLS).due

    (way,) = due.ways
    assert (way.point, way.from_at, way.outcome) == (None, None, Outcome.REFUSED)
    assert ("house.dead-point", "contact_point") in [(b.rule.id, b.release.fact) for b in way.bindings]


def test_the_plan_of_a_person_has_every_loan_he_owes_in_whatever_role():
    lender = a_lender()
    ming = a_person(lender, points=("app_inbox",))
    na = a_person(lender, NA, points=("app_inbox",))
    Person.objects.filter(pk=na.pk).update(source_key=keyring().source_key(lender.pk, "C-NA"))
    loan = a_loan(lender, ming, overdue_days=5)
    a_party(loan, na, role="guarantor")
    both = a_step(
        "message",
        10,
        3,
        Channel.IN_APP,
        recipients=(RecipientKind.BORROWER, RecipientKind.GUARANTOR),
    )

    plan = shown("C-NA", a_strategy(both))

    assert [(each.person, each.recipient_kind) for each in plan.due] == [
        (ming.pk, RecipientKind.BORROWER),
        (na.pk, RecipientKind.GUARANTOR),
    ]
    assert sorted(each.person for each in plan.contacts) == sorted([ming.pk, na.pk])


def test_what_comes_next_is_shown_with_the_first_day_it_could_come():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, points=("app_inbox",)), overdue_days=5)
    strategy = a_strategy(MESSAGE, a_step("later", 20, 9, Channel.EMAIL))

    (coming,) = shown(loan.source_ref, strategy).coming

    assert (coming.step.id, (coming.on - TODAY).days) == ("later", 3)


def test_showing_writes_nothing():
    lender = a_lender()
    loan = a_loan(lender, a_person(lender, points=("app_inbox",)), overdue_days=5)

    shown(loan.source_ref, a_strategy(MESSAGE))

    assert not any(model.objects.exists() for model in (Decision, PlannedContact, StepRecord))


def test_a_number_that_is_nobodys_is_told_with_the_numbers_next_to_it():
    lender = a_lender()
    a_loan(lender, a_person(lender), source_ref="L-17")

    with pytest.raises(NotFound, match="no loan and no person with the number L-18") as raised:
        shown("L-18", CALLS)

    assert "L-17" in raised.value.hint


def test_a_planned_call_is_a_task_until_somebody_makes_it():
    lender = a_callable_lender()
    loan = a_loan(lender, a_person(lender, points=("mobile",)), overdue_days=5)

    run(lender, CALLS)

    (task,) = list_tasks(lender.pk, on=TODAY)
    assert (task.channel, task.step, task.loan_refs) == ("call", "call", [loan.source_ref])
    assert task.not_before_at < task.not_after_at


def test_no_more_calls_are_planned_than_people_can_make_and_the_decision_says_so():
    lender = a_callable_lender()
    for _ in range(3):
        a_loan(lender, a_person(lender, points=("mobile",)), overdue_days=5)

    run(lender, a_strategy(*CALLS.steps, calls_per_day=2))

    assert len(list_tasks(lender.pk, on=TODAY)) == 2
    outcomes = Decision.objects.order_by("loan_id").values_list("outcome", flat=True)
    assert list(outcomes) == ["planned", "planned", "no_capacity"]


def test_a_guarantor_has_a_planned_contact_of_his_own_under_his_own_key():
    lender = a_lender()
    ming, na = a_person(lender, points=("app_inbox",)), a_person(lender, NA, points=("app_inbox",))
    loan = a_loan(lender, ming, overdue_days=5)
    a_party(loan, na, role="guarantor")
    strategy = a_strategy(
        MESSAGE,
        a_step("guarantor", 15, 4, Channel.IN_APP, recipients=(RecipientKind.GUARANTOR,)),
    )

    run(lender, strategy)

    served = PlannedContactLoan.objects.order_by("step").values_list("person_id", "step", "track")
    assert list(served) == [(na.pk, "guarantor", "arrears"), (ming.pk, "message", "arrears")]
