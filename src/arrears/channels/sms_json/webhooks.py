"""Reads what a hosted provider tells by its webhooks: how far a message came, and what a telephone wrote.

{"reference": "17", "status": "delivered", "code": "000"}
{"id": "the provider's number", "from": "+886912345678", "to": "10690001", "text": "STOP"}
"""

from __future__ import annotations

import json
from typing import Any

from arrears.channels.base import Reported, Written

_EVIDENCE = {
    **dict.fromkeys(("accepted", "queued", "sent"), "accepted"),
    "delivered": "delivered",
    **dict.fromkeys(("undelivered", "failed", "rejected", "expired"), "undelivered"),
}
_CODE_MAX = 60


def read_report(content: bytes) -> Reported | None:
    """What a report says; None when it is none."""
    told = _object(content)
    evidence, attempt = _EVIDENCE.get(_word(told, "status").lower()), _word(told, "reference")
    if evidence is None or not (attempt.isascii() and attempt.isdecimal() and len(attempt) < 19):
        return None
    return Reported(int(attempt), evidence, _word(told, "code")[:_CODE_MAX])


def read_written(content: bytes) -> Written | None:
    """The message in a webhook; None when it names no sender or has no number of its own."""
    told = _object(content)
    sender, ref = _word(told, "from"), _word(told, "id")
    if not sender or not ref:
        return None
    return Written(sender, _word(told, "to"), _word(told, "text").replace("\x00", ""), ref)


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _word(told: dict[str, Any], name: str) -> str:
    value = told.get(name)
    return str(value).strip() if isinstance(value, str | int) else ""
