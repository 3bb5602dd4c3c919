"""What came of calls that people made: the raw facts, as the agents recorded and corrected them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.attempts import MESSAGES_LEFT
from arrears.store.models.columns import OfLender, RecordedBy, one_of

CALL_RESULTS = ("busy", "not_in_service", "not_connected", "rang_out", "voicemail", "answered")
ANSWERED_BY = ("self", "third_person", "unknown")


class CallOutcome(OfLender, RecordedBy):
    """What came of one call, as one person recorded it; the highest `sequence` of an attempt holds.

    A correction is another row. The attempt and its loans carry what the law counts of the row that
    holds. `discussed` are the loans that were spoken of, `wishes` what was asked for (words of
    `actions/calls/outcomes.py`), `said_encrypted` the person's own words, `content_key` a keyed hash of
    all of it, by which the same is known when it comes again.
    """

    attempt = models.ForeignKey("store.Attempt", models.PROTECT, related_name="+", db_index=False)
    sequence = models.SmallIntegerField()
    result = models.TextField()
    answered_by = models.TextField(null=True)
    is_conversation = models.BooleanField()
    message_left = models.TextField()
    duration_seconds = models.IntegerField(null=True)
    discussed = models.JSONField(default=list)
    wishes = models.JSONField(default=list)
    said_encrypted = models.BinaryField(null=True)
    content_key = models.BinaryField()

    class Meta:
        db_table = "call_outcome"
        constraints = (
            one_of("call_outcome", "result", CALL_RESULTS),
            one_of("call_outcome", "answered_by", ANSWERED_BY),
            one_of("call_outcome", "message_left", MESSAGES_LEFT),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | Q(result="answered"),
                name="call_outcome_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(is_conversation=False) | Q(result="answered"),
                name="call_outcome_talk_was_answered",
            ),
            models.UniqueConstraint(fields=["attempt", "sequence"], name="call_outcome_one_after_another"),
        )
