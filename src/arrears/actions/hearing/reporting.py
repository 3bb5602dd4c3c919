"""Messages that another system hands over: its app, its agents, its customer service heard them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from arrears.actions.answered_before import Numbered, find_answer, keep_answer
from arrears.actions.hearing.links import PROVIDER, read_link
from arrears.actions.inbound import Heard, receive, settle_inbound, speaker_of
from arrears.kernel.errors import BadInput, Conflict
from arrears.store import clock

CALL = "inbound"


@dataclass(frozen=True, slots=True)
class Told:
    """What a system says that somebody wrote or said; who it was is said in one of four ways."""

    channel: str
    text: str = field(repr=False)
    at: datetime | None = None
    loan_ref: str | None = None
    person_ref: str | None = None
    link: str | None = field(default=None, repr=False)
    value: str = field(default="", repr=False)
    recipient: str = ""


def report_inbound(numbered: Numbered, told: Told, *, actor: str) -> Mapping[str, Any]:
    """Keep a message and do what it asks for; the same again changes nothing.

    Raises NotFound for a loan or person that is not on file, BadInput for a link that is none or lies in
    another lender's books, Conflict for one that was used and for another message under this number.
    """
    before = find_answer(numbered)
    if before is not None:
        return before
    at = clock.now()
    heard = _heard(numbered, told, at)
    received = receive(heard, actor=actor, at=at)
    answer: dict[str, Any] = {"message": received.message, "recorded_at": at.isoformat()}
    if not received.is_new and heard.provider == PROVIDER:
        raise Conflict("link.used", "Somebody has written by this link already.", hint="Make another one.")
    try:
        with transaction.atomic():
            kept = keep_answer(numbered, answer, attempt=None, at=at)
    except IntegrityError:  # the same was asked twice at once
        kept = find_answer(numbered) or answer
    settle_inbound(received.message, actor=actor)
    return kept


def _heard(numbered: Numbered, told: Told, at: datetime) -> Heard:
    provider, ref = f"other_system:{numbered.system}", numbered.ref
    if told.link is not None:
        person: int | None
        link = read_link(told.link, at=at)
        if link.lender != numbered.lender:
            raise BadInput("link.unknown", "This link was not made for this lender.", field="link")
        person, provider, ref = link.person, PROVIDER, link.number
    else:
        person = speaker_of(numbered.lender, loan_ref=told.loan_ref, person_ref=told.person_ref)
    return Heard(
        channel=told.channel,
        provider=provider,
        text=told.text,
        sender=told.value,
        recipient=told.recipient,
        provider_ref=ref,
        lender=numbered.lender,
        person=person,
        said_at=told.at,
    )
