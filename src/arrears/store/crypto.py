"""Personal data under a key per person, and keyed hashes to compare it without reading it.

    master key (file, 0600) ──> key that wraps persons' keys ──> person's key ──> his data
                            ├─> key of value_key             ├─> key of source_key
                            ├─> key of raw receipts
                            └─> key of marks

Everything is AES-256-GCM, a fresh nonce before each ciphertext, and bound by its associated
data to one person and one purpose: a ciphertext moved to another person or column does not
open. Deleting a person's row in `person_key` erases him; no other row has to be touched.
The master key is in a file beside the database, never in it, so neither a dump nor a backup
of the database alone tells anybody's name.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from django.db import connection

from arrears.kernel.errors import Misconfigured, NotFound
from arrears.store.identity import not_declared
from arrears.store.masterkey import read_master_key
from arrears.store.values import FAMILY, normalise, zones_of_point

_NONCE_BYTES = 12
_KEY_BYTES = 32
_SOURCE_KEY_BYTES = 16
_63_BITS = (1 << 63) - 1


class PointValue(NamedTuple):
    """The columns that hold the value of a contact point, and what it says of where the person is."""

    value_encrypted: bytes
    value_key: int
    zones: str | None


@dataclass(frozen=True, slots=True)
class PersonCipher:
    """Encrypts and decrypts one person's data. A purpose is the column it stands in."""

    person_id: int
    _aead: AESGCM

    def encrypt(self, purpose: str, text: str) -> bytes:
        return _seal(self._aead, text.encode(), _bound_to(purpose, self.person_id))

    def decrypt(self, purpose: str, ciphertext: bytes) -> str:
        """Raises Misconfigured when it was not encrypted for this person and purpose."""
        return _open(self._aead, ciphertext, _bound_to(purpose, self.person_id)).decode()


class Keyring:
    """Every key made from one master key. Get it by `keyring`, which checks that it is the right one."""

    def __init__(self, master: bytes) -> None:
        assert len(master) == _KEY_BYTES, len(master)
        self._master = master

    @cached_property
    def id(self) -> bytes:
        """Eight bytes that tell this master key from another and nothing about it."""
        return self._derived("id")[:8]

    @cached_property
    def mark_key(self) -> bytes:
        """The key of the marks that come back in reports, replies and requests (`channels.marks`)."""
        return self._derived("marks")

    def new_cipher(self, person_id: int) -> tuple[PersonCipher, bytes]:
        """A new key for a person: the cipher, and the wrapped key to store in `person_key`."""
        key = os.urandom(_KEY_BYTES)
        return PersonCipher(person_id, AESGCM(key)), _seal(self._wrapping, key, _bound_to("key", person_id))

    def open_cipher(self, person_id: int, wrapped_key: bytes) -> PersonCipher:
        return PersonCipher(
            person_id, AESGCM(_open(self._wrapping, wrapped_key, _bound_to("key", person_id)))
        )

    def value_key(self, kind: str, value: str, *, country: str | None = None) -> int:
        """63 bits that are equal exactly for values that `normalise` makes equal. Raises BadInput."""
        return self._value_key(kind, normalise(kind, value, country=country))

    def point_value(
        self, cipher: PersonCipher, kind: str, value: str, *, country: str | None = None
    ) -> PointValue:
        """What to store of a contact point: the value to send to, encrypted, the key to count by, zones.

        Stored is the normalised value, but a postal address as it was written. Raises BadInput.
        """
        normal = normalise(kind, value, country=country)
        sendable = value.strip() if kind == "postal" else normal
        zones = " ".join(zones_of_point(kind, normal, country)) or None
        return PointValue(cipher.encrypt("point", sendable), self._value_key(kind, normal), zones)

    def source_key(self, lender_id: int, customer_ref: str) -> bytes:
        """128 bits for the lender's number of a customer, which itself stays in the person's detail."""
        return _mac(self._source_mac, f"{lender_id}\0{customer_ref.strip()}")[:_SOURCE_KEY_BYTES]

    def household_key(self, lender_id: int, household_ref: str) -> int:
        """63 bits for the lender's number of a household."""
        mac = _mac(self._source_mac, f"{lender_id}\0household\0{household_ref.strip()}")
        return int.from_bytes(mac[:8], "big") & _63_BITS

    def content_key(self, content: bytes) -> bytes:
        """The same 128 bits for the same raw receipt."""
        mac = self._receipt_mac.copy()
        mac.update(content)
        return mac.digest()[:_SOURCE_KEY_BYTES]

    def encrypt_receipt(self, content: bytes) -> bytes:
        """A raw receipt, which quotes addresses before anybody knows whose they are."""
        return _seal(self._receipts, content, b"receipt")

    def decrypt_receipt(self, ciphertext: bytes) -> bytes:
        return _open(self._receipts, ciphertext, b"receipt")

    def _value_key(self, kind: str, normal: str) -> int:
        return int.from_bytes(_mac(self._value_mac, f"{FAMILY[kind]}\0{normal}")[:8], "big") & _63_BITS

    def _derived(self, use: str) -> bytes:
        return HKDFExpand(SHA256(), _KEY_BYTES, f"arrears 1 {use}".encode()).derive(self._master)

    @cached_property
    def _wrapping(self) -> AESGCM:
        return AESGCM(self._derived("person keys"))

    @cached_property
    def _receipts(self) -> AESGCM:
        return AESGCM(self._derived("receipts"))

    @cached_property
    def _value_mac(self) -> hmac.HMAC:
        return hmac.new(self._derived("value keys"), digestmod=sha256)

    @cached_property
    def _source_mac(self) -> hmac.HMAC:
        return hmac.new(self._derived("source keys"), digestmod=sha256)

    @cached_property
    def _receipt_mac(self) -> hmac.HMAC:
        return hmac.new(self._derived("receipt contents"), digestmod=sha256)


def keyring() -> Keyring:
    """The keys of this database. Get it once per batch: it asks the database which key it was made with.

    Raises Misconfigured when the database is undeclared, or when the master key's file is
    missing, readable by others, or of another database.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT master_key_id FROM database_identity")
        row = cursor.fetchone()
    if row is None:
        raise not_declared()
    ring = _ring_of(read_master_key())
    if ring.id != bytes(row[0]):
        raise Misconfigured(
            "crypto.other_master_key",
            "The master key on this machine is not the one this database was made with.",
            hint="Put the right file in the data folder, or name it by ARREARS_MASTER_KEY_FILE.",
        )
    return ring


@lru_cache(maxsize=4)
def _ring_of(master: bytes) -> Keyring:
    return Keyring(master)


def ciphers_of(ring: Keyring, persons: Sequence[int]) -> dict[int, PersonCipher]:
    """The cipher of each of these persons; those who were erased are not in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person_id, wrapped_key FROM person_key WHERE person_id = ANY(%s)", [list(persons)]
        )
        return {person: ring.open_cipher(person, wrapped) for person, wrapped in cursor.fetchall()}


def get_cipher(ring: Keyring, person: int) -> PersonCipher:
    """Raises NotFound when the person was erased, or never had a key."""
    found = ciphers_of(ring, [person]).get(person)
    if found is None:
        raise NotFound("person.erased", f"Nothing that could name person {person} is left.", person=person)
    return found


def _bound_to(purpose: str, person_id: int) -> bytes:
    return f"{purpose}:{person_id}".encode()


def _seal(aead: AESGCM, plain: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + aead.encrypt(nonce, plain, bound_to)


def _open(aead: AESGCM, sealed: bytes, bound_to: bytes) -> bytes:
    try:
        return aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], bound_to)
    except (InvalidTag, ValueError):  # the latter when it is too short to be anything
        raise Misconfigured(
            "crypto.does_not_open",
            "Encrypted data does not open: it was made with another key, or altered.",
            hint="Check that the master key belongs to this database.",
        ) from None


def _mac(keyed: hmac.HMAC, text: str) -> bytes:
    mac = keyed.copy()
    mac.update(text.encode())
    return mac.digest()
