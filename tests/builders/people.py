"""Lenders, people, where they are and how they are reached."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from arrears.kernel.push_subscriptions import base64url
from arrears.store import models
from arrears.store.actors import actor_id
from arrears.store.crypto import Keyring, PersonCipher, get_cipher, keyring
from arrears.store.masterkey import make_master_key
from arrears.store.personal import encrypt_detail
from tests.builders.cast import LONG_AGO, MING, NOW, TODAY, Somebody, numbers


def a_simulation(at: datetime = NOW) -> models.DatabaseIdentity:
    """Declares the test database a simulation at `at`, unless it is declared already."""
    identity = models.DatabaseIdentity.objects.first()
    if identity is not None:
        return identity
    return models.DatabaseIdentity.objects.create(
        kind="simulation",
        created_at=at,
        simulated_at=at,
        master_key_id=Keyring(make_master_key()).id,
    )


def an_actor(name: str = "program:test") -> int:
    """The id of an actor."""
    return actor_id(name, at=LONG_AGO)


def a_lender(**columns: Any) -> models.Organisation:
    """A bank in Taipei whose books and contact history are complete. Declares the database."""
    a_simulation()
    lender = models.Organisation.objects.create(
        **{
            "kind": "lender",
            "name": "Example Bank",
            "country": "TW",
            "zone": "Asia/Taipei",
            "language": "zh-Hant",
            "currency": "TWD",
            "actor_kind": "original_creditor",
            "licence": "bank",
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    a_watermark(lender)
    return lender


def a_watermark(lender: models.Organisation, **columns: Any) -> models.Watermark:
    """All payments through yesterday, all contacts since long ago."""
    known = {
        "payments_complete_through_on": TODAY - timedelta(days=1),
        "contacts_known_from_on": LONG_AGO.date(),
    }
    return models.Watermark.objects.create(
        **{"lender": lender, "actor_id": an_actor(), "recorded_at": LONG_AGO, **known, **columns}
    )


def a_person(
    lender: models.Organisation,
    who: Somebody = MING,
    *,
    points: tuple[str, ...] = (),
    is_place_known: bool = True,
    **columns: Any,
) -> models.Person:
    """One of the cast, with his key, his encrypted detail, where he lives, and contact points of `points`."""
    ref = f"C{next(numbers)}"
    ring = keyring()
    person = models.Person.objects.create(
        **{
            "lender": lender,
            "source_key": ring.source_key(lender.pk, ref),
            "language": who.language,
            "recorded_at": LONG_AGO,
            **columns,
        }
    )
    cipher, wrapped = ring.new_cipher(person.pk)
    models.PersonKey.objects.create(person=person, wrapped_key=wrapped, recorded_at=LONG_AGO)
    detail = encrypt_detail(cipher, {"name": who.name, "customer_ref": ref})
    models.PersonDetail.objects.create(lender=lender, person=person, ciphertext=detail, recorded_at=LONG_AGO)
    if is_place_known:
        a_place(person, who.place, who.zone)
    for kind in points:
        a_contact_point(person, kind, value=who.values[kind], country=who.place[:2])
    return person


def a_place(
    person: models.Person, place: str | None, zone: str | None, **columns: Any
) -> models.ZoneEvidence:
    """Evidence that the person may be there."""
    return models.ZoneEvidence.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "source": "address",
            "place": place,
            "zone": zone,
            "actor_id": an_actor(),
            "recorded_at": LONG_AGO,
            **columns,
        }
    )


def a_contact_point(
    person: models.Person, kind: str = "email", *, value: str = "", country: str | None = "TW", **columns: Any
) -> models.ContactPoint:
    """A contact point of its own, or with `value` one that others may have too."""
    ring = keyring()
    stored = ring.point_value(get_cipher(ring, person.pk), kind, value or _fresh_value(kind), country=country)
    return models.ContactPoint.objects.create(
        **{
            "lender_id": person.lender_id,
            "person": person,
            "kind": kind,
            "source": "contract",
            "recorded_at": LONG_AGO,
            **stored._asdict(),
            **columns,
        }
    )


def _fresh_value(kind: str) -> str:
    number = next(numbers)
    return {
        "email": f"somebody{number}@example.org",
        "mobile": f"09{number:08}",
        "landline": f"02{number:08}",
        "app_inbox": f"user-{number}",
        "postal": f"臺北市某路{number}號",
        "web_push": _a_subscription(number),
    }[kind]


def _a_subscription(number: int) -> str:
    """One that has a form; nobody has its private keys."""
    point = derive_private_key(number, SECP256R1()).public_key()
    key = base64url(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    told = {
        "endpoint": f"https://fcm.googleapis.com/fcm/send/{number}",
        "keys": {"p256dh": key, "auth": base64url(number.to_bytes(16, "big"))},
        "applicationServerKey": key,
    }
    return json.dumps(told)


def cipher_of(person: models.Person) -> PersonCipher:
    """What encrypts and decrypts the person's data."""
    return get_cipher(keyring(), person.pk)
