"""What a delivery declares of the lender's books, and the watermark it leaves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from arrears.kernel.errors import BadInput
from arrears.store import models


@dataclass(frozen=True, slots=True)
class Declared:
    """None declares nothing.

    complete_through_on     all payments are in the books through this day
    contacts_known_from_on  all contacts made since this day are on file
    """

    business_on: date | None = None
    complete_through_on: date | None = None
    contacts_known_from_on: date | None = None

    def check(self, today: date) -> None:
        """Raise `BadInput` for books of days to come."""
        for what, on in (
            ("Payments cannot be complete through", self.complete_through_on),
            ("The business date cannot be", self.business_on),
            ("Contacts cannot be known from", self.contacts_known_from_on),
        ):
            if on is not None and on > today:
                raise BadInput(
                    "import.books_of_the_future",
                    f"{what} {on}: the lender's today is {today}.",
                    hint="State a day that has come.",
                )


def advance_watermark(
    *,
    lender_id: int,
    complete_through_on: date | None,
    contacts_known_from_on: date | None,
    actor_id: int,
    at: datetime,
) -> None:
    """Record what is news. Books declared complete stay so: an older delivery takes nothing back."""
    declared = models.Watermark.objects.filter(lender_id=lender_id)
    through = (
        declared.exclude(payments_complete_through_on=None).order_by("payments_complete_through_on").last()
    )
    since = declared.exclude(contacts_known_from_on=None).order_by("recorded_at", "id").last()
    known = through.payments_complete_through_on if through else None
    if known and complete_through_on and known >= complete_through_on:
        complete_through_on = None
    if since and since.contacts_known_from_on == contacts_known_from_on:
        contacts_known_from_on = None
    if complete_through_on or contacts_known_from_on:
        models.Watermark.objects.create(
            lender_id=lender_id,
            actor_id=actor_id,
            recorded_at=at,
            payments_complete_through_on=complete_through_on,
            contacts_known_from_on=contacts_known_from_on,
        )
