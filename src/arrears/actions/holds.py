"""Holds: placing and ending the one mechanism by which anything is suspended."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import IntegrityError, connection

from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import HoldReason, Stops, code_of
from arrears.store import audit
from arrears.store.actors import actor_id
from arrears.store.locks import ScopeKey, holding, scope_keys
from arrears.store.models import Hold


def place_hold(
    *,
    lender: int,
    loan: int | None = None,
    person: int | None = None,
    area: str | None = None,
    reason: str,
    shown_reason: str,
    stops: Collection[str],
    from_at: datetime | None = None,
    until_at: datetime | None = None,
    actor: str,
    at: datetime,
) -> int:
    """Suspend what `stops` names (`vocabulary.Stops`) for a loan, a person or everybody in an area.

    From `from_at` (now) until before `until_at` (no end). `shown_reason` is what the borrower
    reads. Binds every contact that the gate has not cleared when this commits. Raises BadInput
    for words there are not, and for an end that is not after the start.
    """
    assert [loan, person, area].count(None) == 2, "a hold is on a loan, a person or an area"
    begins_at = from_at or at
    _check(reason, shown_reason, stops, begins_at, until_at)
    row = Hold(
        lender_id=lender,
        loan_id=loan,
        person_id=person,
        area=area,
        reason=reason,
        shown_reason=shown_reason,
        **{f"stops_{name}": name in stops for name in _STOPS},
        from_at=begins_at,
        until_at=until_at,
    )
    with holding(_scopes(lender, loan, person, area)):
        return suspend(row, actor=actor, at=at)


def suspend(row: Hold, *, actor: str, at: datetime) -> int:
    """Write a hold. Called in a transaction that holds the scopes of whomever it concerns."""
    row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
    row.save(force_insert=True)
    _audit("hold.placed", row, actor, at)
    return int(row.pk)


def end_hold(*, hold: int, until_at: datetime | None = None, actor: str, at: datetime) -> int:
    """End a hold at `until_at` (now). The row it was placed by stays; another one replaces it.

    Raises NotFound when there is none of this number, Conflict when it is ended or replaced already.
    """
    row = Hold.objects.filter(pk=hold).first()
    if row is None:
        raise NotFound("hold.unknown", f"There is no hold {hold}.", hold=hold)
    ends_at = max(until_at or at, row.from_at)
    try:
        with holding(_scopes(row.lender_id, row.loan_id, row.person_id, row.area)):
            if row.until_at is not None and row.until_at <= ends_at:
                raise _ended(hold)
            row.supersedes_id, row.pk = hold, None
            row.until_at = ends_at
            row.recorded_at, row.actor_id = at, actor_id(actor, at=at)
            row.save(force_insert=True)
            _audit("hold.ended", row, actor, at)
    except IntegrityError:
        raise _ended(hold) from None
    return int(row.pk)


_STOPS = tuple(member.name.lower() for member in Stops)


def _check(
    reason: str, shown_reason: str, stops: Collection[str], from_at: datetime, until_at: datetime | None
) -> None:
    try:
        code_of(HoldReason, reason)
        for name in stops:
            code_of(Stops, name)
    except KeyError as error:
        raise BadInput("hold.word", f"{error.args[0]}.") from None
    if not stops:
        raise BadInput(
            "hold.stops_nothing", "A hold has to stop something.", hint=f"One of: {', '.join(_STOPS)}."
        )
    if not shown_reason.strip():
        raise BadInput("hold.shown_reason", "A hold needs words that the borrower can read.")
    if until_at is not None and until_at <= from_at:
        raise BadInput("hold.ends_before_it_begins", "A hold has to end after it begins.")


def _scopes(lender: int, loan: int | None, person: int | None, area: str | None) -> list[ScopeKey]:
    """Whoever a contact that this hold stops could be with or about."""
    if person is not None:
        return scope_keys(persons=[person])
    with connection.cursor() as cursor:
        if loan is not None:
            cursor.execute("SELECT DISTINCT person_id FROM loan_party WHERE loan_id = %s", [loan])
        else:
            cursor.execute(
                "SELECT DISTINCT person_id FROM zone_evidence"
                " WHERE lender_id = %s AND (place = %s OR starts_with(place, %s))",
                [lender, area, f"{area}-"],
            )
        return scope_keys(persons=[row[0] for row in cursor.fetchall()])


def _ended(hold: int) -> Conflict:
    return Conflict("hold.ended", f"The hold {hold} has been ended or replaced already.", hold=hold)


def _audit(what: str, row: Hold, actor: str, at: datetime) -> None:
    named = {"hold": row.pk, "loan": row.loan_id, "person": row.person_id}
    subjects = {kind: int(each) for kind, each in named.items() if each is not None}
    facts = {"reason": row.reason, "stops": [name for name in _STOPS if getattr(row, f"stops_{name}")]}
    audit.record(what, actor=actor, at=at, lender_id=row.lender_id, subjects=subjects, facts=facts)
