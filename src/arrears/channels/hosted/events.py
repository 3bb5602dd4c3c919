"""Reads what a provider of e-mail reports: django-anymail's events, as our HTTP server keeps them."""

from __future__ import annotations

import json
from typing import Any

from arrears.channels.base import Reported
from arrears.channels.hosted.providers import MARK, USE
from arrears.channels.marks import Marks
from arrears.channels.smtp.statuses import is_mailbox_gone, status_in

UNSUBSCRIBED = "unsubscribed"
"""No evidence but a wish: it is carried out when it comes."""

_EVIDENCE = {
    "queued": "accepted",
    "sent": "accepted",
    "deferred": "accepted",
    "autoresponded": "accepted",
    "delivered": "delivered",
    "rejected": "undelivered",  # by the provider itself: it never left
    "failed": "undelivered",
    "bounced": "returned",
    "complained": "complained",
}


def content_of(event: Any) -> bytes:
    """A tracking event as it is kept: what it says of the message, and the provider's own words whole."""
    told = {
        "event": event.event_type,
        "mark": (event.metadata or {}).get(MARK, ""),
        "reason": event.reject_reason or "",
        "answer": event.mta_response or "",
        "from_provider": event.esp_event,
    }
    return json.dumps(told, ensure_ascii=False, default=str).encode()


def is_about_a_message(event: Any) -> bool:
    """Whether it is evidence of what became of a message; that it was opened or clicked is not asked."""
    return event.event_type in _EVIDENCE


def attempt_of(event: Any, marks: Marks) -> int | None:
    """The attempt whose mark the event carries."""
    return marks.attempt_of(USE, str((event.metadata or {}).get(MARK, "")))


def read_event(content: bytes, marks: Marks) -> Reported | None:
    """What a kept event says; None when it says nothing that is known."""
    told = json.loads(content)
    evidence = _EVIDENCE.get(told["event"])
    if evidence is None:
        return None
    code = status_in(str(told["answer"])) or str(told["reason"])[:60]
    is_dead = evidence == "returned" and is_mailbox_gone(0, code)
    return Reported(marks.attempt_of(USE, str(told["mark"])), evidence, code, is_dead)
