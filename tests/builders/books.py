"""Products, schedules, statements and what moves money."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from arrears.store import models
from tests.builders.cast import LONG_AGO, TODAY, numbers
from tests.builders.people import an_actor

BY_INSTALLMENT = "by_installment: penalty, fee, interest, principal"


def a_product(lender: models.Organisation, code: str = "card", **columns: Any) -> models.Product:
    """Terms without tolerance or grace, oldest installment first."""
    return models.Product.objects.create(
        **{
            "lender": lender,
            "code": code,
            "currency": "TWD",
            "allocation": BY_INSTALLMENT,
            "buckets": "days",
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_schedule(
    loan: models.Loan, *due_on: date, principal_minor: int = 100_000, version: int = 1, **columns: Any
) -> models.Schedule:
    """One installment of 1,000.00 for each day, payable until that day."""
    stated = {"reason": "contract", "actor_id": an_actor(), "recorded_at": LONG_AGO, **columns}
    schedule = models.Schedule.objects.create(lender_id=loan.lender_id, loan=loan, version=version, **stated)
    models.Installment.objects.bulk_create(
        models.Installment(
            lender_id=loan.lender_id,
            schedule=schedule,
            number=number,
            due_on=day,
            payable_until_on=day,
            principal_minor=principal_minor,
        )
        for number, day in enumerate(due_on, 1)
    )
    return schedule


def an_event(loan: models.Loan, kind: str, value_on: date = TODAY, **columns: Any) -> models.LoanEvent:
    """A change of what is owed of 100.00."""
    return models.LoanEvent.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "kind": kind,
            "amount_minor": 10_000,
            "value_on": value_on,
            "source_ref": f"E{next(numbers)}",
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_statement(loan: models.Loan, statement_on: date = TODAY, **columns: Any) -> models.Statement:
    """A minimum of 500.00, due after twenty days, that includes earlier unpaid minima."""
    due_on = statement_on + timedelta(days=20)
    return models.Statement.objects.create(
        **{
            "lender_id": loan.lender_id,
            "loan": loan,
            "statement_on": statement_on,
            "due_on": due_on,
            "payable_until_on": due_on,
            "balance_minor": 1_000_000,
            "minimum_due_minor": 50_000,
            "minimum_includes_unpaid": True,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
