"""Inbound messages: what people write and say to us, first as it came, then as it was understood.

    new ──> applied ──────────> settled
     └────> waiting ──────────> settled

`applied`: all that was wanted is done. `waiting`: a person has to look; what must not wait is done
already. `settled`: a person has said what was meant.
"""

from __future__ import annotations

from django.db import models

from arrears.kernel.vocabulary import Channel
from arrears.store.models.call_outcomes import ANSWERED_BY
from arrears.store.models.columns import OfLender, Recorded, one_of

INBOUND_STATES = ("new", "applied", "waiting", "settled")
CERTAINTIES = ("clear", "hint", "unclear")
EFFECTS = (
    *("attempt", "opt_out", "pause", "lifted_opt_out", "dead_contact_point"),
    *("inconvenient_time", "hold", "request", "withdrawn_attempt"),
    *("confirmation_due", "confirmation", "no_confirmation"),
)


class InboundMessage(Recorded):
    """One thing that somebody wrote or said to us, kept as it came before it was acknowledged.

    `lender` and `person` are known at once only where another system or an agent names them; whoever
    is meant otherwise is found by `value_key`, the sender's address. `recipient` is our own number or
    address. `attempt` is the call in which it was said, and `spoken_by` who said it there, so that it is no
    contact of its own. `content_key` is the same for the same delivery by the same provider, null where a
    provider gives no number of its own. Address and words are encrypted under a key of the
    installation, and may be taken away; nothing else of what came is ever changed.
    """

    lender = models.ForeignKey(
        "store.Organisation", models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    said_at = models.DateTimeField()
    channel = models.TextField()
    provider = models.TextField()
    provider_ref = models.TextField(null=True)
    content_key = models.BinaryField(null=True)
    recipient = models.TextField(null=True)
    value_key = models.BigIntegerField(null=True)
    person = models.ForeignKey("store.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    attempt = models.ForeignKey("store.Attempt", models.PROTECT, null=True, related_name="+", db_index=False)
    spoken_by = models.TextField(null=True)
    sender_encrypted = models.BinaryField(null=True)
    body_encrypted = models.BinaryField(null=True)
    # what was understood
    state = models.TextField(default="new")
    wishes = models.JSONField(null=True)
    certainty = models.TextField(null=True)
    because = models.JSONField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey("store.Actor", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "inbound_message"
        constraints = (
            one_of("inbound_message", "channel", Channel),
            one_of("inbound_message", "spoken_by", ANSWERED_BY),
            one_of("inbound_message", "state", INBOUND_STATES),
            one_of("inbound_message", "certainty", CERTAINTIES),
            models.UniqueConstraint(
                fields=["provider", "content_key"], name="inbound_message_once_per_delivery"
            ),
        )
        indexes = (
            models.Index(
                fields=["state", "id"],
                name="inbound_message_open",
                condition=models.Q(state__in=["new", "waiting"]),
            ),
            models.Index(
                fields=["value_key"],
                name="inbound_message_of_value",
                condition=models.Q(value_key__isnull=False),
            ),
        )


class InboundEffect(OfLender, Recorded):
    """One thing that was done for one lender because of an inbound message: its kind and its number.

    `reason` is a code where something was not done, and why.
    """

    inbound = models.ForeignKey(InboundMessage, models.PROTECT, related_name="+")
    what = models.TextField()
    subject = models.BigIntegerField(null=True)
    reason = models.TextField(null=True)

    class Meta:
        db_table = "inbound_effect"
        constraints = (one_of("inbound_effect", "what", EFFECTS),)
        indexes = (models.Index(fields=["what", "subject"], name="inbound_effect_of_subject"),)
