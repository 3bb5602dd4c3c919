"""Every table of the first version, in the order of their references."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import arrears.store.migrations._by_month


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE decision_id AS bigint; CREATE SEQUENCE receipt_id AS bigint",
        ),
        migrations.CreateModel(
            name="Actor",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("name", models.TextField(unique=True)),
                ("kind", models.TextField()),
            ],
            options={
                "db_table": "actor",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("staff", "program", "borrower", "other_system"))),
                        name="actor_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "previous",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.auditseal",
                    ),
                ),
                ("sealed_at", models.DateTimeField()),
                ("entries", models.IntegerField()),
                ("root", models.BinaryField()),
                ("digest", models.BinaryField()),
            ],
            options={
                "db_table": "audit_seal",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("id", 1), ("previous__isnull", True)),
                            models.Q(
                                ("id__gt", 1),
                                (
                                    "previous",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("id"), "-", models.Value(1)
                                    ),
                                ),
                            ),
                            _connector="OR",
                        ),
                        name="audit_seal_follows_the_one_before",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactScope",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "key", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("key", models.BigIntegerField()),
            ],
            options={
                "db_table": "contact_scope",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("person", "value", "household"))),
                        name="contact_scope_kind_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DatabaseIdentity",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("simulated_at", models.DateTimeField(null=True)),
                ("master_key_id", models.BinaryField()),
            ],
            options={
                "db_table": "database_identity",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("live", "simulation"))),
                        name="database_identity_kind_known",
                    ),
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="database_identity_is_one"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "live"), ("simulated_at__isnull", True)),
                            models.Q(("kind", "simulation"), ("simulated_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="database_identity_only_a_simulation_has_a_clock",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "lender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("kind", models.TextField()),
                ("name", models.TextField()),
                ("country", models.TextField(null=True)),
                ("zone", models.TextField(null=True)),
                ("language", models.TextField(null=True)),
                ("currency", models.TextField(null=True)),
                ("actor_kind", models.TextField(null=True)),
                ("licence", models.TextField(null=True)),
                ("pay_through", models.TextField(null=True)),
                ("ask_through", models.TextField(null=True)),
                ("check_through", models.TextField(null=True)),
                ("email_from", models.TextField(null=True)),
            ],
            options={
                "db_table": "organisation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                ("lender", "funder", "servicer", "agency", "assignee", "law_firm", "bureau"),
                            )
                        ),
                        name="organisation_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "actor_kind__in",
                                (
                                    "original_creditor",
                                    "creditor_other_name",
                                    "servicer",
                                    "agency",
                                    "assignee",
                                    "law_firm",
                                ),
                            )
                        ),
                        name="organisation_actor_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("licence__in", ("bank", "consumer_finance", "micro_lender", "not_licensed"))
                        ),
                        name="organisation_licence_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "lender"), _negated=True),
                            models.Q(
                                ("actor_kind__isnull", False),
                                ("country__isnull", False),
                                ("lender__isnull", True),
                                ("licence__isnull", False),
                                ("zone__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="organisation_lender_is_described",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind", "lender"), ("lender__isnull", False), _connector="OR"),
                        name="organisation_works_with_a_lender",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("source_key", models.BinaryField(null=True)),
                ("contact_group", models.BigIntegerField(null=True)),
                ("language", models.TextField(null=True)),
                ("erased_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "person",
                "indexes": [models.Index(fields=["contact_group"], name="person_contact_group")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("lender", "source_key"), name="person_once_per_source_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PersonKey",
            fields=[
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="store.person",
                    ),
                ),
                ("wrapped_key", models.BinaryField()),
            ],
            options={
                "db_table": "person_key",
            },
        ),
        migrations.CreateModel(
            name="PersonDetail",
            fields=[
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
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="store.person",
                    ),
                ),
                ("ciphertext", models.BinaryField()),
            ],
            options={
                "db_table": "person_detail",
            },
        ),
        arrears.store.migrations._by_month.CreateByMonth(
            name="Receipt",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "received_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("receipt_id"), function="nextval")
                    ),
                ),
                ("received_at", models.DateTimeField()),
                ("channel", models.TextField()),
                ("provider", models.TextField()),
                ("content_encrypted", models.BinaryField()),
                ("content_key", models.BinaryField()),
            ],
            by="received_at",
            options={
                "db_table": "receipt",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="receipt_channel_known",
                    )
                ],
            },
        ),
        arrears.store.migrations._by_month.CreateByMonth(
            name="ReceiptResult",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "receipt_id",
                        "received_at",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("receipt_id", models.BigIntegerField()),
                ("received_at", models.DateTimeField()),
                ("state", models.TextField(default="new")),
                ("attempt_id", models.BigIntegerField(null=True)),
                ("evidence", models.TextField(null=True)),
                ("evidence_at", models.DateTimeField(null=True)),
                ("detail_code", models.TextField(null=True)),
                ("tries", models.SmallIntegerField(default=0)),
                ("next_try_at", models.DateTimeField(null=True)),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            by="received_at",
            options={
                "db_table": "receipt_result",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ["new", "unmatched"])),
                        fields=["next_try_at"],
                        name="receipt_result_open",
                    ),
                    models.Index(
                        condition=models.Q(("attempt_id__isnull", False)),
                        fields=["attempt_id"],
                        name="receipt_result_of_attempt",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ("new", "matched", "unmatched", "duplicate", "unreadable", "given_up"),
                            )
                        ),
                        name="receipt_result_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "evidence__in",
                                ("accepted", "delivered", "undelivered", "returned", "complained"),
                            )
                        ),
                        name="receipt_result_evidence_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Run",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("business_on", models.DateField()),
                ("known_at", models.DateTimeField()),
                ("strategy_version", models.TextField()),
                ("law_version", models.TextField()),
                ("zones_version", models.TextField()),
                ("finished_at", models.DateTimeField(null=True)),
                ("counts", models.JSONField(default=dict)),
            ],
            options={
                "db_table": "run",
                "indexes": [models.Index(fields=["lender", "business_on"], name="run_of_lender")],
            },
        ),
        migrations.CreateModel(
            name="ZoneEvidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("source", models.TextField()),
                ("place", models.TextField(null=True)),
                ("zone", models.TextField(null=True)),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.zoneevidence",
                    ),
                ),
            ],
            options={
                "db_table": "zone_evidence",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                ("address", "area_code", "stated", "employer", "network_address", "lender"),
                            )
                        ),
                        name="zone_evidence_source_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="zone_evidence_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("place__isnull", False), ("zone__isnull", False), _connector="OR"
                        ),
                        name="zone_evidence_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "lender",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("what", models.TextField()),
                ("subjects", models.JSONField(default=dict)),
                ("facts", models.JSONField(default=dict)),
                ("digest", models.BinaryField()),
            ],
            options={
                "db_table": "audit_entry",
                "indexes": [models.Index(fields=["at"], name="audit_entry_at")],
            },
        ),
        migrations.CreateModel(
            name="AuditSealEntry",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="store.auditentry",
                    ),
                ),
                (
                    "seal",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.auditseal",
                    ),
                ),
                ("position", models.IntegerField()),
            ],
            options={
                "db_table": "audit_seal_entry",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("seal", "position"), name="audit_seal_entry_once_per_position"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPoint",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("kind", models.TextField()),
                ("value_encrypted", models.BinaryField()),
                ("value_key", models.BigIntegerField()),
                ("source", models.TextField()),
                ("owner_kind", models.TextField(default="own")),
                ("verified_on", models.DateField(null=True)),
                ("dead_from_at", models.DateTimeField(null=True)),
                ("dead_reason", models.TextField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "contact_point",
                "indexes": [models.Index(fields=["value_key"], name="contact_point_value_key")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ("app_inbox", "email", "mobile", "landline", "postal"))
                        ),
                        name="contact_point_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "source__in",
                                (
                                    "contract",
                                    "reserved_by_borrower",
                                    "authorised",
                                    "public",
                                    "told_by_contact",
                                    "credit_agency",
                                ),
                            )
                        ),
                        name="contact_point_source_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("owner_kind__in", ("own", "shared", "work", "other_person"))),
                        name="contact_point_owner_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("value_key__gte", 0)), name="contact_point_value_key_is_63_bits"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dead_from_at__isnull", True), ("dead_reason__isnull", True)),
                            models.Q(("dead_from_at__isnull", False), ("dead_reason__isnull", False)),
                            _connector="OR",
                        ),
                        name="contact_point_dead_with_a_reason",
                    ),
                    models.UniqueConstraint(
                        fields=("person", "kind", "value_key"), name="contact_point_once_per_person"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ContactPointPast",
            fields=[
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
                ("recorded_at", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("kind", models.TextField()),
                ("value_encrypted", models.BinaryField()),
                ("value_key", models.BigIntegerField()),
                ("source", models.TextField()),
                ("owner_kind", models.TextField(default="own")),
                ("verified_on", models.DateField(null=True)),
                ("dead_from_at", models.DateTimeField(null=True)),
                ("dead_reason", models.TextField(null=True)),
                ("retired_at", models.DateTimeField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "recorded_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("superseded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "contact_point_past",
            },
        ),
        arrears.store.migrations._by_month.CreateByMonth(
            name="Decision",
            fields=[
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
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "decided_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "id",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("decision_id"), function="nextval")
                    ),
                ),
                ("decided_at", models.DateTimeField()),
                ("use", models.TextField()),
                ("run_id", models.BigIntegerField(null=True)),
                ("planned_contact_id", models.BigIntegerField(null=True)),
                ("contact_group", models.BigIntegerField(null=True)),
                ("loan_id", models.BigIntegerField()),
                ("borrower_id", models.BigIntegerField()),
                ("person_id", models.BigIntegerField()),
                ("recipient_kind", models.TextField()),
                ("actor_kind", models.TextField()),
                ("channel", models.TextField()),
                ("notice", models.TextField()),
                ("purpose", models.TextField()),
                ("contact_point_id", models.BigIntegerField(null=True)),
                ("value_key", models.BigIntegerField(null=True)),
                ("is_amount_known", models.BooleanField()),
                ("reported_on", models.DateField(null=True)),
                ("step", models.TextField(null=True)),
                ("rank", models.IntegerField(null=True)),
                ("episode_start_on", models.DateField(null=True)),
                ("asked_at", models.DateTimeField()),
                ("known_at", models.DateTimeField()),
                ("law_version", models.TextField()),
                ("zones_version", models.TextField()),
                ("strategy_version", models.TextField(null=True)),
                ("result", models.TextField()),
                ("outcome", models.TextField(null=True)),
                ("from_at", models.DateTimeField(null=True)),
                ("until_at", models.DateTimeField(null=True)),
                ("hard_from_at", models.DateTimeField(null=True)),
                ("hard_until_at", models.DateTimeField(null=True)),
                ("reasons", models.JSONField(default=list)),
                ("flags", models.JSONField(default=list)),
            ],
            by="decided_at",
            options={
                "db_table": "decision",
                "indexes": [
                    models.Index(fields=["loan_id", "decided_at"], name="decision_of_loan"),
                    models.Index(fields=["run_id"], name="decision_of_run"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("use__in", ("plan", "gate", "question"))),
                        name="decision_use_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("result__in", ("allow", "overridable", "refuse"))),
                        name="decision_result_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "outcome__in",
                                ("planned", "joined", "refused", "other_point", "other_contact", "cleared"),
                            )
                        ),
                        name="decision_outcome_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "recipient_kind__in",
                                (
                                    "borrower",
                                    "co_borrower",
                                    "guarantor",
                                    "spouse",
                                    "guardian",
                                    "executor",
                                    "attorney",
                                    "employer",
                                    "reserved_contact",
                                    "family",
                                    "colleague",
                                    "other_person",
                                ),
                            )
                        ),
                        name="decision_recipient_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "actor_kind__in",
                                (
                                    "original_creditor",
                                    "creditor_other_name",
                                    "servicer",
                                    "agency",
                                    "assignee",
                                    "law_firm",
                                ),
                            )
                        ),
                        name="decision_actor_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="decision_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "notice__in",
                                (
                                    "payment_reminder",
                                    "overdue_notice",
                                    "call_task",
                                    "validation",
                                    "negative_data",
                                    "lawyers_letter",
                                    "opt_out_confirmation",
                                ),
                            )
                        ),
                        name="decision_notice_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("collect", "notice_required_by_law", "locate", "service", "marketing"),
                            )
                        ),
                        name="decision_purpose_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ImportFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("kind", models.TextField()),
                ("mode", models.TextField()),
                ("digest", models.BinaryField()),
                ("mapping_digest", models.BinaryField()),
                ("as_of_on", models.DateField(null=True)),
                ("rows_read", models.IntegerField()),
                ("rows_accepted", models.IntegerField()),
                ("rows_rejected", models.IntegerField()),
                ("rows_changed", models.IntegerField()),
            ],
            options={
                "db_table": "import_file",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ("full", "delta"))), name="import_file_mode_known"
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "digest", "mapping_digest"), name="import_file_once_per_mapping"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Watermark",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("payments_complete_through_on", models.DateField(null=True)),
                ("contacts_known_from_on", models.DateField(null=True)),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "watermark",
                "indexes": [models.Index(fields=["lender", "recorded_at"], name="watermark_of_lender")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("payments_complete_through_on__isnull", False),
                            ("contacts_known_from_on__isnull", False),
                            _connector="OR",
                        ),
                        name="watermark_declares_something",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Loan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("source_ref", models.TextField()),
                ("product", models.TextField()),
                ("debt_kind", models.TextField()),
                ("governing_law", models.TextField(null=True)),
                ("currency", models.TextField()),
                ("debt_group", models.BigIntegerField(null=True)),
                ("contact_group", models.BigIntegerField(null=True)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "loan",
                "indexes": [models.Index(fields=["contact_group"], name="loan_contact_group")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "debt_kind__in",
                                ("credit_card", "consumer_loan", "auto_loan", "student_loan", "micro_loan"),
                            )
                        ),
                        name="loan_debt_kind_known",
                    ),
                    models.UniqueConstraint(fields=("lender", "source_ref"), name="loan_once_per_source_ref"),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoanPast",
            fields=[
                ("recorded_at", models.DateTimeField()),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("source_ref", models.TextField()),
                ("product", models.TextField()),
                ("debt_kind", models.TextField()),
                ("governing_law", models.TextField(null=True)),
                ("currency", models.TextField()),
                ("debt_group", models.BigIntegerField(null=True)),
                ("contact_group", models.BigIntegerField(null=True)),
                ("opened_on", models.DateField(null=True)),
                ("closed_on", models.DateField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "recorded_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("superseded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "loan_past",
            },
        ),
        migrations.CreateModel(
            name="LoanParty",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("role", models.TextField()),
                ("from_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "loan_party",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "role__in",
                                (
                                    "borrower",
                                    "co_borrower",
                                    "guarantor",
                                    "spouse",
                                    "guardian",
                                    "executor",
                                    "attorney",
                                    "employer",
                                    "reserved_contact",
                                    "family",
                                    "colleague",
                                    "other_person",
                                ),
                            )
                        ),
                        name="loan_party_role_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("from_on"))),
                        name="loan_party_until_on_not_before_from_on",
                    ),
                    models.UniqueConstraint(
                        fields=("loan", "person", "role"), name="loan_party_once_per_role"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "borrower"), ("until_on__isnull", True)),
                        fields=("loan",),
                        name="loan_party_one_borrower",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="LoanPartyPast",
            fields=[
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
                ("recorded_at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("role", models.TextField()),
                ("from_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "id", "recorded_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("id", models.BigIntegerField()),
                ("superseded_at", models.DateTimeField()),
            ],
            options={
                "db_table": "loan_party_past",
            },
        ),
        migrations.CreateModel(
            name="LoanFunder",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.loan"
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("share", models.DecimalField(decimal_places=8, max_digits=9)),
                ("is_reported", models.BooleanField(null=True)),
                (
                    "reports_to",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("from_on", models.DateField(null=True)),
                ("until_on", models.DateField(null=True)),
            ],
            options={
                "db_table": "loan_funder",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("share__gt", 0), ("share__lte", 1)),
                        name="loan_funder_share_is_a_part",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_on__gte", models.F("from_on"))),
                        name="loan_funder_until_on_not_before_from_on",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedContact",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.run",
                    ),
                ),
                ("planned_for_on", models.DateField()),
                ("contact_group", models.BigIntegerField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("recipient_kind", models.TextField()),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.contactpoint",
                    ),
                ),
                ("value_key", models.BigIntegerField()),
                ("channel", models.TextField()),
                ("notice", models.TextField()),
                ("purpose", models.TextField()),
                ("tone", models.TextField(default="plain")),
                ("language", models.TextField(null=True)),
                ("strategy_version", models.TextField(null=True)),
                ("not_before_at", models.DateTimeField()),
                ("not_after_at", models.DateTimeField()),
                ("tries", models.SmallIntegerField(default=0)),
                ("state", models.TextField(default="planned")),
                ("state_at", models.DateTimeField()),
                ("end_reason", models.TextField(null=True)),
            ],
            options={
                "db_table": "planned_contact",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "planned")),
                        fields=["not_before_at"],
                        name="planned_contact_due",
                    ),
                    models.Index(
                        condition=models.Q(("state__in", ["reserved", "unsure"])),
                        fields=["state_at"],
                        name="planned_contact_open",
                    ),
                    models.Index(fields=["lender", "planned_for_on"], name="planned_contact_of_day"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
                                    "planned",
                                    "reserved",
                                    "sent",
                                    "not_permitted",
                                    "cancelled",
                                    "lapsed",
                                    "unsure",
                                ),
                            )
                        ),
                        name="planned_contact_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "recipient_kind__in",
                                (
                                    "borrower",
                                    "co_borrower",
                                    "guarantor",
                                    "spouse",
                                    "guardian",
                                    "executor",
                                    "attorney",
                                    "employer",
                                    "reserved_contact",
                                    "family",
                                    "colleague",
                                    "other_person",
                                ),
                            )
                        ),
                        name="planned_contact_recipient_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="planned_contact_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "notice__in",
                                (
                                    "payment_reminder",
                                    "overdue_notice",
                                    "call_task",
                                    "validation",
                                    "negative_data",
                                    "lawyers_letter",
                                    "opt_out_confirmation",
                                ),
                            )
                        ),
                        name="planned_contact_notice_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("collect", "notice_required_by_law", "locate", "service", "marketing"),
                            )
                        ),
                        name="planned_contact_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tone__in", ("friendly", "plain", "formal"))),
                        name="planned_contact_tone_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("not_after_at__gt", models.F("not_before_at"))),
                        name="planned_contact_has_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlannedContactLoan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "planned_contact",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.plannedcontact",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("step", models.TextField()),
                ("rank", models.IntegerField()),
                ("episode_start_on", models.DateField()),
                ("is_live", models.BooleanField(default=True)),
                ("decision_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "planned_contact_loan",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("planned_contact", "loan"), name="planned_contact_loan_once_per_contact"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_live", True)),
                        fields=("loan", "step", "episode_start_on"),
                        name="planned_contact_loan_one_live_per_step",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MessageTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                (
                    "lender",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("channel", models.TextField()),
                ("notice", models.TextField()),
                ("tone", models.TextField(default="plain")),
                ("language", models.TextField()),
                ("version", models.TextField()),
                ("subject", models.TextField(null=True)),
                ("body", models.TextField()),
            ],
            options={
                "db_table": "message_template",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="message_template_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "notice__in",
                                (
                                    "payment_reminder",
                                    "overdue_notice",
                                    "call_task",
                                    "validation",
                                    "negative_data",
                                    "lawyers_letter",
                                    "opt_out_confirmation",
                                ),
                            )
                        ),
                        name="message_template_notice_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("tone__in", ("friendly", "plain", "formal"))),
                        name="message_template_tone_known",
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "channel", "notice", "tone", "language", "version"),
                        name="message_template_once_per_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("lender__isnull", True)),
                        fields=("channel", "notice", "tone", "language", "version"),
                        name="message_template_shipped_once_per_version",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("source_ref", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("value_on", models.DateField()),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "payment",
                "indexes": [models.Index(fields=["loan", "value_on"], name="payment_of_loan")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="payment_is_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "source_ref"), name="payment_once_per_source_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PaymentAllocation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "payment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.payment",
                    ),
                ),
                ("installment_number", models.IntegerField(null=True)),
                ("component", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
            ],
            options={
                "db_table": "payment_allocation",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("component__in", ("principal", "interest", "fee", "other"))),
                        name="payment_allocation_component_known",
                    ),
                    models.UniqueConstraint(
                        fields=("payment", "installment_number", "component"),
                        name="payment_allocation_once_per_component",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reversal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "payment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.payment"
                    ),
                ),
                ("reversed_on", models.DateField()),
                ("reason", models.TextField()),
            ],
            options={
                "db_table": "reversal",
            },
        ),
        migrations.CreateModel(
            name="LoanEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.loan"
                    ),
                ),
                ("kind", models.TextField()),
                ("amount_minor", models.BigIntegerField()),
                ("value_on", models.DateField()),
                ("reason", models.TextField(null=True)),
                ("source_ref", models.TextField()),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "loan_event",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ("chargeback", "waiver", "write_off", "refund"))),
                        name="loan_event_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount_minor__gt", 0)), name="loan_event_is_positive"
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "source_ref"), name="loan_event_once_per_source_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReportedArrears",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("as_of_on", models.DateField()),
                ("status", models.TextField()),
                ("months_late", models.SmallIntegerField(default=0)),
                ("overdue_since_on", models.DateField(null=True)),
                ("overdue_minor", models.BigIntegerField(null=True)),
                ("statement_minor", models.BigIntegerField(null=True)),
                ("statement_on", models.DateField(null=True)),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.reportedarrears",
                    ),
                ),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "reported_arrears",
                "indexes": [models.Index(fields=["loan", "as_of_on"], name="reported_arrears_of_loan")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ("unused", "paid_in_full", "minimum_paid", "late"))
                        ),
                        name="reported_arrears_status_known",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="reported_arrears_superseded_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", True)),
                        fields=("loan", "as_of_on"),
                        name="reported_arrears_once_per_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("months_late__gte", 0), ("status", "late")),
                            models.Q(("months_late", 0), ("overdue_since_on__isnull", True)),
                            _connector="OR",
                        ),
                        name="reported_arrears_late_when_late",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Statement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("statement_on", models.DateField()),
                ("due_on", models.DateField()),
                ("balance_minor", models.BigIntegerField()),
                ("minimum_due_minor", models.BigIntegerField()),
                ("minimum_includes_unpaid", models.BooleanField()),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.statement",
                    ),
                ),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "statement",
                "indexes": [models.Index(fields=["loan", "statement_on"], name="statement_of_loan")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("due_on__gte", models.F("statement_on"))),
                        name="statement_due_on_not_before_statement_on",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="statement_superseded_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                ("subject", models.TextField()),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("rule", models.TextField(null=True)),
                ("subject_ref", models.TextField(null=True)),
                ("reason_code", models.TextField()),
                (
                    "requested_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("requested_at", models.DateTimeField()),
                (
                    "approved_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.actor",
                    ),
                ),
                ("approved_at", models.DateTimeField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.approval",
                    ),
                ),
            ],
            options={
                "db_table": "approval",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "subject__in",
                                ("override", "lawyers_letter", "law_change", "strategy_change", "furnishing"),
                            )
                        ),
                        name="approval_subject_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("from_at"))),
                        name="approval_until_at_not_before_from_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="approval_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("approved_by", models.F("requested_by")), _negated=True),
                        name="approval_by_somebody_else",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("subject", "override"), _negated=True),
                            models.Q(("person__isnull", False), ("rule__isnull", False)),
                            _connector="OR",
                        ),
                        name="approval_override_names_person_and_rule",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Attempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                ("origin", models.TextField(default="gate")),
                ("source_ref", models.TextField(null=True)),
                ("direction", models.TextField(default="out")),
                ("initiator", models.TextField(default="lender")),
                ("is_automated", models.BooleanField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "actor_organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("recipient_kind", models.TextField()),
                ("channel", models.TextField()),
                ("purpose", models.TextField()),
                ("notice", models.TextField(null=True)),
                (
                    "contact_point",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.contactpoint",
                    ),
                ),
                ("value_key", models.BigIntegerField(null=True)),
                ("language", models.TextField(null=True)),
                (
                    "template",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.messagetemplate",
                    ),
                ),
                (
                    "planned_contact",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.plannedcontact",
                    ),
                ),
                ("try_no", models.SmallIntegerField(default=1)),
                ("decision_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("send_before", models.DateTimeField(null=True)),
                ("verification_code", models.TextField(null=True, unique=True)),
                ("state", models.TextField(default="reserved")),
                ("state_at", models.DateTimeField()),
                ("lease_until", models.DateTimeField(null=True)),
                ("worker", models.TextField(null=True)),
                ("provider", models.TextField(null=True)),
                ("provider_ref", models.TextField(null=True)),
                ("failure_code", models.TextField(null=True)),
                ("network_result", models.TextField(null=True)),
                ("is_conversation", models.BooleanField(null=True)),
                ("message_left", models.TextField(null=True)),
                ("outcome_recorded_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "attempt",
                "indexes": [
                    models.Index(fields=["person", "at"], name="attempt_of_person"),
                    models.Index(fields=["value_key", "at"], name="attempt_of_value"),
                    models.Index(
                        condition=models.Q(("state__in", ["reserved", "handing_over"])),
                        fields=["lease_until"],
                        name="attempt_in_flight",
                    ),
                    models.Index(
                        condition=models.Q(("provider_ref__isnull", False)),
                        fields=["provider", "provider_ref"],
                        name="attempt_of_provider",
                    ),
                    models.Index(
                        condition=models.Q(("state", "unsure")), fields=["state_at"], name="attempt_unsure"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("origin__in", ("gate", "imported", "reported", "received"))),
                        name="attempt_origin_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("direction__in", ("out", "in"))), name="attempt_direction_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("initiator__in", ("lender", "person"))),
                        name="attempt_initiator_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "recipient_kind__in",
                                (
                                    "borrower",
                                    "co_borrower",
                                    "guarantor",
                                    "spouse",
                                    "guardian",
                                    "executor",
                                    "attorney",
                                    "employer",
                                    "reserved_contact",
                                    "family",
                                    "colleague",
                                    "other_person",
                                ),
                            )
                        ),
                        name="attempt_recipient_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="attempt_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("collect", "notice_required_by_law", "locate", "service", "marketing"),
                            )
                        ),
                        name="attempt_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "notice__in",
                                (
                                    "payment_reminder",
                                    "overdue_notice",
                                    "call_task",
                                    "validation",
                                    "negative_data",
                                    "lawyers_letter",
                                    "opt_out_confirmation",
                                ),
                            )
                        ),
                        name="attempt_notice_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                (
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
                                ),
                            )
                        ),
                        name="attempt_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "network_result__in",
                                ("none", "not_connected", "rang_out", "voicemail", "answered"),
                            )
                        ),
                        name="attempt_network_result_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("message_left__in", ("none", "limited_content", "full"))),
                        name="attempt_message_left_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("origin", "gate"), _negated=True),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decision_id__isnull", False),
                                ("direction", "out"),
                                ("lease_until__isnull", False),
                                ("send_before__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="attempt_of_the_gate_has_a_decision",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("origin", "gate"),
                            models.Q(("state__in", ["reserved", "handing_over", "not_sent"]), _negated=True),
                            _connector="OR",
                        ),
                        name="attempt_from_elsewhere_was_made",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("outcome_recorded_at__isnull", False),
                            models.Q(
                                ("is_conversation__isnull", True),
                                ("message_left__isnull", True),
                                ("network_result__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="attempt_outcome_has_a_time",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "not_sent"), _negated=True),
                        fields=("planned_contact",),
                        name="attempt_one_live_per_contact",
                    ),
                    models.UniqueConstraint(
                        fields=("planned_contact", "try_no"), name="attempt_once_per_try"
                    ),
                    models.UniqueConstraint(
                        fields=("lender", "origin", "source_ref"), name="attempt_once_per_source_ref"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptLoan",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.attempt",
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.loan"
                    ),
                ),
                ("counts", models.BooleanField(default=True)),
                ("is_discussed", models.BooleanField(null=True)),
                ("decision_id", models.BigIntegerField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "attempt_loan",
                "constraints": [
                    models.UniqueConstraint(fields=("attempt", "loan"), name="attempt_loan_once_per_attempt")
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "attempt",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.attempt",
                    ),
                ),
                ("from_state", models.TextField()),
                ("to_state", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "attempt_step",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "to_state__in",
                                (
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
                                ),
                            )
                        ),
                        name="attempt_step_to_state_known",
                    ),
                    models.UniqueConstraint(
                        fields=("attempt", "to_state"), name="attempt_step_once_per_state"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Authority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                (
                    "on_behalf_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("kind", models.TextField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("document_ref", models.TextField(null=True)),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.authority",
                    ),
                ),
            ],
            options={
                "db_table": "authority",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "power_of_attorney",
                                    "guardianship",
                                    "executorship",
                                    "legal_representation",
                                    "stated",
                                ),
                            )
                        ),
                        name="authority_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("from_at"))),
                        name="authority_until_at_not_before_from_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="authority_superseded_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                (
                    "given_to",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.organisation",
                    ),
                ),
                ("kind", models.TextField()),
                ("form", models.TextField()),
                ("channel", models.TextField(null=True)),
                ("purpose", models.TextField(null=True)),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("value_key", models.BigIntegerField(null=True)),
                (
                    "about_person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("weekdays", models.SmallIntegerField(null=True)),
                ("start_local_minutes", models.SmallIntegerField(null=True)),
                ("end_local_minutes", models.SmallIntegerField(null=True)),
                ("given_at", models.DateTimeField()),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
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
                ("evidence_ref", models.TextField(null=True)),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.consent",
                    ),
                ),
            ],
            options={
                "db_table": "consent",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "agreed_hours",
                                    "extra_calls",
                                    "automated_calls",
                                    "electronic_notices",
                                    "third_person",
                                    "data_transfer",
                                ),
                            )
                        ),
                        name="consent_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("form__in", ("written", "separate", "electronic", "oral"))),
                        name="consent_form_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="consent_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "purpose__in",
                                ("collect", "notice_required_by_law", "locate", "service", "marketing"),
                            )
                        ),
                        name="consent_purpose_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("from_at"))),
                        name="consent_until_at_not_before_from_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="consent_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "agreed_hours"), _negated=True),
                            models.Q(
                                ("end_local_minutes__range", (0, 1440)),
                                ("start_local_minutes__lt", models.F("end_local_minutes")),
                                ("start_local_minutes__range", (0, 1440)),
                                ("weekdays__range", (1, 127)),
                            ),
                            _connector="OR",
                        ),
                        name="consent_hours_are_stated",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Schedule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("version", models.IntegerField()),
                ("reason", models.TextField()),
                (
                    "import_file",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.importfile",
                    ),
                ),
            ],
            options={
                "db_table": "schedule",
                "constraints": [
                    models.UniqueConstraint(fields=("loan", "version"), name="schedule_once_per_version")
                ],
            },
        ),
        migrations.CreateModel(
            name="Installment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                (
                    "schedule",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.schedule",
                    ),
                ),
                ("number", models.IntegerField()),
                ("due_on", models.DateField()),
                ("payable_until_on", models.DateField()),
                ("principal_minor", models.BigIntegerField(default=0)),
                ("interest_minor", models.BigIntegerField(default=0)),
                ("fee_minor", models.BigIntegerField(default=0)),
                ("other_minor", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "installment",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("schedule", "number"), name="installment_once_per_number"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("payable_until_on__gte", models.F("due_on"))),
                        name="installment_payable_from_due",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "attempt",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.attempt"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.messagetemplate",
                    ),
                ),
                ("channel", models.TextField()),
                ("language", models.TextField()),
                ("subject_encrypted", models.BinaryField(null=True)),
                ("body_encrypted", models.BinaryField()),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "message",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="message_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("read_at__isnull", True),
                            models.Q(("channel", "in_app"), ("read_at__gte", models.F("recorded_at"))),
                            _connector="OR",
                        ),
                        name="message_read_after_it_was_there",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="NoticeProof",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.loan"
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("notice", models.TextField()),
                ("channel", models.TextField()),
                ("state", models.TextField()),
                ("at", models.DateTimeField()),
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
                ("evidence_ref", models.TextField(null=True)),
                ("evidence_digest", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "notice_proof",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "notice__in",
                                (
                                    "payment_reminder",
                                    "overdue_notice",
                                    "call_task",
                                    "validation",
                                    "negative_data",
                                    "lawyers_letter",
                                    "opt_out_confirmation",
                                ),
                            )
                        ),
                        name="notice_proof_notice_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="notice_proof_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ("sent", "delivered", "posted", "served", "returned"))
                        ),
                        name="notice_proof_state_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("attempt__isnull", False), ("evidence_ref__isnull", False), _connector="OR"
                        ),
                        name="notice_proof_has_evidence",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("value_key", models.BigIntegerField(null=True)),
                ("channel", models.TextField(null=True)),
                ("topic", models.TextField(null=True)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                ("told_by", models.TextField()),
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
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.preference",
                    ),
                ),
            ],
            options={
                "db_table": "preference",
                "indexes": [
                    models.Index(
                        condition=models.Q(("value_key__isnull", False)),
                        fields=["value_key"],
                        name="preference_of_value",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="preference_channel_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "topic__in",
                                ("collect", "notice_required_by_law", "locate", "service", "marketing"),
                            )
                        ),
                        name="preference_topic_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("from_at"))),
                        name="preference_until_at_not_before_from_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="preference_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("person__isnull", True), ("value_key__isnull", False)),
                            models.Q(("person__isnull", False), ("value_key__isnull", True)),
                            _connector="OR",
                        ),
                        name="preference_of_a_person_or_an_address",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                ("from_at", models.DateTimeField()),
                ("told_by", models.TextField()),
                ("is_mistake", models.BooleanField(default=False)),
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
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.refusal",
                    ),
                ),
            ],
            options={
                "db_table": "refusal",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="refusal_superseded_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Request",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="store.person"
                    ),
                ),
                (
                    "loan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("kind", models.TextField()),
                ("channel", models.TextField(null=True)),
                ("words_encrypted", models.BinaryField(null=True)),
                ("received_at", models.DateTimeField()),
                ("due_on", models.DateField(null=True)),
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
            ],
            options={
                "db_table": "request",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "kind__in",
                                (
                                    "dispute",
                                    "correction",
                                    "deletion",
                                    "access",
                                    "hardship",
                                    "plan",
                                    "complaint",
                                    "call_back",
                                    "stop_contact",
                                    "other",
                                ),
                            )
                        ),
                        name="request_kind_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("channel__in", ("in_app", "email", "sms", "call", "letter", "visit", "push"))
                        ),
                        name="request_channel_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RequestStep",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.request",
                    ),
                ),
                ("sequence", models.SmallIntegerField()),
                ("state", models.TextField()),
                ("at", models.DateTimeField()),
                ("outcome", models.TextField(null=True)),
            ],
            options={
                "db_table": "request_step",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ("received", "in_work", "answered", "withdrawn"))),
                        name="request_step_state_known",
                    ),
                    models.UniqueConstraint(
                        fields=("request", "sequence"), name="request_step_once_per_sequence"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StepRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
                (
                    "loan",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                ("step", models.TextField()),
                ("rank", models.IntegerField()),
                ("episode_start_on", models.DateField()),
                ("done_on", models.DateField()),
                ("outcome", models.TextField()),
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
            ],
            options={
                "db_table": "step_record",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("outcome__in", ("done", "superseded"))),
                        name="step_record_outcome_known",
                    ),
                    models.UniqueConstraint(
                        fields=("loan", "step", "episode_start_on", "outcome"),
                        name="step_record_once_per_episode",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
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
                ("recorded_at", models.DateTimeField()),
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
                    "loan",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.loan",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.person",
                    ),
                ),
                ("area", models.TextField(null=True)),
                ("reason", models.TextField()),
                ("shown_reason", models.TextField()),
                ("stops_notices", models.BooleanField(default=False)),
                ("stops_calls", models.BooleanField(default=False)),
                ("stops_ageing", models.BooleanField(default=False)),
                ("stops_interest", models.BooleanField(default=False)),
                ("stops_furnishing", models.BooleanField(default=False)),
                ("from_at", models.DateTimeField()),
                ("until_at", models.DateTimeField(null=True)),
                (
                    "request",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.request",
                    ),
                ),
                (
                    "supersedes",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="store.hold",
                    ),
                ),
            ],
            options={
                "db_table": "hold",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                (
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
                                ),
                            )
                        ),
                        name="hold_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("until_at__gte", models.F("from_at"))),
                        name="hold_until_at_not_before_from_at",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("supersedes__isnull", False)),
                        fields=("supersedes",),
                        name="hold_superseded_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("area__isnull", True), ("loan__isnull", False), ("person__isnull", True)
                            ),
                            models.Q(
                                ("area__isnull", True), ("loan__isnull", True), ("person__isnull", False)
                            ),
                            models.Q(
                                ("area__isnull", False), ("loan__isnull", True), ("person__isnull", True)
                            ),
                            _connector="OR",
                        ),
                        name="hold_on_a_loan_a_person_or_an_area",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("stops_notices", True),
                            ("stops_calls", True),
                            ("stops_ageing", True),
                            ("stops_interest", True),
                            ("stops_furnishing", True),
                            _connector="OR",
                        ),
                        name="hold_stops_something",
                    ),
                ],
            },
        ),
    ]
