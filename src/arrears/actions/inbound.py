"""What people write and say to us: stored as it comes, acknowledged, then understood and done.

    receive          the message is kept, once, before anybody is told that we have it
    settle_inbound   what is clear is done under the locks that the gate takes; what is not waits for a person

A refusal that is settled binds every contact that the gate has not cleared by then, and takes back those
that are cleared and not yet being handed over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from django.db import DataError, IntegrityError, transaction

from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.explanations import get_subject
from arrears.actions.hearing.doing import Doing
from arrears.actions.hearing.writers import Writer, key_of, kind_of, last_written_by, writers_of
from arrears.actions.wanted import Wanted, find_persons
from arrears.channels.base import Written
from arrears.kernel.errors import ArrearsError, BadInput, Conflict, NotFound
from arrears.kernel.inbound.understanding import understand
from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish
from arrears.locale.inbound import load_lexicon
from arrears.store import audit, clock
from arrears.store.actors import actor_id
from arrears.store.crypto import keyring
from arrears.store.locks import ScopeKey, holding, scope_keys
from arrears.store.models import InboundMessage

BODY_MAX = 20_000
"""Characters of a message that are kept."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What came, by which channel and from whom we have it.

    `provider` is a gateway, `other_system:NAME` or `agent`. `lender` and `person` are known where whoever
    hands it over says so; `said_at` is when it was said, None for now. Of what was said in a call of
    ours, `attempt` is the call, `value_key` its number, `spoken_by` who said it there, and `stated`
    what its agent says it asks for.
    """

    channel: str
    provider: str
    text: str = field(repr=False)
    sender: str = field(default="", repr=False)
    recipient: str = ""
    provider_ref: str = ""
    lender: int | None = None
    person: int | None = None
    said_at: datetime | None = None
    attempt: int | None = None
    spoken_by: str | None = None
    value_key: int | None = None
    stated: tuple[Wish, ...] = ()


@dataclass(frozen=True, slots=True)
class Received:
    """The number of the stored message, and whether it is new: a second delivery is not."""

    message: int
    is_new: bool


def heard_from(written: Written, *, channel: str, provider: str) -> Heard:
    """A provider's message as it is received."""
    return Heard(
        channel=channel,
        provider=provider,
        text=written.text,
        sender=written.sender,
        recipient=written.recipient,
        provider_ref=written.provider_ref,
    )


def receive(heard: Heard, *, actor: str, at: datetime) -> Received:
    """Keep a message; once this returns it may be acknowledged. The same delivery again changes nothing.

    Raises BadInput for what is said to have been said in the future.
    """
    if heard.said_at is not None and heard.said_at > at:
        raise BadInput("inbound.future", "The message lies in the future.", field="at")
    ring = keyring()
    delivery = ring.content_key(f"{heard.provider}\0{heard.lender}\0{heard.provider_ref}".encode())
    row = InboundMessage(
        recorded_at=at,
        said_at=heard.said_at or at,
        lender_id=heard.lender,
        channel=heard.channel,
        provider=heard.provider,
        provider_ref=heard.provider_ref or None,
        content_key=delivery if heard.provider_ref else None,
        recipient=heard.recipient or None,
        value_key=_value_key(heard),
        person_id=heard.person,
        attempt_id=heard.attempt,
        spoken_by=heard.spoken_by,
        wishes=[str(wish) for wish in heard.stated] or None,
        sender_encrypted=ring.encrypt_receipt(heard.sender.encode()),
        body_encrypted=ring.encrypt_receipt(heard.text[:BODY_MAX].encode()),
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            subjects = {"inbound": int(row.pk)}
            facts = {"channel": heard.channel, "provider": heard.provider}
            audit.record(
                "inbound.received", actor=actor, at=at, lender_id=heard.lender, subjects=subjects, facts=facts
            )
    except IntegrityError:
        before = InboundMessage.objects.filter(provider=heard.provider, content_key=delivery).first()
        if before is None or not heard.provider_ref:
            raise
        return Received(int(before.pk), is_new=False)
    return Received(int(row.pk), is_new=True)


def _value_key(heard: Heard) -> int | None:
    if not heard.sender:
        return heard.value_key
    return key_of(kind_of(heard.channel), heard.sender, lender=heard.lender)


def settle_waiting(*, actor: str, limit: int = 500) -> Counter[str]:
    """Understand up to `limit` messages that are new; how many came to each state.

    Each is settled in a transaction of its own, in the order in which they came. One that cannot be
    settled stops no other: it waits for a person.
    """
    settled: Counter[str] = Counter()
    new = InboundMessage.objects.filter(state="new").order_by("id").values_list("pk", flat=True)
    for message in list(new[:limit]):
        try:
            state = settle_inbound(message, actor=actor)
        except (ArrearsError, IntegrityError, DataError) as error:
            state = _left_to_a_person(message, type(error).__name__, actor)
        if state is not None:
            settled[state] += 1
    return settled


def settle_inbound(message: int, *, actor: str) -> str | None:
    """Do what a new message asks for; the state it has now, None when it is settled or being settled."""
    return again_after_deadlock(partial(_settle, message, None, actor))


def settle_by_hand(message: int, *, meant: Sequence[Wish], actor: str) -> str:
    """A person says what a message meant: that is done, and what it does not ask for is undone.

    Raises NotFound when there is none of this number, Conflict when a person has settled it already.
    """
    if not InboundMessage.objects.filter(pk=message).exists():
        raise NotFound("inbound.unknown", f"There is no message {message}.", message=message)
    state = again_after_deadlock(partial(_settle, message, _as_said(meant), actor))
    if state is None:
        raise Conflict("inbound.settled", f"The message {message} has been settled already.", message=message)
    return state


def speaker_of(lender: int, *, loan_ref: str | None, person_ref: str | None) -> int | None:
    """The borrower of a loan, or the person of this customer number; None when neither is given.

    Raises NotFound when the lender has none of this number, BadInput when both are given.
    """
    if loan_ref and person_ref:
        raise BadInput("inbound.who", "Name the loan or the person, not both.", field="person_ref")
    if person_ref:
        found = find_persons(lender, [Wanted("", "", "", person_ref=person_ref)])
        if not found:
            what = "The lender has no person with this number."
            raise NotFound("inbound.person", what, field="person_ref")
        return found[person_ref]
    return get_subject(loan_ref, lender=lender).borrower if loan_ref else None


def words_of(row: InboundMessage) -> str:
    """What was written, empty when it was taken away."""
    kept = row.body_encrypted
    return "" if kept is None else keyring().decrypt_receipt(bytes(kept)).decode()


def _settle(message: int, meant: Understood | None, actor: str) -> str | None:
    writers = writers_of(InboundMessage.objects.get(pk=message))
    while True:
        row = InboundMessage.objects.get(pk=message)
        with holding(_scopes(row, writers)):
            now_found = writers_of(row)
            if now_found == writers:
                return _settled(message, meant, writers, actor)
        writers = now_found


def _settled(message: int, meant: Understood | None, writers: Sequence[Writer], actor: str) -> str | None:
    """Under the locks of everybody whom the message may be from."""
    at = clock.now()
    row = _claim(message, is_by_hand=meant is not None)
    if row is None:
        return None
    understood = meant or _understood(row)
    doing = Doing(row, understood, words_of(row), actor, at)
    needs_person = doing.do(writers, is_by_hand=meant is not None)
    row.wishes = [str(wish) for wish in understood.wishes]
    row.certainty, row.because = str(understood.certainty), list(understood.because)
    row.lender_id = row.lender_id or last_written_by(row) or _only_lender(writers)
    row.state = "settled" if meant is not None else "waiting" if needs_person else "applied"
    row.settled_at, row.settled_by_id = at, actor_id(actor, at=at)
    row.save()
    audit.record(
        "inbound.settled",
        actor=actor,
        at=at,
        lender_id=row.lender_id,
        subjects={
            "inbound": message,
            "person": sorted({each.person for each in writers if each.person is not None}),
        },
        facts={"state": row.state, "wishes": row.wishes, "certainty": row.certainty},
    )
    return row.state


def _left_to_a_person(message: int, because: str, actor: str) -> str | None:
    with transaction.atomic(durable=True):
        at = clock.now()
        row = _claim(message, is_by_hand=False)
        if row is None:
            return None
        row.state, row.because = "waiting", [f"failed: {because}"]
        row.settled_at, row.settled_by_id = at, actor_id(actor, at=at)
        row.save()
        facts = {"error": because}
        audit.record("inbound.failed", actor=actor, at=at, subjects={"inbound": message}, facts=facts)
        return row.state


def _claim(message: int, *, is_by_hand: bool) -> InboundMessage | None:
    states = ["new", "waiting", "applied"] if is_by_hand else ["new"]
    rows = InboundMessage.objects.filter(pk=message, state__in=states)
    return rows.select_for_update(skip_locked=not is_by_hand, no_key=True).first()


def _understood(row: InboundMessage) -> Understood:
    """What the words say, and beside it what whoever heard them says they ask for."""
    words, stated = words_of(row), [Wish(each) for each in row.wishes or ()]
    said = understand(words, load_lexicon())
    if not stated:
        return said
    is_more = bool(words.strip()) and said.certainty is Certainty3.UNCLEAR
    rest = {wish for wish in said.wishes if wish is not Wish.OTHER or is_more}
    found = tuple(Found(wish, Certainty3.CLEAR, "agent.stated", "") for wish in stated)
    return Understood(
        tuple(wish for wish in Wish if wish in {*stated, *rest}),
        Certainty3.CLEAR,
        (*said.because, "agent.stated"),
        (*said.found, *found),
    )


def _as_said(meant: Sequence[Wish]) -> Understood:
    """What a person says it meant is clear."""
    wishes = tuple(wish for wish in Wish if wish in meant) or (Wish.OTHER,)
    found = tuple(Found(wish, Certainty3.CLEAR, "person.keyword", "") for wish in wishes)
    return Understood(wishes, Certainty3.CLEAR, ("person",), found)


def _scopes(row: InboundMessage, writers: Sequence[Writer]) -> list[ScopeKey]:
    return scope_keys(
        persons=Doing.concerned(writers),
        values=[] if row.value_key is None else [row.value_key],
    )


def _only_lender(writers: Sequence[Writer]) -> int | None:
    lenders = {each.lender for each in writers}
    return lenders.pop() if len(lenders) == 1 else None
