"""Opt-outs: what a person, or whoever holds an address, has switched off. Honoured at once, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, connection
from django.db.models import Q

from arrears.actions.attempts import take_back
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import Channel, code_of, name_of
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.crypto import keyring
from arrears.store.locks import ScopeKey, holding, scope_keys
from arrears.store.models import Attempt, Preference

WITHDRAWN = "opted_out"
"""Why an attempt was not sent whose recipient had switched the channel off in the meantime."""


def record_opt_out(
    *,
    lender: int,
    person: int | None = None,
    value_key: int | None = None,
    channel: str | None = None,
    told_by: str,
    actor: str,
    at: datetime,
) -> int:
    """Record that a person, or the holder of an address, does not want a channel; None is every channel.

    Exactly one of `person` and `value_key` (`value_key_of`) is given. Binds every contact that
    nobody has begun to hand over when this commits. Raises BadInput for a channel there is not.
    """
    assert (person is None) != (value_key is None), "an opt-out is of a person or of an address"
    _check_channel(channel)
    scopes = scope_keys(
        persons=[] if person is None else [person], values=[] if value_key is None else [value_key]
    )
    said = Preference(
        lender_id=lender, person_id=person, value_key=value_key, channel=channel, told_by=told_by
    )
    with holding(scopes):
        return switch_off(said, actor=actor, at=at)


def record_only_by(
    *, lender: int, person: int, channel: str, told_by: str, actor: str, at: datetime
) -> list[int]:
    """Record that a person wants to hear of us by one channel only: an opt-out of every other.

    Raises BadInput for a channel there is not.
    """
    _check_channel(channel)
    others = [name_of(each) for each in Channel if name_of(each) != channel]
    said = [
        Preference(lender_id=lender, person_id=person, channel=other, told_by=told_by) for other in others
    ]
    with holding(scope_keys(persons=[person])):
        return [switch_off(each, actor=actor, at=at) for each in said]


def lift_opt_out(*, opt_out: int, told_by: str, actor: str, at: datetime) -> int:
    """End an opt-out from now on; what was refused because of it stays refused.

    Raises NotFound when there is none of this number, Conflict when it is ended already.
    """
    row = Preference.objects.filter(pk=opt_out).first()
    if row is None:
        raise NotFound("opt_out.unknown", f"There is no opt-out {opt_out}.", opt_out=opt_out)
    try:
        with holding(_scopes_of(row)):
            if row.until_at is not None and row.until_at <= at:
                raise _ended(opt_out)
            return switch_on(row, told_by=told_by, actor=actor, at=at)
    except IntegrityError:
        raise _ended(opt_out) from None


def opt_out_of(attempt: Attempt, *, told_by: str, actor: str, at: datetime) -> int | None:
    """The opt-out of the address that an attempt went to, on its channel: made now unless there is one.

    Called in a transaction that holds the address's scope. None when the attempt went to no address.
    """
    if attempt.value_key is None:
        return None
    said = Preference(
        lender_id=attempt.lender_id,
        value_key=attempt.value_key,
        channel=attempt.channel,
        told_by=told_by,
        attempt_id=attempt.pk,
    )
    return _standing(said, at) or switch_off(said, actor=actor, at=at)


def stop_by_message(*, attempt: int, told_by: str, actor: str, at: datetime) -> int | None:
    """Carry out a request that a message of ours itself invites: no more to this address on its channel.

    The same request again changes nothing. None when there is no such attempt, or it had no address.
    """
    row = Attempt.objects.filter(pk=attempt).first()
    if row is None or row.value_key is None:
        return None
    with holding(scope_keys(values=[row.value_key])):
        return opt_out_of(row, told_by=told_by, actor=actor, at=at)


def list_opt_outs(*, person: int) -> list[Preference]:
    """A person's opt-outs that no other has replaced, the newest first; not those of his addresses."""
    rows = Preference.objects.filter(person=person)
    replaced = rows.filter(supersedes__isnull=False).values("supersedes")
    return list(rows.exclude(pk__in=replaced).order_by("-recorded_at", "-id"))


def value_key_of(kind: str, value: str, *, country: str | None) -> int:
    """The key by which an address or number is known. Raises BadInput, which does not quote it."""
    return keyring().value_key(kind, value, country=country)


def switch_off(said: Preference, *, actor: str, at: datetime) -> int:
    """The opt-out counts from now on, and takes back what it forbids and nobody has begun to hand over.

    Called in a transaction that holds its person's or address's scope.
    """
    said.from_at = said.recorded_at = at
    said.actor_id = actor_id(actor, at=at)
    said.save(force_insert=True)
    _audit("opt_out.recorded", said, actor, at)
    withdraw(said, actor=actor, at=at)
    return int(said.pk)


def withdraw(said: Preference, *, actor: str, at: datetime) -> list[int]:
    """Take back the attempts that the gate has cleared against an opt-out and nobody has begun; which.

    Whosever they are: the person or the address is not to be contacted. Calls apart, for which the law is
    asked once more when they are dialled, and whoever took them is told. Called under the lock of its scope.
    """
    with connection.cursor() as cursor:
        told = {"person": said.person_id, "value": said.value_key, "channel": said.channel}
        cursor.execute(_RESERVED, told)
        reserved = [row[0] for row in cursor.fetchall()]
    return take_back(reserved, code=WITHDRAWN, actor=actor, at=at)


def _standing(said: Preference, at: datetime) -> int | None:
    """An opt-out without an end that says this already."""
    assert said.value_key is not None, "a message goes to an address"
    rows = standing_opt_outs(persons=(), values=[said.value_key])
    return next(
        (
            int(row.pk)
            for row in rows
            if (row.lender_id, row.topic) == (said.lender_id, None)
            and row.channel in (None, said.channel)
            and row.from_at <= at
        ),
        None,
    )


def switch_on(row: Preference, *, told_by: str, actor: str, at: datetime) -> int:
    """The opt-out ends now. Called under the lock of its scope; an integrity error when it has ended."""
    row.supersedes_id, row.pk = row.pk, None
    row.until_at, row.told_by = max(at, row.from_at), told_by
    row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
    row.save(force_insert=True)
    _audit("opt_out.lifted", row, actor, at)
    return int(row.pk)


def standing_opt_outs(*, persons: Sequence[int], values: Sequence[int]) -> list[Preference]:
    """Opt-outs of these persons and addresses, for whichever lender, that no other has replaced or ended."""
    rows = Preference.objects.filter(Q(person__in=persons) | Q(value_key__in=values), until_at=None)
    replaced = Preference.objects.filter(supersedes__in=rows.values("pk")).values("supersedes")
    return list(rows.exclude(pk__in=replaced).order_by("pk"))


def _scopes_of(row: Preference) -> list[ScopeKey]:
    return scope_keys(
        persons=[] if row.person_id is None else [row.person_id],
        values=[] if row.value_key is None else [row.value_key],
    )


def _check_channel(channel: str | None) -> None:
    try:
        if channel is not None:
            code_of(Channel, channel)
    except KeyError as error:
        raise BadInput("opt_out.channel", f"{error.args[0]}.") from None


def _ended(opt_out: int) -> Conflict:
    return Conflict(
        "opt_out.ended", f"The opt-out {opt_out} has been ended or replaced already.", opt_out=opt_out
    )


_RESERVED = """
SELECT id FROM attempt
 WHERE state = 'reserved' AND origin = 'gate' AND source_ref IS NULL
   AND channel <> 'call' AND (person_id = %(person)s OR value_key = %(value)s)
   AND (%(channel)s::text IS NULL OR channel = %(channel)s)
 ORDER BY id FOR NO KEY UPDATE
"""


def _audit(what: str, row: Preference, actor: str, at: datetime) -> None:
    subjects = {"opt_out": int(row.pk)} | ({} if row.person_id is None else {"person": row.person_id})
    facts = {"channel": row.channel, "told_by": row.told_by}
    audit.record(what, actor=actor, at=at, lender_id=row.lender_id, subjects=subjects, facts=facts)
