"""Decisions: what the law answered, for every contact that was considered, allowed or not."""

from __future__ import annotations

from django.db import models
from django.db.models import Func, Value

from arrears.kernel.vocabulary import CONTACT_PURPOSES, ActorKind, Channel, NoticeKind, RecipientKind, Voice
from arrears.store.models.columns import OfLender, one_of

DECISION_USES = ("plan", "gate", "question")
DECISION_RESULTS = ("allow", "overridable", "refuse")
DECISION_OUTCOMES = (
    *("planned", "joined", "refused", "other_point", "other_contact", "no_capacity"),
    "cleared",
)


class Decision(OfLender):
    """One decided candidate: who was to be contacted how about which loan, and the answer.

    Partitioned by the month of `decided_at`; referred to by `id` and `decided_at` together.
    The answer is for the instant `asked_at`, from facts recorded up to `known_at`: the first
    permitted interval `[from_at, until_at)` over all rules and over the hard rules alone
    (null: never). `reasons` is a list, one element per rule that stands in the way:
    `{"rule": id, "from": instant or null, "now": whether it refuses asked_at,
    "release": {"kind": time|fact|nothing, "fact": name, "at": instant or null}}`. `flags` is a
    list of rule ids. `outcome` is what the plan or the gate made of the answer.
    """

    pk = models.CompositePrimaryKey("id", "decided_at")
    id = models.BigIntegerField(db_default=Func(Value("decision_id"), function="nextval"))
    decided_at = models.DateTimeField()
    use = models.TextField()
    run_id = models.BigIntegerField(null=True)
    planned_contact_id = models.BigIntegerField(null=True)
    # the candidate
    contact_group = models.BigIntegerField(null=True)
    loan_id = models.BigIntegerField()
    borrower_id = models.BigIntegerField()
    person_id = models.BigIntegerField()
    recipient_kind = models.TextField()
    actor_kind = models.TextField()
    channel = models.TextField()
    voice = models.TextField(null=True)
    visitors = models.SmallIntegerField(null=True)
    notice = models.TextField()
    purpose = models.TextField()
    contact_point_id = models.BigIntegerField(null=True)
    value_key = models.BigIntegerField(null=True)
    is_amount_known = models.BooleanField()
    reported_on = models.DateField(null=True)
    step = models.TextField(null=True)
    rank = models.IntegerField(null=True)
    episode_start_on = models.DateField(null=True)
    # what it was asked under
    asked_at = models.DateTimeField()
    known_at = models.DateTimeField()
    law_version = models.TextField()
    zones_version = models.TextField()
    strategy_version = models.TextField(null=True)
    # the answer
    result = models.TextField()
    outcome = models.TextField(null=True)
    from_at = models.DateTimeField(null=True)
    until_at = models.DateTimeField(null=True)
    hard_from_at = models.DateTimeField(null=True)
    hard_until_at = models.DateTimeField(null=True)
    reasons = models.JSONField(default=list)
    flags = models.JSONField(default=list)

    class Meta:
        db_table = "decision"
        constraints = (
            one_of("decision", "use", DECISION_USES),
            one_of("decision", "result", DECISION_RESULTS),
            one_of("decision", "outcome", DECISION_OUTCOMES),
            one_of("decision", "recipient_kind", RecipientKind),
            one_of("decision", "actor_kind", ActorKind),
            one_of("decision", "channel", Channel),
            one_of("decision", "voice", Voice),
            one_of("decision", "notice", NoticeKind),
            one_of("decision", "purpose", CONTACT_PURPOSES),
        )
        indexes = (
            models.Index(fields=["loan_id", "decided_at"], name="decision_of_loan"),
            models.Index(fields=["run_id"], name="decision_of_run"),
        )
