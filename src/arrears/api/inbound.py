"""What people wrote, handed over by a text message gateway (`GET /inbound/kannel`) or another system.

Answered once the message is stored. It is understood at once as well, so that a refusal binds from then
on; where that fails it is understood by the next `arrears send` or `arrears sweep`. The gateway carries no
token: the address that it asks has a mark made from its password. Another system does (`POST /inbound`).
"""

from __future__ import annotations

import hmac
import logging
from http import HTTPStatus
from typing import Annotated, Self

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import (
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    StringConstraints,
    model_validator,
)

from arrears.actions.answered_before import Numbered
from arrears.actions.hearing.reporting import CALL, Told, report_inbound
from arrears.actions.inbound import Heard, Received, heard_from, receive, settle_inbound
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.problems import Refused
from arrears.api.rendering import json_response
from arrears.api.signed import signed_body
from arrears.api.words import Channel, Instant, Ref
from arrears.channels.kannel import KannelChannel, read_gateway
from arrears.channels.kannel.inbound import read_written
from arrears.channels.kannel.route import is_kannel
from arrears.channels.sms_json import JsonSmsChannel
from arrears.channels.sms_json.webhooks import read_written as read_webhook
from arrears.kernel.errors import ArrearsError
from arrears.store import clock
from arrears.store.identity import is_live

router = Router(tags=["inbound"])
ACTOR = "program:inbound"
_QUERY_MAX = 20_000
_LOG = logging.getLogger("arrears.api")
_Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000, pattern=r"^[^\x00]+$")]
_Value = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[^\x00]+$")]
_EXAMPLES: list[JsonValue] = [
    {"id": "m-1", "channel": "in_app", "person_ref": "C17", "text": "Please do not call me at work."},
    {"id": "m-2", "channel": "sms", "value": "+886912345678", "text": "STOP"},
]


class InboundReport(BaseModel):
    """What somebody wrote or said. Who: `person_ref`, the borrower of `loan_ref`, or whom `link` is for."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})
    id: Ref = Field(description="Your number of this message: the same again is answered the same.")
    channel: Channel
    text: _Words = Field(description="His words, as he wrote them or as they were heard.")
    at: Instant | None = Field(None, description="When he said it; without it, now.")
    person_ref: Ref | None = None
    loan_ref: Ref | None = None
    link: Ref | None = Field(None, description="The token of a link made for one message of one person.")
    value: _Value | None = Field(None, description="The number or address he used.")

    @model_validator(mode="after")
    def _says_who(self) -> Self:
        """Called by pydantic with all values read."""
        named = [each for each in (self.person_ref, self.loan_ref, self.link) if each is not None]
        if len(named) > 1:
            raise ValueError("who it was is said once: person_ref, loan_ref or link")
        if not named and self.value is None:
            raise ValueError("say who it was, or which number or address he used: value")
        return self

    def told(self) -> Told:
        return Told(
            channel=self.channel,
            text=self.text,
            at=self.at,
            loan_ref=self.loan_ref,
            person_ref=self.person_ref,
            link=self.link,
            value=self.value or "",
        )


class InboundRecorded(BaseModel):
    """The message as it was stored: `message` is our number of it."""

    id: str
    message: int
    recorded_at: AwareDatetime


@router.post(
    "/inbound",
    auth=BearerToken("report"),
    response={200: InboundRecorded, **PROBLEMS},
    operation_id="report_inbound",
    summary="Hand over what a person wrote or said",
)
def report(request: HttpRequest, told: InboundReport) -> HttpResponse:
    """Store a person's words, understand them, and do at once what is clear: a refusal binds from then on.

    Repeating a report changes nothing; another content under the same id is refused.
    """
    caller = caller_of(request)
    numbered = Numbered(caller.lender, caller.system, CALL, told.id, told.model_dump())
    recorded = report_inbound(numbered, told.told(), actor=caller.actor)
    return json_response({"id": told.id, **recorded})


@router.get("/inbound/kannel", include_in_schema=False)
def kannel(request: HttpRequest) -> HttpResponse:
    """Store and understand one message. The same again changes nothing: Kannel asks until it hears 200."""
    query = request.META["QUERY_STRING"]
    if len(query) > _QUERY_MAX or not _is_marked(request.GET.get("mark", "")):
        raise Refused(HTTPStatus.FORBIDDEN, "inbound.mark", "This address has not the mark of our gateway.")
    written = read_written(query)
    if written is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "inbound.sender", "The message names no sender.")
    take(heard_from(written, channel=KannelChannel.name, provider=KannelChannel.provider), actor=ACTOR)
    return HttpResponse(status=HTTPStatus.OK, content_type="text/plain")


@router.post("/inbound/sms-json", include_in_schema=False)
def hosted(request: HttpRequest) -> HttpResponse:
    """Store and understand one message that a hosted provider hands over, which has signed it."""
    written = read_webhook(signed_body(request))
    if written is None:
        what = "The message has no number, or names no sender."
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "inbound.sender", what)
    take(heard_from(written, channel=JsonSmsChannel.name, provider=JsonSmsChannel.provider), actor=ACTOR)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def take(heard: Heard, *, actor: str) -> Received:
    """Store a message, then do what it asks for; what fails after it is stored does not lose it."""
    received = receive(heard, actor=actor, at=clock.now())
    try:
        settle_inbound(received.message, actor=actor)
    except (ArrearsError, DatabaseError) as error:
        _LOG.error("%s while message %s was understood", type(error).__name__, received.message)
    return received


def _is_marked(mark: str) -> bool:
    if not (is_kannel(settings.ARREARS_SMS_URL) and mark.isascii()):
        return False
    gateway = read_gateway(settings.ARREARS_SMS_URL, is_simulation=not is_live())
    return hmac.compare_digest(gateway.inbound_mark, mark)
