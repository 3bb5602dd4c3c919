"""Steps are taken towards a person, on a track; a loan may have the lender's own risk class."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

FILL = """
ALTER TABLE planned_contact_loan DISABLE TRIGGER USER;
ALTER TABLE step_record DISABLE TRIGGER USER;
UPDATE planned_contact_loan AS served SET person_id = planned.person_id, track = 'arrears'
  FROM planned_contact AS planned WHERE planned.id = served.planned_contact_id;
UPDATE step_record AS done SET track = 'arrears', person_id = coalesce(
    (SELECT person_id FROM attempt WHERE attempt.id = done.attempt_id),
    (SELECT person_id FROM loan_party WHERE loan_id = done.loan_id AND role = 'borrower'
      ORDER BY until_on DESC NULLS FIRST, from_on DESC NULLS LAST, person_id LIMIT 1));
ALTER TABLE planned_contact_loan ENABLE TRIGGER USER;
ALTER TABLE step_record ENABLE TRIGGER USER;
SET CONSTRAINTS ALL IMMEDIATE;
"""


def _person(*, null: bool) -> Any:
    protect = django.db.models.deletion.PROTECT
    return models.ForeignKey("store.person", protect, related_name="+", db_index=False, null=null)


def _filled(model: str) -> list[Any]:
    return [
        migrations.AlterField(model, "person", _person(null=False)),
        migrations.AlterField(model, "track", models.TextField()),
        migrations.AddConstraint(
            model,
            models.CheckConstraint(
                condition=models.Q(track__in=["before_due", "arrears", "reporting"]),
                name=f"{_TABLES[model]}_track_known",
            ),
        ),
    ]


_OUTCOMES = [
    *("planned", "joined", "refused", "other_point", "other_contact", "no_capacity"),
    "cleared",
]
_TABLES = {"plannedcontactloan": "planned_contact_loan", "steprecord": "step_record"}


class Migration(migrations.Migration):
    dependencies = [("store", "0004_notices")]

    operations = [
        migrations.AddField("loan", "risk", models.TextField(null=True)),
        migrations.AddField("loanpast", "risk", models.TextField(null=True)),
        *(
            operation
            for model in _TABLES
            for operation in (
                migrations.AddField(model, "person", _person(null=True)),
                migrations.AddField(model, "track", models.TextField(null=True)),
            )
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        *(operation for model in _TABLES for operation in _filled(model)),
        migrations.RemoveConstraint("decision", "decision_outcome_known"),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                condition=models.Q(("outcome__in", tuple(_OUTCOMES))), name="decision_outcome_known"
            ),
        ),
        migrations.RemoveConstraint("plannedcontactloan", "planned_contact_loan_one_live_per_step"),
        migrations.AddConstraint(
            "plannedcontactloan",
            models.UniqueConstraint(
                fields=["loan", "person", "step", "episode_start_on"],
                condition=models.Q(is_live=True),
                name="planned_contact_loan_one_live_per_step",
            ),
        ),
        migrations.RemoveConstraint("steprecord", "step_record_once_per_episode"),
        migrations.AddConstraint(
            "steprecord",
            models.UniqueConstraint(
                fields=["loan", "person", "step", "episode_start_on", "outcome"],
                name="step_record_once_per_episode",
            ),
        ),
    ]
