"""Holds: the one mechanism by which anything is suspended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import HoldReason
from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    once_per_source_ref,
    one_of,
    superseded_once,
)


class Hold(OfLender, RecordedBy):
    """One suspension, of a loan, a person or everybody in an area, from `from_at` until before `until_at`.

    The five `stops_` columns say what stands still. `shown_reason` is what the borrower reads.
    Ending or changing a hold is a row that supersedes it.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey("store.Person", models.PROTECT, null=True, related_name="+")
    area = models.TextField(null=True)  # ISO 3166, takes in what lies inside it
    reason = models.TextField()
    shown_reason = models.TextField()
    stops_notices = models.BooleanField(default=False)
    stops_calls = models.BooleanField(default=False)
    stops_ageing = models.BooleanField(default=False)
    stops_interest = models.BooleanField(default=False)
    stops_furnishing = models.BooleanField(default=False)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    request = models.ForeignKey("store.Request", models.PROTECT, null=True, related_name="+", db_index=False)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "hold"
        constraints = (
            one_of("hold", "reason", HoldReason),
            in_order("hold", "from_at", "until_at"),
            superseded_once("hold"),
            once_per_source_ref("hold"),
            models.CheckConstraint(
                condition=Q(loan__isnull=False, person__isnull=True, area__isnull=True)
                | Q(loan__isnull=True, person__isnull=False, area__isnull=True)
                | Q(loan__isnull=True, person__isnull=True, area__isnull=False),
                name="hold_on_a_loan_a_person_or_an_area",
            ),
            models.CheckConstraint(
                condition=Q(stops_notices=True)
                | Q(stops_calls=True)
                | Q(stops_ageing=True)
                | Q(stops_interest=True)
                | Q(stops_furnishing=True),
                name="hold_stops_something",
            ),
        )
