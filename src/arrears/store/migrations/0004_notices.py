"""Three notices more: a due reminder, a notice to whoever owes the loan too, an offer to talk."""

from typing import Any

from django.db import migrations, models

KNOWN = (
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
)
TABLES = {
    "attempt": "attempt",
    "decision": "decision",
    "messagetemplate": "message_template",
    "noticeproof": "notice_proof",
    "plannedcontact": "planned_contact",
}


def _said_anew(model: str, table: str) -> list[Any]:
    """The list of notices of one table, longer than before."""
    name = f"{table}_notice_known"
    condition = models.Q(("notice__in", KNOWN))
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        migrations.AddConstraint(
            model_name=model, constraint=models.CheckConstraint(condition=condition, name=name)
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0003_feeds"),
    ]

    operations = [each for model, table in TABLES.items() for each in _said_anew(model, table)]
