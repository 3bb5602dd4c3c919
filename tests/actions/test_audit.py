"""The audit trail shows when anything in it was altered or taken out."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from arrears.actions.audit import Break, merkle_root, seal_entries, verify_trail
from arrears.store import audit, models
from tests.builders import NOW

pytestmark = pytest.mark.django_db


def _entries(count):
    with transaction.atomic():
        return [
            audit.record("test.done", actor="program:test", at=NOW, subjects={"loan": n}, facts={"n": n})
            for n in range(count)
        ]


def _tamper(statement, *values):
    """What somebody can do who owns the database."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_entry", "audit_seal", "audit_seal_entry"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement, values)


def test_a_trail_that_nobody_touched_holds():
    _entries(5)
    assert seal_entries(at=NOW) == 5
    _entries(2)
    assert seal_entries(at=NOW) == 2

    assert seal_entries(at=NOW) == 0
    assert list(verify_trail()) == []
    assert list(models.AuditSeal.objects.order_by("id").values_list("id", "previous", "entries")) == [
        (1, None, 5),
        (2, 1, 2),
    ]


def test_an_entry_that_was_committed_late_is_sealed_later():
    first, late, last = _entries(3)
    _tamper("UPDATE audit_entry SET id = %s WHERE id = %s", last + 100, late)
    seal_entries(at=NOW)
    with transaction.atomic():
        entry = models.AuditEntry.objects.get(pk=first)
        models.AuditEntry.objects.create(
            id=late, at=NOW, actor_id=entry.actor_id, what="test.late", digest=entry.digest
        )

    assert seal_entries(at=NOW) == 1


@pytest.mark.parametrize(
    "change", ["facts = '{\"n\": 7}'", "what = 'test.undone'", "at = at - interval '1 s'"]
)
def test_an_altered_entry_shows(change):
    entries = _entries(3)
    seal_entries(at=NOW)
    _tamper(f"UPDATE audit_entry SET {change} WHERE id = %s", entries[1])

    assert list(verify_trail()) == [Break("entry_altered", 1, entries[1]), Break("root_differs", 1)]


def test_an_entry_altered_with_its_digest_shows_in_the_root():
    entries = _entries(3)
    seal_entries(at=NOW)
    digest = bytes(models.AuditEntry.objects.get(pk=entries[0]).digest)
    _tamper(
        "UPDATE audit_entry SET digest = %s, facts = '{\"n\": 0}', subjects = '{\"loan\": [0]}'"
        " WHERE id = %s",
        digest,
        entries[2],
    )

    assert list(verify_trail()) == [Break("root_differs", 1)]


def test_an_entry_taken_out_shows():
    entries = _entries(3)
    seal_entries(at=NOW)
    _tamper("DELETE FROM audit_seal_entry WHERE entry_id = %s", entries[2])
    _tamper("DELETE FROM audit_entry WHERE id = %s", entries[2])

    assert list(verify_trail()) == [Break("root_differs", 1)]


def test_a_seal_made_anew_shows_in_the_link_after_it():
    _entries(1)
    seal_entries(at=NOW)
    _entries(1)
    seal_entries(at=NOW)
    _tamper("UPDATE audit_seal SET digest = %s WHERE id = 1", b"x" * 32)

    assert list(verify_trail()) == [Break("link_differs", 1), Break("link_differs", 2)]


def test_a_second_sealer_finds_nothing_to_seal_twice():
    entries = _entries(1)
    seal_entries(at=NOW)

    with pytest.raises(Exception, match="audit_seal"), transaction.atomic():
        models.AuditSeal.objects.create(id=1, sealed_at=NOW, entries=1, root=b"r", digest=b"d")
    assert models.AuditSealEntry.objects.get().entry_id == entries[0]


def test_no_two_lists_of_leaves_share_a_root():
    lists = [[b"a"], [b"a", b"b"], [b"b", b"a"], [b"a", b"b", b"c"], [b"a", b"b", b"c", b"c"], [b"ab"]]

    assert len({merkle_root(leaves) for leaves in lists}) == len(lists)
