"""Arrears as a core system reports them: taken as stated, nothing derived."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import ReportedStatus
from arrears.store.models.columns import OfLender, Recorded, one_of, superseded_once


class ReportedArrears(OfLender, Recorded):
    """What the core system said about one loan at the end of `as_of_on`.

    An amount that the report does not state is null, and no amount is ever made from the
    others. A corrected report for the same day names the one it supersedes.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    as_of_on = models.DateField()
    status = models.TextField()
    months_late = models.SmallIntegerField(default=0)
    overdue_since_on = models.DateField(null=True)  # null when not late
    overdue_minor = models.BigIntegerField(null=True)
    statement_minor = models.BigIntegerField(null=True)
    statement_on = models.DateField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "reported_arrears"
        constraints = (
            one_of("reported_arrears", "status", ReportedStatus),
            superseded_once("reported_arrears"),
            models.UniqueConstraint(
                fields=["loan", "as_of_on"],
                condition=Q(supersedes__isnull=True),
                name="reported_arrears_once_per_day",
            ),
            models.CheckConstraint(
                condition=Q(status="late", months_late__gte=0)
                | Q(months_late=0, overdue_since_on__isnull=True),
                name="reported_arrears_late_when_late",
            ),
        )
        indexes = (models.Index(fields=["loan", "as_of_on"], name="reported_arrears_of_loan"),)
