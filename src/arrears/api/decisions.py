"""`POST /contact-decisions`: may these contacts be made? Asking changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from arrears.actions.asking import Answered, ask_by_value, ask_of_file
from arrears.actions.laws import law_now
from arrears.actions.situation_shape import situation_schema
from arrears.actions.strategies import strategy_now
from arrears.actions.tokens import Caller
from arrears.actions.wanted import Wanted
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import ItemError, LawAnswer, json_response, told_answer, told_error
from arrears.api.texts import TextWanted, own_text
from arrears.api.words import (
    Channel,
    Instant,
    Language,
    Manner,
    Notice,
    Purpose,
    RecipientKind,
    Ref,
    Visitors,
    Voice,
)
from arrears.kernel.errors import ArrearsError
from arrears.kernel.law.rules import Law
from arrears.strategies.reachability import with_reachability

ITEMS_MAX = 10_000
router = Router(tags=["contacts"])


class ByValue(BaseModel):
    """A contact with every fact that bears on it, none of them taken from the database."""

    model_config = ConfigDict(extra="forbid")
    id: Ref | None = Field(None, description="Comes back with the answer.")
    situation: Annotated[dict[str, Any], WithJsonSchema(situation_schema())]
    text: TextWanted | None = Field(None, description="What will be said; without it, no text is judged.")


class ByReference(BaseModel):
    """A contact about a loan on file; facts come from the database, as they are known now."""

    model_config = ConfigDict(extra="forbid")
    id: Ref | None = Field(None, description="Comes back with the answer.")
    loan_ref: Ref = Field(description="The lender's number of the loan.")
    channel: Channel
    notice: Notice
    purpose: Purpose = "collect"
    recipient_kind: RecipientKind | None = Field(
        None, description="Without it what the loan says the person is; without both, the borrower."
    )
    person_ref: Ref | None = Field(None, description="The lender's number of the recipient.")
    voice: Voice | None = Field(None, description="Who speaks in a call; without it, a person.")
    visitors: Visitors | None = Field(None, description="How many persons will make a visit.")
    manner: Manner | None = Field(
        None, description="How it is made, where some law forbids that; else left out."
    )
    dispute_noted: Annotated[bool, Field(strict=True)] = Field(
        False, description="Under `furnish`: what is passed on says that the debt is disputed."
    )
    at: Instant | None = Field(None, description="When; without it, now.")
    text: TextWanted | None = Field(None, description="What will be said; without it, the lender's own text.")

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(exclude={"id", "text"}), text=own_text(self.text))


def _kind_of(item: object) -> str:
    is_by_value = "situation" in item if isinstance(item, Mapping) else isinstance(item, ByValue)
    return "value" if is_by_value else "reference"


Item = Annotated[
    Annotated[ByValue, Tag("value")] | Annotated[ByReference, Tag("reference")], Discriminator(_kind_of)
]


class Questions(BaseModel):
    """Contacts to be decided, and the language their reasons are wanted in."""

    model_config = ConfigDict(extra="forbid")
    language: Language = "en"
    items: list[Item] = Field(min_length=1, max_length=ITEMS_MAX)


class Decided(BaseModel):
    """One answer: `error` when the item could not be asked, everything else when it was."""

    id: str | None = None
    answer: LawAnswer | None = None
    error: ItemError | None = None


class Decisions(BaseModel):
    """The answers in the order of the items, and what they were given under."""

    law_version: str
    zones_version: str
    items: list[Decided]


@router.post(
    "/contact-decisions",
    auth=BearerToken("decide"),
    response={200: Decisions, **PROBLEMS},
    by_alias=True,
    operation_id="decide_contacts",
    summary="May these contacts be made?",
)
def decide_contacts(request: HttpRequest, questions: Questions) -> HttpResponse:
    """Answer up to 10,000 contacts at once: allowed, refused or overridable, from when, and why.

    Asking changes nothing, and what is allowed is no promise: reserve a contact before making it.
    """
    caller = caller_of(request)
    law = law_now(caller.lender, at=caller.asked_at)
    answered = _answered(caller, questions, law)
    told = [
        _told(item.id, each, questions.language) for item, each in zip(questions.items, answered, strict=True)
    ]
    return json_response({"law_version": law.version, "zones_version": law.zones_version, "items": told})


def _answered(caller: Caller, questions: Questions, law: Law) -> list[Answered]:
    """By value and by reference apart, then again in the order of the items."""
    by_value = [each for each in questions.items if isinstance(each, ByValue)]
    values = [each.situation for each in by_value]
    texts = {n: text for n, each in enumerate(by_value) if (text := own_text(each.text)) is not None}
    wanted = [each.wanted() for each in questions.items if isinstance(each, ByReference)]
    of_values = iter(ask_by_value(values, law, texts=texts) if values else ())
    of_file = iter(_of_file(caller, wanted, law) if wanted else ())
    return [next(of_values if isinstance(each, ByValue) else of_file) for each in questions.items]


def _of_file(caller: Caller, wanted: list[Wanted], law: Law) -> list[Answered]:
    """Only what is on file shows whether an address reaches: here the strategy's limits are asked too."""
    lender, at = caller.lender, caller.asked_at
    return ask_of_file(lender, wanted, with_reachability(law, strategy_now(lender, at=at)), at=at)


def _told(ref: str | None, answered: Answered, language: str) -> dict[str, Any]:
    named = {} if ref is None else {"id": ref}
    if isinstance(answered, ArrearsError):
        return {**named, "error": told_error(answered)}
    return {**named, "answer": told_answer(answered, language)}
