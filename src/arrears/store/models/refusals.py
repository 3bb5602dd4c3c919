"""Refusals: people who are never to be contacted again."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import OfLender, RecordedBy, once_per_source_ref, superseded_once


class Refusal(OfLender, RecordedBy):
    """One person's refusal of all contact, for good: across loans, agencies and years.

    Only a refusal recorded by mistake is superseded, by a row with `is_mistake`.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    told_by = models.TextField()
    is_mistake = models.BooleanField(default=False)
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "refusal"
        constraints = (superseded_once("refusal"), once_per_source_ref("refusal"))
