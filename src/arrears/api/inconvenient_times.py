"""`/inconvenient-times`: another system was told when contact does not suit somebody, or does again."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, model_validator

from arrears.actions.answered_before import Numbered
from arrears.actions.hours_reported import (
    CALL,
    END_CALL,
    ToldHours,
    end_inconvenient_time,
    report_inconvenient_time,
)
from arrears.actions.weekly_hours import weekly_hours
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.words import Channel, Instant, OneOf, Ref
from arrears.kernel.vocabulary import WEEKDAYS, PointPlace, StatementForm

router = Router(tags=["inconvenient times"])
_Time = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$", max_length=5)]
_ToldBy = Literal["call", "reply", "letter", "portal"]
_EXAMPLES: list[JsonValue] = [
    {"id": "h-1", "loan_ref": "K300038", "channel": "call", "end": "10:00"},
    {"id": "h-2", "person_ref": "C17", "days": ["sat", "sun"], "told_by": "portal", "form": "written"},
]


class InconvenientTime(BaseModel):
    """Hours, where he is, that do not suit somebody: `person_ref`, or the borrower of `loan_ref`.

    From `start` until before `end` on `days`. Hours over midnight are two statements.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})
    id: Ref = Field(description="Your number of this statement: the same again is answered the same.")
    person_ref: Ref | None = None
    loan_ref: Ref | None = None
    days: Annotated[list[Annotated[str, OneOf(WEEKDAYS)]], Field(max_length=7)] = Field(
        default_factory=list, description="Days of the week; without any, all."
    )
    start: _Time = "00:00"
    end: _Time = "24:00"
    channel: Channel | None = Field(None, description="Only by this channel.")
    place: Annotated[str, OneOf(PointPlace)] | None = Field(
        None, description="Only at numbers and addresses of this kind of place."
    )
    told_by: _ToldBy = "call"
    form: Annotated[str, OneOf(StatementForm)] = "oral"
    from_at: Instant | None = Field(None, description="From when it holds; without it, now.")
    until_at: Instant | None = Field(
        None, description="Until before when; without it, until he says otherwise."
    )

    @model_validator(mode="after")
    def _says_whom(self) -> Self:
        """Called by pydantic with all values read."""
        if (self.person_ref is None) is (self.loan_ref is None):
            raise ValueError("say whom it does not suit, once: person_ref or loan_ref")
        return self

    def told(self) -> ToldHours:
        hours = weekly_hours(days=self.days, start=self.start, end=self.end)
        names = ("loan_ref", "person_ref", "channel", "place", "form", "told_by", "from_at", "until_at")
        return ToldHours(hours, **{name: getattr(self, name) for name in names})


class InconvenientTimeRecorded(BaseModel):
    """The statement as it was recorded; it is taken back by the number `inconvenient_time`."""

    id: str
    inconvenient_time: int
    recorded_at: AwareDatetime


class TakenBack(BaseModel):
    """A statement holds no longer: the person said so."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"id": "h-1-end"}]})
    id: Ref = Field(description="Your number of this request: the same again is answered the same.")
    told_by: _ToldBy = "call"


class TakenBackRecorded(BaseModel):
    """The statement that was taken back, and before when it holds: now, or never when it had not begun."""

    id: str
    inconvenient_time: int
    until_at: AwareDatetime
    recorded_at: AwareDatetime


@router.post(
    "/inconvenient-times",
    auth=BearerToken("report"),
    response={200: InconvenientTimeRecorded, **PROBLEMS},
    operation_id="report_inconvenient_time",
    summary="Report when contact does not suit a person",
)
def report(request: HttpRequest, told: InconvenientTime) -> HttpResponse:
    """Record hours that do not suit a person. They bind every contact that is not cleared by then.

    Repeating a statement changes nothing; another content under the same id is refused.
    """
    caller = caller_of(request)
    numbered = Numbered(caller.lender, caller.system, CALL, told.id, told.model_dump())
    recorded = report_inconvenient_time(numbered, told.told(), actor=caller.actor)
    return json_response({"id": told.id, **recorded})


@router.post(
    "/inconvenient-times/{int:inconvenient_time}/take-back",
    auth=BearerToken("report"),
    response={200: TakenBackRecorded, **PROBLEMS},
    operation_id="take_back_inconvenient_time",
    summary="Report that an inconvenient time holds no longer",
)
def take_back(request: HttpRequest, inconvenient_time: int, told: TakenBack) -> HttpResponse:
    """End a statement from now on. What was refused because of it stays refused.

    Repeating a request changes nothing; one that is ended already, or replaced, is refused.
    """
    caller = caller_of(request)
    content = {"inconvenient_time": inconvenient_time, **told.model_dump()}
    recorded = end_inconvenient_time(
        Numbered(caller.lender, caller.system, END_CALL, told.id, content),
        inconvenient_time=inconvenient_time,
        told_by=told.told_by,
        actor=caller.actor,
    )
    return json_response({"id": told.id, **recorded})
