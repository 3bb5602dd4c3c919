"""Strategies as lenders adopted them, never changed afterwards."""

import django.db.models.deletion
from django.db import migrations, models

_CHALLENGER = ("challenger_name", "challenger_version", "challenger_content", "salt")


class Migration(migrations.Migration):
    dependencies = [("store", "0005_recipients")]

    operations = [
        migrations.CreateModel(
            name="StrategyAdoption",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("from_on", models.DateField()),
                ("name", models.TextField()),
                ("version", models.TextField()),
                ("content", models.TextField()),
                ("challenger_name", models.TextField(null=True)),
                ("challenger_version", models.TextField(null=True)),
                ("challenger_content", models.TextField(null=True)),
                ("share_basis_points", models.IntegerField(null=True)),
                ("salt", models.TextField(null=True)),
                ("approver", models.TextField()),
                (
                    "actor",
                    models.ForeignKey(
                        to="store.actor",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        db_index=False,
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        to="store.organisation",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        db_constraint=False,
                        db_index=False,
                    ),
                ),
            ],
            options={
                "db_table": "strategy_adoption",
                "indexes": [
                    models.Index(fields=["lender", "from_on", "id"], name="strategy_adoption_of_lender")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            share_basis_points__isnull=True,
                            **{f"{name}__isnull": True for name in _CHALLENGER},
                        )
                        | models.Q(
                            share_basis_points__gte=1,
                            share_basis_points__lte=9999,
                            **{f"{name}__isnull": False for name in _CHALLENGER},
                        ),
                        name="strategy_adoption_challenger_whole",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            sql="CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON strategy_adoption"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
            reverse_sql="DROP TRIGGER never_changed ON strategy_adoption;",
        ),
    ]
