"""Inconvenient times: what a person said of when, where and by which way contact does not suit him."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum

from django.db import IntegrityError

from arrears.actions.weekly_hours import WeeklyHours
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import Channel, PointPlace, StatementForm, code_of
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Inconvenience


def record_inconvenient_time(
    *,
    lender: int,
    person: int,
    hours: WeeklyHours,
    channel: str | None = None,
    value_key: int | None = None,
    place: str | None = None,
    form: str | None = None,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    told_by: str,
    actor: str,
    at: datetime,
) -> int:
    """Record hours at which contact does not suit a person: by a channel, at an address, or by any.

    With `place`, only at numbers and addresses of that kind of place. They count from `from_at`
    (now) until before `until_at` (until he says otherwise), and bind every contact that the gate
    has not cleared when this commits. Raises BadInput for a word there is not, and for an end
    that is not after the start.
    """
    row = statement_of(
        lender=lender,
        person=person,
        hours=hours,
        channel=channel,
        value_key=value_key,
        place=place,
        form=form,
        from_at=from_at or at,
        until_at=until_at,
        told_by=told_by,
    )
    with holding(scope_keys(persons=[person])):
        return keep_clear(row, actor=actor, at=at)


def statement_of(
    *,
    lender: int,
    person: int,
    hours: WeeklyHours,
    channel: str | None,
    value_key: int | None,
    place: str | None,
    form: str | None,
    from_at: datetime,
    until_at: datetime | None,
    told_by: str,
) -> Inconvenience:
    """A statement that is not written yet. Raises BadInput as `record_inconvenient_time` does."""
    _check(channel, place, form, from_at, until_at)
    return Inconvenience(
        lender_id=lender,
        person_id=person,
        channel=channel,
        value_key=value_key,
        place=place,
        form=form,
        weekdays=hours.weekdays,
        start_local_minutes=hours.start_minutes,
        end_local_minutes=hours.end_minutes,
        from_at=from_at,
        until_at=until_at,
        told_by=told_by,
    )


def keep_clear(row: Inconvenience, *, actor: str, at: datetime) -> int:
    """Write a statement. Called in a transaction that holds its person's scope."""
    row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
    row.save(force_insert=True)
    _audit("inconvenient_time.recorded", row, actor, at)
    return int(row.pk)


def take_back_inconvenient_time(*, inconvenient_time: int, told_by: str, actor: str, at: datetime) -> int:
    """End a statement from now on; what was refused because of it stays refused.

    Raises NotFound when there is none of this number, Conflict when it is ended or replaced already.
    """
    row = get_statement(inconvenient_time)
    with holding(scope_keys(persons=[row.person_id])):
        return int(end_statement(row, told_by=told_by, actor=actor, at=at).pk)


def get_statement(inconvenient_time: int, *, lender: int | None = None) -> Inconvenience:
    """The statement of this number, of this lender where one is named. Raises NotFound without one."""
    rows = Inconvenience.objects.filter(pk=inconvenient_time)
    row = (rows if lender is None else rows.filter(lender=lender)).first()
    if row is None:
        raise NotFound(
            "inconvenient_time.unknown",
            f"There is no inconvenient time {inconvenient_time}.",
            inconvenient_time=inconvenient_time,
        )
    return row


def end_statement(row: Inconvenience, *, told_by: str, actor: str, at: datetime) -> Inconvenience:
    """The statement that ends this one. Called in a transaction that holds its person's scope.

    Raises Conflict when it is ended or replaced already; the transaction is then of no more use.
    """
    number = int(row.pk)
    if row.until_at is not None and row.until_at <= at:
        raise _ended(number)
    row.supersedes_id, row.pk = number, None
    row.until_at, row.told_by = max(at, row.from_at), told_by
    row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
    try:
        row.save(force_insert=True)
    except IntegrityError:
        raise _ended(number) from None
    _audit("inconvenient_time.taken_back", row, actor, at)
    return row


def list_inconvenient_times(*, person: int) -> list[Inconvenience]:
    """A person's statements that no other has replaced, the newest first."""
    rows = Inconvenience.objects.filter(person=person)
    replaced = rows.filter(supersedes__isnull=False).values("supersedes")
    return list(rows.exclude(pk__in=replaced).select_related("actor").order_by("-recorded_at", "-id"))


def _check(
    channel: str | None, place: str | None, form: str | None, from_at: datetime, until_at: datetime | None
) -> None:
    told: tuple[tuple[type[IntEnum], str | None], ...] = (
        *((Channel, channel), (PointPlace, place)),
        (StatementForm, form),
    )
    try:
        for kind, word in told:
            if word is not None:
                code_of(kind, word)
    except KeyError as error:
        raise BadInput("inconvenient_time.word", f"{error.args[0]}.") from None
    if until_at is not None and until_at <= from_at:
        raise BadInput("inconvenient_time.ends_before_it_begins", "A statement has to end after it begins.")


def _ended(number: int) -> Conflict:
    return Conflict(
        "inconvenient_time.ended",
        f"The inconvenient time {number} has been ended or replaced already.",
        inconvenient_time=number,
    )


def _audit(what: str, row: Inconvenience, actor: str, at: datetime) -> None:
    subjects = {"inconvenient_time": int(row.pk), "person": int(row.person_id)}
    facts = {"channel": row.channel, "place": row.place, "told_by": row.told_by}
    audit.record(what, actor=actor, at=at, lender_id=row.lender_id, subjects=subjects, facts=facts)
