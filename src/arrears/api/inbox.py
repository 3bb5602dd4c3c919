"""`/inbox`: the lender's app shows a person his messages, and tells which of them he has opened."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue

from arrears.actions.inbox import InInbox, list_inbox, record_opened
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.somebody import OfSomebody
from arrears.api.words import Notice
from arrears.store import clock

router = Router(tags=["inbox"])
_NUMBER_MAX = 2**63 - 1
_OPENED_MAX = 1_000
_EXAMPLES: list[JsonValue] = [
    {"person_ref": "C17", "messages": [4711, 4712]},
    {"loan_ref": "K300038", "messages": [4711]},
]
_SHOWN: JsonValue = {
    "messages": [
        {
            "message": 4711,
            "shown_at": "2026-07-14T02:00:04+00:00",
            "notice": "overdue_notice",
            "language": "en",
            "subject": "Your payment of July 4",
            "text": "Dear customer, ...",
            "verification_code": "K7QM-2XRD-9TVBF",
            "opened_at": None,
        }
    ],
    "next_before": None,
}


class AskedFor(OfSomebody):
    """Whose inbox, and which part of it: at most `limit` messages, those older than the message `before`."""

    before: Annotated[int, Field(ge=1, le=_NUMBER_MAX)] | None = Field(
        None, description="`next_before` of the page before; without it, the newest."
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 20


class MessageShown(BaseModel):
    """One message; `message` is its number, `text` is plain.

    `opened_at` is null until the first mark is understood, which the next `arrears send` or `sweep` does.
    """

    message: int
    shown_at: AwareDatetime
    notice: Notice | None
    language: str
    subject: str
    text: str
    verification_code: str | None
    opened_at: AwareDatetime | None


class InboxShown(BaseModel):
    """Messages, newest first; `next_before` is the `before` of the next page, null on the last."""

    model_config = ConfigDict(json_schema_extra={"examples": [_SHOWN]})
    messages: list[MessageShown]
    next_before: int | None


class Opened(OfSomebody):
    """Numbers of messages that the person has opened."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})
    messages: Annotated[
        list[Annotated[int, Field(ge=1, le=_NUMBER_MAX, strict=True)]],
        Field(min_length=1, max_length=_OPENED_MAX),
    ]


class OpenedRecorded(BaseModel):
    """The messages that are known to be opened by this, each once."""

    opened: list[int]


@router.get(
    "/inbox",
    auth=BearerToken("inbox"),
    response={200: InboxShown, **PROBLEMS},
    operation_id="show_inbox",
    summary="What is in a person's inbox?",
)
def show(request: HttpRequest, asked: Query[AskedFor]) -> HttpResponse:
    """Give the messages that were delivered into a person's inbox. Asking does not mark them as opened."""
    lender = caller_of(request).lender
    person, more = asked.person(lender), asked.limit + 1
    found = list_inbox(lender=lender, person=person, limit=more, before=asked.before)
    page = found[: asked.limit]
    last = page[-1].message if len(found) > len(page) else None
    response = json_response({"messages": [_told(each) for each in page], "next_before": last})
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post(
    "/inbox/opened",
    auth=BearerToken("inbox"),
    response={200: OpenedRecorded, **PROBLEMS},
    operation_id="record_inbox_opened",
    summary="Tell which messages a person has opened",
)
def opened(request: HttpRequest, told: Opened) -> HttpResponse:
    """Store that messages of a person's inbox were opened, all of them or none.

    The same again changes nothing: the first time stays.
    """
    caller = caller_of(request)
    person = told.person(caller.lender)
    messages = list(dict.fromkeys(told.messages))
    record_opened(messages, lender=caller.lender, person=person, actor=caller.actor, at=clock.now())
    return json_response({"opened": messages})


def _told(shown: InInbox) -> dict[str, object]:
    opened_at = shown.opened_at
    return {
        "message": shown.message,
        "shown_at": shown.shown_at.isoformat(),
        "notice": shown.notice,
        "language": shown.language,
        "subject": shown.subject,
        "text": shown.text,
        "verification_code": shown.verification_code,
        "opened_at": None if opened_at is None else opened_at.isoformat(),
    }
