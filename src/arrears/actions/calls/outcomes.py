"""What came of a call: the raw facts that the law counts, said once by its agent and corrected openly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from arrears.actions.calls.showing import loan_refs, own_call
from arrears.actions.contact_points import mark_dead
from arrears.actions.deadlocks import again_after_deadlock
from arrears.actions.inbound import Heard, receive, settle_inbound
from arrears.actions.opt_outs import list_opt_outs, record_opt_out
from arrears.actions.reported import Outcome, apply_outcome
from arrears.kernel.errors import BadInput, Conflict, NotPossible
from arrears.kernel.inbound.wishes import Wish
from arrears.kernel.vocabulary import NetworkResult, name_of
from arrears.store import audit, clock
from arrears.store.actors import actor_id
from arrears.store.crypto import ciphers_of, get_cipher, keyring
from arrears.store.locks import holding, scope_keys
from arrears.store.models import Attempt, AttemptStep, CallOutcome, InboundMessage, Preference
from arrears.store.models.attempts import MESSAGES_LEFT
from arrears.store.models.call_outcomes import ANSWERED_BY, CALL_RESULTS

NETWORK_RESULT_OF = {
    "busy": NetworkResult.NOT_CONNECTED,
    "not_in_service": NetworkResult.NOT_CONNECTED,
    "not_connected": NetworkResult.NOT_CONNECTED,
    "rang_out": NetworkResult.RANG_OUT,
    "voicemail": NetworkResult.VOICEMAIL,
    "answered": NetworkResult.ANSWERED,
}
HONOURED = ("stop", "stop_channel", "stop_address", "not_me")
"""Wishes that are recorded as what they are, before the outcome itself."""
FOR_A_PERSON = (
    *("no_calls_at", "stop_third_person", "deceased", "represented", "dispute", "complaint"),
    *("hardship", "wants_person", "promise"),
)
"""Wishes that a person looks at, whatever is done at once because of them."""
WISHES = (*HONOURED, *FOR_A_PERSON)
_UNDERSTOOD = {str(wish) for wish in Wish} & set(FOR_A_PERSON)
SAID_MAX = 4_000
DURATION_MAX_SECONDS = 4 * 60 * 60


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What an agent says of a call. `discussed` are the lender's numbers of the loans that were spoken of.

    Where it is not said, a conversation was about all of them; that it was about none is said by ().
    `answered_by`, `is_conversation` and `duration_seconds` are said of a call that was answered,
    `message_left` of one that reached a mailbox or somebody else. `said` are the person's own words.
    """

    result: str
    answered_by: str | None = None
    is_conversation: bool | None = None
    message_left: str = "none"
    duration_seconds: int | None = None
    discussed: tuple[str, ...] | None = None
    wishes: tuple[str, ...] = ()
    said: str = field(default="", repr=False)

    def spoken_of(self, loans: Iterable[str]) -> list[str]:
        """Those of the call's loans that were spoken of."""
        if self.discussed is not None:
            return sorted(set(self.discussed))
        return sorted(loans) if self.is_conversation else []

    @property
    def is_answered(self) -> bool:
        return self.result == "answered"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The outcome as it stands, and the wishes in it that somebody still has to act on."""

    attempt: int
    sequence: int
    state: str
    recorded_at: datetime
    to_do: tuple[str, ...]


def record_call_outcome(
    *, lender: int, attempt: int, facts: CallFacts, is_correction: bool = False, actor: str
) -> Recorded:
    """Record what came of a call that was dialled; the same again changes nothing.

    Refusals in it are recorded first, as opt-outs and dead numbers, so that they bind even when the
    rest is never said. What the person said in his own words is understood and done as a reply is, with the
    call as its contact. Raises BadInput naming the field that cannot be, NotFound for what is no agent's
    call, NotPossible for one that was not dialled, and Conflict for another outcome than was
    recorded before, unless it `is_correction`.
    """
    row = own_call(attempt, lender=lender)
    refs = loan_refs(attempt)
    check_facts(facts, of_call=refs)
    _refuse_undialled(row)
    _refuse_too_long(row, facts)
    writing = _Writing(row, facts, refs, is_correction, actor)
    told = writing.find_told()
    if told is None:
        _honour(row, facts.wishes, actor)
        told = again_after_deadlock(writing.write)
    for message in InboundMessage.objects.filter(attempt=row, state="new").values_list("pk", flat=True):
        settle_inbound(message, actor=actor)
    return told


def check_facts(facts: CallFacts, *, of_call: Iterable[str]) -> None:
    """Raise BadInput, naming the field, for words there are not and for facts that exclude each other."""
    for name, words in (("result", CALL_RESULTS), ("message_left", MESSAGES_LEFT)):
        _known(name, getattr(facts, name), words)
    if facts.answered_by is not None:
        _known("answered_by", facts.answered_by, ANSWERED_BY)
    for wish in facts.wishes:
        _known("wishes", wish, WISHES)
    strange = sorted(set(facts.discussed or ()) - set(of_call))
    if strange:
        raise _wrong("discussed", f"the call is not about the loan {strange[0]}")
    for name, is_wrong, why in _IMPOSSIBLE:
        if is_wrong(facts):
            raise _wrong(name, why)


Fact = tuple[str, Callable[[CallFacts], bool], str]
_IMPOSSIBLE: tuple[Fact, ...] = (
    ("answered_by", lambda f: not f.is_answered and f.answered_by is not None, "nobody answered this call"),
    (
        "answered_by",
        lambda f: f.is_answered and f.answered_by is None,
        "somebody answered: say who, or unknown",
    ),
    ("is_conversation", lambda f: not f.is_answered and bool(f.is_conversation), "nobody answered this call"),
    (
        "is_conversation",
        lambda f: f.is_answered and f.is_conversation is None,
        "it was answered: say whether it was a conversation",
    ),
    ("discussed", lambda f: bool(f.discussed) and not f.is_conversation, "there was no conversation"),
    (
        "message_left",
        lambda f: f.message_left != "none" and f.result not in ("voicemail", "answered"),
        "there was nobody and nothing to leave it with",
    ),
    (
        "message_left",
        lambda f: f.message_left != "none" and f.answered_by == "self",
        "no message is left with the person himself",
    ),
    (
        "duration_seconds",
        lambda f: f.duration_seconds is not None and f.result not in ("voicemail", "answered"),
        "this call did not last",
    ),
    (
        "duration_seconds",
        lambda f: f.duration_seconds is not None and not 0 <= f.duration_seconds <= DURATION_MAX_SECONDS,
        f"a call lasts 0 to {DURATION_MAX_SECONDS} seconds",
    ),
    (
        "duration_seconds",
        lambda f: f.duration_seconds == 0 and bool(f.is_conversation),
        "a conversation takes time",
    ),
    ("wishes", lambda f: bool(f.wishes) and not f.is_answered, "nobody answered this call"),
    ("wishes", lambda f: "not_me" in f.wishes and f.answered_by == "self", "the person himself answered"),
    (
        "wishes",
        lambda f: "promise" in f.wishes and f.answered_by != "self",
        "only the person himself promises",
    ),
    ("said", lambda f: bool(f.said) and not f.is_answered, "nobody answered this call"),
    ("said", lambda f: len(f.said) > SAID_MAX, f"at most {SAID_MAX} characters are kept"),
)
"""The field, when it cannot be, and why. Unlawful is not impossible: what happened is recorded."""


def _known(name: str, word: str, words: Iterable[str]) -> None:
    if word not in words:
        raise _wrong(name, f"{word!r} is none of {', '.join(words)}")


def _wrong(name: str, why: str) -> BadInput:
    return BadInput("call.outcome", f"The outcome cannot be so: {name}: {why}.", field=name)


def _refuse_undialled(row: Attempt) -> None:
    if row.state in ("reserved", "not_sent"):
        what = "This call was not dialled, so nothing came of it."
        raise NotPossible("call.not_dialled", what, hint="Dial it first, or give it back.", state=row.state)


def _refuse_too_long(row: Attempt, facts: CallFacts) -> None:
    begun = (
        AttemptStep.objects.filter(attempt=row, to_state="handing_over").values_list("at", flat=True).get()
    )
    if facts.duration_seconds and facts.duration_seconds > (clock.now() - begun).total_seconds():
        raise _wrong("duration_seconds", "it was dialled later than that")


@dataclass(frozen=True, slots=True)
class _Writing:
    """One outcome on its way into the tables."""

    row: Attempt
    facts: CallFacts
    refs: dict[str, int]
    is_correction: bool
    actor: str

    def find_told(self) -> Recorded | None:
        """What is recorded, when it is this; None when there is something to write. Raises Conflict."""
        last = self._last()
        if last is None:
            return None
        if bytes(last.content_key) == self._content_key:
            return _recorded(self.row, last)
        if not self.is_correction:
            raise Conflict(
                "call.outcome_known",
                "Another outcome of this call is recorded already.",
                hint="Correct it openly, if it was wrong.",
                sequence=last.sequence,
            )
        return None

    def write(self) -> Recorded:
        values = [] if self.row.value_key is None else [self.row.value_key]
        with holding(scope_keys(persons=[self.row.person_id], values=values)):
            at = clock.now()
            told = self.find_told()
            if told is not None:
                return told
            discussed = {self.refs[ref] for ref in self.facts.spoken_of(self.refs)}
            apply_outcome(self.row, self._outcome(), at=at, discussed=discussed)
            last = self._last()
            written = self._row(last, at)
            self._audit(written, at)
            self._keep_words(written, last, at)
            self.row.refresh_from_db(fields=["state"])
            return _recorded(self.row, written)

    def _last(self) -> CallOutcome | None:
        return CallOutcome.objects.filter(attempt=self.row).order_by("-sequence").first()

    def _outcome(self) -> Outcome:
        """As the law counts it. What evidence showed further than `accepted` stays."""
        state = self.row.state if self.row.state not in ("handing_over", "unsure") else "accepted"
        return Outcome(
            state,
            name_of(NETWORK_RESULT_OF[self.facts.result]),
            bool(self.facts.is_conversation),
            self.facts.message_left,
        )

    def _row(self, last: CallOutcome | None, at: datetime) -> CallOutcome:
        cipher = get_cipher(keyring(), self.row.person_id) if self.facts.said else None
        return CallOutcome.objects.create(
            lender_id=self.row.lender_id,
            recorded_at=at,
            actor_id=actor_id(self.actor, at=at),
            attempt=self.row,
            sequence=1 if last is None else last.sequence + 1,
            result=self.facts.result,
            answered_by=self.facts.answered_by,
            is_conversation=bool(self.facts.is_conversation),
            message_left=self.facts.message_left,
            duration_seconds=self.facts.duration_seconds,
            discussed=sorted(self.refs[ref] for ref in self.facts.spoken_of(self.refs)),
            wishes=sorted(set(self.facts.wishes)),
            said_encrypted=cipher.encrypt("call_said", self.facts.said) if cipher else None,
            content_key=self._content_key,
        )

    def _keep_words(self, written: CallOutcome, last: CallOutcome | None, at: datetime) -> None:
        """What was said is a message of the person's; once, however often the outcome is corrected."""
        stated = tuple(Wish(each) for each in written.wishes if each in _UNDERSTOOD)
        if not (self.facts.said.strip() or stated) or self._said_before(last):
            return
        heard = Heard(
            channel="call",
            provider="call",
            provider_ref=f"{self.row.pk}:{written.sequence}",
            text=self.facts.said,
            lender=self.row.lender_id,
            person=self.row.person_id,
            said_at=at,
            attempt=self.row.pk,
            spoken_by=self.facts.answered_by,
            value_key=self.row.value_key,
            stated=stated,
        )
        receive(heard, actor=self.actor, at=at)

    def _said_before(self, last: CallOutcome | None) -> bool:
        if last is None or set(last.wishes) != set(self.facts.wishes):
            return False
        return last.answered_by == self.facts.answered_by and self._words_of(last) == self.facts.said

    def _words_of(self, outcome: CallOutcome) -> str:
        cipher = ciphers_of(keyring(), [self.row.person_id]).get(self.row.person_id)
        if outcome.said_encrypted is None or cipher is None:
            return ""
        return cipher.decrypt("call_said", bytes(outcome.said_encrypted))

    @property
    def _content_key(self) -> bytes:
        """Keyed, because it may be made from what somebody said."""
        content = {
            **asdict(self.facts),
            "discussed": self.facts.spoken_of(self.refs),
            "wishes": sorted(set(self.facts.wishes)),
        }
        return keyring().content_key(json.dumps(content, sort_keys=True).encode())

    def _audit(self, written: CallOutcome, at: datetime) -> None:
        """Whoever looks for disclosures to third persons finds them by `third_person_told`."""
        is_told = self.facts.answered_by == "third_person" and bool(self.facts.spoken_of(self.refs))
        facts = {
            "result": self.facts.result,
            "sequence": written.sequence,
            "wishes": sorted(self.facts.wishes),
            "third_person_told": is_told,
        }
        audit.record(
            "call.outcome_recorded" if written.sequence == 1 else "call.outcome_corrected",
            actor=self.actor,
            at=at,
            lender_id=self.row.lender_id,
            subjects={"attempt": self.row.pk, "person": self.row.person_id},
            facts=facts,
        )


def _recorded(row: Attempt, outcome: CallOutcome) -> Recorded:
    to_do = tuple(each for each in outcome.wishes if each in FOR_A_PERSON)
    return Recorded(row.pk, outcome.sequence, row.state, outcome.recorded_at, to_do)


def _honour(row: Attempt, wishes: Iterable[str], actor: str) -> None:
    """Record what was refused: each in a transaction of its own, and none twice."""
    for wish in wishes:
        if wish == "not_me":
            _wrong_number(row, actor)
        elif wish in HONOURED and not _is_off(row, wish):
            of_address = wish == "stop_address"
            record_opt_out(
                lender=row.lender_id,
                person=None if of_address else row.person_id,
                value_key=row.value_key if of_address else None,
                channel="call" if wish == "stop_channel" else None,
                told_by="call",
                actor=actor,
                at=clock.now(),
            )


def _is_off(row: Attempt, wish: str) -> bool:
    """Whether exactly this is switched off already, with no end."""
    channel = "call" if wish == "stop_channel" else None
    if wish == "stop_address":
        standing = Preference.objects.filter(value_key=row.value_key, channel=None, until_at=None)
        return standing.exists()
    return any(
        each.channel == channel and each.until_at is None for each in list_opt_outs(person=row.person_id)
    )


def _wrong_number(row: Attempt, actor: str) -> None:
    if row.contact_point_id is None or row.value_key is None:
        return
    with holding(scope_keys(values=[row.value_key])):
        mark_dead(point=row.contact_point_id, reason="wrong_number", actor=actor, at=clock.now())
