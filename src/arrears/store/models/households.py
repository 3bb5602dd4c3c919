"""Households: who lives together, as the lender has said."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import OfLender, RecordedBy


class HouseholdMember(OfLender, RecordedBy):
    """Of which household a person is from an instant on, until a later row of his says otherwise.

    `household_key` is the keyed hash of the lender's number of it; null: of none from then on. It is
    said by the lender and never drawn from addresses.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    household_key = models.BigIntegerField(null=True)
    from_at = models.DateTimeField()

    class Meta:
        db_table = "household_member"
        constraints = (
            models.UniqueConstraint(fields=["person", "from_at"], name="household_member_once_an_instant"),
        )
        indexes = (models.Index(fields=["household_key"], name="household_member_household"),)
