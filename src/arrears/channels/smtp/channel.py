"""Hands e-mail to a mail server over SMTP (RFC 5321), and says exactly how far it came.

What an answer, or its absence, means depends on one moment: the final dot. Until it has been
given to the network no server may deliver the message, so every failure before it certainly
left nothing. From then on only a complete answer is knowledge: 2yz accepted, 5yz refused; and
everything else may have arrived, 4yz too, because servers are known to deliver and then fail.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.marks import Marks
from arrears.channels.pacing import Pace
from arrears.channels.server_urls import is_loopback
from arrears.channels.smtp.marked import BOUNCE, marked_address
from arrears.channels.smtp.message import checked_address, message_of
from arrears.channels.smtp.route import Route
from arrears.channels.smtp.statuses import is_mailbox_gone, status_in
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure

SINK_MARK = "x-arrears-sink"
"""What our own mail sink says of itself; a live database hands it nothing."""

_Reply = tuple[int, bytes]
_FAILURES = (OSError, smtplib.SMTPException, ValueError)


class SmtpChannel(Channel):
    """One connection to one mail server, opened at the first contact and used for the batch."""

    name = "email"
    provider = "smtp"
    per_second = 50

    def __init__(self, now: Clock, route: Route, marks: Marks) -> None:
        super().__init__(now)
        self._route = route
        self._marks = marks
        self.most_per_second = route.per_second
        self._pace = Pace(route.per_domain, time.monotonic)
        self._server: smtplib.SMTP | None = None

    def check(self) -> None:
        self._ready_server()

    def with_room(self, contacts: Sequence[Cleared]) -> Sequence[Cleared]:
        return self._pace.with_room(contacts)

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _hand_over(self, contact: Cleared) -> Accepted:
        message = message_of(contact, back=self._route.back, marks=self._marks, at=self._now())
        address = checked_address(contact.address)
        server = self._ready_server()
        if not self._is_in_time(contact):
            raise self._too_late()
        self._pace.note(contact)
        return self._transfer(server, contact, message, address)

    # -- before a message ----------------------------------------------------------------------

    def _ready_server(self) -> smtplib.SMTP:
        """A server that knows neither sender nor recipient yet; a kept connection is tried first."""
        if self._server is not None and self._answers(self._server):
            return self._server
        self.close()
        self._server = self._connected()
        return self._server

    def _answers(self, server: smtplib.SMTP) -> bool:
        """Whether a kept connection is still there; RSET also clears what a failure left behind."""
        try:
            return server.rset()[0] == 250
        except _FAILURES:
            return False

    def _connected(self) -> smtplib.SMTP:
        route = self._route
        try:
            server = self._opened()
            self._greeted(server)
        except _FAILURES as error:
            raise _unavailable("smtp.no_connection", "The mail server could not be reached.", error) from None
        if not route.is_simulation and server.has_extn(SINK_MARK):
            server.close()
            raise ChannelUnavailable("smtp.sink", "The database is live, and the mail server is a test sink.")
        return server

    def _opened(self) -> smtplib.SMTP:
        route, seconds = self._route, self._route.connect_seconds
        if route.tls == "implicit":
            return smtplib.SMTP_SSL(route.host, route.port, _NAME, timeout=seconds, context=_tls())
        return smtplib.SMTP(route.host, route.port, _NAME, timeout=seconds)

    def _greeted(self, server: smtplib.SMTP) -> None:
        """EHLO, TLS and credentials as the route asks; closes the connection when one fails."""
        route = self._route
        try:
            self._check_peer(server)
            assert server.sock is not None
            server.sock.settimeout(route.answer_seconds)
            # The final dot is a packet of its own; without this it would wait for an acknowledgement.
            server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server.ehlo_or_helo_if_needed()
            if route.tls == "required" or (route.tls == "if_offered" and server.has_extn("starttls")):
                server.starttls(context=_tls())
                server.ehlo()
            if route.username:
                server.login(route.username, route.password)
        except _FAILURES:
            server.close()
            raise

    def _check_peer(self, server: smtplib.SMTP) -> None:
        """A simulation speaks to this machine only, whatever a name was resolved to."""
        assert server.sock is not None
        if self._route.is_simulation and not is_loopback(server.sock.getpeername()[0]):
            raise OSError("a simulation's mail server must be on this machine")

    # -- one message ---------------------------------------------------------------------------

    def _transfer(
        self, server: smtplib.SMTP, contact: Cleared, message: EmailMessage, address: str
    ) -> Accepted:
        options = [] if address.isascii() else ["SMTPUTF8"]
        if options and not server.has_extn("smtputf8"):
            raise ChannelRefused("smtp.address", "The mail server takes ASCII addresses only.")
        sender = marked_address(BOUNCE, contact.attempt, domain=self._route.bounces, marks=self._marks)
        content = message.as_bytes(policy=SMTPUTF8 if options else SMTP)
        self._before_dot(server, sender, address, options, content)
        return self._after_dot(server)

    def _before_dot(
        self, server: smtplib.SMTP, sender: str, address: str, options: list[str], content: bytes
    ) -> None:
        try:
            self._expect(server.mail(sender, [*options, *self._returning(server)]), 2, "MAIL")
            self._expect(server.rcpt(address, self._notifying(server)), 2, "RCPT")
            self._expect(server.docmd("DATA"), 3, "DATA")
            server.send(_dot_stuffed(content))
        except _FAILURES as error:
            self.close()
            raise _unavailable("smtp.lost", "The mail server was lost before the message.", error) from None

    def _returning(self, server: smtplib.SMTP) -> list[str]:
        """Of a message that comes back its headers are enough (RFC 3461): its text is not spread further."""
        return ["RET=HDRS"] if server.has_extn("dsn") else []

    def _notifying(self, server: smtplib.SMTP) -> list[str]:
        """What is to be reported; servers report failures without being asked."""
        is_asked = self._route.asks_delivered and server.has_extn("dsn")
        return ["NOTIFY=SUCCESS,FAILURE,DELAY"] if is_asked else []

    def _expect(self, reply: _Reply, wanted: int, command: str) -> None:
        """Go on, or raise what this answer to a command before the message means."""
        code, text = reply
        if code // 100 == wanted:
            return
        if code // 100 == 5:
            raise _refusal(code, text, command)
        self.close()
        what = "The mail server does not take the message now."
        raise ChannelUnavailable("smtp.not_now", what, command=command, reply=code)

    def _after_dot(self, server: smtplib.SMTP) -> Accepted:
        try:
            server.send(b".\r\n")
            code, text = server.getreply()
        except _FAILURES as error:
            self.close()
            raise _unsure("smtp.no_answer", "The mail server did not say if it took it.", error) from None
        if code // 100 == 2:
            return Accepted(provider_ref=_one_line(text))
        if code // 100 == 5:
            raise _refusal(code, text, "message")
        self.close()
        what = "The mail server's answer to the message does not say that it took it."
        raise ChannelUnsure("smtp.unclear_answer", what, reply=code)


_NAME = "localhost"  # what we call ourselves: a lookup of the host's name may block for seconds


def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _dot_stuffed(content: bytes) -> bytes:
    """The content as DATA wants it: ends in a line break, and no line of it is a lone dot."""
    ending = b"" if content.endswith(b"\r\n") else b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", content) + ending


def _refusal(code: int, text: bytes, command: str) -> ChannelRefused:
    enhanced = status_in(text.split(maxsplit=1)[0].decode("ascii", "replace")) if text.strip() else ""
    return ChannelRefused(
        "smtp.refused",
        "The mail server refused the message.",
        command=command,
        reply=code,
        status=enhanced,
        is_address_dead=command == "RCPT" and is_mailbox_gone(code, enhanced),
    )


def _one_line(text: bytes) -> str:
    return text.decode("ascii", "replace").splitlines()[0][:200] if text else ""


def _unavailable(code: str, what: str, error: Exception) -> ChannelUnavailable:
    return ChannelUnavailable(code, what, cause=type(error).__name__)


def _unsure(code: str, what: str, error: Exception) -> ChannelUnsure:
    return ChannelUnsure(code, what, cause=type(error).__name__)
