"""`GET /loans/{loan_ref}/obligations`: what must still be told or answered about a loan."""

from __future__ import annotations

from typing import Literal

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel

from arrears.actions.obligations import list_open_about
from arrears.actions.telling_obligations import tell_obligation
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.words import Language, Ref

router = Router(tags=["obligations"])


class WayTold(BaseModel):
    """A channel by which it can still be given in time; `by_exception` is paper."""

    channel: str
    by_exception: bool


class Ends(BaseModel):
    """What would end a ban: a time, a missing fact, or nothing."""

    kind: Literal["time", "fact", "nothing"]
    fact: str | None


class BanTold(BaseModel):
    """A rule of contact that keeps one channel closed until after the last day."""

    channel: str
    rule: str
    citation: str
    certainty: str
    release: Ends


class ObligationTold(BaseModel):
    """One thing to be told or answered, by which law, by when, and how; see docs/obligations.md.

    `next` is `resolve` where the law of contact permits no way in time: then `bans` names each rule.
    `missing` is what its notice has to say and nothing on file does: then a person writes it.
    """

    rule: str
    last_on: str | None
    days_left: int | None
    last_permitted_on: str | None
    slack_days: int | None
    alarm: Literal["none", "half", "four_fifths", "last_day", "overdue"]
    next: Literal["answer", "write", "plan", "send", "prove", "resolve"]
    missing: list[str]
    ways: list[WayTold] | None
    loan: str | None
    request: int | None
    because_of: str
    since: str
    give: str
    to: str
    satisfied_by: str
    certainty: str
    citation: str
    about: str
    bans: list[BanTold] | None


class Obligations(BaseModel):
    """What is open about one loan now, overdue first, then by the least time left."""

    loan_ref: str
    obligations: list[ObligationTold]


@router.get(
    "/loans/{loan_ref}/obligations",
    auth=BearerToken("decide"),
    response={200: Obligations, **PROBLEMS},
    operation_id="list_obligations",
    summary="What must still be told or answered about a loan?",
)
def list_obligations(request: HttpRequest, loan_ref: Ref, language: Language = "en") -> HttpResponse:
    """List what the lender owes about this loan by the law it has adopted. Asking changes nothing."""
    caller = caller_of(request)
    found = list_open_about(loan_ref, lender_id=caller.lender, at=caller.asked_at)
    told = [tell_obligation(each, language) for each in found]
    return json_response({"loan_ref": loan_ref, "obligations": told})
