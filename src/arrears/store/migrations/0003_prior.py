"""More words: notices that must come first, holds by request, and what else a person may consent to."""

from typing import Any

from django.db import migrations, models

NOTICES = (
    "payment_reminder",
    "overdue_notice",
    "call_task",
    "validation",
    "negative_data",
    "lawyers_letter",
    "opt_out_confirmation",
    "due_reminder",
    "guarantor_notice",
    "outreach_offer",
    "outsourcing_notice",
    "assignment_notice",
    "default_notice",
    "termination",
    "efforts_end",
    "remedy_possible",
    "remedy_intended",
)
HOLD_REASONS = (
    "dispute",
    "promise",
    "plan",
    "hardship",
    "breathing_space",
    "complaint",
    "represented",
    "deceased",
    "bankruptcy",
    "disaster_area",
    "legal",
    "cease_request",
    "plan_sought",
)
CONSENTS = (
    "agreed_hours",
    "extra_calls",
    "automated_calls",
    "electronic_notices",
    "third_person",
    "data_transfer",
    "credit_data",
    "pays_for_another",
)
PURPOSES = ("collect", "notice_required_by_law", "locate", "service", "marketing", "furnish")
LISTS = (
    ("attempt", "attempt", "notice", NOTICES),
    ("decision", "decision", "notice", NOTICES),
    ("messagetemplate", "message_template", "notice", NOTICES),
    ("noticeproof", "notice_proof", "notice", NOTICES),
    ("plannedcontact", "planned_contact", "notice", NOTICES),
    ("hold", "hold", "reason", HOLD_REASONS),
    ("consent", "consent", "kind", CONSENTS),
    ("consent", "consent", "purpose", PURPOSES),
)


def _said_anew(model: str, table: str, column: str, words: tuple[str, ...]) -> list[Any]:
    """The list of words of one column, longer than before."""
    name = f"{table}_{column}_known"
    condition = models.Q((f"{column}__in", words))
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AddConstraint(
            model_name=model, constraint=models.CheckConstraint(condition=condition, name=name)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_protection"),
    ]

    operations = [each for told in LISTS for each in _said_anew(*told)]
