"""What went wrong, as RFC 9457 problem details: a stable code, words, and never a traceback."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Mapping, Sequence
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpResponse
from pydantic import BaseModel

from arrears.kernel.errors import ArrearsError, BadInput, Conflict, Misconfigured, NotFound, NotPossible

CONTENT_TYPE = "application/problem+json"
_LOG = logging.getLogger("arrears.api")

_STATUS: Mapping[type[ArrearsError], HTTPStatus] = {
    BadInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    NotPossible: HTTPStatus.CONFLICT,
    Misconfigured: HTTPStatus.SERVICE_UNAVAILABLE,
}


class Wrong(BaseModel):
    """One value of the request that cannot be used: where it stands, and what is wrong with it."""

    pointer: str
    detail: str


class Problem(BaseModel):
    """Why a request was not done. `code` is stable; `detail` and `hint` are for people."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    hint: str | None = None
    errors: list[Wrong] | None = None


class Refused(Exception):
    """A request that is not let in: no token, no scope, too often."""

    def __init__(
        self, status: HTTPStatus, code: str, detail: str, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers or {}


def problem(
    status: HTTPStatus,
    code: str,
    detail: str,
    *,
    hint: str = "",
    errors: Sequence[Wrong] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    told = Problem(
        type="about:blank",
        title=status.phrase,
        status=status,
        code=code,
        detail=detail,
        hint=hint or None,
        errors=list(errors) or None,
    )
    body = json.dumps(told.model_dump(exclude_none=True), ensure_ascii=False)
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {}))


def problem_of(error: Exception) -> HttpResponse:
    """The problem that an exception is to the caller.

    What nobody foresaw is logged by its kind and place only: its message may quote the request.
    """
    if isinstance(error, Refused):
        return problem(error.status, error.code, error.detail, headers=error.headers)
    if isinstance(error, ArrearsError):
        status = _STATUS.get(type(error), HTTPStatus.INTERNAL_SERVER_ERROR)
        return problem(status, error.code, error.what, hint=error.hint)
    where = traceback.extract_tb(error.__traceback__)[-1]
    _LOG.error("%s in %s line %s", type(error).__name__, where.name, where.lineno)
    if isinstance(error, DatabaseError):
        return problem(
            HTTPStatus.SERVICE_UNAVAILABLE, "database", "The database cannot be used now.", hint="Try again."
        )
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "unforeseen", "This should not have happened.")
