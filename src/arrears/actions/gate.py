"""The gate: the one door through which a contact leaves.

It takes due planned contacts in batches, locks every person, address and household they concern
(gates beside each other take different ones, and none waits for another while anything is free),
reads the facts afresh, asks the law at the database's instant, and reserves what is permitted now:
decision, attempt and text in one transaction. What was committed before its lock binds. It is
the only place that makes a `Cleared`, and no channel takes anything else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from typing import Any

from django.db import connection

from arrears.actions.gating import claims as claiming
from arrears.actions.gating.capping import record_caps
from arrears.actions.gating.deciding import Batch, Outcome
from arrears.actions.gating.papers import papers_of
from arrears.actions.gating.reserving import end, reserve
from arrears.actions.gating.wording import Institution, ensure_templates, get_institution
from arrears.channels.base import Cleared, Paper, Sender
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.kernel.vocabulary import Channel, name_of
from arrears.store import audit, clock
from arrears.store.crypto import PersonCipher, ciphers_of, keyring
from arrears.store.locks import ScopeKey, holding, holding_free
from arrears.store.models import Organisation
from arrears.store.partitions import ensure_month

_LOOKS = 8
"""So often a gate looks for contacts of people whom nobody else holds, before it waits for one of them."""


@dataclass(frozen=True, slots=True)
class Gated:
    """What one batch came to, in planned contacts.

    due            looked at; 0 when nothing is due
    cleared        reserved: to be handed over now
    put_off        permitted later inside their window
    not_permitted  not permitted inside their window any more
    cancelled      the loan is late no longer, or another step is due
    lapsed         their window has ended
    attempts       the reserved attempts
    """

    due: int = 0
    cleared: int = 0
    put_off: int = 0
    not_permitted: int = 0
    cancelled: int = 0
    lapsed: int = 0
    attempts: tuple[int, ...] = field(default=(), compare=False)

    def __add__(self, other: Gated) -> Gated:
        return Gated(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def gate_due(
    *,
    channel: str,
    laws: Mapping[int, Law],
    strategies: Mapping[int, Strategy],
    limit: int,
    actor: str,
) -> Gated:
    """Decide at most `limit` due contacts of one channel, and reserve those permitted now.

    They are of one lender, under its law and its strategy; one that is not in `strategies` is not
    served.

    Raises Misconfigured when the lender's notices cannot be written or, in a live database,
    when this machine's clock is wrong; nothing is changed then.
    """
    clock.check_host_clock()
    versions = {lender: strategy.version for lender, strategy in strategies.items()}
    busy: list[tuple[_Desk, claiming.Due]] = []
    for _ in range(_LOOKS):
        seen = [contact for _, due in busy for contact in due.contacts]
        due = claiming.find_due(channel=channel, versions=versions, at=clock.now(), limit=limit, but=seen)
        if due is None:
            break
        desk = _Desk.ready(due.lender, channel, laws[due.lender], strategies[due.lender], actor)
        with holding_free(due.scopes) as held:
            free = desk.in_turn(due, held)
            if free.contacts:
                return desk.decide(free)
        busy.append((desk, due))
    return _wait_for(*busy[0]) if busy else Gated()


def _wait_for(desk: _Desk, due: claiming.Due) -> Gated:
    """Somebody else holds whomever contacts are due to: the first of them, when he has ended."""
    first = due.first()
    with holding(first.scopes):
        return desk.decide(first)


def gate_call(due: claiming.Due, *, law: Law, strategy: Strategy, agent: str, actor: str) -> Gated:
    """Decide one due call, and when it is permitted now reserve it for this agent.

    Nobody is called by two, and no number either: what somebody else is calling is left as it is.
    Raises as `gate_due` does, and UniqueViolation when the agent has a call already.
    """
    clock.check_host_clock()
    desk = _Desk.ready(due.lender, name_of(Channel.CALL), law, strategy, actor)
    with holding(due.scopes):
        return desk.decide(due, agent=agent)


@dataclass(frozen=True, slots=True)
class _Desk:
    """All that the deciding of one lender's contacts needs besides them."""

    lender: int
    channel: str
    law: Law
    strategy: Strategy
    actor: str
    institution: Institution
    templates: Mapping[str, int]

    @classmethod
    def ready(cls, lender: int, channel: str, law: Law, strategy: Strategy, actor: str) -> _Desk:
        """Called outside a transaction: what is missing is made."""
        now = clock.now()
        institution, templates = get_institution(lender), ensure_templates(channel, at=now)
        ensure_month("decision", now)
        return cls(lender, channel, law, strategy, actor, institution, templates)

    def in_turn(self, due: claiming.Due, held: AbstractSet[ScopeKey]) -> claiming.Due:
        return claiming.in_turn(
            due, held, channel=self.channel, version=self.strategy.version, at=clock.now()
        )

    def decide(self, due: claiming.Due, *, agent: str | None = None) -> Gated:
        """Decide what is still planned of these and write it; called under the locks of all their scopes."""
        at = clock.now()
        claims = claiming.of_locked_households(claiming.claim(due.contacts), due.scopes)
        if agent is not None:
            claims = claiming.not_called_now(claims)
        ciphers = ciphers_of(keyring(), [claim.person for claim in claims])
        outcome = Outcome([], [])
        if claims:
            readable = ciphers.keys()
            batch = Batch(self.lender, claims, law=self.law, strategy=self.strategy, readable=readable, at=at)
            outcome = batch.decide(self.institution)
        attempts = reserve(
            outcome.reservations, ciphers, self.templates, lender=self.lender, at=at, worker=agent
        )
        record_caps(outcome.reservations, attempts, outcome.caps, lender=self.lender, actor=self.actor, at=at)
        end(outcome.endings, at=at)
        gated = _gated(due, outcome, attempts)
        audit.record("gate.decided", actor=self.actor, at=at, lender_id=self.lender, facts=_figures(gated))
        return gated


def cleared_contacts(attempts: Sequence[int]) -> dict[int, Cleared]:
    """The reserved attempts among these as what a channel takes, with the text that was kept.

    An attempt to a person who was erased since is not in it.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RESERVED, [list(attempts)])
        rows = cursor.fetchall()
    ciphers = ciphers_of(keyring(), [row[1] for row in rows])
    senders = _senders({row[2] for row in rows})
    papers = papers_of([row[0] for row in rows if row[3] == name_of(Channel.LETTER)])
    return {
        row[0]: _cleared(row, ciphers[row[1]], senders[row[2]], papers.get(row[0]))
        for row in rows
        if row[1] in ciphers
    }


def _gated(due: claiming.Due, outcome: Outcome, attempts: list[int]) -> Gated:
    states = Counter(ending.state for ending in outcome.endings)
    return Gated(
        due=len(due.contacts),
        cleared=len(attempts),
        put_off=states["planned"],
        not_permitted=states["not_permitted"],
        cancelled=states["cancelled"],
        lapsed=states["lapsed"],
        attempts=tuple(attempts),
    )


def _figures(gated: Gated) -> dict[str, object]:
    return {each.name: getattr(gated, each.name) for each in fields(gated)}


def _cleared(row: Sequence[Any], cipher: PersonCipher, sender: Sender, paper: Paper | None) -> Cleared:
    attempt, _, _, channel, language, send_before, verification, address, subject, body, topic = row
    return Cleared(
        attempt=attempt,
        channel=channel,
        address=cipher.decrypt("point", address),
        subject=cipher.decrypt("subject", subject),
        body=cipher.decrypt("body", body),
        language=language,
        send_before=send_before,
        sender=sender,
        verification=verification,
        paper=paper,
        topic=topic,
    )


def _senders(lenders: set[int]) -> dict[int, Sender]:
    rows = Organisation.objects.filter(pk__in=lenders).values_list("id", "name", "email_from")
    return {lender: Sender(name, address or "") for lender, name, address in rows}


_RESERVED = """
SELECT attempt.id, attempt.person_id, attempt.lender_id, attempt.channel, attempt.language,
       attempt.send_before, attempt.verification_code, point.value_encrypted,
       message.subject_encrypted, message.body_encrypted,
       concat_ws(' ', attempt.notice, (SELECT string_agg(about.loan_id::text, ' ' ORDER BY about.loan_id)
                                         FROM attempt_loan AS about WHERE about.attempt_id = attempt.id))
  FROM attempt
  JOIN contact_point AS point ON point.id = attempt.contact_point_id
  JOIN message ON message.attempt_id = attempt.id
 WHERE attempt.id = ANY(%s) AND attempt.state = 'reserved'
"""
