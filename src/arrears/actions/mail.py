"""Mail that comes in: reports and complaints are stored as receipts, requests to stop are carried out.

Each mail comes to an address of ours that carries a mark (`channels.smtp.marked`). What came to no
such address, or to one of another attempt's making, is refused before anything is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.actions.opt_outs import stop_by_message
from arrears.actions.receipts import store_receipt
from arrears.channels.marks import Marks
from arrears.channels.smtp import SmtpChannel
from arrears.channels.smtp.marked import BOUNCE, STOP, Marked, find_marked, is_for_complaints
from arrears.channels.smtp.reports import is_complaint, with_recipient
from arrears.store.crypto import keyring

MAIL_MAX = 10 * 1024 * 1024
"""Bytes of the largest mail that is taken; a report quotes the message it is about."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One mail: the envelope's sender (empty in reports) and recipients, and all of its bytes."""

    sender: str
    recipients: Sequence[str]
    content: bytes


def marks_of_this_database() -> Marks:
    return Marks(keyring().mark_key)


def is_known_address(address: str, marks: Marks) -> bool:
    """Whether mail to this address is taken: it has a mark of ours, or is where complaints go."""
    return is_for_complaints(address) or _marked(address, marks) is not None


def receive_mail(mail: Incoming, *, actor: str, at: datetime) -> bool:
    """Store one mail, or do what it asks; committed when this returns. False: it is nothing for us.

    The same mail again is stored again and settles to nothing new.
    """
    marks = marks_of_this_database()
    taken = [_receive(mail, address, marks, actor, at) for address in mail.recipients]
    return any(taken)


def _receive(mail: Incoming, address: str, marks: Marks, actor: str, at: datetime) -> bool:
    marked = _marked(address, marks)
    if marked is None:
        is_wanted = is_for_complaints(address) and is_complaint(mail.content)
        return is_wanted and _store(mail, address, at)
    if marked.use == BOUNCE:
        return _store(mail, address, at)
    if marked.use == STOP and mail.sender:  # a report about a request is none
        stop_by_message(attempt=marked.attempt, told_by="unsubscribe", actor=actor, at=at)
        return True
    return False


def _store(mail: Incoming, address: str, at: datetime) -> bool:
    content = with_recipient(address, mail.content)
    store_receipt(channel=SmtpChannel.name, provider=SmtpChannel.provider, content=content, at=at)
    return True


def _marked(address: str, marks: Marks) -> Marked | None:
    return find_marked(address, marks)
