"""Writing a plan: decisions, planned contacts with their loans, and steps passed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection

from arrears.actions.decisions import Asked, Served, write_decisions
from arrears.engines.partitions import figures_of
from arrears.kernel import vocabulary as v
from arrears.kernel.days import date_of, datetime_of
from arrears.kernel.facts import NO_ID, Codes
from arrears.kernel.law.candidates import take
from arrears.kernel.law.intervals import Rows
from arrears.kernel.planning.choice import Outcome
from arrears.kernel.planning.plan import DayPlan
from arrears.kernel.planning.strategy import Step, Strategy
from arrears.store.copying import copy_rows, next_ids
from arrears.store.models import PlannedContact, PlannedContactLoan, Run


@dataclass(frozen=True, slots=True)
class Batch:
    """Some candidates out of a plan, whole contact groups together.

    `groups` has the contact group of every candidate of the plan, NO_ID for none.
    """

    strategy: Strategy
    plan: DayPlan
    groups: Codes
    rows: Rows

    @property
    def last_group(self) -> int:
        """The highest contact group in the batch; -1 stands for loans without one."""
        return int(self.groups[self.rows[-1]])

    def contacts(self) -> Rows:
        """The planned contacts that its candidates lead."""
        return np.flatnonzero(np.isin(self.plan.contacts.lead, self.rows))

    def told(self) -> Rows:
        """Its candidates that are told in a planned contact."""
        contact = self.plan.choice.contact[self.rows]
        assert np.isin(contact[contact >= 0], self.contacts()).all(), "a person's loans share a group"
        return self.rows[contact >= 0]


def write_batch(run: Run, batch: Batch, *, at: datetime) -> dict[str, Any]:
    """Insert everything a batch decided, in the open transaction; returns its figures by name."""
    contacts = batch.contacts()
    number_of = np.full(len(batch.plan.contacts), NO_ID)
    number_of[contacts] = next_ids(PlannedContact, len(contacts))
    decisions = np.full(len(batch.plan.proposals), NO_ID)
    decisions[batch.rows] = _write_decisions(run, batch, number_of, at)
    _write_contacts(run, batch, number_of[contacts], contacts, at)
    _write_loans(run, batch, number_of, decisions, at)
    superseded = _write_superseded(run, batch, at)
    return figures_of(batch.plan, batch.strategy, batch.rows) | {"superseded": superseded}


def _write_decisions(run: Run, batch: Batch, number_of: Codes, at: datetime) -> Codes:
    plan, rows, steps = batch.plan, batch.rows, batch.strategy.steps
    contact = plan.choice.contact[rows]
    outcomes = {int(outcome): v.name_of(outcome) for outcome in Outcome}
    positions = plan.proposals.step[rows].tolist()
    served = Served(
        outcome=[outcomes[code] for code in plan.choice.outcome[rows].tolist()],
        planned_contact=np.where(contact >= 0, np.append(number_of, NO_ID)[contact], NO_ID),
        step=[steps[position].id for position in positions],
        rank=[steps[position].rank for position in positions],
        episode_start_on=plan.due.episode_start_on[plan.proposals.due[rows]],
    )
    asked = Asked("plan", at, run.known_at, run.pk, run.strategy_version)
    candidates, solution = plan.proposals.candidates, plan.choice.solution
    return write_decisions(batch.groups, candidates, solution, served=served, asked=asked, rows=rows)


_CONTACT_COLUMNS = (
    "id",
    "lender_id",
    "recorded_at",
    "run_id",
    "planned_for_on",
    "contact_group",
    "person_id",
    "recipient_kind",
    "contact_point_id",
    "value_key",
    "channel",
    "notice",
    "purpose",
    "tone",
    "strategy_version",
    "not_before_at",
    "not_after_at",
    "tries",
    "state",
    "state_at",
)


def _write_contacts(run: Run, batch: Batch, numbers: Codes, contacts: Rows, at: datetime) -> None:
    plan = batch.plan
    lead = take(plan.proposals.candidates, plan.contacts.lead[contacts])
    group = batch.groups[plan.contacts.lead[contacts]].tolist()
    copy_rows(
        PlannedContact,
        _CONTACT_COLUMNS,
        (
            (
                *(number, run.lender_id, at, run.pk, run.business_on),
                None if group[i] == NO_ID else group[i],
                int(lead["person"][i]),
                v.name_of(v.RecipientKind(lead["recipient_kind"][i])),
                *(int(lead["point"][i]), int(lead["value"][i])),
                v.name_of(v.Channel(lead["channel"][i])),
                *(v.name_of(step.notice), v.name_of(step.purpose)),
                *(v.name_of(step.tone), run.strategy_version),
                datetime_of(plan.contacts.not_before_at[contact]),
                datetime_of(plan.contacts.not_after_at[contact]),
                *(0, "planned", at),
            )
            for i, (number, contact) in enumerate(zip(numbers.tolist(), contacts.tolist(), strict=True))
            for step in [batch.strategy.steps[plan.contacts.step[contact]]]
        ),
    )


_LOAN_COLUMNS = (
    "lender_id",
    "planned_contact_id",
    "loan_id",
    "person_id",
    "step",
    "track",
    "rank",
    "episode_start_on",
    "is_live",
    "decision_id",
    "decided_at",
)


def _write_loans(run: Run, batch: Batch, number_of: Codes, decisions: Codes, at: datetime) -> None:
    plan, told = batch.plan, batch.told()
    start = plan.due.episode_start_on[plan.proposals.due[told]]
    columns = {
        "contact": number_of[plan.choice.contact[told]],
        "loan": plan.proposals.candidates["loan"][told],
        "person": plan.proposals.candidates["person"][told],
        "step": plan.proposals.step[told],
        "start": start,
        "decision": decisions[told],
    }
    copy_rows(
        PlannedContactLoan,
        _LOAN_COLUMNS,
        (
            (run.lender_id, contact, loan, person, *_step(known), date_of(start), True, decision, at)
            for contact, loan, person, step, start, decision in zip(
                *(column.tolist() for column in columns.values()), strict=True
            )
            for known in [batch.strategy.steps[step]]
        ),
    )


def _step(step: Step) -> tuple[str, str, int]:
    return step.id, v.name_of(step.track), step.rank


def _write_superseded(run: Run, batch: Batch, at: datetime) -> int:
    """Record the steps that the planned ones pass over, once an episode; how many there were."""
    plan = batch.plan
    due = np.unique(plan.proposals.due[batch.told()])
    passed = [
        (index, position)
        for index in due.tolist()
        for position in plan.due.passed_over(index, batch.strategy)
    ]
    if not passed:
        return 0
    steps = [batch.strategy.steps[position] for _, position in passed]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO step_record (lender_id, loan_id, person_id, step, track, rank, episode_start_on,"
            " done_on, outcome, recorded_at)"
            " SELECT %s, loan, person, step, track, rank, start, %s, 'superseded', %s"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::int[], %s::date[])"
            " AS p (loan, person, step, track, rank, start)"
            " ON CONFLICT DO NOTHING",
            [
                *(run.lender_id, run.business_on, at),
                [int(plan.due.loan[index]) for index, _ in passed],
                [int(plan.due.person[index]) for index, _ in passed],
                [step.id for step in steps],
                [v.name_of(step.track) for step in steps],
                [step.rank for step in steps],
                [date_of(plan.due.episode_start_on[index]) for index, _ in passed],
            ],
        )
        return int(cursor.rowcount)
