"""What the lender's app tells of its inbox: which message was opened."""

from __future__ import annotations

import json

from arrears.channels.base import Reported

READ = "read"


def read_mark(attempt: int) -> bytes:
    """The receipt that is kept of an opened message, the same however often it is opened."""
    return json.dumps({"attempt": attempt, "evidence": READ}).encode()


def read_inbox_report(content: bytes) -> Reported | None:
    """What a kept receipt says; None when it is none."""
    try:
        told = json.loads(content)
    except ValueError:
        return None
    is_mark = isinstance(told, dict) and told.get("evidence") == READ and isinstance(told.get("attempt"), int)
    return Reported(told["attempt"], READ) if is_mark else None
