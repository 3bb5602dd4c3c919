"""Who wrote a message, for which lenders, as far as what is on file says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from django.db import connection

from arrears.actions.reported import open_loans, role_of
from arrears.kernel.errors import BadInput
from arrears.kernel.inbound.consequences import Standing
from arrears.kernel.vocabulary import LIABLE, POINT_KINDS_OF, Channel, RecipientKind, code_of, name_of
from arrears.store.crypto import keyring
from arrears.store.models import Attempt, ContactPoint, InboundMessage, Organisation

_OF_OTHERS = ("work", "other_person")


@dataclass(frozen=True, slots=True)
class Writer:
    """Whom a message may be from, to one lender; `person` is None where nobody on file has the number.

    `loans` are his open ones, `role` what he is to them, `point` the contact point he wrote from.
    """

    lender: int
    person: int | None
    standing: Standing
    role: str = name_of(RecipientKind.OTHER_PERSON)
    loans: tuple[int, ...] = ()
    point: int | None = None


def writers_of(message: InboundMessage) -> list[Writer]:
    """Everybody whom the message may be from: who was named, else all who have its number on file.

    A number that nobody has binds every lender that has written to it, or all where none has.
    """
    if message.attempt_id is not None:
        return [_called(message)]
    if message.person_id is not None:
        assert message.lender_id is not None, "who is named is named by a lender"
        points = [each for each in _points(message) if each.person_id == message.person_id]
        return [_named(message.lender_id, message.person_id, points[0] if points else None)]
    points = _points(message)
    if message.lender_id is not None:
        points = [point for point in points if point.lender_id == message.lender_id]
    found = {point.person_id: _named(point.lender_id, point.person_id, point) for point in points}
    if found:
        return list(found.values())
    lenders = [message.lender_id] if message.lender_id is not None else _lenders_of(message)
    return [Writer(lender, None, Standing.HOLDER) for lender in lenders]


def last_written_by(message: InboundMessage) -> int | None:
    """The lender whose message to this number was the last one before; None when there was none."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST, [message.value_key, message.channel, message.said_at])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def key_of(kind: str, value: str, *, lender: int | None) -> int | None:
    """The key of an address as a provider writes it, with or without country code; None for what is none.

    Of several ways to read a number, the one that somebody has on file; else the first.
    """
    keys = list(dict.fromkeys(_keys(kind, value, _countries(lender))))
    known = set(ContactPoint.objects.filter(value_key__in=keys).values_list("value_key", flat=True))
    return next((key for key in keys if key in known), keys[0] if keys else None)


def kind_of(channel: str) -> str:
    """What addresses of this channel are; a call's may be of a landline, which is keyed alike."""
    return name_of(POINT_KINDS_OF[code_of(Channel, channel)][0])


def _points(message: InboundMessage) -> list[ContactPoint]:
    if message.value_key is None:
        return []
    rows = ContactPoint.objects.filter(value_key=message.value_key, retired_at=None)
    return list(rows.order_by("person", "kind"))


def _named(lender: int, person: int, point: ContactPoint | None) -> Writer:
    loans = open_loans(lender, person)
    role = role_of(person, loans)
    is_his = point is None or point.owner_kind not in _OF_OTHERS
    is_liable = code_of(RecipientKind, role) in LIABLE
    standing = Standing.HOLDER if not is_his else Standing.DEBTOR if is_liable else Standing.THIRD_PERSON
    return Writer(lender, person, standing, role, tuple(loans), None if point is None else point.pk)


def _called(message: InboundMessage) -> Writer:
    """Who spoke in a call of ours: whom it was to, or somebody who answers at his number."""
    assert message.attempt_id is not None, message
    call = Attempt.objects.get(pk=message.attempt_id)
    writer = replace(_named(call.lender_id, call.person_id, None), point=call.contact_point_id)
    return writer if message.spoken_by == "self" else replace(writer, standing=Standing.HOLDER)


def _lenders_of(message: InboundMessage) -> Sequence[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WROTE_TO, [message.value_key])
        wrote = [row[0] for row in cursor.fetchall()]
    return wrote or list(
        Organisation.objects.filter(kind="lender").order_by("pk").values_list("pk", flat=True)
    )


def _countries(lender: int | None) -> Iterable[str | None]:
    lenders = Organisation.objects.filter(kind="lender", **({} if lender is None else {"pk": lender}))
    return [*lenders.order_by("pk").values_list("country", flat=True).distinct(), None]


def _keys(kind: str, value: str, countries: Iterable[str | None]) -> Iterable[int]:
    ring = keyring()
    is_number = value.isascii() and value.isdigit()
    for written in (value, f"+{value}") if is_number else (value,):
        for country in countries:
            try:
                yield ring.value_key(kind, written, country=country)
            except BadInput:
                continue


_LAST = """
SELECT lender_id FROM attempt
 WHERE value_key = %s AND channel = %s AND direction = 'out' AND state <> 'not_sent' AND at <= %s
 ORDER BY at DESC, id DESC LIMIT 1
"""

_WROTE_TO = """
SELECT DISTINCT lender_id FROM attempt
 WHERE value_key = %s AND direction = 'out' AND state <> 'not_sent' ORDER BY lender_id
"""
