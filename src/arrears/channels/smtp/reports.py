"""Reads what mail servers send back: delivery reports (RFC 3464) and complaints (RFC 5965).

Nothing in such a mail is trusted but the mark we put there ourselves and the status codes.
"""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from arrears.channels.base import Reported
from arrears.channels.smtp.channel import is_mailbox_gone
from arrears.channels.smtp.message import find_attempt

_EVIDENCE = {"failed": "returned", "delivered": "delivered"}  # delayed, relayed, expanded: accepted
_MARKED_HEADERS = ("X-Original-To", "Delivered-To", "To")


def read_report(content: bytes) -> Reported | None:
    """What a mail returned to a bounce address says; None when it is no report that can be read.

    A report that a delivery is merely delayed shows no more than that the mail was accepted.
    """
    message = message_from_bytes(content, policy=policy.default)
    if message.get_content_type() != "multipart/report":
        return None
    if message.get_param("report-type") == "feedback-report":
        return Reported(_attempt_of(message), "complained")
    for part in message.walk():
        action = str(part.get("Action", "")).strip().lower()
        if action:
            return _of_status(action, str(part.get("Status", "")), _attempt_of(message))
    return None


def _of_status(action: str, status: str, attempt: int | None) -> Reported:
    """The fields of the first recipient; our mails have one."""
    code = status.split(maxsplit=1)[0] if status.strip() else ""
    evidence = _EVIDENCE.get(action, "accepted")
    return Reported(attempt, evidence, code, evidence == "returned" and is_mailbox_gone(0, code))


def _attempt_of(message: EmailMessage) -> int | None:
    """Our mark: in the address it came back to, else in the headers of our own mail it quotes."""
    returned_to = [str(value) for name in _MARKED_HEADERS for value in message.get_all(name, ())]
    quoted = [_quoted(part) for part in message.walk()]
    found = (find_attempt(text) for text in (*returned_to, *quoted))
    return next((attempt for attempt in found if attempt is not None), None)


def _quoted(part: EmailMessage) -> str:
    """The Message-ID that a part quotes, as a message or as its headers; empty when it quotes none."""
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload(0)
        return str(inner.get("Message-ID", "")) if isinstance(inner, EmailMessage) else ""
    return part.get_content() if part.get_content_type() == "text/rfc822-headers" else ""
