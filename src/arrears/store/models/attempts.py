"""Attempts: every contact that was tried, in either direction, here or elsewhere.

    reserved ──> handing_over ──> accepted ──> delivered, undelivered, returned, complained
        │             ├──> refused_by_provider
        └─> not_sent <┤
                      └──> unsure ──> (evidence) accepted, delivered, ...

`handing_over` is committed before the first byte leaves. The state is the highest-ranked
evidence whatever the order in which it arrives, so a receipt may move `handing_over` or
`unsure` straight to `delivered`, and a late bounce moves `delivered` to `returned`; nothing
moves back. The database refuses every other move and records each one in `attempt_step`. A
sender's compare-and-set is therefore one statement:

    UPDATE attempt SET state = 'handing_over', state_at = now
     WHERE id = ANY(...) AND state = 'reserved' AND worker = me RETURNING id
"""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from arrears.kernel.vocabulary import (
    CONTACT_PURPOSES,
    Channel,
    Direction,
    NetworkResult,
    NoticeKind,
    RecipientKind,
    Voice,
)
from arrears.store.models.columns import OfLender, Recorded, one_of

ATTEMPT_STATES = (
    "reserved",
    "handing_over",
    "unsure",
    "accepted",
    "delivered",
    "undelivered",
    "returned",
    "complained",
    "not_sent",
    "refused_by_provider",
)
EVIDENCE_STATES = ("accepted", "delivered", "undelivered", "returned", "complained")
"""What a provider or a receipt can show, lowest first. Evidence moves an attempt only upwards."""

ATTEMPT_MOVES: dict[str, tuple[str, ...]] = {
    "reserved": ("handing_over", "not_sent"),
    "handing_over": (*EVIDENCE_STATES, "refused_by_provider", "not_sent", "unsure"),
    "unsure": EVIDENCE_STATES,
    **{state: EVIDENCE_STATES[rank + 1 :] for rank, state in enumerate(EVIDENCE_STATES)},
    "not_sent": (),
    "refused_by_provider": (),
}
ORIGINS = ("gate", "imported", "reported", "received")
"""Cleared by the gate; from a file; told by another system; inbound, received here."""

AGENT = "agent:"
"""What the `worker` of a call begins with that a person makes; such a worker has one call at a time."""

INITIATORS = ("lender", "person")
MESSAGES_LEFT = ("none", "limited_content", "full")


class Attempt(OfLender, Recorded):
    """One try to contact one person through one channel, or one contact that he made.

    `at` is the instant from which it counts: the reservation of ours, the stated time of all
    others. `voice` is who or what speaks in a call, `visitors` how many persons make a visit; null is
    not known. Every state but `not_sent` counts against every cap; `reserved`, `handing_over` and
    `unsure` are never proof of a notice. Who, whom, where, when and why are never changed.
    `network_result` and `is_conversation` are raw facts about a call, null until
    `outcome_recorded_at`; counts are derived from them and never stored. `source_ref` is the
    number another system gave it. (`decision_id`, `decided_at`) is the gate's decision.
    """

    origin = models.TextField(default="gate")
    source_ref = models.TextField(null=True)
    direction = models.TextField(default="out")
    initiator = models.TextField(default="lender")
    voice = models.TextField(null=True)
    visitors = models.SmallIntegerField(null=True)
    at = models.DateTimeField()
    actor_organisation = models.ForeignKey(
        "store.Organisation", models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+", db_index=False)
    recipient_kind = models.TextField()
    channel = models.TextField()
    purpose = models.TextField()
    notice = models.TextField(null=True)
    contact_point = models.ForeignKey(
        "store.ContactPoint", models.PROTECT, null=True, related_name="+", db_index=False
    )
    value_key = models.BigIntegerField(null=True)
    language = models.TextField(null=True)
    template = models.ForeignKey(
        "store.MessageTemplate", models.PROTECT, null=True, related_name="+", db_index=False
    )
    # what it answers to
    planned_contact = models.ForeignKey(
        "store.PlannedContact", models.PROTECT, null=True, related_name="+", db_index=False
    )
    try_no = models.SmallIntegerField(default=1)
    decision_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    send_before = models.DateTimeField(null=True)
    verification_code = models.TextField(null=True, unique=True)
    # how far it came
    state = models.TextField(default="reserved")
    state_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    worker = models.TextField(null=True)
    provider = models.TextField(null=True)
    provider_ref = models.TextField(null=True)
    failure_code = models.TextField(null=True)
    network_result = models.TextField(null=True)
    is_conversation = models.BooleanField(null=True)
    message_left = models.TextField(null=True)
    outcome_recorded_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt"
        constraints = (
            one_of("attempt", "origin", ORIGINS),
            one_of("attempt", "direction", Direction),
            one_of("attempt", "initiator", INITIATORS),
            one_of("attempt", "voice", Voice),
            models.CheckConstraint(
                condition=Q(voice__isnull=True) | Q(channel="call"), name="attempt_voice_is_of_a_call"
            ),
            models.CheckConstraint(
                condition=Q(visitors__isnull=True) | Q(channel="visit", visitors__gte=1),
                name="attempt_visitors_are_of_a_visit",
            ),
            one_of("attempt", "recipient_kind", RecipientKind),
            one_of("attempt", "channel", Channel),
            one_of("attempt", "purpose", CONTACT_PURPOSES),
            one_of("attempt", "notice", NoticeKind),
            one_of("attempt", "state", ATTEMPT_STATES),
            one_of("attempt", "network_result", NetworkResult),
            one_of("attempt", "message_left", MESSAGES_LEFT),
            models.CheckConstraint(
                condition=~Q(origin="gate")
                | Q(
                    direction="out",
                    decision_id__isnull=False,
                    decided_at__isnull=False,
                    send_before__isnull=False,
                    lease_until__isnull=False,
                ),
                name="attempt_of_the_gate_has_a_decision",
            ),
            models.CheckConstraint(
                condition=Q(origin="gate") | ~Q(state__in=["reserved", "handing_over", "not_sent"]),
                name="attempt_from_elsewhere_was_made",
            ),
            models.CheckConstraint(
                condition=Q(outcome_recorded_at__isnull=False)
                | Q(network_result__isnull=True, is_conversation__isnull=True, message_left__isnull=True),
                name="attempt_outcome_has_a_time",
            ),
            models.UniqueConstraint(
                fields=["planned_contact"],
                condition=~Q(state="not_sent"),
                name="attempt_one_live_per_contact",
            ),
            models.UniqueConstraint(fields=["planned_contact", "try_no"], name="attempt_once_per_try"),
            models.UniqueConstraint(
                fields=["lender", "origin", "source_ref"], name="attempt_once_per_source_ref"
            ),
            models.UniqueConstraint(
                fields=["worker"],
                condition=Q(state__in=["reserved", "handing_over"], worker__startswith=AGENT),
                name="attempt_one_call_per_agent",
            ),
        )
        indexes = (
            models.Index(fields=["person", "at"], name="attempt_of_person"),
            models.Index(fields=["value_key", "at"], name="attempt_of_value"),
            models.Index(
                fields=["lease_until"],
                name="attempt_in_flight",
                condition=Q(state__in=["reserved", "handing_over"]),
            ),
            models.Index(
                fields=["provider", "provider_ref"],
                name="attempt_of_provider",
                condition=Q(provider_ref__isnull=False),
            ),
            models.Index(fields=["state_at"], name="attempt_unsure", condition=Q(state="unsure")),
            BrinIndex(fields=["at"], name="attempt_at", autosummarize=True),  # of the last day, by its place
        )


class AttemptLoan(OfLender):
    """One loan that an attempt was about.

    `counts`: whether it counts for this loan. `is_discussed`: whether the debt was spoken of;
    null until known. The decision is the gate's for this loan.
    """

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="+", db_index=False)
    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+")
    counts = models.BooleanField(default=True)
    is_discussed = models.BooleanField(null=True)
    decision_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "attempt_loan"
        constraints = (
            models.UniqueConstraint(fields=["attempt", "loan"], name="attempt_loan_once_per_attempt"),
        )


class AttemptStep(models.Model):
    """One move of one attempt from a state to another, written by the database when it happens."""

    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="+", db_index=False)
    from_state = models.TextField()
    to_state = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "attempt_step"
        constraints = (
            one_of("attempt_step", "to_state", ATTEMPT_STATES),
            models.UniqueConstraint(fields=["attempt", "to_state"], name="attempt_step_once_per_state"),
        )
