"""Loans, and what the core system says of them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from arrears.store import models
from tests.builders.cast import LONG_AGO, NOW, TODAY, numbers
from tests.builders.people import an_actor


def a_loan(
    lender: models.Organisation,
    borrower: models.Person,
    *,
    overdue_days: int | None = None,
    overdue_minor: int | None = 391_300,
    statement_minor: int | None = 2_000_000,
    as_of_on: date = TODAY - timedelta(days=1),
    **columns: Any,
) -> models.Loan:
    """A credit card; with `overdue_days`, reported late by so many days at the end of `as_of_on`."""
    group = borrower.contact_group or borrower.pk
    loan = models.Loan.objects.create(
        **{
            "lender": lender,
            "source_ref": f"L{next(numbers)}",
            "product": "card",
            "debt_kind": "credit_card",
            "governing_law": "TW",
            "currency": "TWD",
            "contact_group": group,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    if borrower.contact_group is None:
        models.Person.objects.filter(pk=borrower.pk).update(contact_group=group)
        borrower.contact_group = group
    a_party(loan, borrower)
    if overdue_days is not None:
        a_report(
            loan,
            as_of_on,
            overdue_since_on=as_of_on - timedelta(days=overdue_days),
            overdue_minor=overdue_minor,
            statement_minor=statement_minor,
        )
    return loan


def a_party(
    loan: models.Loan, person: models.Person, role: str = "borrower", **columns: Any
) -> models.LoanParty:
    """What the person is to the loan, with no end."""
    return models.LoanParty.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "person": person,
            "role": role,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_report(
    loan: models.Loan, as_of_on: date = TODAY, *, overdue_since_on: date | None = None, **columns: Any
) -> models.ReportedArrears:
    """What the core system says for a day; without `overdue_since_on`, that the loan is not late."""
    is_late = overdue_since_on is not None
    stated = {
        "status": "late" if is_late else "paid_in_full",
        "months_late": 1 if is_late else 0,
        "overdue_since_on": overdue_since_on,
        "recorded_at": datetime(as_of_on.year, as_of_on.month, as_of_on.day, 22, tzinfo=UTC),
    }
    return models.ReportedArrears.objects.create(
        **{"lender_id": loan.lender_id, "loan": loan, "as_of_on": as_of_on, **stated, **columns}
    )


def a_payment(loan: models.Loan, value_on: date = TODAY, **columns: Any) -> models.Payment:
    """A payment of 1,000.00 with value on that day."""
    return models.Payment.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "source_ref": f"P{next(numbers)}",
            "amount_minor": 100_000,
            "value_on": value_on,
            "actor_id": an_actor(),
            "recorded_at": NOW,
            **columns,
        }
    )


def a_step_done(
    loan: models.Loan, step: str = "app-message", rank: int = 10, **columns: Any
) -> models.StepRecord:
    """Done yesterday towards the borrower."""
    parties = models.LoanParty.objects.filter(loan=loan, role="borrower").order_by("id")
    return models.StepRecord.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "person_id": parties.values_list("person_id", flat=True)[0],
            "track": "arrears",
            "step": step,
            "rank": rank,
            "episode_start_on": TODAY - timedelta(days=10),
            "done_on": TODAY - timedelta(days=1),
            "outcome": "done",
            "recorded_at": NOW - timedelta(days=1),
            **columns,
        }
    )
