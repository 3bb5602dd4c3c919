"""The audit trail: one entry per change, and the seals that make silent changes visible."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class AuditEntry(models.Model):
    """One change, written in the transaction that made it.

    `subjects` are opaque ids by kind (`{"person": [7]}`) and `facts` codes, counts and ids:
    no personal data, so that erasing a person leaves the trail whole. `digest` is the
    SHA-256 of everything else in the row as canonical JSON.
    """

    lender = models.ForeignKey(
        "store.Organisation", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    at = models.DateTimeField()
    actor = models.ForeignKey("store.Actor", models.PROTECT, related_name="+", db_index=False)
    what = models.TextField()  # a code: 'opt_out.recorded'
    subjects = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    digest = models.BinaryField()

    class Meta:
        db_table = "audit_entry"
        indexes = (models.Index(fields=["at"], name="audit_entry_at"),)


class AuditSeal(models.Model):
    """One link of the chain, numbered from 1: the Merkle root over some entries, and the link before.

    `digest` is the SHA-256 of the previous link's digest, the root and the number of entries.
    """

    id = models.BigIntegerField(primary_key=True)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField()
    entries = models.IntegerField()
    root = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        db_table = "audit_seal"
        constraints = (
            models.CheckConstraint(
                condition=Q(id=1, previous__isnull=True) | Q(id__gt=1, previous=F("id") - 1),
                name="audit_seal_follows_the_one_before",
            ),
        )


class AuditSealEntry(models.Model):
    """Where one entry stands among the leaves of its seal."""

    entry = models.OneToOneField(AuditEntry, models.PROTECT, primary_key=True, related_name="+")
    seal = models.ForeignKey(AuditSeal, models.PROTECT, related_name="+", db_index=False)
    position = models.IntegerField()

    class Meta:
        db_table = "audit_seal_entry"
        constraints = (
            models.UniqueConstraint(fields=["seal", "position"], name="audit_seal_entry_once_per_position"),
        )
