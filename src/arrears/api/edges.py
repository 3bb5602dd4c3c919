"""The outer edge of the API: what is too large or no JSON is refused unread, and what is wrong is a problem.

It stands before Django's own answers, which are pages, and logs nothing of a request but its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import DisallowedHost, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from arrears.api.problems import CONTENT_TYPE, problem, problem_of

ROOT = "/api/"
_PASSED_ON = ("application/json", CONTENT_TYPE)


class Edge:
    """Django's middleware for requests below `/api/`; all others pass as they are."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(ROOT):
            return self.get_response(request)
        response = _refused(request) or self.get_response(request)
        if response.status_code >= 400 and response.headers.get("Content-Type") not in _PASSED_ON:
            response = _as_problem(response)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        if isinstance(response, HttpResponse):  # else it would be sent in pieces
            response.headers["Content-Length"] = str(len(response.content))
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Called by Django with what a view raised."""
        if not request.path.startswith(ROOT) or isinstance(error, SuspiciousOperation):
            return None
        return problem_of(error)


def _refused(request: HttpRequest) -> HttpResponse | None:
    """What is not even read."""
    try:
        request.get_host()
    except DisallowedHost:
        what = "This server does not answer to that name."
        return problem(HTTPStatus.MISDIRECTED_REQUEST, "request.host", what)
    if request.method != "POST":
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdigit() and int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        most = f"{settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes"
        return problem(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "request.too_large", f"A request may have at most {most}."
        )
    if request.content_type != "application/json":
        return problem(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "request.not_json",
            "Send JSON: Content-Type: application/json.",
        )
    return None


def _as_problem(response: HttpResponseBase) -> HttpResponse:
    """Django's own answer (no such address, method or host) in the form of the others."""
    status = HTTPStatus(response.status_code)
    kept = {name: response.headers[name] for name in ("Allow",) if name in response.headers}
    return problem(status, f"http.{status.value}", status.description or status.phrase, headers=kept)
