"""Confirming a refusal once: asked of the law like any contact, reserved like one, or not done and why.

It is done when a batch is sent, because what is reserved has to be handed over within minutes. A refusal
that has been answered, by whatever, is not confirmed any more: the law gives one reply.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import numpy as np
from django.db import connection

from arrears.actions.asking import Answer, solved
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.decisions import Asked, Served, write_decisions
from arrears.actions.gating.reserving import LEASE
from arrears.actions.hearing.writers import Writer, writers_of
from arrears.actions.lawful_texts import OwnText
from arrears.actions.verifications import new_verification_code
from arrears.actions.wanted import Known, Wanted, read_known
from arrears.kernel.days import datetime_of
from arrears.kernel.facts import NEVER, NO_DATE, NO_ID
from arrears.kernel.law.candidates import count_of, groups_of, take
from arrears.kernel.law.rules import Law, Release
from arrears.kernel.law.solver import Result
from arrears.locale.confirmations import CHANNELS, confirmation
from arrears.locale.notices import Text, language_of
from arrears.store import audit, clock
from arrears.store.crypto import ciphers_of, keyring
from arrears.store.locks import holding, scope_keys_of
from arrears.store.models import (
    Attempt,
    AttemptLoan,
    InboundEffect,
    InboundMessage,
    Loan,
    LoanParty,
    Message,
    Organisation,
    Person,
)
from arrears.store.partitions import ensure_month
from arrears.store.personal import details_of

NOTICE, PURPOSE = "opt_out_confirmation", "service"
_FOR_GOOD = ("opt_in", "text")
WITHIN = timedelta(hours=24)
"""A confirmation that could only come later is none (`house.opt-out.confirmed`)."""


def has_refusals_to_confirm(channel: str) -> bool:
    """Whether a refusal that came by this channel waits to be confirmed."""
    return channel in CHANNELS and bool(_due(channel, 1))


def confirm_refusals(channel: str, *, laws: Mapping[int, Law], actor: str, limit: int = 500) -> int:
    """Reserve the confirmations that the law permits now; how many. Why others are not made is recorded."""
    if channel not in CHANNELS:
        return 0
    return sum(
        again_after_deadlock(partial(_confirm, message, laws[lender], lender, actor))
        for message, lender in _due(channel, limit)
        if lender in laws
    )


@dataclass(frozen=True, slots=True)
class _Reply:
    """What would be sent, to whom and about which loan."""

    message: InboundMessage
    writer: Writer
    person: int
    loan: Loan
    language: str
    text: Text
    institution: str

    def filled(self, text: str) -> str:
        return text.replace("{institution}", self.institution)


def _confirm(message: int, law: Law, lender: int, actor: str) -> bool:
    row = InboundMessage.objects.get(pk=message)
    reply = _reply(row, lender)
    people = [] if isinstance(reply, str) else _concerned(reply)
    ensure_month("decision", clock.now())
    with holding(scope_keys_of(people)):
        at = clock.now()
        if not _claim(message):
            return False
        if isinstance(reply, str):
            return _not_confirmed(row, lender, reply, actor, at)
        known = _known(reply, law, at)
        if known is None:
            return _not_confirmed(row, lender, "no_contact_point", actor, at)
        answer = solved(known, law)[0]
        if answer.result == Result.ALLOW:
            return _reserved(reply, answer, _decided(known, answer, at), actor, at)
        reasons = [each for each in answer.solution.reasons(answer.row) if each.is_now]
        if at < row.said_at + WITHIN and not any(_is_for_good(each.release) for each in reasons):
            return False
        _decided(known, answer, at)
        return _not_confirmed(row, lender, " ".join(each.rule.id for each in reasons), actor, at)


def _is_for_good(release: Release) -> bool:
    """Whether neither time nor the coming day's books can let it be confirmed."""
    return release.kind == "nothing" or release.fact in _FOR_GOOD


def _reply(row: InboundMessage, lender: int) -> _Reply | str:
    """The confirmation, or the code of why there can be none."""
    writers = [each for each in writers_of(row) if each.lender == lender]
    if len(writers) != 1:
        return "several_persons"
    writer = writers[0]
    if writer.person is None or writer.point is None:
        return "unknown_number"
    if not writer.loans:
        return "no_open_loan"
    organisation, person = Organisation.objects.get(pk=lender), Person.objects.get(pk=writer.person)
    language = language_of(person.language or organisation.language or "")
    loan = Loan.objects.get(pk=writer.loans[0])
    return _Reply(
        row, writer, writer.person, loan, language, confirmation(language, row.channel), organisation.name
    )


def _concerned(reply: _Reply) -> list[int]:
    borrower = LoanParty.objects.filter(loan=reply.loan, role="borrower").values_list("person_id", flat=True)
    return sorted({reply.person, *borrower})


def _known(reply: _Reply, law: Law, at: datetime) -> Known | None:
    """The contact as a question about the one number that he wrote from; None when it is on file no more."""
    detail = details_of(keyring(), [reply.person]).get(reply.person)
    if detail is None:
        return None
    wanted = Wanted(
        reply.loan.source_ref,
        reply.message.channel,
        NOTICE,
        PURPOSE,
        person_ref=detail["customer_ref"],
        text=OwnText(reply.language, reply.text.body, reply.text.subject),
    )
    known = read_known(reply.loan.lender_id, [wanted], law, at=at)
    rows = np.flatnonzero(known.candidates["point"] == reply.writer.point)
    if known.wrong or not len(rows):
        return None
    return replace(
        known, candidates=take(known.candidates, rows), at=known.at[rows], of_wanted=known.of_wanted[rows]
    )


def _decided(known: Known, answer: Answer, at: datetime) -> int:
    size = count_of(known.candidates)
    served = Served(
        outcome=["cleared" if answer.result == Result.ALLOW else "refused"] * size,
        planned_contact=np.full(size, NO_ID),
        step=[None] * size,
        rank=[None] * size,
        episode_start_on=np.full(size, NO_DATE),
    )
    groups = groups_of(known.facts, known.candidates)
    ids = write_decisions(groups, known.candidates, answer.solution, served, Asked("gate", at, at))
    return int(ids[answer.row])


def _reserved(reply: _Reply, answer: Answer, decision: int, actor: str, at: datetime) -> bool:
    until = int(answer.solution.until_at[answer.row])
    lease_until = at + LEASE
    lender, person, channel = reply.loan.lender_id, reply.person, reply.message.channel
    attempt = Attempt.objects.create(
        lender_id=lender,
        recorded_at=at,
        at=at,
        actor_organisation_id=lender,
        person_id=person,
        recipient_kind=reply.writer.role,
        channel=channel,
        purpose=PURPOSE,
        notice=NOTICE,
        contact_point_id=reply.writer.point,
        value_key=reply.message.value_key,
        language=reply.language,
        decision_id=decision,
        decided_at=at,
        send_before=lease_until if until == NEVER else min(datetime_of(until), lease_until),
        lease_until=lease_until,
        verification_code=new_verification_code(),
        state_at=at,
    )
    AttemptLoan.objects.create(
        lender_id=lender, attempt=attempt, loan=reply.loan, decision_id=decision, decided_at=at
    )
    cipher = ciphers_of(keyring(), [person])[person]
    Message.objects.create(
        lender_id=lender,
        recorded_at=at,
        attempt=attempt,
        person_id=person,
        channel=channel,
        language=reply.language,
        subject_encrypted=cipher.encrypt("subject", reply.filled(reply.text.subject)),
        body_encrypted=cipher.encrypt("body", reply.filled(reply.text.body)),
    )
    _note(reply.message, lender=lender, attempt=attempt.pk, actor=actor, at=at)
    return True


def _not_confirmed(row: InboundMessage, lender: int, reason: str, actor: str, at: datetime) -> bool:
    _note(row, lender=lender, reason=reason, actor=actor, at=at)
    return False


def _note(
    row: InboundMessage,
    *,
    lender: int,
    actor: str,
    at: datetime,
    attempt: int | None = None,
    reason: str = "",
) -> None:
    what = "confirmation" if attempt else "no_confirmation"
    InboundEffect.objects.create(
        lender_id=lender, inbound=row, what=what, subject=attempt, reason=reason or None, recorded_at=at
    )
    subjects = {"inbound": int(row.pk)} | ({} if attempt is None else {"attempt": attempt})
    facts = {"reason": reason} if reason else {}
    audit.record(f"inbound.{what}", actor=actor, at=at, lender_id=lender, subjects=subjects, facts=facts)


def _claim(message: int) -> bool:
    """Whether it still waits; locked, so that of two senders one confirms."""
    row = InboundMessage.objects.filter(pk=message).select_for_update(no_key=True).get()
    done = InboundEffect.objects.filter(inbound=row, what__in=["confirmation", "no_confirmation"])
    return not done.exists()


def _due(channel: str, limit: int) -> Sequence[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [channel, limit])
        return [(row[0], row[1]) for row in cursor.fetchall()]


_DUE = """
SELECT due.inbound_id, due.lender_id
  FROM inbound_effect AS due JOIN inbound_message AS message ON message.id = due.inbound_id
 WHERE due.what = 'confirmation_due' AND message.channel = %s
   AND NOT EXISTS (SELECT FROM inbound_effect AS done WHERE done.inbound_id = due.inbound_id
                    AND done.what IN ('confirmation', 'no_confirmation'))
 ORDER BY due.inbound_id LIMIT %s
"""
