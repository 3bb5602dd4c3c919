"""What people asked for, what the lender decided, and the proof that a notice was given."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from arrears.store import models
from tests.builders.cast import LONG_AGO, NOW
from tests.builders.people import an_actor


def a_request(person: models.Person, loan: models.Loan | None = None, **columns: Any) -> models.Request:
    """A dispute received at `NOW`."""
    return models.Request.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "loan": loan,
            "kind": "dispute",
            "received_at": NOW,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_request_step(request: models.Request, state: str, at: datetime, **columns: Any) -> models.RequestStep:
    """The request reached this state at `at`, which was known at once."""
    return models.RequestStep.objects.create(
        **{
            "lender_id": request.lender_id,
            "request": request,
            "sequence": models.RequestStep.objects.filter(request=request).count(),
            "state": state,
            "at": at,
            "actor_id": an_actor(),
            "recorded_at": at,
            **columns,
        }
    )


def a_measure(loan: models.Loan, kind: str = "report", **columns: Any) -> models.Measure:
    """The lender has decided this about the loan at `NOW`; no day is set for it."""
    return models.Measure.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "kind": kind,
            "decided_at": NOW,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_notice_proof(
    loan: models.Loan, person: models.Person, state: str, at: datetime, **columns: Any
) -> models.NoticeProof:
    """The lender states that a validation notice reached this state by letter at `at`."""
    return models.NoticeProof.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "person": person,
            "notice": "validation",
            "channel": "letter",
            "state": state,
            "at": at,
            "evidence_ref": "post office",
            "actor_id": an_actor(),
            "recorded_at": at,
            **columns,
        }
    )
