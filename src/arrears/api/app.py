"""The API as a whole: its operations, and what becomes of everything that goes wrong in them."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, ValidationError

from arrears import __version__
from arrears.api import (
    call_tasks,
    contacts,
    decisions,
    hosted_receipts,
    inbound,
    inbox,
    inconvenient_times,
    obligations,
    push,
    receipts,
    reservations,
    verifications,
)
from arrears.api.callers import no_token
from arrears.api.documents import DescribedApi, JsonParser
from arrears.api.problems import Wrong, problem, problem_of

ERRORS_MAX = 20

api = DescribedApi(
    title="Arrears",
    version=__version__,
    description="Asks whether a contact about a debt is permitted, reserves it, and records what came of it.",
    docs_url=None,
    parser=JsonParser(),
    urls_namespace="api",
)
_ROUTERS = (
    *(decisions.router, reservations.router, contacts.router),
    *(receipts.router, hosted_receipts.router, inbound.router, obligations.router, verifications.router),
    *(call_tasks.router, push.router, inconvenient_times.router, inbox.router),
)
for _router in _ROUTERS:
    api.add_router("", _router)


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:  # noqa: ARG001
    wrong = [_wrong(each) for each in error.errors[:ERRORS_MAX]]
    what = "The request is not as the API describes it."
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "request.wrong", what, errors=wrong)


@api.exception_handler(AuthenticationError)
def _not_known(request: HttpRequest, error: AuthenticationError) -> HttpResponse:  # noqa: ARG001
    return problem_of(no_token())


@api.exception_handler(HttpError)
def _not_readable(request: HttpRequest, error: HttpError) -> HttpResponse:  # noqa: ARG001
    return problem(HTTPStatus(error.status_code), "request.not_json", "The request is no JSON document.")


@api.exception_handler(Exception)
def _went_wrong(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001
    return problem_of(error)


def _wrong(error: dict[str, Any]) -> Wrong:
    """Where, as a JSON pointer into the body, and what; never the value itself."""
    _, _, *path = error["loc"]
    return Wrong(pointer="".join(f"/{part}" for part in path), detail=str(error["msg"]))
