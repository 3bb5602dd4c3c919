"""`POST /contacts`: a contact was made, or this came of a reservation."""

from __future__ import annotations

from typing import Annotated, Any, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from arrears.actions.answered_before import Numbered
from arrears.actions.reported import (
    CALL,
    MADE_STATES,
    OUTCOME_STATES,
    Made,
    Outcome,
    report_contact,
    report_outcome,
)
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.words import (
    Channel,
    ContactPurpose,
    Direction,
    Instant,
    NetworkResult,
    Notice,
    OneOf,
    PointKind,
    RecipientKind,
    Ref,
    Visitors,
    Voice,
)
from arrears.store.models.attempts import MESSAGES_LEFT

router = Router(tags=["contacts"])
_MADE_WITH = (
    "at",
    "channel",
    "direction",
    "purpose",
    "notice",
    "recipient_kind",
    "kind",
    "value",
    "voice",
    "visitors",
)
_ONLY_WHEN_MADE = (*_MADE_WITH, "loan_refs", "person_ref")
_EXAMPLES: list[Any] = [
    {"id": "report-1", "reservation": "call-4711", "network_result": "answered", "is_conversation": True},
    {
        "id": "report-2",
        "at": "2026-07-14T09:05:00+08:00",
        "channel": "call",
        "loan_refs": ["K300038"],
        "kind": "mobile",
        "value": "0912345678",
    },
]
"""What came of a reservation, and a call made without one."""


class ContactReport(BaseModel):
    """With `reservation`, what came of it; without, a contact made or received, `at` and by `channel`."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})
    id: Ref = Field(description="Your number of this report: the same again is answered the same.")
    reservation: Ref | None = Field(None, description="Your number of the reservation this came of.")
    state: Annotated[str, OneOf(OUTCOME_STATES)] | None = Field(
        None, description="How far it came; without it `accepted`, or `delivered` when received."
    )
    network_result: NetworkResult | None = None
    is_conversation: Annotated[bool, Field(strict=True)] | None = None
    message_left: Annotated[str, OneOf(MESSAGES_LEFT)] | None = None
    at: Instant | None = None
    channel: Channel | None = None
    direction: Direction = "out"
    purpose: ContactPurpose = "collect"
    notice: Notice | None = None
    loan_refs: Annotated[list[Ref], Field(max_length=100)] = Field(
        default_factory=list,
        description="What it was about; with none, all open loans of his, when to collect.",
    )
    person_ref: Ref | None = Field(None, description="Without it the borrower of `loan_refs`.")
    recipient_kind: RecipientKind | None = None
    voice: Voice | None = Field(None, description="Who or what spoke in a call; without it, not known.")
    visitors: Visitors | None = Field(None, description="How many persons made a visit.")
    kind: PointKind | None = Field(None, description="The kind of `value`.")
    value: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")] | None = (
        Field(None, description="The address or number used; only its keyed hash is kept.")
    )

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Self:
        """Called by pydantic with all values read."""
        if self.reservation is not None:
            if set(_ONLY_WHEN_MADE) & self.model_fields_set:
                raise ValueError("a reservation says already who, when and how")
        elif self.at is None or self.channel is None:
            raise ValueError("a contact without a reservation needs at and channel")
        elif self.state is not None and self.state not in MADE_STATES:
            raise ValueError("a contact that was not sent was none")
        if (self.kind is None) != (self.value is None):
            raise ValueError("kind and value are stated together")
        if self.network_result not in (None, "none") and self.reservation is None and self.channel != "call":
            raise ValueError("network_result is stated of calls")
        self._refuse_misplaced()
        return self

    def _refuse_misplaced(self) -> None:
        if self.voice is not None and self.channel != "call":
            raise ValueError("voice is stated of calls")
        if self.visitors is not None and self.channel != "visit":
            raise ValueError("visitors are stated of visits")
        if self.voice == "ringless" and (self.is_conversation or self.network_result == "answered"):
            raise ValueError("nobody answers a call that does not ring")

    def outcome(self) -> Outcome:
        usual = "delivered" if self.direction == "in" else "accepted"
        return Outcome(self.state or usual, self.network_result, self.is_conversation, self.message_left)

    def made(self) -> Made:
        told: dict[str, Any] = {name: getattr(self, name) for name in _MADE_WITH}
        return Made(**told, loan_refs=tuple(dict.fromkeys(self.loan_refs)), person_ref=self.person_ref)


class ContactRecorded(BaseModel):
    """The contact as it was recorded."""

    id: str
    attempt: int
    state: str
    recorded_at: AwareDatetime


@router.post(
    "/contacts",
    auth=BearerToken("report"),
    response={200: ContactRecorded, **PROBLEMS},
    operation_id="report_contact",
    summary="Report a contact",
)
def report(request: HttpRequest, told: ContactReport) -> HttpResponse:
    """Record a contact made elsewhere, or the outcome of a reservation, so that every limit counts it.

    Repeating a report changes nothing; another content under the same id is refused.
    """
    caller = caller_of(request)
    numbered = Numbered(caller.lender, caller.system, CALL, told.id, told.model_dump())
    if told.reservation is not None:
        recorded = report_outcome(
            numbered, reservation=told.reservation, outcome=told.outcome(), actor=caller.actor
        )
    else:
        recorded = report_contact(numbered, told.made(), told.outcome(), actor=caller.actor)
    return json_response({"id": told.id, **recorded})
