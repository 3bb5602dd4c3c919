"""Tokens of other systems, and the answers they are given again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_protection"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiAnswer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("system", models.TextField()),
                ("call", models.TextField()),
                ("caller_ref", models.TextField()),
                ("content", models.BinaryField()),
                ("answer", models.JSONField()),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.attempt",
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "api_answer",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("call__in", ("reservation", "contact"))),
                        name="api_answer_call_known",
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "system", "call", "caller_ref"), name="api_answer_once_per_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("system", models.TextField()),
                ("digest", models.BinaryField(unique=True)),
                ("may_decide", models.BooleanField()),
                ("may_reserve", models.BooleanField()),
                ("may_report", models.BooleanField()),
                ("requests_per_minute", models.IntegerField()),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "api_token",
                "indexes": [models.Index(fields=["lender", "id"], name="api_token_of_lender")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("requests_per_minute__gte", 1)), name="api_token_has_a_rate"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("may_decide", True), ("may_reserve", True), ("may_report", True), _connector="OR"
                        ),
                        name="api_token_may_something",
                    ),
                ],
            },
        ),
        migrations.RunSQL(
            sql="""
CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON api_answer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER changes_little BEFORE UPDATE ON api_token
    FOR EACH ROW EXECUTE FUNCTION refuse_other_changes('revoked_at');
CREATE TRIGGER never_deleted BEFORE DELETE ON api_token
    FOR EACH ROW EXECUTE FUNCTION refuse_deletion();
CREATE TRIGGER revoked_once BEFORE UPDATE ON api_token
    FOR EACH ROW WHEN (OLD.revoked_at IS NOT NULL) EXECUTE FUNCTION refuse_change();
""",
            reverse_sql="""
DROP TRIGGER never_changed ON api_answer;
DROP TRIGGER changes_little ON api_token;
DROP TRIGGER never_deleted ON api_token;
DROP TRIGGER revoked_once ON api_token;
""",
        ),
    ]
