"""What a lender still has to tell or to answer, by when, and by which ways. Nothing is written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

import numpy as np
from django.db import connection

from arrears.actions.days import today_at
from arrears.actions.laws import law_in_use
from arrears.actions.owed import Owed, owed, written_channels
from arrears.actions.reaching import Reach, reach_of, unstated
from arrears.actions.strategies import strategy_in_use
from arrears.kernel.days import DAY, date_of
from arrears.kernel.errors import NotFound
from arrears.kernel.facts import NEVER, NO_ID, Instants
from arrears.kernel.law.rules import Law
from arrears.kernel.obligations.alarms import Alarm, alarms_of
from arrears.kernel.obligations.rules import Duty, Obligation, Trigger
from arrears.kernel.obligations.standing import Standing
from arrears.kernel.vocabulary import NoticeKind, code_of
from arrears.store.models import Loan
from arrears.strategies.reachability import with_reachability


class NextStep(IntEnum):
    """What is done next about something that is open, and by whom."""

    ANSWER = 0  # somebody answers
    WRITE = 1  # somebody writes and gives it: there is no text for it, or a fact of it is missing
    PLAN = 2  # the next night's plan gives it
    SEND = 3  # it is planned, or under way
    PROVE = 4  # it was sent, and wants its proof
    RESOLVE = 5  # the law of contact permits no way in time


@dataclass(frozen=True, slots=True)
class OpenObligation:
    """One thing to be told or answered.

    last_on, days_left    None where the law names no day; `days_left` is negative when it is over
    last_permitted_on     the last day on which the law of contact permits a way; None where no day is
                          named, none is permitted, or it is no notice
    slack_days            days until then
    loan_ref              None for what is about no one loan
    request               our number of the request it answers, else None
    reach                 the ways that remain, or each ban; None for what needs no way
    missing               what its notice has to say and nothing on file does: then nothing plans it
    """

    rule: Obligation
    standing: Standing
    trigger: Trigger
    arose_on: date
    last_on: date | None
    days_left: int | None
    last_permitted_on: date | None
    slack_days: int | None
    alarm: Alarm
    loan_ref: str | None
    request: int | None
    next_step: NextStep
    reach: Reach | None
    missing: tuple[str, ...]

    @property
    def is_conflict(self) -> bool:
        return self.next_step is NextStep.RESOLVE


def list_open(
    *, lender_id: int, at: datetime, known_at: datetime, loans: Collection[int] | None = None
) -> list[OpenObligation]:
    """What is open at `at` as it was known at `known_at`: overdue first, then by the least time left.

    Under the law in use on the lender's business day of `at`; `loans`: only what is about one of these.
    """
    on = today_at(lender_id, at)
    law = with_reachability(law_in_use(lender_id, on=on), strategy_in_use(lender_id, on=on))
    known = owed(lender_id=lender_id, law=law, at=at, known_at=known_at, loans=loans)
    return _Listing(known, law, lender_id=lender_id, known_at=known_at, loans=loans).listed()


def list_open_about(loan_ref: str, *, lender_id: int, at: datetime) -> list[OpenObligation]:
    """What is open now about the lender's loan with this number; NotFound when there is none."""
    loan = Loan.objects.filter(lender=lender_id, source_ref=loan_ref).values_list("id", flat=True).first()
    if loan is None:
        raise NotFound("obligations.loan", "The lender has no loan with this number.", field="loan_ref")
    return list_open(lender_id=lender_id, at=at, known_at=at, loans=[loan])


class _Listing:
    """The open rows of what is owed, with what is left of their time."""

    def __init__(
        self,
        known: Owed,
        law: Law,
        *,
        lender_id: int,
        known_at: datetime,
        loans: Collection[int] | None,
    ) -> None:
        self.known, self.found, self.notices = known, known.found, known.notices()
        self.kind, self.loan, self.person = map(known.of_trigger, ("kind", "loan", "person"))
        self.reach = reach_of(known, law, lender_id=lender_id, known_at=known_at)
        self.under_way = _under_way(lender_id, loans)
        self.alarm = alarms_of(self.found.arose_at, self.found.not_after_at, self._day_before()).at(known.at)
        self.today = self._day(known.at)
        self.written = {int(notice) for notice in written_channels()}

    def listed(self) -> list[OpenObligation]:
        rows = np.flatnonzero(self.found.is_open)
        return [self._open(row) for row in rows[np.argsort(self.found.not_after_at[rows], kind="stable")]]

    def _day_before(self) -> Instants:
        """A permitted day before the last permitted instant, where the law of contact has been asked."""
        before_at = self.found.not_after_at - DAY
        for row, reach in self.reach.items():
            if reach.day_before_at != NEVER:
                before_at[row] = reach.day_before_at
        return before_at

    def _open(self, row: int) -> OpenObligation:
        trigger, reach = int(self.found.trigger[row]), self.reach.get(row)
        last_on = self._day_or_none(int(self.found.not_after_at[row]))
        last_permitted_on = None if reach is None else self._day_or_none(reach.last_at)
        request = int(self.known.stored.request_ids[trigger])
        return OpenObligation(
            rule=self.known.rule(row),
            standing=Standing(int(self.found.standing[row])),
            trigger=Trigger(int(self.kind[row])),
            arose_on=self._day(int(self.found.arose_at[row])),
            last_on=last_on,
            days_left=self._until(last_on),
            last_permitted_on=last_permitted_on,
            slack_days=self._until(last_permitted_on),
            alarm=Alarm(int(self.alarm[row])),
            loan_ref=self.known.stored.loan_refs[trigger] or None,
            request=None if request == NO_ID else request,
            next_step=self._next_step(row, reach),
            reach=reach,
            missing=self._missing(row, reach),
        )

    def _next_step(self, row: int, reach: Reach | None) -> NextStep:
        if self.known.rule(row).duty is Duty.ANSWER:
            return NextStep.ANSWER
        if self.known.given.awaits_proof[row]:
            return NextStep.PROVE
        notice = int(self.notices[row])
        if reach is not None and reach.is_conflict and not unstated(notice, reach):
            return NextStep.RESOLVE
        if not self._is_written(row) or self._missing(row, reach):
            return NextStep.WRITE
        key = int(self.loan[row]), int(self.person[row]), notice
        return NextStep.SEND if key in self.under_way else NextStep.PLAN

    def _is_written(self, row: int) -> bool:
        return int(self.notices[row]) in self.written

    def _missing(self, row: int, reach: Reach | None) -> tuple[str, ...]:
        """What its text cannot say: nothing on file does, or the law of the place wants more than it says."""
        return self.known.missing(row) or unstated(int(self.notices[row]), reach)

    def _day(self, at: int) -> date:
        return date_of(int(self.known.day_of(np.array([at]))[0]))

    def _day_or_none(self, at: int) -> date | None:
        return None if at == NEVER else self._day(at)

    def _until(self, on: date | None) -> int | None:
        return None if on is None else (on - self.today).days


def _under_way(lender_id: int, loans: Collection[int] | None) -> set[tuple[int, int, int]]:
    """(loan, person, notice) of what is planned, reserved or of unknown fate, about these loans or any."""
    about = None if loans is None else list(loans)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT served.loan_id, served.person_id, planned.notice FROM planned_contact AS planned"
            " JOIN planned_contact_loan AS served"
            "   ON served.planned_contact_id = planned.id AND served.is_live"
            " WHERE planned.lender_id = %s AND planned.state IN ('planned', 'reserved', 'unsure')"
            "   AND (%s::bigint[] IS NULL OR served.loan_id = ANY(%s))",
            [lender_id, about, about],
        )
        return {
            (loan, person, int(code_of(NoticeKind, notice))) for loan, person, notice in cursor.fetchall()
        }
