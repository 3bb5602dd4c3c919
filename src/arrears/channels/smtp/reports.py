"""Reads what mail servers send back: delivery reports (RFC 3464) and complaints (RFC 5965).

Nothing in such a mail is trusted but the mark we put there ourselves and the status codes. What is
neither form is not guessed at: a bounce in free words is left to a person. An automatic answer of
the recipient's (RFC 3834) is no bounce; it shows that the mail was taken, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message

from arrears.channels.base import Reported
from arrears.channels.marks import Marks
from arrears.channels.smtp.marked import BOUNCE, find_marked, find_message
from arrears.channels.smtp.statuses import is_general, is_mailbox_gone, status_in

_EVIDENCE = {
    "failed": "returned",
    "delivered": "delivered",
    # On their way still, or out of sight: no more than that it was accepted.
    "delayed": "accepted",
    "relayed": "accepted",
    "expanded": "accepted",
}
_COMPLAINTS = ("abuse", "fraud", "opt-out", "opt-out-list")
_NO_COMPLAINT = "not-spam"  # RFC 6430
_MARKED_HEADERS = ("Delivered-To", "X-Original-To", "To")
_SYSTEMS = ("mailer-daemon", "postmaster", "mail-daemon", "mdaemon")
_AUTO_REPLIED = re.compile(r"\s*auto-replied\b", re.IGNORECASE)
_REPORT_TYPES = ("delivery-status", "feedback-report")


def read_report(content: bytes, marks: Marks) -> Reported | None:
    """What a mail to a return path or from a feedback loop says; None when it cannot be read.

    The attempt is the one whose mark the mail carries, None when it carries none of ours.
    """
    message = message_from_bytes(content)
    attempt = _attempt_of(message, marks)
    kind = _report_type(message)
    if kind == "feedback-report":
        return _of_feedback(message, attempt)
    if kind == "delivery-status":
        return _of_recipients(list(_recipients(message)), attempt)
    return Reported(attempt, "accepted", "auto-reply") if _is_automatic_answer(message) else None


def is_complaint(content: bytes) -> bool:
    """Whether a mail has the form of a feedback loop's report."""
    return _report_type(message_from_bytes(content)) == "feedback-report"


def is_automatic_answer(content: bytes) -> bool:
    """Whether a program of the recipient's answered, and nobody wrote (RFC 3834)."""
    return _is_automatic_answer(message_from_bytes(content))


def with_recipient(address: str, content: bytes) -> bytes:
    """The mail as it is kept: under the address it was delivered to, which names its attempt."""
    return f"Delivered-To: {address}\r\n".encode() + content


def _report_type(message: Message) -> str:
    if message.get_content_type() != "multipart/report":
        return ""
    told = str(message.get_param("report-type", "")).lower()
    return told if told in _REPORT_TYPES else ""


# -- delivery reports ------------------------------------------------------------------------------


def _recipients(message: Message) -> Iterator[Message]:
    """The fields about each recipient, whatever parts they are spread over."""
    for part in message.walk():
        if part.get("Action") is not None:
            yield part


def _of_recipients(recipients: Sequence[Message], attempt: int | None) -> Reported | None:
    """What is certain for all recipients. Our mails have one, which may stand for several mailboxes.

    Where some got it and others did not, it is neither delivered nor returned.
    """
    said = [_of_recipient(each, attempt) for each in recipients]
    if not said or any(each is None for each in said):
        return None
    known = [each for each in said if each is not None]
    first = known[0]
    if len({each.evidence for each in known}) > 1:
        return Reported(attempt, "accepted", first.code)
    return Reported(attempt, first.evidence, first.code, all(each.is_address_dead for each in known))


def _of_recipient(fields: Message, attempt: int | None) -> Reported | None:
    evidence = _EVIDENCE.get(str(fields["Action"]).split("(")[0].strip().lower())
    if evidence is None:
        return None
    code = _code(fields)
    return Reported(attempt, evidence, code, evidence == "returned" and is_mailbox_gone(0, code))


def _code(fields: Message) -> str:
    """The status; where that is general, the one that the refusing server's own words begin with."""
    code = status_in(str(fields.get("Status", "")))
    exact = status_in(str(fields.get("Diagnostic-Code", "")))
    return exact if exact and is_general(code or "0.0.0") and exact[0] == (code or exact)[0] else code


# -- complaints ------------------------------------------------------------------------------------


def _of_feedback(message: Message, attempt: int | None) -> Reported | None:
    """A complaint, or its opposite; of other reports (authentication, viruses) nobody complained."""
    for part in message.walk():
        kind = str(part.get("Feedback-Type", "")).strip().lower()
        if kind in _COMPLAINTS:
            return Reported(attempt, "complained", kind)
        if kind == _NO_COMPLAINT:
            return Reported(attempt, "accepted", kind)
    return None


# -- whose it is -----------------------------------------------------------------------------------


def _is_automatic_answer(message: Message) -> bool:
    """An answer of the recipient's own: not of a mail system, whose plain words may be a bounce."""
    is_automatic = _AUTO_REPLIED.match(str(message.get("Auto-Submitted", ""))) is not None
    sender = str(message.get("From", "")).lower()
    is_system = any(name in sender for name in _SYSTEMS) or message.get("X-Failed-Recipients") is not None
    return is_automatic and not is_system


def _attempt_of(message: Message, marks: Marks) -> int | None:
    """Our mark: in the address it came back to, else in the headers of our own mail it quotes."""
    for name in _MARKED_HEADERS:
        for value in message.get_all(name, ()):
            marked = find_marked(str(value), marks)
            if marked is not None and marked.use == BOUNCE:
                return marked.attempt
    found = (find_message(_quoted(part), marks) for part in message.walk())
    return next((attempt for attempt in found if attempt is not None), None)


def _quoted(part: Message) -> str:
    """The Message-ID that a part quotes, as a message or as its headers; empty when it quotes none."""
    if part.get_content_type() == "message/rfc822" and part.is_multipart():
        inner = part.get_payload(0)
        return str(inner.get("Message-ID", "")) if isinstance(inner, Message) else ""
    if part.get_content_type() == "text/rfc822-headers":
        headers = part.get_payload(decode=True)
        assert isinstance(headers, bytes), type(headers)
        return str(message_from_bytes(headers).get("Message-ID", ""))
    return ""
