"""Hands e-mail to a provider's HTTP interface by django-anymail, and says exactly how far it came.

django-anymail reports every failure as one error. What that means for the message is told apart here:
an error that arose before there was a connection certainly left nothing; once there was one, only an
answer of the provider's is knowledge, and whatever else happened may have arrived.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator, Sequence
from typing import Any

from anymail.exceptions import AnymailError, AnymailRecipientsRefused
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives
from django.utils.module_loading import import_string
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError, ProxyError

from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.channels.hosted.providers import CHANNEL, MARK, PROVIDER, PROVIDERS, USE
from arrears.channels.hosted.route import HostedRoute
from arrears.channels.marks import Marks
from arrears.channels.pacing import Pace
from arrears.channels.server_urls import is_loopback
from arrears.channels.smtp.message import message_of
from arrears.kernel.errors import ChannelError, ChannelRefused, ChannelUnavailable, ChannelUnsure

_NOT_ON_ITS_OWN = ("From", "To", "Subject", "Reply-To", "Date", "MIME-Version")
_NEVER_CONNECTED = (NewConnectionError, ConnectTimeoutError, ProxyError)
_NOT_LET_IN = (401, 402, 403, 404, 405, 407)
_REFUSED = (400, 406, 413, 415, 422)


class HostedChannel(Channel):
    """A connection of its own for each message: one that was kept may be closed just when it is used."""

    name = CHANNEL
    provider = PROVIDER
    per_second = 10

    def __init__(self, now: Clock, route: HostedRoute, marks: Marks, *, is_simulation: bool) -> None:
        super().__init__(now)
        self._route = route
        self._marks = marks
        self._is_simulation = is_simulation
        self._pace = Pace(route.per_domain, time.monotonic)

    def with_room(self, contacts: Sequence[Cleared]) -> Sequence[Cleared]:
        return self._pace.with_room(contacts)

    def check(self) -> None:
        route = self._route
        try:
            socket.create_connection((route.host, route.port), route.connect_seconds).close()
        except OSError as error:
            raise _unavailable("hosted.no_connection", error) from None

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        message = self._message(contact)
        backend = self._backend(contact)
        self._pace.note(contact)
        try:
            backend.send_messages([message])
        except (AnymailError, ImproperlyConfigured) as error:
            raise meaning_of(error) from None
        finally:
            backend.close()
        return _accepted(message)

    def _message(self, contact: Cleared) -> EmailMultiAlternatives:
        """The same message as over SMTP, in the parts that providers take; opening it is not watched."""
        made = message_of(contact, back=self._route.back, marks=self._marks, at=self._now())
        text, html = (made.get_body((kind,)) for kind in ("plain", "html"))
        assert text is not None
        assert html is not None
        message = EmailMultiAlternatives(
            subject=contact.subject,
            body=text.get_content(),
            from_email=str(made["From"]),
            to=[str(made["To"])],
            reply_to=[str(made["Reply-To"])] if made["Reply-To"] else None,
            headers={name: str(value) for name, value in made.items() if _is_own(name)},
        )
        message.attach_alternative(html.get_content(), "text/html")
        options: dict[str, Any] = {
            "metadata": {MARK: self._marks.mark(USE, contact.attempt)},
            "track_opens": False,
            "track_clicks": False,
        }
        for name, value in options.items():
            setattr(message, name, value)
        return message

    def _backend(self, contact: Cleared) -> Any:
        """django-anymail's sender; it may connect for as long as the contact is permitted, and no longer."""
        route, provider = self._route, PROVIDERS[self._route.name]
        left = (contact.send_before - self._now()).total_seconds()
        options = {provider.key: route.key, "api_url": route.api_url}
        if route.domain:
            options[provider.domain] = route.domain
        made = import_string(f"anymail.{provider.backend}")
        timeout = (min(route.connect_seconds, left), route.answer_seconds)
        backend = made(timeout=timeout, **options)
        backend.open()
        backend.session.max_redirects = 0  # a message is handed to whom it was meant for
        backend.session.headers["Connection"] = "close"
        if self._is_simulation:
            assert is_loopback(route.host), "the route was checked"
            backend.session.trust_env = False  # no proxy
        return backend


def _is_own(name: str) -> bool:
    return name not in _NOT_ON_ITS_OWN and not name.startswith("Content-")


def _accepted(message: EmailMultiAlternatives) -> Accepted:
    """What the provider said of the one recipient; only queued and sent mean that it took the message."""
    status = message.anymail_status  # type: ignore[attr-defined]
    if not (status.status or set()) or not status.status <= {"queued", "sent"}:
        raise ChannelUnsure("hosted.unclear_answer", "The provider did not say that it took the message.")
    return Accepted(provider_ref=str(status.message_id or "")[:200])


def meaning_of(error: Exception) -> ChannelError:
    """What django-anymail's error means for the message; never its words, which quote the message."""
    if isinstance(error, AnymailRecipientsRefused):
        return ChannelRefused(
            "hosted.refused", "The provider does not write to this address.", is_address_dead=False
        )
    status = getattr(error, "status_code", None)
    if status is not None:
        return _of_status(int(status))
    if _never_connected(error):
        return _unavailable("hosted.no_connection", error)
    if isinstance(error.__cause__, OSError):  # what `requests` raises
        what = "The provider did not say if it took the message."
        return ChannelUnsure("hosted.no_answer", what, cause=type(error.__cause__).__name__)
    # What the provider cannot carry, or what is wrongly set, is found before anything is said to it.
    what = "The provider cannot be given this message."
    return ChannelRefused("hosted.cannot_carry", what, cause=type(error).__name__, is_address_dead=False)


def _of_status(status: int) -> ChannelError:
    if status in _NOT_LET_IN:
        return ChannelUnavailable("hosted.not_let_in", "The provider does not let us in.", reply=status)
    if status == 429:
        return ChannelUnavailable("hosted.not_now", "The provider takes no more now.", reply=status)
    if status in _REFUSED:
        return ChannelRefused(
            "hosted.refused", "The provider refused the message.", reply=status, is_address_dead=False
        )
    what = "The provider's answer does not say that it took the message."
    return ChannelUnsure("hosted.unclear_answer", what, reply=status)


def _never_connected(error: Exception) -> bool:
    return any(
        isinstance(each, (*_NEVER_CONNECTED, ssl.SSLCertVerificationError)) for each in _reasons(error)
    )


def _reasons(error: BaseException) -> Iterator[BaseException]:
    """The error and what is in it: its cause, what it was made with, and the reason of a last try."""
    yield error
    inner = [error.__cause__, getattr(error, "reason", None), *error.args]
    for each in inner:
        if isinstance(each, BaseException):
            yield from _reasons(each)


def _unavailable(code: str, error: Exception) -> ChannelUnavailable:
    what = "The provider could not be reached."
    return ChannelUnavailable(code, what, cause=type(error.__cause__ or error).__name__)
