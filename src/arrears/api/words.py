"""Kinds of values that requests are made of: words of closed lists, numbers of others, instants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, core_schema

from arrears.kernel import vocabulary as v
from arrears.locale.notices import LANGUAGES


@dataclass(frozen=True, slots=True)
class OneOf:
    """Marks a string as one of these words, or of the words of a vocabulary."""

    words: type[IntEnum] | Iterable[str]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Called by pydantic when a model is made."""
        is_vocabulary = isinstance(self.words, type)
        return core_schema.literal_schema([v.name_of(e) if is_vocabulary else e for e in self.words])  # type: ignore[arg-type]


def _only_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("an instant is written as text: 2026-11-23T09:00:00+08:00")  # noqa: TRY004
    return value


Ref = Annotated[
    str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$", strict=True)
]
"""Somebody's number of something: no control characters, at most 200 long."""

Instant = Annotated[AwareDatetime, BeforeValidator(_only_text)]
Channel = Annotated[str, OneOf(v.Channel)]
Notice = Annotated[str, OneOf(v.NoticeKind)]
Purpose = Annotated[str, OneOf(v.Purpose)]
ContactPurpose = Annotated[str, OneOf(v.CONTACT_PURPOSES)]
RecipientKind = Annotated[str, OneOf(v.RecipientKind)]
PointKind = Annotated[str, OneOf(v.PointKind)]
Voice = Annotated[str, OneOf(v.Voice)]
Manner = Annotated[str, OneOf(v.Manner)]
Visitors = Annotated[int, Field(ge=1, le=100, strict=True)]
NetworkResult = Annotated[str, OneOf(v.NetworkResult)]
Direction = Annotated[str, OneOf(v.Direction)]
Language = Annotated[str, OneOf(LANGUAGES)]
