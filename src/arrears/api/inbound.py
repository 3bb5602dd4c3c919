"""`GET /inbound/kannel`: a text message gateway hands over what a telephone wrote.

Answered once the message is stored. It is understood at once as well, so that a refusal binds from then
on; where that fails it is understood by the next `arrears send` or `arrears sweep`. The gateway carries no
token: the address that it asks has a mark made from its password.
"""

from __future__ import annotations

import hmac
import logging
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from ninja import Router

from arrears.actions.inbound import Heard, Received, heard_from, receive, settle_inbound
from arrears.api.problems import Refused
from arrears.channels.kannel import KannelChannel, read_gateway
from arrears.channels.kannel.inbound import read_written
from arrears.kernel.errors import ArrearsError
from arrears.store import clock
from arrears.store.identity import is_live

router = Router()
ACTOR = "program:inbound"
_QUERY_MAX = 20_000
_LOG = logging.getLogger("arrears.api")


@router.get("/inbound/kannel", include_in_schema=False)
def kannel(request: HttpRequest) -> HttpResponse:
    """Store and understand one message. The same again changes nothing: Kannel asks until it hears 200."""
    query = request.META["QUERY_STRING"]
    if len(query) > _QUERY_MAX or not _is_marked(request.GET.get("mark", "")):
        raise Refused(HTTPStatus.FORBIDDEN, "inbound.mark", "This address has not the mark of our gateway.")
    written = read_written(query)
    if written is None:
        raise Refused(HTTPStatus.UNPROCESSABLE_ENTITY, "inbound.sender", "The message names no sender.")
    take(heard_from(written, channel=KannelChannel.name, provider=KannelChannel.provider), actor=ACTOR)
    return HttpResponse(status=HTTPStatus.OK, content_type="text/plain")


def take(heard: Heard, *, actor: str) -> Received:
    """Store a message, then do what it asks for; what fails after it is stored does not lose it."""
    received = receive(heard, actor=actor, at=clock.now())
    try:
        settle_inbound(received.message, actor=actor)
    except (ArrearsError, DatabaseError) as error:
        _LOG.error("%s while message %s was understood", type(error).__name__, received.message)
    return received


def _is_marked(mark: str) -> bool:
    if not (settings.ARREARS_SMS_URL and mark.isascii()):
        return False
    gateway = read_gateway(settings.ARREARS_SMS_URL, is_simulation=not is_live())
    return hmac.compare_digest(gateway.inbound_mark, mark)
