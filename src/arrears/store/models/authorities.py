"""Authorities: who may speak or be spoken to for somebody else."""

from __future__ import annotations

from django.db import models

from arrears.store.models.columns import (
    OfLender,
    RecordedBy,
    in_order,
    once_per_source_ref,
    one_of,
    superseded_once,
)

AUTHORITY_KINDS = ("power_of_attorney", "guardianship", "executorship", "legal_representation", "stated")


class Authority(OfLender, RecordedBy):
    """One recorded right of a person to act for another, for one loan or all of them."""

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    on_behalf_of = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    loan = models.ForeignKey("store.Loan", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.TextField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    document_ref = models.TextField(null=True)
    source_ref = models.TextField(null=True)  # the lender's number of it
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "authority"
        constraints = (
            one_of("authority", "kind", AUTHORITY_KINDS),
            in_order("authority", "from_at", "until_at"),
            superseded_once("authority"),
            once_per_source_ref("authority"),
        )
