"""A cleared contact as an Internet message (RFC 5322), and the marks it carries home.

Our mark of the attempt is in the Message-ID, in the envelope sender (VERP, so that a bounce names
the attempt whatever the bouncing server quotes) and in the unsubscribe address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime

from arrears.channels.base import Cleared
from arrears.channels.marks import Marks
from arrears.channels.smtp.html import html_of
from arrears.channels.smtp.marked import ONE_CLICK, REPLY, STOP, marked_address, message_id, stop_link
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


class _Addresses(UnstructuredHeader, BaseHeader):
    """Addresses in angle brackets, each on a line as it is: to encode a long one would break it."""

    def fold(self, *, policy: Policy) -> str:
        """Called when the message is written."""
        return f"{self.name}: " + str(self).replace(", ", f",{policy.linesep} ") + policy.linesep


_HEADERS = HeaderRegistry()
_HEADERS.map_to_type("list-unsubscribe", _Addresses)
_POLICY = SMTP.clone(header_factory=_HEADERS)


@dataclass(frozen=True, slots=True)
class WaysBack:
    """Where what a message calls forth comes back to.

    domain       that of the addresses which have our mark: bounces, requests to stop, answers
    unsubscribe  address of our HTTP server (https://host), for stopping with one click; empty: none
    takes_replies  answers go to an address that has our mark, not to the lender's own
    """

    domain: str
    unsubscribe: str = ""
    takes_replies: bool = False


def message_of(contact: Cleared, *, back: WaysBack, marks: Marks, at: datetime) -> EmailMessage:
    """The message as it goes over the wire. It is not signed: that is the mail server's part (DKIM).

    Raises ChannelRefused when a header would hold a control character: nothing was sent.
    """
    message = EmailMessage(policy=_POLICY)
    message["From"] = _from(contact, back.domain)
    message["To"] = _as_address("", contact.address)
    message["Subject"] = _one_line(contact.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id(contact.attempt, domain=back.domain, marks=marks)
    reply_to = _reply_to(contact, back, marks)
    if reply_to:
        message["Reply-To"] = _as_address("", reply_to)
    _invite_to_stop(message, contact.attempt, back, marks)
    message["Auto-Submitted"] = "auto-generated"
    _write(message, _text(contact.body), contact)
    return message


def _write(message: EmailMessage, text: str, contact: Cleared) -> None:
    """The text as it is kept, and the same as HTML."""
    html = html_of(text, title=contact.subject, language=contact.language)
    # Base64 passes every server; eight bits only those that say so.
    message.set_content(text, charset="utf-8", cte=None if text.isascii() else "base64")
    message.add_alternative(html, subtype="html", charset="utf-8", cte=None if html.isascii() else "base64")
    for part in (message, *message.iter_parts()):
        part["Content-Language"] = _one_line(contact.language)


def _reply_to(contact: Cleared, back: WaysBack, marks: Marks) -> str:
    if back.takes_replies:
        return marked_address(REPLY, contact.attempt, domain=back.domain, marks=marks)
    return contact.sender.reply_to


def _invite_to_stop(message: EmailMessage, attempt: int, back: WaysBack, marks: Marks) -> None:
    """By mail (RFC 2369), and with one click where our HTTP server can be reached (RFC 8058)."""
    stop = marked_address(STOP, attempt, domain=back.domain, marks=marks)
    ways = [f"<mailto:{stop}?subject=stop>"]
    if back.unsubscribe:
        ways.insert(0, f"<{stop_link(attempt, base=back.unsubscribe, marks=marks)}>")
        message["List-Unsubscribe-Post"] = ONE_CLICK
    message["List-Unsubscribe"] = ", ".join(ways)


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
