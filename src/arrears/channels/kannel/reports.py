"""Reads Kannel's delivery reports, as our HTTP server keeps them: the query that Kannel was told to ask."""

from __future__ import annotations

from urllib.parse import parse_qs

from arrears.channels.base import Reported

_EVIDENCE = {"1": "delivered", "2": "undelivered", "4": "accepted", "8": "accepted", "16": "undelivered"}
"""Types of report in the Kannel user guide: 4 waits at the operator, 8 and 16 it took and refused."""
_CODE_MAX = 60


def read_report(content: bytes) -> Reported | None:
    """What a report says; None when it is none. The operator's own words are kept as the code."""
    told = {name: values[0] for name, values in parse_qs(content.decode("utf-8", "replace")).items()}
    evidence, attempt = _EVIDENCE.get(told.get("type", "")), told.get("attempt", "")
    if evidence is None or not attempt.isdecimal():
        return None
    return Reported(int(attempt), evidence, _code(told.get("answer", "")))


def _code(answer: str) -> str:
    """`err:` and `stat:` of an SMPP receipt; `NACK/...` of an operator's refusal; else nothing."""
    found = [word for word in answer.split() if word.startswith(("stat:", "err:"))]
    if not found and answer.startswith("NACK/"):
        found = [answer.split("/")[1]]
    return " ".join(found)[:_CODE_MAX]
