"""Messages for people to look at: whose they may be, what they were understood to say, what was done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from arrears.actions.hearing.writers import writers_of
from arrears.kernel.errors import NotFound
from arrears.store.crypto import keyring
from arrears.store.models import ContactPoint, InboundEffect, InboundMessage, Loan, Organisation, Preference


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that was done, by its kind and number, or not done, and why."""

    what: str
    number: int | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as a person reads it. `loans` are those of everybody whom it may be from."""

    message: int
    said_at: datetime
    channel: str
    provider: str
    lender: str | None
    sender: str | None = field(repr=False)
    text: str | None = field(repr=False)
    loans: tuple[str, ...]
    state: str
    wishes: tuple[str, ...]
    certainty: str | None
    because: tuple[str, ...]
    settled_by: str | None
    effects: tuple[Effect, ...] = ()


def list_inbound(*, states: Collection[str], lender: int | None = None, limit: int = 200) -> list[Shown]:
    """Messages in these states, the oldest first; with `lender`, its own and those of nobody yet."""
    rows = InboundMessage.objects.filter(state__in=states).select_related("settled_by")
    if lender is not None:
        rows = rows.filter(Q(lender=lender) | Q(lender=None))
    return _shown(list(rows.order_by("id")[:limit]))


def get_inbound(message: int) -> Shown:
    """Raises NotFound when there is none of this number."""
    row = InboundMessage.objects.filter(pk=message).select_related("settled_by").first()
    if row is None:
        raise NotFound("inbound.unknown", f"There is no message {message}.", message=message)
    return _shown([row])[0]


def messages_behind(opt_outs: Collection[int]) -> dict[int, int]:
    """By opt-out, the message because of which it was made or ended; those told otherwise are not in it."""
    rows = InboundEffect.objects.filter(what__in=["opt_out", "pause", "lifted_opt_out"], subject__in=opt_outs)
    return {subject: message for subject, message in rows.values_list("subject", "inbound") if subject}


def messages_refusing(*, person: int) -> list[int]:
    """The messages because of which he or an address of his is not contacted by some way, in order."""
    values = ContactPoint.objects.filter(person=person, retired_at=None).values("value_key")
    rows = Preference.objects.filter(Q(person=person) | Q(value_key__in=values), until_at=None)
    replaced = Preference.objects.filter(supersedes__in=rows.values("pk")).values("supersedes")
    standing = rows.exclude(pk__in=replaced).values_list("pk", flat=True)
    return sorted(set(messages_behind(list(standing)).values()))


def _shown(rows: Sequence[InboundMessage]) -> list[Shown]:
    names = dict(Organisation.objects.filter(kind="lender").values_list("id", "name"))
    effects = _effects([row.pk for row in rows])
    ring = keyring()

    def opened(kept: bytes | memoryview | None) -> str | None:
        return None if kept is None else ring.decrypt_receipt(bytes(kept)).decode()

    return [
        Shown(
            message=row.pk,
            said_at=row.said_at,
            channel=row.channel,
            provider=row.provider,
            lender=None if row.lender_id is None else names[row.lender_id],
            sender=opened(row.sender_encrypted) or None,
            text=opened(row.body_encrypted),
            loans=_loans(row),
            state=row.state,
            wishes=tuple(row.wishes or ()),
            certainty=row.certainty,
            because=tuple(row.because or ()),
            settled_by=None if row.settled_by is None else row.settled_by.name,
            effects=tuple(effects.get(row.pk, ())),
        )
        for row in rows
    ]


def _effects(messages: Sequence[int]) -> Mapping[int, list[Effect]]:
    found: dict[int, list[Effect]] = {}
    for row in InboundEffect.objects.filter(inbound__in=messages).order_by("id"):
        effect = Effect(row.what, row.subject, row.reason or "", row.recorded_at)
        found.setdefault(row.inbound_id, []).append(effect)
    return found


def _loans(row: InboundMessage) -> tuple[str, ...]:
    if row.value_key is None and row.person_id is None:
        return ()
    loans = [loan for writer in writers_of(row) for loan in writer.loans]
    return tuple(
        Loan.objects.filter(pk__in=loans).order_by("source_ref").values_list("source_ref", flat=True)
    )
