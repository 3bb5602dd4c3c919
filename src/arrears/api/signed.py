"""Webhooks of a hosted provider: believed when they are signed with its secret, about now.

X-Timestamp: 1784073600    X-Signature: HMAC-SHA256 of `timestamp.body`, in hexadecimal
"""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest

from arrears.api.problems import Refused
from arrears.channels.sms_json import read_provider
from arrears.channels.sms_json.route import is_hosted
from arrears.store import clock
from arrears.store.identity import is_live

_BODY_MAX = 50_000


def signed_body(request: HttpRequest) -> bytes:
    """The body of a signed request. Raises Refused: 403 when it is not signed, 413 when it is too large."""
    body = request.body
    if len(body) > _BODY_MAX:
        what = f"A webhook may have at most {_BODY_MAX:,} bytes."
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request.too_large", what)
    stamp, signature = request.headers.get("X-Timestamp", ""), request.headers.get("X-Signature", "")
    if not is_hosted(settings.ARREARS_SMS_URL):
        raise _unsigned()
    provider = read_provider(settings.ARREARS_SMS_URL, is_simulation=not is_live())
    if not provider.is_signed(body, stamp=stamp, signature=signature, at=clock.now()):
        raise _unsigned()
    return body


def _unsigned() -> Refused:
    what = "This is not signed by our provider, or was signed too long ago."
    return Refused(HTTPStatus.FORBIDDEN, "webhook.signature", what)
