"""Reservations: another system makes a contact, and the gate's locks and law let it, or do not.

What is reserved counts from that instant and is in the other system's hands: it stands as being
handed over, so that one nobody reports on ends as unsure and goes on counting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import IntegrityError

from arrears.actions.answered_before import Numbered, find_answer, keep_answer
from arrears.actions.asking import Answer, solved
from arrears.actions.attempts import move
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.decisions import Asked, Served, iso_instant, write_decisions
from arrears.actions.verifications import new_verification_code
from arrears.actions.wanted import Known, Wanted, read_known
from arrears.kernel.days import datetime_of
from arrears.kernel.errors import Conflict
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID
from arrears.kernel.law.candidates import count_of, groups_of
from arrears.kernel.law.rules import Law
from arrears.kernel.law.solver import Result
from arrears.kernel.vocabulary import RecipientKind, Voice, name_of
from arrears.store import audit, clock
from arrears.store.locks import ScopeKey, holding, households_of, scope_keys, scope_keys_of
from arrears.store.models import Attempt, AttemptLoan
from arrears.store.partitions import ensure_month

CALL = "reservation"
LEASE_MAX = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Reservation:
    """What a system asks to reserve: a contact to be begun at once, and how long it may take.

    Within `lease` the system reports what came of it; after that nobody knows.
    """

    numbered: Numbered
    wanted: Wanted
    lease: timedelta


@dataclass(frozen=True, slots=True)
class Reserved:
    """The law's answer, and what is told of the reservation; asked again, only the latter, as it was.

    `told`: `reserved`, and when it was: `attempt`, `begin_before`, `report_before`, `verification`.
    """

    told: Mapping[str, Any]
    answer: Answer | None


def reserve_contact(asked: Reservation, *, law: Law, actor: str) -> Reserved:
    """Reserve a contact for another system when the law permits it now; decided and recorded either way.

    Raises NotFound and BadInput as asking does, Conflict when something else was asked under this
    number, and Misconfigured when, in a live database, this machine's clock is wrong.
    """
    assert asked.wanted.at is None, "a contact is reserved for now"
    clock.check_host_clock()
    try:
        return again_after_deadlock(lambda: _reserve(asked, law, actor))
    except IntegrityError:  # somebody used the number meanwhile
        told = find_answer(asked.numbered)
        if told is None:
            raise
        return Reserved(told, None)


def _reserve(asked: Reservation, law: Law, actor: str) -> Reserved:
    lender, now = asked.numbered.lender, clock.now()
    told = find_answer(asked.numbered)
    if told is not None:
        return Reserved(told, None)
    before = _known(lender, asked.wanted, law, now)
    ensure_month("decision", now)
    scopes = scope_keys_of(_concerned(before))
    with holding(scopes):
        at = clock.now()
        told = find_answer(asked.numbered)
        if told is not None:
            return Reserved(told, None)
        known = _known(lender, asked.wanted, law, at)
        people = _concerned(known)
        if not set(people) <= set(_concerned(before)) or not _households_among(scopes, people):
            what = "What is on file of the loan's people changed meanwhile."
            raise Conflict("reservation.changed", what, hint="Ask again.")
        answer = solved(known, law)[0]
        decisions = _decided(known, answer, at)
        is_reserved = answer.result == Result.ALLOW
        attempt = _attempt(asked, known, answer, decisions[answer.row], at) if is_reserved else None
        told = _told(attempt, answer)
        kept = keep_answer(asked.numbered, told, attempt=attempt.pk if attempt else None, at=at)
        _audit(asked.numbered, kept, attempt, actor, at)
    return Reserved(kept, answer)


def _known(lender: int, wanted: Wanted, law: Law, at: datetime) -> Known:
    known = read_known(lender, [wanted], law, at=at)
    for error in known.wrong.values():
        raise error
    return known


def _concerned(known: Known) -> list[int]:
    """Everybody whose scopes are locked: the recipient and the borrower."""
    persons = {*known.candidates["person"].tolist(), *known.candidates["borrower"].tolist()}
    return sorted(persons - {NO_ID})


def _households_among(scopes: Sequence[ScopeKey], people: Sequence[int]) -> bool:
    """Whether every household of these people is locked."""
    households = set[int]().union(*households_of(people).values())
    return set(scope_keys(households=households)) <= set(scopes)


def _decided(known: Known, answer: Answer, at: datetime) -> Sequence[int]:
    """The decisions of all candidates, written; of several addresses one is chosen."""
    size = count_of(known.candidates)
    outcome = ["refused" if code != Result.ALLOW else "other_point" for code in answer.solution.result]
    if answer.result == Result.ALLOW:
        outcome[answer.row] = "cleared"
    served = Served(
        outcome=outcome,
        planned_contact=np.full(size, NO_ID),
        step=[None] * size,
        rank=[None] * size,
        episode_start_on=np.full(size, NO_DATE),
    )
    groups = groups_of(known.facts, known.candidates)
    ids = write_decisions(groups, known.candidates, answer.solution, served, Asked("gate", at, at))
    return [int(each) for each in ids]


def _attempt(asked: Reservation, known: Known, answer: Answer, decision: int, at: datetime) -> Attempt:
    """The attempt, reserved and at once in the other system's hands."""
    row, candidates, wanted = answer.row, known.candidates, asked.wanted
    lease_until = at + asked.lease
    until = int(answer.solution.until_at[row])
    value = int(candidates["value"][row])
    attempt = Attempt.objects.create(
        lender_id=asked.numbered.lender,
        origin="gate",
        source_ref=asked.numbered.source_ref,
        recorded_at=at,
        at=at,
        actor_organisation_id=asked.numbered.lender,
        person_id=int(candidates["person"][row]),
        recipient_kind=name_of(RecipientKind(candidates["recipient_kind"][row])),
        channel=wanted.channel,
        voice=None if candidates["voice"][row] == NO_ID else name_of(Voice(candidates["voice"][row])),
        visitors=wanted.visitors,
        purpose=wanted.purpose,
        notice=wanted.notice,
        contact_point_id=answer.point,
        value_key=None if value == NO_ID else value,
        decision_id=decision,
        decided_at=at,
        send_before=lease_until if until == NEVER else min(datetime_of(until), lease_until),
        lease_until=lease_until,
        verification_code=new_verification_code(),
        state="reserved",
        state_at=at,
        provider=f"other_system:{asked.numbered.system}",
    )
    AttemptLoan.objects.create(
        lender_id=asked.numbered.lender,
        attempt=attempt,
        loan_id=int(candidates["loan"][row]),
        decision_id=decision,
        decided_at=at,
    )
    moved = move([attempt.pk], of=["reserved"], to="handing_over", at=at)
    assert moved == [attempt.pk], "nobody else has seen it yet"
    return attempt


def _told(attempt: Attempt | None, answer: Answer) -> dict[str, Any]:
    if attempt is None:
        from_at = answer.from_at
        return {"reserved": False, "permitted_from": iso_instant(from_at)}
    assert attempt.send_before is not None and attempt.lease_until is not None  # noqa: PT018
    return {
        "reserved": True,
        "attempt": attempt.pk,
        "contact_point": attempt.contact_point_id,
        "begin_before": attempt.send_before.isoformat(),
        "report_before": attempt.lease_until.isoformat(),
        "verification": attempt.verification_code,
    }


def _audit(
    numbered: Numbered, told: Mapping[str, Any], attempt: Attempt | None, actor: str, at: datetime
) -> None:
    subjects = {} if attempt is None else {"attempt": attempt.pk, "person": attempt.person_id}
    facts = {"reserved": told["reserved"], "system": numbered.system}
    audit.record(
        "contact.reserved" if attempt else "contact.refused",
        actor=actor,
        at=at,
        lender_id=numbered.lender,
        subjects=subjects,
        facts=facts,
    )
