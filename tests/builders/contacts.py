"""Decisions, plans and attempts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from arrears.kernel.vocabulary import POINT_KINDS_OF, name_of
from arrears.store import models
from arrears.store.copying import next_ids
from tests.builders.cast import NOW, TODAY


def a_decision(loan: models.Loan, person: models.Person, **columns: Any) -> models.Decision:
    """The gate allowed an e-mail at `NOW`."""
    return models.Decision.objects.create(
        **{
            "id": int(next_ids(models.Decision, 1)[0]),
            "decided_at": NOW,
            "lender_id": loan.lender_id,
            "use": "gate",
            "contact_group": loan.contact_group,
            "loan_id": loan.pk,
            "borrower_id": person.pk,
            "person_id": person.pk,
            "recipient_kind": "borrower",
            "actor_kind": "original_creditor",
            "channel": "email",
            "notice": "payment_reminder",
            "purpose": "collect",
            "is_amount_known": True,
            "asked_at": NOW,
            "known_at": NOW,
            "law_version": "test",
            "zones_version": "test",
            "result": "allow",
            "outcome": "cleared",
            "from_at": NOW,
            **columns,
        }
    )


def a_planned_contact(
    loan: models.Loan,
    point: models.ContactPoint,
    *,
    step: str = "email",
    rank: int = 20,
    episode_start_on: date = TODAY - timedelta(days=10),
    **columns: Any,
) -> models.PlannedContact:
    """An e-mail for today, about one step of one loan."""
    planned = models.PlannedContact.objects.create(
        **{
            "lender_id": loan.lender_id,
            "planned_for_on": TODAY,
            "contact_group": loan.contact_group,
            "person_id": point.person_id,
            "recipient_kind": "borrower",
            "contact_point": point,
            "value_key": point.value_key,
            "channel": _channel_of(point),
            "notice": "payment_reminder",
            "purpose": "collect",
            "not_before_at": NOW,
            "not_after_at": NOW + timedelta(hours=10),
            "state_at": NOW,
            "recorded_at": NOW,
            **columns,
        }
    )
    models.PlannedContactLoan.objects.create(
        lender_id=loan.lender_id,
        planned_contact=planned,
        loan=loan,
        person_id=point.person_id,
        step=step,
        track="arrears",
        rank=rank,
        episode_start_on=episode_start_on,
    )
    return planned


def an_attempt(
    loan: models.Loan,
    point: models.ContactPoint,
    *,
    planned: models.PlannedContact | None = None,
    decision: models.Decision | None = None,
    is_discussed: bool | None = None,
    **columns: Any,
) -> models.Attempt:
    """A contact the gate reserved at `NOW`; with `origin="imported"` one delivered elsewhere."""
    is_ours = columns.get("origin", "gate") == "gate"
    at = columns.get("at", NOW)
    if is_ours and decision is None:
        decision = a_decision(loan, point.person, channel=columns.get("channel", _channel_of(point)))
    ours = {
        "send_before": at + timedelta(minutes=5),
        "lease_until": at + timedelta(minutes=5),
        "worker": "w1",
    }
    attempt = models.Attempt.objects.create(
        **{
            "lender_id": loan.lender_id,
            "at": at,
            "recorded_at": at,
            "actor_organisation_id": loan.lender_id,
            "person_id": point.person_id,
            "recipient_kind": "borrower",
            "channel": _channel_of(point),
            "purpose": "collect",
            "notice": "payment_reminder",
            "contact_point": point,
            "value_key": point.value_key,
            "planned_contact": planned,
            "decision_id": decision.id if decision else None,
            "decided_at": decision.decided_at if decision else None,
            "state": "reserved" if is_ours else "delivered",
            "state_at": at,
            **(ours if is_ours else {}),
            **columns,
        }
    )
    models.AttemptLoan.objects.create(
        lender_id=loan.lender_id, attempt=attempt, loan=loan, is_discussed=is_discussed
    )
    return attempt


def _channel_of(point: models.ContactPoint) -> str:
    served = {
        name_of(kind): name_of(channel)
        for channel, kinds in reversed(POINT_KINDS_OF.items())
        for kind in kinds
    }
    return served[point.kind]
