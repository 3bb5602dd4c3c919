"""A database is made once, as one kind, and says what its tables hold."""

from __future__ import annotations

import pytest
from django.db import connection

from arrears.actions.databases import create_database
from arrears.kernel.errors import NotPossible
from arrears.store import clock, models
from arrears.store.crypto import keyring
from arrears.store.identity import get_kind
from tests.builders import LONG_AGO, NOW

pytestmark = pytest.mark.django_db


def _create(kind, at=NOW):
    create_database(kind=kind, actor="staff:anna", at=at)


def test_a_simulation_starts_at_the_instant_it_is_told():
    _create("simulation", at=LONG_AGO)

    assert get_kind() == "simulation"
    assert clock.now() == LONG_AGO
    keyring()


def test_creating_again_changes_nothing():
    _create("simulation")
    _create("simulation", at=LONG_AGO)

    assert clock.now() == NOW
    assert list(models.AuditEntry.objects.values_list("what", "facts", "actor__name")) == [
        ("database.created", {"kind": "simulation"}, "staff:anna")
    ]


@pytest.mark.parametrize(("first", "other"), [("simulation", "live"), ("live", "simulation")])
def test_a_database_never_becomes_the_other_kind(first, other):
    _create(first)

    with pytest.raises(NotPossible) as error:
        _create(other)

    assert error.value.code == "database.other_kind"
    assert get_kind() == first
    assert models.AuditEntry.objects.count() == 1


def test_the_database_itself_says_what_a_row_of_each_table_is():
    _create("simulation")

    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('refusal'::regclass)")
        about = cursor.fetchone()[0]

    assert about == "One person's refusal of all contact, for good: across loans, agencies and years."


def test_a_new_database_has_room_for_this_month_and_the_next():
    _create("simulation")

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('decision_2026_07'), to_regclass('receipt_2026_08')")
        assert None not in cursor.fetchone()
