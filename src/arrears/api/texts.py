"""A text that another system will send, as requests bring it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from arrears.actions.lawful_texts import OwnText
from arrears.api.words import Language, OneOf
from arrears.kernel.content.stated import FACTS

Fact = Annotated[str, OneOf(sorted(FACTS))]


class TextWanted(BaseModel):
    """What the recipient will read or hear. It is held to the rules of content, and kept nowhere."""

    model_config = ConfigDict(extra="forbid")
    language: Language
    body: Annotated[str, StringConstraints(min_length=1, max_length=20_000, strict=True)] = Field(
        description="As it is sent, or before it is filled: {institution} and the like state what they name."
    )
    subject: Annotated[str, StringConstraints(max_length=1_000, strict=True)] = ""
    states: Annotated[list[Fact], Field(max_length=100)] = Field(
        default_factory=list,
        description="Facts that you know it to state, such as names and amounts that no search can know.",
    )


def own_text(told: TextWanted | None) -> OwnText | None:
    return None if told is None else OwnText(told.language, told.body, told.subject, tuple(told.states))
