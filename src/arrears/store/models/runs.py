"""Runs: one night's planning for one business day of a lender."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import OfLender, RecordedBy


class Run(OfLender, RecordedBy):
    """One run for the lender's business day `business_on`, knowing what was known at `known_at`.

    `counts` are the figures of its summary, by name.
    """

    business_on = models.DateField()
    known_at = models.DateTimeField()
    strategy_version = models.TextField()
    law_version = models.TextField()
    zones_version = models.TextField()
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)

    class Meta:
        db_table = "run"
        indexes = (models.Index(fields=["lender", "business_on"], name="run_of_lender"),)
