"""Receipts: what providers told us, first as it came, then as it was understood."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Q, Value

from arrears.kernel.vocabulary import Channel
from arrears.store.models.attempts import EVIDENCE_STATES
from arrears.store.models.columns import one_of

READ = "read"
"""What a receipt of the inbox says beside the states of an attempt: the message was opened."""
RECEIPT_STATES = ("new", "matched", "unmatched", "duplicate", "unreadable", "given_up")


class Receipt(models.Model):
    """One receipt as it came, stored before it was acknowledged. Never changed.

    Partitioned by the month of `received_at`. Receipts quote addresses, so the content is
    encrypted under a key of the installation; it ends with its month's partition.
    """

    pk = models.CompositePrimaryKey("id", "received_at")
    id = models.BigIntegerField(db_default=Func(Value("receipt_id"), function="nextval"))
    received_at = models.DateTimeField()
    channel = models.TextField()
    provider = models.TextField()
    content_encrypted = models.BinaryField()
    content_key = models.BinaryField()  # keyed hash, the same for the same content

    class Meta:
        db_table = "receipt"
        constraints = (one_of("receipt", "channel", Channel),)


class ReceiptResult(models.Model):
    """What one receipt was understood to say. Partitioned like the receipt it speaks of.

    `evidence` is the state it shows, `evidence_at` the time the provider gives. An unmatched
    receipt is tried again at `next_try_at`, and listed for a person when given up.
    """

    pk = models.CompositePrimaryKey("receipt_id", "received_at")
    receipt_id = models.BigIntegerField()
    received_at = models.DateTimeField()
    state = models.TextField(default="new")
    attempt_id = models.BigIntegerField(null=True)
    evidence = models.TextField(null=True)
    evidence_at = models.DateTimeField(null=True)
    detail_code = models.TextField(null=True)  # the provider's code, '5.1.1'
    tries = models.SmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "receipt_result"
        constraints = (
            one_of("receipt_result", "state", RECEIPT_STATES),
            one_of("receipt_result", "evidence", (*EVIDENCE_STATES, READ)),
        )
        indexes = (
            models.Index(
                fields=["next_try_at"],
                name="receipt_result_open",
                condition=Q(state__in=["new", "unmatched"]),
            ),
            models.Index(
                fields=["attempt_id"], name="receipt_result_of_attempt", condition=Q(attempt_id__isnull=False)
            ),
        )
