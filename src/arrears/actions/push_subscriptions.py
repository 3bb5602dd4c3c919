"""Browsers' subscriptions to notifications: one comes, one takes the place of another, one ends.

Each is a contact point of the person who gave it. A push service that says that it is none any more marks it
dead, as a bounce does an address (`contact_points.mark_dead`); a browser then needs a new one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from arrears.actions.attempts import take_back
from arrears.kernel.errors import BadInput
from arrears.kernel.push_subscriptions import KIND, PushSubscription, read_subscription
from arrears.store import audit
from arrears.store.crypto import PersonCipher, get_cipher, keyring
from arrears.store.locks import holding, scope_keys
from arrears.store.models import ContactPoint

WITHDRAWN = "unsubscribed"
"""Why an attempt was not sent whose browser had ended its subscription in the meantime."""

ENDS = "the subscription ends"
_SOURCE = "authorised"  # the browser asked him, and he allowed it
_A_LITTLE = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A subscription on file.

    number      of the contact point
    host        of its push service
    server_key  the public key of ours that it belongs to
    state       active; gone: it reaches nobody any more, the browser needs a new one; ended: he ended it
    """

    number: int
    host: str
    server_key: str
    recorded_at: datetime
    expires_at: datetime | None
    state: str


def subscribe(
    *,
    lender: int,
    person: int,
    subscription: str,
    replaces: str | None = None,
    server_keys: Sequence[str] = (),
    actor: str,
    at: datetime,
) -> Subscribed:
    """Keep a browser's subscription, in the place of the one at the endpoint `replaces` if one is named.

    The same again changes nothing; one that was ended is there again. `server_keys` are the public keys
    whose subscriptions can be sent to, all if none are given.

    Raises BadInput for what is no subscription, or one that is over or was made with another key, and
    NotFound when the person was erased.
    """
    told, ring = read_subscription(subscription), keyring()
    value_key = ring.value_key(KIND, subscription)
    _check(told, server_keys, at)
    with holding(scope_keys(persons=[person], values=[value_key])):
        cipher = get_cipher(ring, person)
        row = ContactPoint.objects.filter(person=person, kind=KIND, value_key=value_key).first()
        if row is None:
            columns = ring.point_value(cipher, KIND, subscription)._asdict()
            row = ContactPoint(lender_id=lender, person_id=person, kind=KIND, source=_SOURCE, **columns)
            row.recorded_at = at - _A_LITTLE
        has_changed = _bring_in_line(row, told, at)
        old = _of_endpoint(cipher, person, replaces) if replaces else None
        has_ended = old is not None and old.pk != row.pk and _end(old, actor, at)
        if has_changed or has_ended:
            facts = {"replaces": old.pk if old is not None and has_ended else None}
            subjects = {"contact_point": row.pk, "person": person}
            audit.record(
                "push.subscribed", actor=actor, at=at, lender_id=lender, subjects=subjects, facts=facts
            )
    return _shown(row, told, at)


def unsubscribe(*, lender: int, person: int, endpoint: str, actor: str, at: datetime) -> bool:
    """End the person's subscription at this endpoint, and take back what nobody has begun to hand over.

    False when there is none, or it had ended before. Raises NotFound when the person was erased.
    """
    with holding(scope_keys(persons=[person])):
        row = _of_endpoint(get_cipher(keyring(), person), person, endpoint)
        if row is None or not _end(row, actor, at):
            return False
        subjects = {"contact_point": row.pk, "person": person}
        audit.record("push.unsubscribed", actor=actor, at=at, lender_id=lender, subjects=subjects)
    return True


def list_subscriptions(*, person: int, at: datetime) -> list[Subscribed]:
    """All that the person ever had, the newest first. Raises NotFound when he was erased."""
    cipher = get_cipher(keyring(), person)
    rows = ContactPoint.objects.filter(person=person, kind=KIND).order_by("-id")
    return [_shown(row, _subscription(cipher, row), at) for row in rows]


def _check(told: PushSubscription, server_keys: Sequence[str], at: datetime) -> None:
    if server_keys and told.server_key not in server_keys:
        raise BadInput(
            "push.other_key",
            "The subscription was made with a public key that is not ours.",
            hint="Let the browser unsubscribe, and subscribe with the key of GET /push/key.",
            field="applicationServerKey",
        )
    if told.expires_at is not None and told.expires_at <= at:
        raise BadInput(
            "push.expired",
            "The subscription is over already.",
            hint="Let the browser subscribe again.",
            field="expirationTime",
        )


def _bring_in_line(row: ContactPoint, told: PushSubscription, at: datetime) -> bool:
    """Write what the browser says now; whether that is news. A dead subscription stays dead."""
    is_new, before = row._state.adding, (row.retired_at, row.dead_from_at)
    row.retired_at = None
    if row.dead_from_at is None or row.dead_from_at > at:
        row.dead_from_at, row.dead_reason = told.expires_at, ENDS if told.expires_at else None
    if not is_new and before == (row.retired_at, row.dead_from_at):
        return False
    _save(row, at)
    return True


def _end(row: ContactPoint, actor: str, at: datetime) -> bool:
    """The subscription is not used any more; what is reserved for it and not begun is not sent."""
    if row.retired_at is not None:
        return False
    row.retired_at = at
    _save(row, at)
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, [row.pk])
        reserved = [found[0] for found in cursor.fetchall()]
    take_back(reserved, code=WITHDRAWN, actor=actor, at=at)
    return True


def _save(row: ContactPoint, at: datetime) -> None:
    """A new version is recorded later than the one before, even while a simulation's clock stands."""
    row.recorded_at = max(at, row.recorded_at + _A_LITTLE)
    row.save()


def _of_endpoint(cipher: PersonCipher, person: int, endpoint: str) -> ContactPoint | None:
    """The person's subscription at an endpoint; of several the newest."""
    rows = ContactPoint.objects.filter(person=person, kind=KIND).order_by("-id")
    return next((row for row in rows if _subscription(cipher, row).endpoint == endpoint), None)


def _subscription(cipher: PersonCipher, row: ContactPoint) -> PushSubscription:
    return read_subscription(cipher.decrypt("point", bytes(row.value_encrypted)))


def _shown(row: ContactPoint, told: PushSubscription, at: datetime) -> Subscribed:
    is_dead = row.dead_from_at is not None and row.dead_from_at <= at
    return Subscribed(
        number=row.pk,
        host=told.where.hostname or "",
        server_key=told.server_key,
        recorded_at=row.recorded_at,
        expires_at=None if is_dead else row.dead_from_at,
        state="ended" if row.retired_at is not None else "gone" if is_dead else "active",
    )


_RESERVED = """
SELECT id FROM attempt
 WHERE contact_point_id = %s AND state = 'reserved' AND origin = 'gate' AND worker IS NULL
 ORDER BY id FOR NO KEY UPDATE
"""
