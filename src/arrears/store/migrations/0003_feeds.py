"""Products, and what the feeds of a lender's books need: its own numbers, and the file each row came from."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0002_protection"),
    ]

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("code", models.TextField()),
                ("currency", models.TextField()),
                ("tolerance_minor", models.BigIntegerField(default=0)),
                ("tolerance_days", models.IntegerField(default=0)),
                ("grace_days", models.IntegerField(default=0)),
                ("business_day_roll", models.TextField(default="none")),
                ("calendar", models.TextField(null=True)),
                ("pause_basis", models.TextField(default="overlap")),
                ("allocation", models.TextField()),
                ("surplus", models.TextField(default="next")),
                ("buckets", models.TextField()),
            ],
            options={
                "db_table": "product",
            },
        ),
        migrations.RemoveConstraint(
            model_name="loanevent",
            name="loan_event_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="paymentallocation",
            name="payment_allocation_component_known",
        ),
        migrations.RenameField(
            model_name="installment",
            old_name="other_minor",
            new_name="penalty_minor",
        ),
        migrations.AddField(
            model_name="authority",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="authority",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="consent",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="hold",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="hold",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="loanevent",
            name="component",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="loanevent",
            name="due_on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="loanevent",
            name="installment_number",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="loanfunder",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="loanfunder",
            name="supersedes",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.loanfunder",
            ),
        ),
        migrations.AddField(
            model_name="noticeproof",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="noticeproof",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="organisation",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="payment",
            name="surplus",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="preference",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="preference",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="refusal",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="refusal",
            name="source_ref",
            field=models.TextField(null=True),
        ),
        migrations.AddField(
            model_name="reversal",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="reversal",
            name="loan_event",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.loanevent"
            ),
        ),
        migrations.AddField(
            model_name="statement",
            name="payable_until_on",
            field=models.DateField(default="1970-01-01"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="zoneevidence",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AlterField(
            model_name="reversal",
            name="payment",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.payment"
            ),
        ),
        migrations.AddConstraint(
            model_name="authority",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "source_ref"),
                name="authority_once_per_source_ref",
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "source_ref"),
                name="consent_once_per_source_ref",
            ),
        ),
        migrations.AddConstraint(
            model_name="hold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "source_ref"),
                name="hold_once_per_source_ref",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ("charge", "chargeback", "waiver", "write_off", "charge_off", "refund"))
                ),
                name="loan_event_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("component__in", ("principal", "interest", "fee", "penalty"))),
                name="loan_event_component_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_on__isnull", True),
                    models.Q(("due_on__gte", models.F("value_on")), ("kind__in", ["charge", "chargeback"])),
                    _connector="OR",
                ),
                name="loan_event_due_when_it_adds",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanfunder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", False)),
                fields=("supersedes",),
                name="loan_funder_superseded_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="loanfunder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("loan", "organisation"),
                name="loan_funder_once_per_organisation",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticeproof",
            constraint=models.UniqueConstraint(
                fields=("lender", "source_ref"), name="notice_proof_once_per_source_ref"
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.UniqueConstraint(
                fields=("lender", "source_ref"), name="organisation_once_per_source_ref"
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("surplus__in", ("next", "last", "hold"))), name="payment_surplus_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="paymentallocation",
            constraint=models.CheckConstraint(
                condition=models.Q(("component__in", ("principal", "interest", "fee", "penalty"))),
                name="payment_allocation_component_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="preference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "source_ref"),
                name="preference_once_per_source_ref",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "source_ref"),
                name="refusal_once_per_source_ref",
            ),
        ),
        migrations.AddConstraint(
            model_name="reversal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("loan_event__isnull", True), ("payment__isnull", False)),
                    models.Q(("loan_event__isnull", False), ("payment__isnull", True)),
                    _connector="OR",
                ),
                name="reversal_of_a_payment_or_an_event",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.CheckConstraint(
                condition=models.Q(("payable_until_on__gte", models.F("due_on"))),
                name="statement_payable_until_on_not_before_due_on",
            ),
        ),
        migrations.AddConstraint(
            model_name="statement",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("loan", "statement_on"),
                name="statement_once_per_day",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="actor",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.actor",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="import_file",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.importfile",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="lender",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.organisation",
            ),
        ),
        migrations.AddField(
            model_name="product",
            name="supersedes",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="store.product",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("business_day_roll__in", ("none", "following", "modified_following"))),
                name="product_business_day_roll_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("pause_basis__in", ("overlap", "since_origination"))),
                name="product_pause_basis_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(("surplus__in", ("next", "last", "hold"))), name="product_surplus_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("grace_days__gte", 0), ("tolerance_days__gte", 0), ("tolerance_minor__gte", 0)
                ),
                name="product_terms_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("business_day_roll", "none"), ("calendar__isnull", False), _connector="OR"
                ),
                name="product_rolls_in_a_calendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", True)),
                fields=("lender", "code"),
                name="product_once_per_code",
            ),
        ),
        migrations.AddConstraint(
            model_name="product",
            constraint=models.UniqueConstraint(
                condition=models.Q(("supersedes__isnull", False)),
                fields=("supersedes",),
                name="product_superseded_once",
            ),
        ),
        migrations.AddField(
            model_name="paymentallocation",
            name="recorded_at",
            field=models.DateTimeField(default="1970-01-01T00:00Z"),
            preserve_default=False,
        ),
        migrations.RunSQL(
            sql="""
                CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON product
                    FOR EACH ROW EXECUTE FUNCTION refuse_change();
                CREATE TRIGGER never_changed BEFORE UPDATE OR DELETE ON loan_funder
                    FOR EACH ROW EXECUTE FUNCTION refuse_change();
            """,
            reverse_sql="DROP TRIGGER never_changed ON product; DROP TRIGGER never_changed ON loan_funder;",
        ),
    ]
