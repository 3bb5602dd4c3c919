"""A cleared contact as an Internet message (RFC 5322), and the marks it carries home.

Our mark of the attempt is in the Message-ID, in the envelope sender (VERP, so that a bounce names
the attempt whatever the bouncing server quotes) and in the unsubscribe address.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from arrears.channels.base import Cleared
from arrears.channels.marks import Marks
from arrears.channels.smtp.marked import STOP, marked_address, message_id
from arrears.kernel.errors import ChannelRefused

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_CONTROL_IN_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# One mailbox and nothing else: no spaces, quotes, comments, routes, lists or control characters.
_MAILBOX = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}@[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,253}")


def checked_address(address: str) -> str:
    """The address with its domain in ASCII form.

    Raises ChannelRefused when it is not one plain mailbox; the exception does not quote it.
    """
    if not _MAILBOX.fullmatch(address):
        raise _refused("smtp.address", "The address is not an e-mail address.")
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        raise _refused("smtp.address", "The domain of the e-mail address is not a domain name.") from None


def message_of(contact: Cleared, *, domain: str, marks: Marks, at: datetime) -> EmailMessage:
    """The message as it goes over the wire; `domain` is where undeliverable mail returns to.

    Raises ChannelRefused when a header would hold a control character: nothing was sent.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = _from(contact, domain)
    message["To"] = _as_address("", contact.address)
    message["Subject"] = _one_line(contact.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(contact.attempt, domain=domain, marks=marks)
    if contact.sender.reply_to:
        message["Reply-To"] = _as_address("", contact.sender.reply_to)
    stop = marked_address(STOP, contact.attempt, domain=domain, marks=marks)
    message["List-Unsubscribe"] = f"<mailto:{stop}?subject=stop>"
    message["Auto-Submitted"] = "auto-generated"
    text = _text(contact.body)
    # Base64 passes every server; eight bits only those that say so.
    message.set_content(text, charset="utf-8", cte=None if text.isascii() else "base64")
    message["Content-Language"] = _one_line(contact.language)  # set_content drops what describes another
    return message


def _from(contact: Cleared, domain: str) -> Address:
    return _as_address(_one_line(contact.sender.name), contact.sender.address or f"no-reply@{domain}")


def _as_address(name: str, address: str) -> Address:
    local, _, host = checked_address(address).rpartition("@")
    return Address(name, local, host)


def _one_line(text: str) -> str:
    if _CONTROL.search(text):
        raise _refused("smtp.header", "A header would hold a line break or another control character.")
    return text


def _text(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if _CONTROL_IN_TEXT.search(text):
        raise _refused("smtp.text", "The text holds a control character.")
    return text if text.endswith("\n") else text + "\n"


def _refused(code: str, what: str) -> ChannelRefused:
    return ChannelRefused(code, what, hint="Correct it where it is kept; it was not sent.")
