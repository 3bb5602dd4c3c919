"""`GET /verifications/{code}`: was this contact genuine? For anybody, without a token.

It answers who made the contact, by which channel and in which hour, and nothing about a person, a
debt or an address. A code that is unknown is answered like one that is known: with 200, in words.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from ipaddress import IPv6Address, ip_address

from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, Field

from arrears.actions.verifications import find_verified
from arrears.api.documents import PROBLEMS
from arrears.api.problems import Refused
from arrears.api.rates import Rates
from arrears.api.rendering import json_response
from arrears.api.words import Language
from arrears.locale.notices import language_of
from arrears.locale.verification import say_genuine, say_too_often, say_unknown

router = Router(tags=["verifications"])

PER_ADDRESS = 20
IN_TOTAL = 600
"""Codes a minute that this process answers, to one network address and to all together."""

RATES = Rates()
_EVERYBODY = "everybody"
_HOST_BITS = 64


class Verification(BaseModel):
    """Whether a contact of ours has this code. `hour` is where `zone` is; `text` says it in words."""

    genuine: bool
    lender: str | None = None
    channel: str | None = None
    hour: str | None = Field(
        None, description="The full hour in which it was made, such as 2026-07-14T09+08:00."
    )
    zone: str | None = None
    text: str


@router.get(
    "/verifications/{code}",
    auth=None,
    response={200: Verification, **PROBLEMS},
    operation_id="verify_contact",
    summary="Was this contact genuine?",
)
def verify(request: HttpRequest, code: str, language: Language | None = None) -> HttpResponse:
    """Say whether a contact with this code was made, and by whom. Asking changes nothing.

    Spaces, hyphens and small letters do not matter. Without `language` the header Accept-Language decides.
    """
    spoken = language or _language_of(request)
    _refuse_too_often(request, spoken)
    found = find_verified(code)
    if found is None:
        return json_response({"genuine": False, "text": say_unknown(spoken)})
    text = say_genuine(
        spoken,
        lender=found.lender,
        channel=found.channel,
        hour_local=found.hour_local,
        until_local=found.until_local,
    )
    hour = found.hour_local.isoformat(timespec="hours")
    told = {"lender": found.lender, "channel": found.channel, "hour": hour, "zone": found.zone}
    return json_response({"genuine": True, **told, "text": text})


def _refuse_too_often(request: HttpRequest, language: str) -> None:
    """Who asks too often is held up before everybody's share is touched."""
    now = time.monotonic()
    wait_seconds = RATES.take(_asker(request), PER_ADDRESS, now) or RATES.take(_EVERYBODY, IN_TOTAL, now)
    if wait_seconds:
        headers = {"Retry-After": str(wait_seconds)}
        what = say_too_often(language)
        raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "verification.too_often", what, headers=headers)


def _asker(request: HttpRequest) -> str:
    """The network address that asks: of IPv6 the network, which is one household's or machine's.

    The server says whose it is; behind a proxy it takes the proxy's word (`arrears serve` does).
    """
    peer: str = request.META.get("REMOTE_ADDR", "")
    try:
        address = ip_address(peer)
    except ValueError:
        return peer
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> _HOST_BITS << _HOST_BITS))
    return str(address)


def _language_of(request: HttpRequest) -> str:
    """The first language that the browser asks for."""
    first = request.headers.get("Accept-Language", "").split(",", 1)[0]
    return language_of(first.split(";", 1)[0].strip())
