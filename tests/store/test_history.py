"""What happened stays as it was recorded, and what changes keeps how it was."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection, transaction

from arrears.store import audit, models
from tests import builders as b
from tests.store.refusing import rejected

pytestmark = pytest.mark.django_db
LATER = b.NOW + timedelta(hours=1)

CHANGES_FREELY = {
    "actor",
    "organisation",
    "person",  # its contact group and language; who he is stands apart
    "person_key",  # deleting it erases the person
    "person_detail",
    "contact_scope",  # holds nothing
    "provider_state",  # how a provider fares now; what was refused because of it stands in the attempts
}


def _triggers(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [table]
        )
        return {row[0] for row in cursor.fetchall()}


def test_every_table_is_protected_or_known_to_change_freely():
    for model in apps.get_app_config("store").get_models():
        table = model._meta.db_table
        is_protected = bool(_triggers(table) & {"never_changed", "never_deleted"})

        assert is_protected != (table in CHANGES_FREELY), table


def test_partitions_are_protected_like_the_whole():
    with connection.cursor() as cursor:
        cursor.execute("SELECT ensure_month('decision', %s)", [b.NOW])

    assert "never_changed" in _triggers("decision_2026_07")
    assert "never_changed" in _triggers("decision_default")


def _recorded():
    """One row of each kind of fact that courts ask about."""
    lender = b.a_lender()
    person = b.a_person(lender)
    loan = b.a_loan(lender, person, overdue_days=10)
    with transaction.atomic():
        entry = audit.record("test.done", actor="program:test", at=b.NOW)
    request = models.Request.objects.create(
        lender=lender,
        person=person,
        kind="dispute",
        received_at=b.NOW,
        actor_id=b.an_actor(),
        recorded_at=b.NOW,
    )
    return {
        "payment": b.a_payment(loan),
        "decision": b.a_decision(loan, person),
        "consent": b.agreed_hours(person),
        "request": request,
        "preference": b.an_opt_out(person),
        "inconvenience": b.an_inconvenience(person),
        "refusal": b.a_refusal(person),
        "household_member": b.a_household_member(person, 7),
        "hold": b.a_hold(loan=loan),
        "approval": b.an_override(person, "us.call.7in7"),
        "reported_arrears": models.ReportedArrears.objects.get(),
        "step_record": b.a_step_done(loan),
        "watermark": models.Watermark.objects.get(),
        "zone_evidence": models.ZoneEvidence.objects.get(),
        "audit_entry": models.AuditEntry.objects.get(pk=entry),
    }


def test_facts_are_never_updated_and_never_deleted():
    for table, row in _recorded().items():
        with rejected(f"rows of {table}.* are never updated"), connection.cursor() as cursor:
            cursor.execute(f"UPDATE {table} SET lender_id = lender_id WHERE id = %s", [_id(row)])
        with rejected(f"rows of {table}.* are never deleted"), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [_id(row)])


def _id(row):
    return row.pk if isinstance(row.pk, int) else row.id


def test_a_loan_that_changes_keeps_what_it_was_until_then():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender), governing_law="TW")

    models.Loan.objects.filter(pk=loan.pk).update(governing_law="CN", recorded_at=b.NOW)
    models.Loan.objects.filter(pk=loan.pk).update(closed_on=b.TODAY, recorded_at=LATER)

    past = models.LoanPast.objects.order_by("recorded_at")
    assert [(was.governing_law, was.closed_on, was.superseded_at) for was in past] == [
        ("TW", None, b.NOW),
        ("CN", None, LATER),
    ]


def test_saying_the_same_of_a_loan_again_is_no_new_version():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender), governing_law="TW")

    models.Loan.objects.filter(pk=loan.pk).update(governing_law="TW", recorded_at=LATER)

    assert not models.LoanPast.objects.exists()
    loan.refresh_from_db()
    assert loan.recorded_at == b.LONG_AGO


def test_joining_another_contact_group_is_no_new_version():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))

    models.Loan.objects.filter(pk=loan.pk).update(contact_group=7)

    assert not models.LoanPast.objects.exists()


def test_a_version_is_recorded_later_than_the_one_before():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))

    with rejected("must be recorded later"):
        models.Loan.objects.filter(pk=loan.pk).update(governing_law="CN")


def test_a_contact_point_found_dead_was_alive_until_then():
    person = b.a_person(b.a_lender())
    point = b.a_contact_point(person)

    models.ContactPoint.objects.filter(pk=point.pk).update(
        dead_from_at=b.NOW, dead_reason="bounced", recorded_at=b.NOW
    )

    was = models.ContactPointPast.objects.get()
    assert (was.id, was.dead_from_at, was.superseded_at) == (point.pk, None, b.NOW)
    assert bytes(was.value_encrypted) == point.value_encrypted
    with rejected("are never deleted"), connection.cursor() as cursor:
        cursor.execute("DELETE FROM contact_point_past")


def test_a_message_is_kept_as_sent_and_read_once():
    lender = b.a_lender()
    person = b.a_person(lender)
    loan = b.a_loan(lender, person)
    attempt = b.an_attempt(loan, b.a_contact_point(person, "app_inbox"))
    message = models.Message.objects.create(
        lender=lender,
        attempt=attempt,
        person=person,
        channel="in_app",
        language="zh-Hant",
        body_encrypted=b"sealed",
        recorded_at=b.NOW,
    )
    rows = models.Message.objects.filter(pk=message.pk)

    with rejected("only read_at may change"):
        rows.update(body_encrypted=b"other")
    rows.update(read_at=LATER)
    with rejected("never updated"):
        rows.update(read_at=LATER + timedelta(hours=1))
