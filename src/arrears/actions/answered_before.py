"""Answers given to other systems under their own numbers: the same number is answered the same again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from arrears.kernel.errors import Conflict
from arrears.store.crypto import keyring
from arrears.store.models import ApiAnswer


@dataclass(frozen=True, slots=True)
class Numbered:
    """What a system asks to be done, under its own number: which call, and what it said.

    `content` is everything it said as plain values; what differs in it is another request.
    """

    lender: int
    system: str
    call: str
    ref: str
    content: Mapping[str, Any]

    @property
    def digest(self) -> bytes:
        """Keyed, because it may be made from an address."""
        text = json.dumps(self.content, sort_keys=True, ensure_ascii=True, default=str)
        return keyring().content_key(text.encode())

    @property
    def source_ref(self) -> str:
        """The number as an attempt keeps it; two systems may use the same numbers."""
        return f"{self.system}/{self.ref}"


def find_answer(numbered: Numbered) -> dict[str, Any] | None:
    """What was answered under this number; None when it is new.

    Raises Conflict when something else was asked under it.
    """
    row = ApiAnswer.objects.filter(
        lender=numbered.lender, system=numbered.system, call=numbered.call, caller_ref=numbered.ref
    ).first()
    if row is None:
        return None
    if bytes(row.content) != numbered.digest:
        raise other_content(numbered)
    answer: dict[str, Any] = row.answer
    return answer


def keep_answer(
    numbered: Numbered, answer: Mapping[str, Any], *, attempt: int | None, at: datetime
) -> dict[str, Any]:
    """Keep it in the caller's transaction, and return it as it will be given again.

    An integrity error when the number was used meanwhile.
    """
    kept = ApiAnswer.objects.create(
        lender_id=numbered.lender,
        system=numbered.system,
        call=numbered.call,
        caller_ref=numbered.ref,
        content=numbered.digest,
        answer=answer,
        attempt_id=attempt,
        recorded_at=at,
    )
    return dict(kept.answer)


def other_content(numbered: Numbered) -> Conflict:
    return Conflict(
        "id.other_content",
        f"Another {numbered.call} was sent under this id.",
        hint="Use an id of its own for each, and the same one only to repeat it.",
    )
