"""What tests of notifications share: a strategy that sends them, a contact due now, and one go of `send`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from arrears.actions.sending import ChannelRun, Sending, send_due
from arrears.channels.registry import Servers
from arrears.kernel.law.rules import Law
from arrears.store import models
from arrears.strategies import read_strategy, text_of
from tests.actions.sending import ACTOR, EPISODE_START_ON, LAW, for_all
from tests.builders import NOW, a_loan, a_planned_contact

PUSHING = read_strategy(
    text_of("sample")[0].replace('channels = ["in_app"]', 'channels = ["push"]'), file="pushing.toml"
)
STEP = PUSHING.steps[0]
ONLY_DEAD = replace(LAW, rules=tuple(each for each in LAW.rules if each.id == "house.dead-point"))
"""Nothing is refused but an address that reaches nobody."""


def a_due_push(point: models.ContactPoint, *, not_after_days: int = 1) -> models.PlannedContact:
    """A notification to this subscription that may go out at `NOW`."""
    lender = models.Organisation.objects.get(pk=point.lender_id)
    return a_planned_contact(
        a_loan(lender, point.person, overdue_days=10),
        point,
        step=STEP.id,
        rank=STEP.rank,
        channel="push",
        notice="payment_reminder",
        episode_start_on=EPISODE_START_ON,
        strategy_version=PUSHING.version,
        not_after_at=NOW + timedelta(days=not_after_days),
    )


def send(push_url: str, *, law: Law = LAW) -> dict[str, ChannelRun]:
    sending = Sending(for_all(law), for_all(PUSHING), Servers(push_url=push_url), 500, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}
