"""`/call-tasks`: an agent's desk takes the next call, dials it, and says what came of it."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from arrears.actions.calls.dialling import dial_call
from arrears.actions.calls.outcomes import (
    DURATION_MAX_SECONDS,
    SAID_MAX,
    WISHES,
    CallFacts,
    record_call_outcome,
)
from arrears.actions.calls.showing import CallTask
from arrears.actions.calls.taking import give_back_call, take_next_call
from arrears.actions.laws import law_now
from arrears.actions.strategies import strategy_now
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.words import OneOf, Ref
from arrears.kernel.law.rules import Law
from arrears.kernel.planning.strategy import Strategy
from arrears.store import clock
from arrears.store.models.attempts import MESSAGES_LEFT
from arrears.store.models.call_outcomes import ANSWERED_BY, CALL_RESULTS

router = Router(tags=["calls"])

Agent = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]


class AgentTold(BaseModel):
    """Who calls: the name under which a call is his."""

    model_config = ConfigDict(extra="forbid")
    agent: Agent


class LocalTime(BaseModel):
    """`begin_before` where the person may be."""

    zone: str
    begin_before: AwareDatetime


class WishTold(BaseModel):
    """When and where contact does not suit the person; null is any."""

    hours: str
    channel: str | None
    place: str | None


class CallTaskTold(BaseModel):
    """A call that is this agent's alone.

    `state` is `reserved`, or `handing_over` once it is dialled; only then `number` is told. `script` is
    for the agent: what to say to whom, and what not.
    """

    attempt: int
    agent: str
    state: str
    begin_before: AwareDatetime
    local: list[LocalTime]
    recipient_kind: str
    name: str
    number: str
    number_ends: str
    language: str
    script: str
    verification: str
    loan_refs: list[str]
    wishes: list[WishTold]


class NextCall(BaseModel):
    """The call to make now; null when none is due and permitted."""

    task: CallTaskTold | None


class OutcomeWanted(BaseModel):
    """What came of a call, as it was. See docs/calls.md for what excludes what."""

    model_config = ConfigDict(extra="forbid")
    result: Annotated[str, OneOf(CALL_RESULTS)]
    answered_by: Annotated[str, OneOf(ANSWERED_BY)] | None = None
    is_conversation: Annotated[bool, Field(strict=True)] | None = None
    message_left: Annotated[str, OneOf(MESSAGES_LEFT)] = "none"
    duration_seconds: Annotated[int, Field(ge=0, le=DURATION_MAX_SECONDS, strict=True)] | None = None
    discussed: Annotated[list[Ref], Field(max_length=100)] | None = Field(
        None, description="The loans that were spoken of; null in a conversation is all of the call's."
    )
    wishes: Annotated[list[Annotated[str, OneOf(WISHES)]], Field(max_length=len(WISHES))] = Field(
        default_factory=list
    )
    said: Annotated[str, StringConstraints(max_length=SAID_MAX, pattern=r"^[^\x00]*$")] = Field(
        "", description="The person's own words; kept encrypted."
    )
    correction: Annotated[bool, Field(strict=True)] = Field(
        False, description="What was recorded before was wrong, and this takes its place."
    )

    def facts(self) -> CallFacts:
        discussed = None if self.discussed is None else tuple(self.discussed)
        told = self.model_dump(exclude={"correction", "discussed", "wishes"})
        return CallFacts(**told, discussed=discussed, wishes=tuple(self.wishes))


class OutcomeRecorded(BaseModel):
    """The outcome as it stands; `to_do` are wishes that somebody still has to act on."""

    attempt: int
    sequence: int
    state: str
    recorded_at: AwareDatetime
    to_do: list[str]


@router.post(
    "/call-tasks",
    auth=BearerToken("reserve"),
    response={200: NextCall, **PROBLEMS},
    operation_id="take_call",
    summary="Take the next call",
)
def take(request: HttpRequest, told: AgentTold) -> HttpResponse:
    """Decide the due call with the least time left, and reserve it for this agent when it is permitted now.

    Who has a call already is given that one again.
    """
    caller = caller_of(request)
    law, strategy = _in_use(caller.lender)
    task = take_next_call(
        lender=caller.lender, agent=told.agent, law=law, strategy=strategy, actor=caller.actor
    )
    return json_response({"task": None if task is None else _told(task)})


@router.post(
    "/call-tasks/{int:attempt}/dial",
    auth=BearerToken("reserve"),
    response={200: CallTaskTold, **PROBLEMS},
    operation_id="dial_call",
    summary="Dial a call",
)
def dial(request: HttpRequest, attempt: int, told: AgentTold) -> HttpResponse:
    """Ask the law once more and tell the number: from here on the call counts as made.

    409 `call.stopped` when it is permitted no longer; then nobody is called.
    """
    caller = caller_of(request)
    law, strategy = _in_use(caller.lender)
    task = dial_call(
        lender=caller.lender,
        attempt=attempt,
        agent=told.agent,
        law=law,
        strategy=strategy,
        actor=caller.actor,
    )
    return json_response(_told(task))


@router.post(
    "/call-tasks/{int:attempt}/give-back",
    auth=BearerToken("reserve"),
    response={204: None, **PROBLEMS},
    operation_id="give_back_call",
    summary="Give back a call that was not dialled",
)
def give_back(request: HttpRequest, attempt: int, told: AgentTold) -> HttpResponse:
    """Let go of a call, so that it is due again at once."""
    caller = caller_of(request)
    give_back_call(lender=caller.lender, attempt=attempt, agent=told.agent, actor=caller.actor)
    return HttpResponse(status=204)


@router.post(
    "/call-tasks/{int:attempt}/outcome",
    auth=BearerToken("reserve"),
    response={200: OutcomeRecorded, **PROBLEMS},
    operation_id="record_call_outcome",
    summary="Say what came of a call",
)
def outcome(request: HttpRequest, attempt: int, told: OutcomeWanted) -> HttpResponse:
    """Record what came of a call that was dialled. The same again changes nothing.

    Another outcome is refused unless it says that it is a `correction`.
    """
    caller = caller_of(request)
    recorded = record_call_outcome(
        lender=caller.lender,
        attempt=attempt,
        facts=told.facts(),
        is_correction=told.correction,
        actor=caller.actor,
    )
    return json_response(
        {
            "attempt": recorded.attempt,
            "sequence": recorded.sequence,
            "state": recorded.state,
            "recorded_at": recorded.recorded_at.isoformat(),
            "to_do": list(recorded.to_do),
        }
    )


def _in_use(lender: int) -> tuple[Law, Strategy]:
    at = clock.now()
    return law_now(lender, at=at), strategy_now(lender, at=at)


def _told(task: CallTask) -> dict[str, object]:
    return {
        "attempt": task.attempt,
        "agent": task.agent,
        "state": task.state,
        "begin_before": task.begin_before.isoformat(),
        "local": [{"zone": zone, "begin_before": at.isoformat()} for zone, at in task.local],
        "recipient_kind": task.recipient_kind,
        "name": task.name,
        "number": task.number,
        "number_ends": task.number_ends,
        "language": task.language,
        "script": task.script,
        "verification": task.verification,
        "loan_refs": list(task.loan_refs),
        "wishes": [{"hours": w.hours, "channel": w.channel, "place": w.place} for w in task.wishes],
    }
