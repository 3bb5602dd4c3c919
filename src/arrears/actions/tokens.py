"""Tokens: by what other systems are known here, what each may do, and for which lender."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import compress

from django.db import connection, transaction

from arrears.actions.lenders import lock_lender
from arrears.kernel.errors import BadInput, Conflict, NotFound
from arrears.store import audit, clock
from arrears.store.actors import actor_id
from arrears.store.models import ApiToken

SCOPES = ("decide", "reserve", "report", "inbox")
"""Ask whether a contact is permitted; reserve one under the gate's locks; report one that was made;
show a person's inbox in the lender's app, and tell what was opened."""

REQUESTS_PER_MINUTE = 6_000
REQUESTS_PER_MINUTE_MAX = 1_000_000
_PREFIX = "arr_"
_SECRET_BYTES = 32
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class Caller:
    """A system that shows its token: whose it is, what it may do, how often it may ask, and the instant."""

    token: int
    lender: int
    system: str
    scopes: frozenset[str]
    requests_per_minute: int
    asked_at: datetime

    @property
    def actor(self) -> str:
        return f"other_system:{self.system}"


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """A new token. `secret` is shown once and stored nowhere."""

    id: int
    secret: str


def add_token(
    *,
    lender: int,
    system: str,
    scopes: Iterable[str],
    requests_per_minute: int = REQUESTS_PER_MINUTE,
    actor: str,
    at: datetime,
) -> IssuedToken:
    """Let a system of a lender in. A system may have two tokens while one replaces the other.

    Raises BadInput for a name or scope that cannot be, Conflict when the system has two already.
    """
    wanted = frozenset(scopes)
    _check(system, wanted, requests_per_minute)
    secret = _PREFIX + secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        lock_lender(lender)
        if ApiToken.objects.filter(lender=lender, system=system, revoked_at=None).count() > 1:
            raise Conflict(
                "token.two_already",
                f"{system} has two tokens already.",
                hint="Revoke one: arrears token list shows them.",
                system=system,
            )
        row = ApiToken.objects.create(
            lender_id=lender,
            system=system,
            digest=digest_of(secret),
            **{f"may_{scope}": scope in wanted for scope in SCOPES},
            requests_per_minute=requests_per_minute,
            actor_id=actor_id(actor, at=at),
            recorded_at=at,
        )
        facts = {"system": system, "scopes": sorted(wanted)}
        audit.record(
            "token.added", actor=actor, at=at, lender_id=lender, subjects={"token": row.pk}, facts=facts
        )
    return IssuedToken(row.pk, secret)


def revoke_token(*, token: int, actor: str, at: datetime) -> None:
    """Shut a token out from its next request on.

    Raises NotFound when there is none of this number, Conflict when it is revoked already.
    """
    with transaction.atomic():
        row = ApiToken.objects.select_for_update().filter(pk=token).first()
        if row is None:
            raise NotFound("token.unknown", f"There is no token {token}.", token=token)
        if row.revoked_at is not None:
            raise Conflict("token.revoked", f"The token {token} is revoked already.", token=token)
        row.revoked_at = at
        row.save(update_fields=["revoked_at"])
        subjects, facts = {"token": token}, {"system": row.system}
        audit.record(
            "token.revoked", actor=actor, at=at, lender_id=row.lender_id, subjects=subjects, facts=facts
        )


def find_caller(secret: str) -> Caller | None:
    """Who shows this token; None when it is no token of ours or is revoked."""
    with connection.cursor() as cursor:
        cursor.execute(_CALLER, [digest_of(secret)])
        row = cursor.fetchone()
    if row is None:
        return None
    token, lender, system, rate, at, *may = row
    return Caller(token, lender, system, frozenset(compress(SCOPES, may)), rate, clock.told(at))


_CALLER = f"""
SELECT id, lender_id, system, requests_per_minute, {clock.NOW},
       {", ".join(f"may_{scope}" for scope in SCOPES)}
  FROM api_token WHERE digest = %s AND revoked_at IS NULL
"""  # noqa: S608 # columns of ours
"""Not through models, and with the instant that most requests need: it is asked with every one."""


def list_tokens(*, lender: int | None = None) -> list[dict[str, object]]:
    """Every token ever issued, the oldest first: system, scopes, when it was made and revoked."""
    rows = ApiToken.objects.order_by("id")
    return [
        {
            "token": row.pk,
            "lender": row.lender_id,
            "system": row.system,
            "scopes": " ".join(scope for scope in SCOPES if scope in _scopes_of(row)),
            "requests_per_minute": row.requests_per_minute,
            "recorded_at": row.recorded_at,
            "revoked_at": row.revoked_at,
        }
        for row in (rows if lender is None else rows.filter(lender=lender))
    ]


def digest_of(secret: str) -> bytes:
    """What is stored of a token. It is random and long, so one round of SHA-256 hides it."""
    return hashlib.sha256(secret.encode()).digest()


def _scopes_of(row: ApiToken) -> frozenset[str]:
    return frozenset(scope for scope in SCOPES if getattr(row, f"may_{scope}"))


def _check(system: str, scopes: frozenset[str], requests_per_minute: int) -> None:
    if not _SYSTEM.fullmatch(system):
        raise BadInput(
            "token.system",
            f"{system!r} cannot be the name of a system.",
            hint="Up to forty small letters, digits, dots, underscores and hyphens: dialler.",
        )
    unknown = sorted(scopes - set(SCOPES))
    if unknown or not scopes:
        what = f"{unknown[0]!r} is no scope." if unknown else "A token needs a scope."
        raise BadInput("token.scope", what, hint=f"There are {', '.join(SCOPES)}.")
    if not 1 <= requests_per_minute <= REQUESTS_PER_MINUTE_MAX:
        raise BadInput("token.rate", f"A rate is from 1 to {REQUESTS_PER_MINUTE_MAX:,} requests a minute.")
