"""The tables as a whole: documented, in step with the migrations, every word from a closed list."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from arrears.kernel import vocabulary as v
from arrears.store import models
from arrears.store.models.columns import names
from tests import builders as b
from tests.store.refusing import rejected

TABLES = list(apps.get_app_config("store").get_models())


@pytest.mark.django_db
def test_the_migrations_make_exactly_the_tables_of_the_models():
    call_command("makemigrations", check=True, dry_run=True, stdout=StringIO())


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.db_table)
def test_every_table_says_what_one_row_is(table):
    about = table.__doc__.partition("\n")[0]

    assert re.match(r"[A-Z].*[.:]$", about), about
    assert not about.startswith(f"{table.__name__}("), "a docstring, not Django's list of columns"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table._meta.db_table)
def test_every_business_row_names_its_lender(table):
    of_the_installation = {"actor", "contact_scope", "database_identity", "audit_seal", "audit_seal_entry"}
    of_the_installation |= {"provider_state"}
    of_a_row_that_names_it = {"person_key", "attempt_step", "receipt", "receipt_result"}
    if table._meta.db_table not in of_the_installation | of_a_row_that_names_it:
        assert "lender_id" in {field.column for field in table._meta.fields}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("table", "column", "kind"),
    [
        ("attempt", "channel", v.Channel),
        ("attempt", "network_result", v.NetworkResult),
        ("contact_point", "kind", v.PointKind),
        ("contact_point", "source", v.PointSource),
        ("attempt", "notice", v.NoticeKind),
        ("decision", "notice", v.NoticeKind),
        ("message_template", "notice", v.NoticeKind),
        ("notice_proof", "notice", v.NoticeKind),
        ("planned_contact", "notice", v.NoticeKind),
        ("hold", "reason", v.HoldReason),
        ("loan", "debt_kind", v.DebtKind),
        ("loan_party", "role", v.RecipientKind),
        ("organisation", "actor_kind", v.ActorKind),
        ("organisation", "licence", v.CreditorLicence),
        ("reported_arrears", "status", v.ReportedStatus),
    ],
)
def test_a_word_column_holds_the_words_of_its_vocabulary(table, column, kind):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conname = %s AND conrelid = %s::regclass",
            [f"{table}_{column}_known", table],
        )
        definition = cursor.fetchone()[0]

    assert re.findall(r"'(\w+)'::text", definition) == list(names(kind))


@pytest.mark.django_db
def test_no_word_for_an_address_book_exists():
    person = b.a_person(b.a_lender())

    with rejected("contact_point_source_known"):
        b.a_contact_point(person, "mobile", source="address_book")


@pytest.mark.django_db
def test_who_approves_is_not_who_asked():
    person = b.a_person(b.a_lender())
    anna = b.an_actor("staff:anna")

    with rejected("approval_by_somebody_else"):
        b.an_override(person, "us.call.7in7", requested_by_id=anna, approved_by_id=anna)


@pytest.mark.django_db
def test_an_override_names_a_person_and_a_rule():
    person = b.a_person(b.a_lender())

    with rejected("approval_override_names_person_and_rule"):
        b.an_override(person, None)


@pytest.mark.django_db
def test_an_opt_out_is_of_a_person_or_of_an_address_never_of_both_or_neither():
    lender = b.a_lender()
    person = b.a_person(lender)

    with rejected("preference_of_a_person_or_an_address"):
        b.an_opt_out(person, value_key=7)
    with rejected("preference_of_a_person_or_an_address"):
        b.an_opt_out(lender_id=lender.pk)


@pytest.mark.django_db
def test_a_hold_stops_something_and_is_on_one_thing():
    lender = b.a_lender()
    person = b.a_person(lender)
    loan = b.a_loan(lender, person)

    with rejected("hold_stops_something"):
        b.a_hold(loan=loan, stops_notices=False, stops_calls=False)
    with rejected("hold_on_a_loan_a_person_or_an_area"):
        b.a_hold(loan=loan, person=person)
    with rejected("hold_on_a_loan_a_person_or_an_area"):
        b.a_hold(lender_id=lender.pk)


@pytest.mark.django_db
def test_nothing_ends_before_it_begins():
    person = b.a_person(b.a_lender())

    with rejected("preference_until_at_not_before_from_at"):
        b.an_opt_out(person, from_at=b.NOW, until_at=b.LONG_AGO)
    with rejected("consent_hours_are_stated"):
        b.agreed_hours(person, start_local_minutes=22 * 60, end_local_minutes=20 * 60)


@pytest.mark.django_db
def test_a_row_is_superseded_at_most_once():
    person = b.a_person(b.a_lender())
    first = b.an_opt_out(person)
    b.an_opt_out(person, supersedes=first, until_at=b.NOW, recorded_at=b.NOW)

    with rejected("preference_superseded_once"):
        b.an_opt_out(person, supersedes=first, recorded_at=b.NOW)


@pytest.mark.django_db
def test_a_loan_has_one_borrower():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender, b.MING))

    with rejected("loan_party_one_borrower"):
        b.a_party(loan, b.a_person(lender, b.NA))


@pytest.mark.django_db
def test_a_loan_that_is_not_late_is_not_late_since_some_day():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))

    with rejected("reported_arrears_late_when_late"):
        b.a_report(loan, status="minimum_paid", overdue_since_on=b.TODAY)


@pytest.mark.django_db
def test_a_day_is_reported_once_unless_the_report_supersedes():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))
    first = b.a_report(loan, b.TODAY)

    with rejected("reported_arrears_once_per_day"):
        b.a_report(loan, b.TODAY)
    b.a_report(loan, b.TODAY, overdue_since_on=b.TODAY, supersedes=first)


@pytest.mark.django_db
def test_a_statement_without_saying_what_its_minimum_includes_is_refused():
    lender = b.a_lender()
    loan = b.a_loan(lender, b.a_person(lender))

    with rejected("minimum_includes_unpaid"):
        models.Statement.objects.create(
            lender=lender,
            loan=loan,
            statement_on=b.TODAY,
            due_on=b.TODAY,
            payable_until_on=b.TODAY,
            balance_minor=1,
            minimum_due_minor=1,
            minimum_includes_unpaid=None,
            actor_id=b.an_actor(),
            recorded_at=b.NOW,
        )


@pytest.mark.django_db
def test_an_address_is_dead_only_with_a_reason():
    person = b.a_person(b.a_lender())

    with rejected("contact_point_dead_with_a_reason"):
        b.a_contact_point(person, dead_from_at=b.NOW)
