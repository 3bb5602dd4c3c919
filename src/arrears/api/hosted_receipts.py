"""`POST /receipts/email`: a provider of e-mail reports what became of a message.

Answered once the report is stored; it is understood afterwards. django-anymail checks the provider's
signature or password, and each report has to carry the mark that went with its message.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import Router

from arrears.actions.mail import marks_of_this_database
from arrears.actions.opt_outs import stop_by_message
from arrears.actions.receipts import store_receipt
from arrears.api.problems import Refused
from arrears.channels.hosted.events import UNSUBSCRIBED, attempt_of, content_of, is_about_a_message
from arrears.channels.hosted.providers import CHANNEL, PROVIDER, PROVIDERS
from arrears.channels.hosted.route import HostedRoute, read_hosted_route
from arrears.store import clock
from arrears.store.identity import is_live

router = Router()
ACTOR = "program:email-provider"
_NOT_HIS = (SuspiciousOperation, ImproperlyConfigured, ValueError, KeyError, TypeError, AttributeError)
"""What django-anymail raises for a wrong signature, and for a report that is not of the form it knows."""


@router.post("/receipts/email", include_in_schema=False)
def email(request: HttpRequest) -> HttpResponse:
    """Store the events of one report; the same again is stored again and settles to nothing new."""
    events = _events(request)
    attempts = [attempt_of(event, marks_of_this_database()) for event in events]
    if None in attempts:
        raise _no_mark()
    for event, attempt in zip(events, attempts, strict=True):
        if attempt is not None:
            _take(event, attempt)
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _take(event: Any, attempt: int) -> None:
    if event.event_type == UNSUBSCRIBED:
        stop_by_message(attempt=attempt, told_by="unsubscribe", actor=ACTOR, at=clock.now())
    elif is_about_a_message(event):
        store_receipt(
            channel=CHANNEL,
            provider=PROVIDER,
            content=content_of(event),
            at=clock.now(),
        )


def _events(request: HttpRequest) -> list[Any]:
    """The report's events, once the provider has shown that it is the provider."""
    route = _route()
    provider = PROVIDERS[route.name]
    view = import_string(f"anymail.{provider.webhook}")(**{provider.checked_by: route.secret})
    try:
        view.run_validators(request)
        return list(view.parse_events(request))
    except _NOT_HIS:
        raise Refused(
            HTTPStatus.FORBIDDEN, "receipt.signature", "This report is not the provider's."
        ) from None


def _route() -> HostedRoute:
    """Where no provider is set, or none whose reports can be checked, there is nobody to report."""
    if settings.ARREARS_EMAIL_URL:
        route = read_hosted_route(settings.ARREARS_EMAIL_URL, is_simulation=not is_live())
        if route.secret:
            return route
    raise _no_mark()


def _no_mark() -> Refused:
    return Refused(HTTPStatus.FORBIDDEN, "receipt.mark", "This report has no mark of a message of ours.")
