"""Living days in a test: mornings, contacts delivered, and rules of the database set aside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from importlib import resources
from zoneinfo import ZoneInfo

from django.db import connection

from arrears.actions.attempts import follow
from arrears.store.models import AttemptLoan, ContactPoint, Loan, PlannedContact, PlannedContactLoan
from tests.builders import an_attempt

TAIPEI = ZoneInfo("Asia/Taipei")
SAMPLE_TEXT = (resources.files("arrears.strategies") / "sample.toml").read_text(encoding="utf-8")


def morning_of(on: date, *, hour: int = 8) -> datetime:
    """08:00 in Taipei on that day, in UTC."""
    return datetime.combine(on, time(hour), TAIPEI).astimezone(UTC)


def deliver(planned: PlannedContact) -> None:
    """The planned contact made at its instant, and accepted."""
    at = planned.not_before_at
    served = PlannedContactLoan.objects.filter(planned_contact=planned).order_by("loan_id")
    loan = Loan.objects.get(pk=served[0].loan_id)
    point = ContactPoint.objects.get(pk=planned.contact_point_id)
    PlannedContact.objects.filter(pk=planned.pk).update(state="reserved", tries=1, state_at=at)
    said = {"channel": planned.channel, "notice": planned.notice, "purpose": planned.purpose}
    attempt = an_attempt(loan, point, planned=planned, at=at, state="accepted", **said)
    for other in served[1:]:
        AttemptLoan.objects.create(lender_id=loan.lender_id, attempt=attempt, loan_id=other.loan_id)
    follow([attempt.pk], at=at + timedelta(seconds=1))


@contextmanager
def without_change_guards(table: str) -> Iterator[None]:
    """The triggers of a table set aside, for a state that no program can reach."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
