"""What the gate writes: decisions, attempts with what they say, and what became of planned contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from arrears.actions.gating.claims import Claim
from arrears.actions.gating.wording import Worded
from arrears.kernel.vocabulary import Channel, Voice, name_of
from arrears.store.copying import copy_rows, next_ids
from arrears.store.crypto import PersonCipher
from arrears.store.models import Attempt, AttemptLoan, Message

LEASE = timedelta(minutes=5)
"""How long a reservation holds. What is not handed over by then is certainly not sent."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """One contact that may go out: what was claimed of it and permitted, until when, and its text.

    `decisions` has the decision of each claim, in the same order.
    """

    claims: Sequence[Claim]
    decisions: Sequence[int]
    until: datetime | None
    worded: Worded


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a planned contact that does not go out now.

    `state` is not_permitted, cancelled or lapsed, or planned with the instant from which it may
    go out; `reason` is a code.
    """

    contact: int
    state: str
    reason: str | None = None
    not_before_at: datetime | None = None


def reserve(
    contacts: Sequence[Reservation],
    ciphers: Mapping[int, PersonCipher],
    templates: Mapping[str, int],
    *,
    lender: int,
    at: datetime,
    worker: str | None = None,
) -> list[int]:
    """One reserved attempt per contact, with its loans and its text; the attempts' ids.

    `worker` is who alone may hand them over, None whoever comes first.
    """
    if not contacts:
        return []
    ids: list[int] = next_ids(Attempt, len(contacts)).tolist()
    rows = [
        _Rows(attempt, each, lender, at, templates[each.worded.template.digest], worker)
        for attempt, each in zip(ids, contacts, strict=True)
    ]
    copy_rows(Attempt, _ATTEMPT, [each.attempt_row() for each in rows])
    copy_rows(AttemptLoan, _ATTEMPT_LOAN, [row for each in rows for row in each.loan_rows()])
    copy_rows(Message, _MESSAGE, [each.message_row(ciphers[each.first.person]) for each in rows])
    _mark_reserved([each.first for each in rows], at)
    _drop_untold([claim for each in contacts for claim in each.claims])
    return ids


def end(endings: Sequence[Ending], *, at: datetime) -> None:
    """Write what became of the others."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_contact AS planned"
            " SET state = ending.state, state_at = %s, end_reason = ending.reason,"
            "     not_before_at = coalesce(ending.not_before_at, planned.not_before_at)"
            " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[])"
            "      AS ending (id, state, reason, not_before_at)"
            " WHERE planned.id = ending.id",
            [
                at,
                [each.contact for each in endings],
                [each.state for each in endings],
                [each.reason for each in endings],
                [each.not_before_at for each in endings],
            ],
        )


_ATTEMPT = (
    *("id", "lender_id", "recorded_at", "origin", "direction", "initiator", "voice", "at"),
    *("actor_organisation_id", "person_id", "recipient_kind", "channel", "purpose", "notice"),
    *("contact_point_id", "value_key", "language", "template_id", "planned_contact_id", "try_no"),
    *("decision_id", "decided_at", "send_before", "verification_code", "state", "state_at", "lease_until"),
    "worker",
)
_ATTEMPT_LOAN = ("lender_id", "attempt_id", "loan_id", "counts", "decision_id", "decided_at")
_MESSAGE = (
    *("lender_id", "recorded_at", "attempt_id", "person_id", "template_id", "channel", "language"),
    *("subject_encrypted", "body_encrypted"),
)


@dataclass(frozen=True, slots=True)
class _Rows:
    """The rows of one reservation."""

    attempt: int
    contact: Reservation
    lender: int
    at: datetime
    template: int
    worker: str | None

    @property
    def first(self) -> Claim:
        return self.contact.claims[0]

    def attempt_row(self) -> Sequence[object]:
        first, worded, until = self.first, self.contact.worded, self.contact.until
        voice = name_of(Voice.PERSON) if first.channel == name_of(Channel.CALL) else None
        lease_until = self.at + LEASE
        send_before = lease_until if until is None else min(until, lease_until)
        return (
            *(self.attempt, self.lender, self.at, "gate", "out", "lender", voice, self.at),
            *(self.lender, first.person, first.recipient_kind, first.channel, first.purpose, first.notice),
            *(first.point, first.value_key, worded.language, self.template, first.contact, first.tries + 1),
            *(self.contact.decisions[0], self.at, send_before, worded.verification),
            *("reserved", self.at, lease_until, self.worker),
        )

    def loan_rows(self) -> list[Sequence[object]]:
        pairs = zip(self.contact.claims, self.contact.decisions, strict=True)
        return [(self.lender, self.attempt, claim.loan, True, decision, self.at) for claim, decision in pairs]

    def message_row(self, cipher: PersonCipher) -> Sequence[object]:
        text = self.contact.worded.text
        return (
            *(self.lender, self.at, self.attempt, self.first.person, self.template),
            *(self.first.channel, self.contact.worded.language),
            *(cipher.encrypt("subject", text.subject), cipher.encrypt("body", text.body)),
        )


def _mark_reserved(contacts: Sequence[Claim], at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_contact SET state = 'reserved', state_at = %s, tries = tries + 1"
            " WHERE id = ANY(%s)",
            [at, [each.contact for each in contacts]],
        )


def _drop_untold(told: Sequence[Claim]) -> None:
    """Loans that the law kept out of a contact are free to be planned again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE planned_contact_loan AS served SET is_live = false"
            " WHERE served.planned_contact_id = ANY(%(contacts)s) AND served.is_live AND NOT EXISTS ("
            "   SELECT FROM unnest(%(contacts)s::bigint[], %(loans)s::bigint[]) AS told (contact, loan)"
            "   WHERE told.contact = served.planned_contact_id AND told.loan = served.loan_id)",
            {"contacts": [each.contact for each in told], "loans": [each.loan for each in told]},
        )
