"""Personal data in the clear, for whoever has a reason to read it: senders, the portal, staff."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from arrears.store.crypto import Keyring, PersonCipher, ciphers_of

Detail = Mapping[str, Any]


def encrypt_detail(cipher: PersonCipher, detail: Detail) -> bytes:
    """The document of a person as stored in `person_detail.ciphertext`."""
    return cipher.encrypt("detail", json.dumps(detail, ensure_ascii=False, sort_keys=True))


def details_of(ring: Keyring, persons: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The document of each of these persons; those erased or without one are not in it."""
    ciphers = ciphers_of(ring, persons)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, ciphertext FROM person_detail WHERE person_id = ANY(%s)", [list(ciphers)]
        )
        rows = cursor.fetchall()
    return {person: json.loads(ciphers[person].decrypt("detail", text)) for person, text in rows}


def values_of(ring: Keyring, points: Sequence[int]) -> dict[int, str]:
    """The address or number of each of these contact points; those of erased persons are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, person_id, value_encrypted FROM contact_point WHERE id = ANY(%s)", [list(points)]
        )
        rows = cursor.fetchall()
    ciphers = ciphers_of(ring, [person for _, person, _ in rows])
    return {
        point: ciphers[person].decrypt("point", value) for point, person, value in rows if person in ciphers
    }


def erase_person(person: int, *, at: datetime) -> None:
    """Destroy a person's key, and with it all that could name him, and take away what he wrote.

    Counts, opt-outs and refusals go on: they rest on opaque numbers and keyed hashes. A low-level
    act: the action that calls it checks what the law wants kept, and records an audit entry.
    """
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM person_key WHERE person_id = %s", [person])
        cursor.execute(
            "UPDATE person SET erased_at = %s, is_under_14 = NULL WHERE id = %s AND erased_at IS NULL",
            [at, person],
        )
        cursor.execute(_ERASE_WORDS, {"person": person})


_ERASE_WORDS = """
UPDATE inbound_message SET sender_encrypted = NULL, body_encrypted = NULL
 WHERE body_encrypted IS NOT NULL AND (person_id = %(person)s
       OR value_key IN (SELECT value_key FROM contact_point WHERE person_id = %(person)s))
"""
