"""What tests of sending share: a lender that can write, contacts due now, and one go of `send`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

from arrears.actions.gate import Gated, gate_due
from arrears.actions.sending import ChannelRun, Sending, send_due
from arrears.channels.registry import Servers
from arrears.kernel.law.rules import Effect, Law, Rule, Strength
from arrears.rulepacks import load_law
from arrears.store import clock, models
from arrears.strategies import load_strategy
from tests.builders import (
    MING,
    TODAY,
    Somebody,
    a_contact_point,
    a_lender,
    a_loan,
    a_person,
    a_planned_contact,
    a_step_done,
)

LAW, SAMPLE = load_law(), load_strategy("sample")
ACTOR = "program:test"
EPISODE_START_ON = TODAY - timedelta(days=11)
T = TypeVar("T")
_steps = {step.id: step for step in SAMPLE.steps}


def a_writing_lender(**columns: Any) -> models.Organisation:
    """A lender that has said how to pay, ask and check."""
    return a_lender(
        pay_through="bank.example/pay",
        ask_through="02 1234 5678",
        check_through="02 1234 5678",
        email_from="service@bank.example",
        **columns,
    )


def a_due_contact(
    lender: models.Organisation,
    *,
    channel: str = "in_app",
    who: Somebody = MING,
    person: models.Person | None = None,
    loan: models.Loan | None = None,
    value: str = "",
    **columns: Any,
) -> models.PlannedContact:
    """A contact that may go out at `NOW`: a loan ten days late, its step due, planned and permitted.

    An e-mail is the second step of the sample ladder, so the first was done four days before.
    """
    person = person or a_person(lender, who)
    loan = loan or a_loan(lender, person, overdue_days=10)
    point = a_contact_point(person, "email" if channel == "email" else "app_inbox", value=value)
    step = _steps["email" if channel == "email" else "app-message"]
    if channel == "email":
        a_step_done(loan, episode_start_on=EPISODE_START_ON, done_on=TODAY - timedelta(days=4))
    return a_planned_contact(
        loan,
        point,
        **{
            "step": step.id,
            "rank": step.rank,
            "notice": step.notice.name.lower(),
            "episode_start_on": EPISODE_START_ON,
            "strategy_version": SAMPLE.version,
            **columns,
        },
    )


def loan_of(planned: models.PlannedContact) -> models.Loan:
    served = models.PlannedContactLoan.objects.get(planned_contact=planned)
    return models.Loan.objects.get(pk=served.loan_id)


def for_all(same: T) -> dict[int, T]:
    """The same law, or the same strategy, for every lender there is."""
    return dict.fromkeys(models.Organisation.objects.filter(kind="lender").values_list("id", flat=True), same)


def gate(channel: str = "in_app", *, law: Law = LAW, limit: int = 500) -> Gated:
    return gate_due(channel=channel, laws=for_all(law), strategies=for_all(SAMPLE), limit=limit, actor=ACTOR)


def send(smtp_url: str = "", *, batch: int = 500, law: Law = LAW) -> dict[str, ChannelRun]:
    """One go until nothing is due, by channel."""
    sending = Sending(for_all(law), for_all(SAMPLE), Servers(smtp_url), batch, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}


def states(model=models.PlannedContact) -> Counter[str]:
    return Counter(model.objects.values_list("state", flat=True))


def move_clock(**by: float) -> None:
    """Let a simulation's time pass."""
    clock.set_simulated(clock.now() + timedelta(**by))


def end_of(planned: models.PlannedContact) -> tuple[str, str | None]:
    """What became of a planned contact, and why."""
    planned.refresh_from_db()
    return planned.state, planned.end_reason


def law_with(*rules: Rule) -> Law:
    """The shipped law and these rules."""
    return replace(LAW, rules=(*LAW.rules, *rules), version=f"{LAW.version}+test")


def a_cap(name: str, *, scope: str, most: int, hours: int = 24) -> Rule:
    """A rule of the house: at most so many contacts per scope in a rolling span."""
    return Rule(
        id=name,
        kind="count",
        jurisdiction="house",
        match={},
        params={"scope": scope, "counts": "contact", "max": most, "unit": "hours", "length": hours},
        strength=Strength.MUST_NOT,
        effect=Effect.HARD,
        citation="test",
        certainty="A",
        is_uncertain=False,
        about={"en": "a cap"},
    )
