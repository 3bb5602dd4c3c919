"""Every change leaves an entry, in its own transaction, that names nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from arrears.store import audit, models
from arrears.store.actors import actor_id
from tests import builders as b

pytestmark = pytest.mark.django_db


def test_an_entry_holds_who_when_what_about_whom_and_a_digest_that_can_be_made_again():
    lender = b.a_lender()
    facts = {"rows": 3, "on": b.TODAY, "strict": True}

    entry = models.AuditEntry.objects.get(
        pk=audit.record(
            "import.done",
            actor="staff:anna",
            at=b.NOW,
            lender_id=lender.pk,
            subjects={"person": 7, "loan": [2, 1]},
            facts=facts,
        )
    )

    assert (entry.at, entry.actor.name, entry.actor.kind, entry.what, entry.lender_id) == (
        b.NOW,
        "staff:anna",
        "staff",
        "import.done",
        lender.pk,
    )
    assert entry.subjects == {"person": [7], "loan": [2, 1]}
    assert entry.facts == {"rows": 3, "on": "2026-07-14", "strict": True}
    assert bytes(entry.digest) == audit.entry_digest(
        lender_id=entry.lender_id,
        at=entry.at,
        actor_id=entry.actor_id,
        what=entry.what,
        subjects=entry.subjects,
        facts=entry.facts,
    )


def test_an_entry_disappears_with_the_change_it_speaks_of():
    with transaction.atomic():
        audit.record("test.done", actor="program:test", at=b.NOW)
        transaction.set_rollback(True)

    assert not models.AuditEntry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_a_transaction_is_a_mistake():
    with pytest.raises(AssertionError, match="transaction of its change"):
        audit.record("test.done", actor="program:test", at=b.NOW)


def test_what_is_no_code_count_day_or_id_has_no_place_in_an_entry():
    with pytest.raises(AssertionError, match="no place"):
        audit.record("test.done", actor="program:test", at=b.NOW, facts={"person": b.MING})


def test_an_actor_is_recorded_once_with_his_kind():
    first = actor_id("borrower:17", at=b.NOW)

    assert actor_id("borrower:17", at=b.NOW + timedelta(days=1)) == first
    assert models.Actor.objects.get(pk=first).kind == "borrower"
    assert models.Actor.objects.get(pk=actor_id("cli:root", at=b.NOW)).kind == "staff"
