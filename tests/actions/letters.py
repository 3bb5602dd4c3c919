"""What tests of letters share: a strategy that writes letters, one that is due, and one go of `send`."""

from __future__ import annotations

from pathlib import Path

from arrears.actions.sending import ChannelRun, Sending, send_due
from arrears.channels.registry import Servers
from arrears.store import models
from arrears.strategies import read_strategy, text_of
from tests.actions.sending import ACTOR, EPISODE_START_ON, LAW, for_all
from tests.builders import MING, a_contact_point, a_loan, a_person, a_planned_contact

WRITING = read_strategy(
    text_of("sample")[0]
    .replace('channels = ["in_app"]', 'channels = ["letter"]\nonly_if_unreachable = true')
    .replace('notice = "payment_reminder"', 'notice = "overdue_notice"'),
    file="writing.toml",
)
STEP = WRITING.steps[0]


def a_due_letter(lender: models.Organisation, *, value: str = "") -> models.PlannedContact:
    person = a_person(lender, MING)
    loan = a_loan(lender, person, overdue_days=10)
    return a_planned_contact(
        loan,
        a_contact_point(person, "postal", value=value),
        step=STEP.id,
        rank=STEP.rank,
        channel="letter",
        notice="overdue_notice",
        episode_start_on=EPISODE_START_ON,
        strategy_version=WRITING.version,
    )


def servers_of(folder: Path) -> Servers:
    return Servers(print_url=f"folder://{folder}?sink=yes")


def send(servers: Servers) -> dict[str, ChannelRun]:
    sending = Sending(for_all(LAW), for_all(WRITING), servers, 500, is_until_empty=True)
    return {run.channel: run for run in send_due(sending, actor=ACTOR)}
