"""Mail that comes in: reports and complaints become receipts, requests to stop are done, answers are heard.

Each mail comes to an address of ours that carries a mark (`channels.smtp.marked`). What came to no
such address, or to one of another attempt's making, is refused before anything is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from arrears.actions.inbound import Heard, receive
from arrears.actions.opt_outs import stop_by_message
from arrears.actions.receipts import store_receipt
from arrears.channels.marks import Marks
from arrears.channels.smtp import SmtpChannel
from arrears.channels.smtp.marked import BOUNCE, STOP, find_marked, is_for_complaints
from arrears.channels.smtp.replies import message_name, read_reply
from arrears.channels.smtp.reports import is_automatic_answer, is_complaint, with_recipient
from arrears.store.crypto import ciphers_of, keyring
from arrears.store.models import Attempt

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
    return is_for_complaints(address) or find_marked(address, marks) is not None


def receive_mail(mail: Incoming, *, actor: str, at: datetime) -> bool:
    """Store one mail, or do what it asks; committed when this returns. False: it is nothing for us.

    The same mail again is stored again and settles to nothing new.
    """
    marks = marks_of_this_database()
    taken = [_receive(mail, address, marks, actor, at) for address in mail.recipients]
    return any(taken)


def _receive(mail: Incoming, address: str, marks: Marks, actor: str, at: datetime) -> bool:
    marked = find_marked(address, marks)
    if marked is None:
        is_wanted = is_for_complaints(address) and is_complaint(mail.content)
        return is_wanted and _store(mail, address, at)
    if marked.use == BOUNCE:
        return _store(mail, address, at)
    if not mail.sender or is_complaint(mail.content):  # a report about a request or an answer is neither
        return False
    if marked.use == STOP:
        stop_by_message(attempt=marked.attempt, told_by="unsubscribe", actor=actor, at=at)
        return True
    return _hear(mail, address, marked.attempt, actor, at)


def _hear(mail: Incoming, address: str, number: int, actor: str, at: datetime) -> bool:
    """An answer is from whoever reads the mail of the address that we wrote to, whatever its sender says."""
    attempt = Attempt.objects.filter(pk=number).first()
    if attempt is None:
        return False
    if is_automatic_answer(mail.content):  # nobody wrote; there is nothing to hear
        return True
    heard = Heard(
        channel=SmtpChannel.name,
        provider=SmtpChannel.provider,
        text=read_reply(mail.content),
        sender=_written_to(attempt) or mail.sender,
        recipient=address,
        provider_ref=message_name(mail.content),
        lender=attempt.lender_id,
    )
    receive(heard, actor=actor, at=at)
    return True


def _written_to(attempt: Attempt) -> str:
    """The address that an attempt went to; empty when its person was erased."""
    ring, point = keyring(), attempt.contact_point
    cipher = ciphers_of(ring, [attempt.person_id]).get(attempt.person_id)
    return cipher.decrypt("point", bytes(point.value_encrypted)) if cipher and point else ""


def _store(mail: Incoming, address: str, at: datetime) -> bool:
    content = with_recipient(address, mail.content)
    store_receipt(channel=SmtpChannel.name, provider=SmtpChannel.provider, content=content, at=at)
    return True
