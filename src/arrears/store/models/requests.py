"""Requests: what a person asked for, and what became of it."""

from __future__ import annotations

from django.db import models

from arrears.kernel.vocabulary import Channel
from arrears.store.models.columns import OfLender, RecordedBy, one_of

REQUEST_KINDS = (
    "dispute",
    "correction",
    "deletion",
    "access",
    "hardship",
    "plan",
    "complaint",
    "call_back",
    "stop_contact",
    "other",
    "bureau_dispute",
    "frivolous_dispute",
)
REQUEST_STATES = ("received", "in_work", "extended", "answered", "withdrawn")


class Request(OfLender, RecordedBy):
    """One thing a person asked for. `due_on` is the last day on which the law lets us answer.

    His words are encrypted under his key.
    """

    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    loan = models.ForeignKey("store.Loan", models.PROTECT, null=True, related_name="+")
    kind = models.TextField()
    channel = models.TextField(null=True)
    words_encrypted = models.BinaryField(null=True)
    received_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    source_ref = models.TextField(null=True)  # the lender's number of it
    import_file = models.ForeignKey(
        "store.ImportFile", models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "request"
        constraints = (
            models.UniqueConstraint(fields=["lender", "source_ref"], name="request_once_per_source_ref"),
            one_of("request", "kind", REQUEST_KINDS),
            one_of("request", "channel", Channel),
        )


class RequestStep(OfLender, RecordedBy):
    """One step in the life of a request; the step with the highest `sequence` is where it stands."""

    request = models.ForeignKey(Request, models.PROTECT, related_name="+", db_index=False)
    sequence = models.SmallIntegerField()
    state = models.TextField()
    at = models.DateTimeField()
    outcome = models.TextField(null=True)  # a code: granted, refused, partly

    class Meta:
        db_table = "request_step"
        constraints = (
            one_of("request_step", "state", REQUEST_STATES),
            models.UniqueConstraint(fields=["request", "sequence"], name="request_step_once_per_sequence"),
        )
