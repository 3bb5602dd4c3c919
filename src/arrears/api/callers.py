"""Who asks: bearer tokens, what each may do, and how often."""

from __future__ import annotations

import time
from http import HTTPStatus

from django.http import HttpRequest
from ninja.security import HttpBearer

from arrears.actions.tokens import Caller, find_caller
from arrears.api.problems import Refused
from arrears.api.rates import Rates

_TOKEN_LENGTH_MAX = 200


class BearerToken(HttpBearer):
    """Lets in whoever shows a token with this scope."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Caller:  # noqa: ARG002
        """Raises Refused: 401 for a token nobody has, 403 without the scope, 429 when it asks too often."""
        caller = find_caller(token) if len(token) <= _TOKEN_LENGTH_MAX else None
        if caller is None:
            raise no_token()
        if self.scope not in caller.scopes:
            what = f"This token has not the scope {self.scope}."
            raise Refused(HTTPStatus.FORBIDDEN, "token.scope", what)
        wait_seconds = RATES.take(caller.token, caller.requests_per_minute, time.monotonic())
        if wait_seconds:
            what = f"This token may ask {caller.requests_per_minute} times a minute."
            headers = {"Retry-After": str(wait_seconds)}
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "token.too_often", what, headers=headers)
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """Whom `BearerToken` has let in."""
    caller = request.auth  # type: ignore[attr-defined] # set by ninja from what it returned
    assert isinstance(caller, Caller), caller
    return caller


def no_token() -> Refused:
    what = "Show a token: Authorization: Bearer arr_..."
    headers = {"WWW-Authenticate": "Bearer"}
    return Refused(HTTPStatus.UNAUTHORIZED, "token.missing", what, headers=headers)


RATES = Rates()
