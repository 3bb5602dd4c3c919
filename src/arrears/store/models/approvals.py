"""Approvals: what one person asked for and another one granted."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from arrears.store.models.columns import OfLender, Recorded, in_order, one_of, superseded_once

APPROVAL_SUBJECTS = ("override", "lawyers_letter", "law_change", "strategy_change", "furnishing")


class Approval(OfLender, Recorded):
    """One approval. Who approved is never who asked.

    An `override` sets one rule aside for one person, for one loan or all of his (null), from
    `from_at` until before `until_at`. A `lawyers_letter` does so with the rule that forbids one without
    it, for one loan and the text that `subject_ref` names. Taking it back is a row that supersedes this
    one and ends it.
    """

    subject = models.TextField()
    person = models.ForeignKey("store.Person", models.PROTECT, null=True, related_name="+")
    loan = models.ForeignKey("store.Loan", models.PROTECT, null=True, related_name="+", db_index=False)
    rule = models.TextField(null=True)  # the id of the rule set aside, 'us.call.7in7'
    subject_ref = models.TextField(null=True)  # what else is approved: a pack, a strategy version
    reason_code = models.TextField()
    requested_by = models.ForeignKey("store.Actor", models.PROTECT, related_name="+", db_index=False)
    requested_at = models.DateTimeField()
    approved_by = models.ForeignKey("store.Actor", models.PROTECT, related_name="+", db_index=False)
    approved_at = models.DateTimeField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    supersedes = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        db_table = "approval"
        constraints = (
            one_of("approval", "subject", APPROVAL_SUBJECTS),
            in_order("approval", "from_at", "until_at"),
            superseded_once("approval"),
            models.CheckConstraint(
                condition=~Q(approved_by=F("requested_by")), name="approval_by_somebody_else"
            ),
            models.CheckConstraint(
                condition=~Q(subject="override") | Q(person__isnull=False, rule__isnull=False),
                name="approval_override_names_person_and_rule",
            ),
            models.CheckConstraint(
                condition=~Q(subject="lawyers_letter")
                | Q(person__isnull=False, loan__isnull=False, rule__isnull=False, subject_ref__isnull=False),
                name="approval_of_a_letter_names_loan_and_text",
            ),
        )
