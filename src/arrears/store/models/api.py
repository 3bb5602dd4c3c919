"""What other systems may do here, and what they were answered."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from arrears.store.models.columns import OfLender, Recorded, RecordedBy, one_of

API_CALLS = ("reservation", "contact", "inbound", "inconvenient_time", "inconvenient_time_end")
"""What a system does under a number of its own; the same number asked again is answered the same."""


class ApiToken(OfLender, RecordedBy):
    """One token by which one other system of one lender is known until the token is revoked.

    `system` is what the system is called; its writes are recorded under `other_system:SYSTEM`.
    Stored is only the SHA-256 digest of the token, which is random and long. `requests_per_minute`
    holds for each server process.
    """

    system = models.TextField()
    digest = models.BinaryField(unique=True)
    may_decide = models.BooleanField()
    may_reserve = models.BooleanField()
    may_report = models.BooleanField()
    may_inbox = models.BooleanField()
    requests_per_minute = models.IntegerField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_token"
        constraints = (
            models.CheckConstraint(condition=Q(requests_per_minute__gte=1), name="api_token_has_a_rate"),
            models.CheckConstraint(
                condition=Q(may_decide=True) | Q(may_reserve=True) | Q(may_report=True) | Q(may_inbox=True),
                name="api_token_may_something",
            ),
        )
        indexes = (models.Index(fields=["lender", "id"], name="api_token_of_lender"),)


class ApiAnswer(OfLender, Recorded):
    """One answer that a system was given under its own number, to be given again and never changed.

    `content` is a keyed digest of what it asked. The answer holds codes, ids and instants, no personal data.
    """

    system = models.TextField()
    call = models.TextField()
    caller_ref = models.TextField()
    content = models.BinaryField()
    answer = models.JSONField()
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "api_answer"
        constraints = (
            one_of("api_answer", "call", API_CALLS),
            models.UniqueConstraint(
                fields=["lender", "system", "call", "caller_ref"], name="api_answer_once_per_ref"
            ),
        )
