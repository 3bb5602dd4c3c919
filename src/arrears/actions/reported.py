"""Contacts that other systems report: one they made or received, or what came of one they had reserved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError

from arrears.actions.answered_before import Numbered, find_answer, keep_answer
from arrears.actions.attempts import follow, move
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.reservations import CALL as RESERVATION
from arrears.actions.wanted import Wanted, find_loans, find_persons
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.kernel.vocabulary import POINT_KINDS_OF, Channel, RecipientKind, code_of, name_of
from arrears.store import audit, clock
from arrears.store.crypto import keyring
from arrears.store.locks import ScopeKey, holding, scope_keys
from arrears.store.models import (
    ApiAnswer,
    Attempt,
    AttemptLoan,
    ContactPoint,
    Loan,
    LoanParty,
    Organisation,
)
from arrears.store.models.attempts import ATTEMPT_MOVES, EVIDENCE_STATES

CALL = "contact"
OUTCOME_STATES = (*EVIDENCE_STATES, "refused_by_provider", "not_sent", "unsure")
"""What may come of a reservation; `not_sent` says that certainly nothing left."""
MADE_STATES = (*EVIDENCE_STATES, "refused_by_provider", "unsure")
"""How far a contact may have come that was made without one."""

_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_OUTCOME = ("network_result", "is_conversation", "message_left")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How far a contact came, and what came of it: None is not known."""

    state: str
    network_result: str | None = None
    is_conversation: bool | None = None
    message_left: str | None = None

    def columns(self, at: datetime) -> dict[str, Any]:
        """The columns of an attempt that say it; what is not known is left out."""
        known = {name: getattr(self, name) for name in _OUTCOME if getattr(self, name) is not None}
        return {**known, "outcome_recorded_at": at} if known else {}


@dataclass(frozen=True, slots=True)
class Made:
    """A contact that was made or received without a reservation.

    `loan_refs` are the loans it was about; with none, and to collect, it is about all open ones of the
    person's. `person_ref` may be left out when `loan_refs` names one loan: then it was its borrower.
    `kind` and `value` are the address used, both or neither. `voice` is of a call, `visitors` of a
    visit; None is not known.
    """

    at: datetime
    channel: str
    loan_refs: Sequence[str]
    person_ref: str | None
    direction: str
    purpose: str
    notice: str | None
    recipient_kind: str | None
    kind: str | None
    value: str | None
    voice: str | None = None
    visitors: int | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    """Who and what a contact was about, in ids."""

    person: int
    loans: Sequence[int]
    role: str
    point: int | None
    value_key: int | None

    @property
    def scopes(self) -> list[ScopeKey]:
        return scope_keys(persons=[self.person], values=[] if self.value_key is None else [self.value_key])


def report_contact(numbered: Numbered, made: Made, outcome: Outcome, *, actor: str) -> Mapping[str, Any]:
    """Record a contact, so that every limit counts it; the same again changes nothing.

    Raises NotFound for a loan or person that is not on file, BadInput for what cannot have been,
    Conflict when something else was reported under this number.
    """

    def record() -> Mapping[str, Any]:
        told = find_answer(numbered)
        if told is not None:
            return told
        found = _found(numbered.lender, made)
        with holding(found.scopes):
            at = clock.now()
            told = find_answer(numbered)
            if told is not None:
                return told
            _refuse_other_times(made, at)
            attempt = _add(numbered, made, found, outcome, at)
            return _kept(numbered, attempt, outcome.state, actor, at)

    return _once(numbered, record)


def report_outcome(
    numbered: Numbered, *, reservation: str, outcome: Outcome, actor: str
) -> Mapping[str, Any]:
    """Record what came of a reservation of this system's; evidence moves it only upwards.

    Raises NotFound when the system has reserved nothing under that number, Conflict when the
    reservation has come to something else already or another report has this number.
    """

    def record() -> Mapping[str, Any]:
        told = find_answer(numbered)
        if told is not None:
            return told
        attempt = _reserved(numbered, reservation)
        values = [] if attempt.value_key is None else [attempt.value_key]
        with holding(scope_keys(persons=[attempt.person_id], values=values)):
            at = clock.now()
            told = find_answer(numbered)
            if told is not None:
                return told
            apply_outcome(attempt, outcome, at=at)
            return _kept(numbered, attempt, outcome.state, actor, at)

    return _once(numbered, record)


def _once(numbered: Numbered, record: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return again_after_deadlock(record)
    except IntegrityError:  # somebody used the number meanwhile
        before = find_answer(numbered)
        if before is None:
            raise
        return before


def _kept(numbered: Numbered, attempt: Attempt, state: str, actor: str, at: datetime) -> Mapping[str, Any]:
    told = {"attempt": attempt.pk, "state": state, "recorded_at": at.isoformat()}
    subjects = {"attempt": attempt.pk, "person": attempt.person_id}
    facts = {"state": state, "channel": attempt.channel, "system": numbered.system}
    audit.record(
        "contact.reported", actor=actor, at=at, lender_id=numbered.lender, subjects=subjects, facts=facts
    )
    return keep_answer(numbered, told, attempt=attempt.pk, at=at)


# -- what came of a reservation --------------------------------------------------------------


def _reserved(numbered: Numbered, reservation: str) -> Attempt:
    answer = ApiAnswer.objects.filter(
        lender=numbered.lender, system=numbered.system, call=RESERVATION, caller_ref=reservation
    ).first()
    if answer is None or answer.attempt_id is None:
        what = "Nothing was reserved under this number."
        raise NotFound("contact.no_reservation", what, field="reservation")
    return Attempt.objects.get(pk=answer.attempt_id)


def apply_outcome(
    attempt: Attempt, outcome: Outcome, *, at: datetime, discussed: AbstractSet[int] | None = None
) -> None:
    """Write what came of an attempt, under the locks of its person and address; the only writer of it.

    `discussed` are the loans that were spoken of; without it, in a conversation all whose loans are not
    known to have been or not. Raises Conflict when the attempt has come to something else already.
    """
    attempt.refresh_from_db()
    before = [state for state, further in ATTEMPT_MOVES.items() if outcome.state in further]
    if attempt.state != outcome.state:
        moved = move(
            [attempt.pk], of=[state for state in before if state != "reserved"], to=outcome.state, at=at
        )
        if not moved:
            what = f"The reservation is {attempt.state} and cannot become {outcome.state}."
            raise Conflict("contact.settled", what, state=attempt.state)
        follow(moved, at=at)
    said = outcome.columns(at)
    if said:
        Attempt.objects.filter(pk=attempt.pk).update(**said)
    if discussed is not None:
        told = AttemptLoan.objects.filter(attempt=attempt)
        told.filter(loan__in=discussed).update(is_discussed=True)
        told.exclude(loan__in=discussed).update(is_discussed=False)
    elif outcome.is_conversation is not None:
        AttemptLoan.objects.filter(attempt=attempt, is_discussed=None).update(
            is_discussed=outcome.is_conversation
        )


# -- a contact made without one --------------------------------------------------------------


def _found(lender: int, made: Made) -> _Found:
    loans = _loans(lender, made)
    person = _person(lender, made, loans)
    if not loans and made.purpose == "collect":
        loans = open_loans(lender, person)
    point, value_key = _address(lender, person, made)
    return _Found(person, loans, made.recipient_kind or role_of(person, loans), point, value_key)


def _loans(lender: int, made: Made) -> list[int]:
    wanted = [Wanted(ref, made.channel, "", "") for ref in made.loan_refs]
    found = find_loans(lender, wanted)
    if set(made.loan_refs) - set(found):
        raise NotFound("contact.loan", "The lender has no loan with this number.", field="loan_refs")
    return sorted(found.values())


def _person(lender: int, made: Made, loans: Sequence[int]) -> int:
    if made.person_ref is None:
        borrowers = set(
            LoanParty.objects.filter(loan__in=loans, role=name_of(RecipientKind.BORROWER)).values_list(
                "person_id", flat=True
            )
        )
        if len(borrowers) != 1:
            what = "It is not clear whom the contact was with."
            raise BadInput("contact.which_person", what, hint="Name him by person_ref.", field="person_ref")
        return int(borrowers.pop())
    found = find_persons(lender, [Wanted("", made.channel, "", person_ref=made.person_ref)])
    if not found:
        what = "The lender has no person with this number."
        raise NotFound("contact.person", what, field="person_ref")
    return next(iter(found.values()))


def open_loans(lender: int, person: int) -> list[int]:
    of_person = LoanParty.objects.filter(person=person).values("loan")
    rows = Loan.objects.filter(closed_on=None, lender=lender, pk__in=of_person)
    return sorted(rows.values_list("id", flat=True))


def role_of(person: int, loans: Sequence[int]) -> str:
    """What the person is to the loans; of several roles the one nearest to owing them."""
    roles = set(LoanParty.objects.filter(person=person, loan__in=loans).values_list("role", flat=True))
    kinds = sorted(code_of(RecipientKind, role) for role in roles)
    return name_of(kinds[0] if kinds else RecipientKind.OTHER_PERSON)


def _address(lender: int, person: int, made: Made) -> tuple[int | None, int | None]:
    """The contact point on file, if it is one, and the key that the address is counted by."""
    if made.kind is None or made.value is None:
        return None, None
    if made.kind not in {name_of(kind) for kind in POINT_KINDS_OF[code_of(Channel, made.channel)]}:
        raise BadInput("contact.kind", f"{made.kind} is no address of {made.channel}.", field="kind")
    country = Organisation.objects.get(pk=lender).country
    try:
        value_key = keyring().value_key(made.kind, made.value, country=country)
    except BadInput as error:
        raise BadInput("contact.value", error.what, hint=error.hint, field="value") from None
    point = ContactPoint.objects.filter(person=person, kind=made.kind, value_key=value_key).first()
    return None if point is None else int(point.pk), value_key


def _refuse_other_times(made: Made, at: datetime) -> None:
    if made.at > at:
        raise BadInput("contact.future", "The contact lies in the future.", field="at")
    if made.at < _FIRST:
        raise BadInput("contact.past", "The contact lies before 1970.", field="at")


def _add(numbered: Numbered, made: Made, found: _Found, outcome: Outcome, at: datetime) -> Attempt:
    attempt = Attempt.objects.create(
        lender_id=numbered.lender,
        origin="reported",
        source_ref=numbered.source_ref,
        direction=made.direction,
        initiator="person" if made.direction == "in" else "lender",
        recorded_at=at,
        at=made.at,
        actor_organisation_id=numbered.lender,
        person_id=found.person,
        recipient_kind=found.role,
        channel=made.channel,
        voice=made.voice,
        visitors=made.visitors,
        purpose=made.purpose,
        notice=made.notice,
        contact_point_id=found.point,
        value_key=found.value_key,
        provider=f"other_system:{numbered.system}",
        state=outcome.state,
        state_at=at,
        **outcome.columns(at),
    )
    AttemptLoan.objects.bulk_create(
        AttemptLoan(
            lender_id=numbered.lender, attempt=attempt, loan_id=loan, is_discussed=outcome.is_conversation
        )
        for loan in found.loans
    )
    return attempt
