"""Inconvenient times that another system reports: its desk or app heard when contact does not suit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError

from arrears.actions.answered_before import Numbered, find_answer, keep_answer, other_content
from arrears.actions.inbound import speaker_of
from arrears.actions.inconvenient_times import keep_clear, statement_of
from arrears.actions.weekly_hours import WeeklyHours
from arrears.kernel.errors import BadInput
from arrears.store import clock
from arrears.store.locks import holding, scope_keys

CALL = "inconvenient_time"


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
