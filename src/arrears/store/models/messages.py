"""Messages as sent, and the templates they were made from."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.vocabulary import Channel, NoticeKind
from arrears.store.models.columns import OfLender, Recorded, one_of
from arrears.store.models.planned_contacts import TONES


class MessageTemplate(Recorded):
    """One version of the text of one notice in one channel and language. Never changed.

    `lender` is null for the templates that ship with the product.
    """

    lender = models.ForeignKey(
        "store.Organisation", models.PROTECT, null=True, related_name="+", db_index=False
    )
    channel = models.TextField()
    notice = models.TextField()
    tone = models.TextField(default="plain")
    language = models.TextField()
    version = models.TextField()
    subject = models.TextField(null=True)
    body = models.TextField()

    class Meta:
        db_table = "message_template"
        constraints = (
            one_of("message_template", "channel", Channel),
            one_of("message_template", "notice", NoticeKind),
            one_of("message_template", "tone", TONES),
            models.UniqueConstraint(
                fields=["lender", "channel", "notice", "tone", "language", "version"],
                name="message_template_once_per_version",
            ),
            models.UniqueConstraint(
                fields=["channel", "notice", "tone", "language", "version"],
                condition=Q(lender__isnull=True),
                name="message_template_shipped_once_per_version",
            ),
        )


class Message(OfLender, Recorded):
    """What one attempt said, kept as sent and encrypted under the recipient's key.

    For the channel `in_app` this row is the message itself, and `read_at` when the borrower
    opened it. Nothing else is ever changed.
    """

    attempt = models.OneToOneField("store.Attempt", models.PROTECT, related_name="+")
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    template = models.ForeignKey(MessageTemplate, models.PROTECT, null=True, related_name="+", db_index=False)
    channel = models.TextField()
    language = models.TextField()
    subject_encrypted = models.BinaryField(null=True)
    body_encrypted = models.BinaryField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "message"
        constraints = (
            one_of("message", "channel", Channel),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True) | Q(channel="in_app", read_at__gte=F("recorded_at")),
                name="message_read_after_it_was_there",
            ),
        )
        indexes = (
            models.Index(
                fields=["attempt", "read_at"], name="message_read", condition=Q(read_at__isnull=False)
            ),
        )
