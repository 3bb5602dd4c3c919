"""`POST /contact-reservations`: this contact, now, under the gate's locks."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from arrears.actions.answered_before import Numbered
from arrears.actions.laws import law_asked_now
from arrears.actions.reservations import CALL, LEASE_MAX, Reservation, reserve_contact
from arrears.actions.wanted import Wanted
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import LawAnswer, json_response, told_answer
from arrears.api.texts import TextWanted, own_text
from arrears.api.words import (
    Channel,
    ContactPurpose,
    Language,
    Manner,
    Notice,
    RecipientKind,
    Ref,
    Visitors,
    Voice,
)
from arrears.store import clock

router = Router(tags=["contacts"])


class ReservationWanted(BaseModel):
    """A contact that is to be begun at once."""

    model_config = ConfigDict(extra="forbid")
    id: Ref = Field(description="Your number of it: the same again is answered the same.")
    loan_ref: Ref = Field(description="The lender's number of the loan.")
    channel: Channel
    notice: Notice
    purpose: ContactPurpose = "collect"
    recipient_kind: RecipientKind | None = None
    person_ref: Ref | None = Field(None, description="The lender's number of the recipient.")
    voice: Voice | None = Field(None, description="Who speaks in a call; without it, a person.")
    visitors: Visitors | None = Field(None, description="How many persons will make a visit.")
    manner: Manner | None = Field(
        None, description="How it is made, where some law forbids that; else left out."
    )
    text: TextWanted | None = Field(None, description="What will be said; without it, the lender's own text.")
    lease_seconds: int = Field(
        300, ge=10, le=LEASE_MAX.seconds, strict=True, description="Within this you report what came of it."
    )
    language: Language = "en"

    def wanted(self) -> Wanted:
        told = self.model_dump(exclude={"id", "lease_seconds", "language", "text"})
        return Wanted(**told, text=own_text(self.text))


class ReservationTold(BaseModel):
    """Whether it is reserved. When it is, begin before `begin_before`, to `contact_point`.

    What is not reported by `report_before` counts as a contact of unknown fate. `answer` is the
    law's, and is left out when an earlier answer is given again.
    """

    id: str
    reserved: bool
    attempt: int | None = None
    contact_point: int | None = None
    begin_before: AwareDatetime | None = None
    report_before: AwareDatetime | None = None
    verification: str | None = Field(
        None, description="Say this code in the contact: who has it can check that the contact is genuine."
    )
    permitted_from: AwareDatetime | None = Field(
        None, description="When it may be tried again; null is never."
    )
    answer: LawAnswer | None = None


@router.post(
    "/contact-reservations",
    auth=BearerToken("reserve"),
    response={200: ReservationTold, **PROBLEMS},
    by_alias=True,
    operation_id="reserve_contact",
    summary="Reserve a contact",
)
def reserve(request: HttpRequest, wanted: ReservationWanted) -> HttpResponse:
    """Decide a contact under the locks of everybody concerned, and reserve it when it is permitted now.

    What is reserved counts against every limit from this instant. A refusal is an answer too: it is
    recorded, and asking again takes an id of its own.
    """
    caller = caller_of(request)
    numbered = Numbered(
        caller.lender, caller.system, CALL, wanted.id, wanted.model_dump(exclude={"language"})
    )
    asked = Reservation(numbered, wanted.wanted(), timedelta(seconds=wanted.lease_seconds))
    reserved = reserve_contact(asked, law=law_asked_now(caller.lender, at=clock.now()), actor=caller.actor)
    told = {"id": wanted.id, **reserved.told}
    if reserved.answer is not None:
        told["answer"] = told_answer(reserved.answer, wanted.language)
    return json_response(told)
