"""Agreed hours: consents of a person to be contacted at times of his own choice."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError

from arrears.actions.weekly_hours import WeeklyHours
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import Channel, ConsentForm, code_of
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Consent

_KIND = "agreed_hours"


def record_agreed_hours(
    *,
    lender: int,
    person: int,
    hours: WeeklyHours,
    form: str,
    channel: str | None = None,
    until_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Record hours that a person agreed to, by a channel or by any, from now until before `until_at`.

    They lift the rules that the law lets a person lift, and no others. Raises BadInput for a
    channel or a form there is not, and for an end that is not after now.
    """
    _check(channel, form, at, until_at)
    with holding(scope_keys(persons=[person])):
        row = Consent.objects.create(
            lender_id=lender,
            person_id=person,
            given_to_id=lender,
            kind=_KIND,
            form=form,
            channel=channel,
            weekdays=hours.weekdays,
            start_local_minutes=hours.start_minutes,
            end_local_minutes=hours.end_minutes,
            given_at=at,
            from_at=at,
            until_at=until_at,
            recorded_at=at,
            actor_id=actor_id(actor, at=at),
        )
        _audit("agreed_hours.recorded", row, actor, at)
    return int(row.pk)


def withdraw_agreed_hours(*, consent: int, actor: str, at: datetime) -> int:
    """End an agreement from now on.

    Raises NotFound when there is none of this number, Conflict when it is ended or replaced already.
    """
    row = Consent.objects.filter(pk=consent, kind=_KIND).first()
    if row is None:
        raise NotFound("agreed_hours.unknown", f"There is no agreement on hours {consent}.", consent=consent)
    try:
        with holding(scope_keys(persons=[row.person_id])):
            if row.until_at is not None and row.until_at <= at:
                raise _ended(consent)
            row.supersedes_id, row.pk = consent, None
            row.until_at = max(at, row.from_at)
            row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
            row.save(force_insert=True)
            _audit("agreed_hours.withdrawn", row, actor, at)
    except IntegrityError:
        raise _ended(consent) from None
    return int(row.pk)


def list_agreed_hours(*, person: int) -> list[Consent]:
    """A person's agreements on hours that no other consent has replaced, the newest first."""
    rows = Consent.objects.filter(person=person, kind=_KIND)
    replaced = rows.filter(supersedes__isnull=False).values("supersedes")
    return list(rows.exclude(pk__in=replaced).select_related("actor").order_by("-recorded_at", "-id"))


def _check(channel: str | None, form: str, at: datetime, until_at: datetime | None) -> None:
    try:
        code_of(ConsentForm, form)
        if channel is not None:
            code_of(Channel, channel)
    except KeyError as error:
        raise BadInput("agreed_hours.word", f"{error.args[0]}.") from None
    if until_at is not None and until_at <= at:
        raise BadInput("agreed_hours.ends_before_it_begins", "An agreement has to end after it begins.")


def _ended(consent: int) -> Conflict:
    return Conflict(
        "agreed_hours.ended",
        f"The agreement on hours {consent} has been ended or replaced already.",
        consent=consent,
    )


def _audit(what: str, row: Consent, actor: str, at: datetime) -> None:
    subjects = {"consent": int(row.pk), "person": int(row.person_id)}
    facts = {"channel": row.channel, "form": row.form}
    audit.record(what, actor=actor, at=at, lender_id=row.lender_id, subjects=subjects, facts=facts)
