"""`GET /metrics`: for Prometheus, and for nobody from elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from arrears.jobs.metrics import database_registry


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures of the database; those of a process stand at its own port."""
    if request.method != "GET":
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
    if not _is_from(request.META.get("REMOTE_ADDR", ""), settings.ARREARS_METRICS_FROM):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    return HttpResponse(generate_latest(database_registry()), content_type=CONTENT_TYPE_LATEST)


def _is_from(address: str, networks: Sequence[str]) -> bool:
    """Whether who asks is in one of these networks; `address` is that before the proxy."""
    try:
        asks = ip_address(address)
        return any(asks in ip_network(each.strip()) for each in networks)
    except ValueError:
        return False
