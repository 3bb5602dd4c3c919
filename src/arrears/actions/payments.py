"""Payments: money that came, recorded once, and binding the gate from the moment it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, connection

from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Loan, Payment

_BIGGEST_MINOR = (1 << 63) - 1


def post_payment(
    *, loan: int, source_ref: str, amount_minor: int, value_on: date, actor: str, at: datetime
) -> int:
    """Record one payment on a loan and return its id; the same payment again changes nothing.

    `source_ref` is the lender's number of the payment, `amount_minor` whole minor units of the
    loan's currency, `value_on` the day it counts from. No planned contact is touched: the gate
    asks again about each, and a payment newer than the newest report stops it. Raises BadInput
    for an amount or day that cannot be, NotFound without the loan, and Conflict when the
    number belongs to another payment.
    """
    row = Loan.objects.filter(pk=loan).first()
    if row is None:
        raise NotFound("loan.unknown", f"There is no loan {loan}.", loan=loan)
    stated = _Stated(row, source_ref, amount_minor, value_on)
    _check(stated, at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT person_id FROM loan_party WHERE loan_id = %s", [loan])
        persons = [person for (person,) in cursor.fetchall()]
    try:
        with holding(scope_keys(persons=persons)):
            return _existing(stated) or _posted(stated, actor, at)
    except IntegrityError:  # somebody else posted this number between our look and our insert
        existing = _existing(stated)
        assert existing is not None, "the number is taken, and yet nobody has it"
        return existing


@dataclass(frozen=True, slots=True)
class _Stated:
    """A payment as somebody states it."""

    loan: Loan
    source_ref: str
    amount_minor: int
    value_on: date


def _posted(stated: _Stated, actor: str, at: datetime) -> int:
    payment = Payment.objects.create(
        lender_id=stated.loan.lender_id,
        loan=stated.loan,
        source_ref=stated.source_ref,
        amount_minor=stated.amount_minor,
        value_on=stated.value_on,
        recorded_at=at,
        actor_id=actor_id(actor, at=at),
    )
    audit.record(
        "payment.posted",
        actor=actor,
        at=at,
        lender_id=stated.loan.lender_id,
        subjects={"payment": payment.pk, "loan": stated.loan.pk},
        facts={"amount_minor": stated.amount_minor, "value_on": stated.value_on},
    )
    return int(payment.pk)


def _existing(stated: _Stated) -> int | None:
    """The payment of this number, when it is the same; Conflict when it is another one."""
    found = Payment.objects.filter(lender=stated.loan.lender_id, source_ref=stated.source_ref).first()
    if found is None:
        return None
    if (found.loan_id, found.amount_minor, found.value_on) != (
        stated.loan.pk,
        stated.amount_minor,
        stated.value_on,
    ):
        raise Conflict(
            "payment.other_content",
            f"Payment {stated.source_ref} is recorded already, with another loan, amount or day.",
            hint="Give each payment a number of its own.",
            payment=found.pk,
        )
    return int(found.pk)


def _check(stated: _Stated, at: datetime) -> None:
    if not stated.source_ref.strip() or not stated.source_ref.isprintable():
        raise BadInput("payment.source_ref", "A payment needs the lender's number for it.")
    if not 0 < stated.amount_minor <= _BIGGEST_MINOR:
        raise BadInput("payment.amount", "The amount of a payment is more than zero minor units.")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (%s::timestamptz AT TIME ZONE zone)::date FROM organisation WHERE id = %s",
            [at, stated.loan.lender_id],
        )
        today = cursor.fetchone()[0]
    if stated.value_on > today:
        raise BadInput(
            "payment.in_the_future",
            f"{stated.value_on} has not come yet; it is {today} at the lender.",
            value_on=stated.value_on.isoformat(),
        )
