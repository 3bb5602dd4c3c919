"""Planned contacts: what a run intends, until the gate lets it out or something ends it.

    planned ──> reserved ──> sent
       ^            │   ├──> unsure ──> sent
       └────────────┘   └──> not_permitted, cancelled, lapsed
    planned ──> not_permitted, cancelled, lapsed

`reserved` goes back to `planned` when a try certainly left nothing.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.kernel.planning.strategy import Track
from arrears.kernel.vocabulary import CONTACT_PURPOSES, Channel, NoticeKind, RecipientKind
from arrears.store.models.columns import OfLender, Recorded, one_of

PLANNED_STATES = ("planned", "reserved", "sent", "not_permitted", "cancelled", "lapsed", "unsure")
LIVE_PLANNED_STATES = ("planned", "reserved", "sent", "unsure")
"""In these states a planned contact bars another for the same step of the same loan."""

PLANNED_MOVES: dict[str, tuple[str, ...]] = {
    "planned": ("reserved", "not_permitted", "cancelled", "lapsed"),
    "reserved": ("planned", "sent", "not_permitted", "cancelled", "lapsed", "unsure"),
    "unsure": ("sent",),
    "sent": (),
    "not_permitted": (),
    "cancelled": (),
    "lapsed": (),
}
TONES = ("friendly", "plain", "formal")


class PlannedContact(OfLender, Recorded):
    """One contact that a run planned: to one person, at one contact point, within one span of time.

    It may start from `not_before_at` until before `not_after_at`. Which steps of which loans
    it serves is said by `planned_contact_loan`. `end_reason` is a code: `window_ended`, of a call for
    which no agent ever asked `no_agent`.
    """

    run = models.ForeignKey("store.Run", models.PROTECT, null=True, related_name="+", db_index=False)
    planned_for_on = models.DateField()  # the lender's business day it was planned for
    contact_group = models.BigIntegerField(null=True)
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+")
    recipient_kind = models.TextField()
    contact_point = models.ForeignKey("store.ContactPoint", models.PROTECT, related_name="+", db_index=False)
    value_key = models.BigIntegerField()
    channel = models.TextField()
    notice = models.TextField()
    purpose = models.TextField()
    tone = models.TextField(default="plain")
    language = models.TextField(null=True)
    strategy_version = models.TextField(null=True)
    not_before_at = models.DateTimeField()
    not_after_at = models.DateTimeField()
    tries = models.SmallIntegerField(default=0)
    state = models.TextField(default="planned")
    state_at = models.DateTimeField()
    end_reason = models.TextField(null=True)

    class Meta:
        db_table = "planned_contact"
        constraints = (
            one_of("planned_contact", "state", PLANNED_STATES),
            one_of("planned_contact", "recipient_kind", RecipientKind),
            one_of("planned_contact", "channel", Channel),
            one_of("planned_contact", "notice", NoticeKind),
            one_of("planned_contact", "purpose", CONTACT_PURPOSES),
            one_of("planned_contact", "tone", TONES),
            models.CheckConstraint(
                condition=Q(not_after_at__gt=F("not_before_at")), name="planned_contact_has_time"
            ),
        )
        indexes = (
            models.Index(fields=["not_before_at"], name="planned_contact_due", condition=Q(state="planned")),
            models.Index(
                fields=["channel", "not_after_at", "not_before_at"],
                name="planned_contact_slack",
                condition=Q(state="planned"),
            ),
            models.Index(
                fields=["state_at"],
                name="planned_contact_open",
                condition=Q(state__in=["reserved", "unsure"]),
            ),
            models.Index(fields=["lender", "planned_for_on"], name="planned_contact_of_day"),
        )


class PlannedContactLoan(OfLender):
    """One step of one loan's episode that a planned contact serves: the step key.

    `person` is the planned contact's. `is_live` follows its state (the database keeps it); a step
    of an episode has at most one live planned contact to a person. The decision is the plan's.
    """

    planned_contact = models.ForeignKey(PlannedContact, models.PROTECT, related_name="+", db_index=False)
    loan = models.ForeignKey("store.Loan", models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("store.Person", models.PROTECT, related_name="+", db_index=False)
    step = models.TextField()
    track = models.TextField()
    rank = models.IntegerField()
    episode_start_on = models.DateField()
    is_live = models.BooleanField(default=True)
    decision_id = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "planned_contact_loan"
        constraints = (
            one_of("planned_contact_loan", "track", Track),
            models.UniqueConstraint(
                fields=["planned_contact", "loan"], name="planned_contact_loan_once_per_contact"
            ),
            models.UniqueConstraint(
                fields=["loan", "person", "step", "episode_start_on"],
                condition=Q(is_live=True),
                name="planned_contact_loan_one_live_per_step",
            ),
        )
