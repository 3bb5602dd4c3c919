"""How far a text message came, reported by Kannel (`GET /receipts/kannel`) or a hosted provider.

Answered once the report is stored; it is understood afterwards. Kannel carries no token: each report has
the mark that was sent with its message, and is believed of that message alone. A hosted provider signs.
"""

from __future__ import annotations

import hmac
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router

from arrears.actions.receipts import store_receipt
from arrears.api.problems import Refused
from arrears.api.signed import signed_body
from arrears.channels.kannel import KannelChannel, read_gateway
from arrears.channels.kannel.route import is_kannel
from arrears.channels.sms_json import JsonSmsChannel
from arrears.store import clock
from arrears.store.identity import is_live

router = Router()
_QUERY_MAX = 2_000


@router.get("/receipts/kannel", include_in_schema=False)
def kannel(request: HttpRequest) -> HttpResponse:
    """Store the report of one message; Kannel asks until it hears 200. The same settles to nothing new."""
    query = request.META["QUERY_STRING"]
    attempt, mark = request.GET.get("attempt", ""), request.GET.get("mark", "")
    if len(query) > _QUERY_MAX or not _is_marked(attempt, mark):
        raise Refused(HTTPStatus.FORBIDDEN, "receipt.mark", "This report has no mark of a message of ours.")
    content = query.encode("ascii", "replace")
    store_receipt(
        channel=KannelChannel.name, provider=KannelChannel.provider, content=content, at=clock.now()
    )
    return HttpResponse(status=HTTPStatus.OK, content_type="text/plain")


@router.post("/receipts/sms-json", include_in_schema=False)
def hosted(request: HttpRequest) -> HttpResponse:
    """Store the report of a hosted provider, which has signed it."""
    content = signed_body(request)
    store_receipt(
        channel=JsonSmsChannel.name, provider=JsonSmsChannel.provider, content=content, at=clock.now()
    )
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


def _is_marked(attempt: str, mark: str) -> bool:
    if not (
        is_kannel(settings.ARREARS_SMS_URL) and attempt.isdecimal() and attempt.isascii() and mark.isascii()
    ):
        return False
    gateway = read_gateway(settings.ARREARS_SMS_URL, is_simulation=not is_live())
    return hmac.compare_digest(gateway.mark_of(int(attempt)), mark)
