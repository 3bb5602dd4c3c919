"""Statements of revolving credit."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, RecordedBy, in_order, superseded_once


class Statement(OfLender, RecordedBy):
    """One statement of a revolving account.

    `minimum_includes_unpaid` says whether the minimum due already holds earlier minima that
    were not paid. Without it nobody can tell what is overdue, so it has no default.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    statement_on = models.DateField()
    due_on = models.DateField()
    payable_until_on = models.DateField()
    balance_minor = models.BigIntegerField()
    minimum_due_minor = models.BigIntegerField()
    minimum_includes_unpaid = models.BooleanField()
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "statement"
        constraints = (
            in_order("statement", "statement_on", "due_on"),
            in_order("statement", "due_on", "payable_until_on"),
            superseded_once("statement"),
            models.UniqueConstraint(
                fields=["loan", "statement_on"],
                condition=Q(supersedes__isnull=True),
                name="statement_once_per_day",
            ),
        )
        indexes = (models.Index(fields=["loan", "statement_on"], name="statement_of_loan"),)
