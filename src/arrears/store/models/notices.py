"""Proof that a notice was given."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import Channel, NoticeKind, ProofState, name_of
from arrears.store.models.columns import OfLender, RecordedBy, names, one_of

PROOF_STATES = tuple(name for name in names(ProofState) if name != name_of(ProofState.UNSURE))


class NoticeProof(OfLender, RecordedBy):
    """One piece of evidence about one notice to one person about one loan; the latest `at` holds.

    From an attempt of ours, or stated by the lender for a notice of the past (`attempt` null).
    """

    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    notice = models.TextField()
    channel = models.TextField()
    state = models.TextField()
    at = models.DateTimeField()
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    evidence_ref = models.TextField(null=True)
    evidence_digest = models.BinaryField(null=True)
    source_ref = models.TextField(null=True)  # the lender's number of it
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "notice_proof"
        constraints = (
            one_of("notice_proof", "notice", NoticeKind),
            one_of("notice_proof", "channel", Channel),
            one_of("notice_proof", "state", PROOF_STATES),
            models.CheckConstraint(
                condition=Q(attempt__isnull=False) | Q(evidence_ref__isnull=False),
                name="notice_proof_has_evidence",
            ),
            models.UniqueConstraint(fields=["lender", "source_ref"], name="notice_proof_once_per_source_ref"),
        )
