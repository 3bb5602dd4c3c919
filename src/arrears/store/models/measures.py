"""Measures: what is decided about a loan beyond contact, and the law ties a notice to."""

from __future__ import annotations

from django.db import models

from arrears.kernel.vocabulary import MeasureKind
from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    once_per_source_ref,
    one_of,
    superseded_once,
)


class Measure(OfLender, RecordedBy):
    """One decision about one loan: to report it, to place it with an agency, to transfer the claim.

    It was taken at `decided_at` and takes effect at `takes_effect_at` (null: no day is set). Of a
    transfer that is the first contact of the new creditor, of a default sum both are the charge.
    `ended_at` is when it was called off, or its ground fell away. `organisation` is the bureau, the
    agency or the new creditor.
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    kind = models.TextField()
    organisation = models.ForeignKey(
        "store.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    decided_at = models.DateTimeField()
    takes_effect_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "measure"
        constraints = (
            one_of("measure", "kind", MeasureKind),
            in_order("measure", "decided_at", "takes_effect_at"),
            in_order("measure", "decided_at", "ended_at"),
            superseded_once("measure"),
            once_per_source_ref("measure"),
        )
