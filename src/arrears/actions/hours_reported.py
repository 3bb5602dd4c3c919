"""Inconvenient times that another system reports, and takes back: its desk or app heard it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from arrears.actions.answered_before import Numbered, find_answer, keep_answer, other_content
from arrears.actions.inbound import speaker_of
from arrears.actions.inconvenient_times import end_statement, get_statement, keep_clear, statement_of
from arrears.actions.weekly_hours import WeeklyHours
from arrears.kernel.errors import BadInput
from arrears.store import clock
from arrears.store.locks import holding, scope_keys

CALL = "inconvenient_time"
END_CALL = "inconvenient_time_end"


@dataclass(frozen=True, slots=True)
class ToldHours:
    """Hours that do not suit a person, who is the borrower of a loan or has a customer number.

    By `channel` and at a kind of `place`, or by any; from `from_at` (now) until before `until_at`
    (until he says otherwise).
    """

    hours: WeeklyHours
    loan_ref: str | None = None
    person_ref: str | None = None
    channel: str | None = None
    place: str | None = None
    form: str = "oral"
    told_by: str = "call"
    from_at: datetime | None = None
    until_at: datetime | None = None


def report_inconvenient_time(numbered: Numbered, told: ToldHours, *, actor: str) -> Mapping[str, Any]:
    """Record it, binding every contact that the gate has not cleared; the same again changes nothing.

    Raises NotFound for a loan or person that is not on file, BadInput for what nobody can have said, and
    Conflict for another statement under this number.
    """
    before = find_answer(numbered)
    if before is not None:
        return before
    person = speaker_of(numbered.lender, loan_ref=told.loan_ref, person_ref=told.person_ref)
    if person is None:
        raise BadInput("inconvenient_time.who", "Say whom it does not suit.", field="person_ref")
    try:
        with holding(scope_keys(persons=[person])):
            return find_answer(numbered) or _recorded(numbered, told, person, actor, clock.now())
    except IntegrityError:  # another person's statement took this number at once
        raise other_content(numbered) from None


def end_inconvenient_time(
    numbered: Numbered, *, inconvenient_time: int, told_by: str, actor: str
) -> Mapping[str, Any]:
    """Take back a statement of the lender's from now on, whoever recorded it; the same again changes nothing.

    Raises NotFound when the lender has none of this number, Conflict when it is ended or replaced
    already, and for another one under the number of this request.
    """
    before = find_answer(numbered)
    if before is not None:
        return before
    row = get_statement(inconvenient_time, lender=numbered.lender)
    try:
        with holding(scope_keys(persons=[row.person_id])):
            before = find_answer(numbered)
            if before is not None:
                return before
            at = clock.now()
            until_at = end_statement(row, told_by=told_by, actor=actor, at=at).until_at
            assert until_at is not None, row
            ended = {"inconvenient_time": inconvenient_time, "until_at": until_at.isoformat()}
            return keep_answer(numbered, {**ended, "recorded_at": at.isoformat()}, attempt=None, at=at)
    except IntegrityError:  # a request about another person took this number at once
        raise other_content(numbered) from None


def _recorded(numbered: Numbered, told: ToldHours, person: int, actor: str, at: datetime) -> dict[str, Any]:
    row = statement_of(
        lender=numbered.lender,
        person=person,
        hours=told.hours,
        channel=told.channel,
        value_key=None,
        place=told.place,
        form=told.form,
        from_at=told.from_at or at,
        until_at=told.until_at,
        told_by=told.told_by,
    )
    number = keep_clear(row, actor=actor, at=at)
    answer = {"inconvenient_time": number, "recorded_at": at.isoformat()}
    return keep_answer(numbered, answer, attempt=None, at=at)
