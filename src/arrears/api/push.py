"""Browsers' subscriptions to notifications, told by the lender's pages: `docs/web-push.md`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from arrears.actions.push_subscriptions import subscribe, unsubscribe
from arrears.api.callers import BearerToken, caller_of
from arrears.api.documents import PROBLEMS
from arrears.api.rendering import json_response
from arrears.api.somebody import OfSomebody
from arrears.channels.web_push import PushRoute, read_push_route
from arrears.kernel.errors import NotPossible
from arrears.kernel.push_subscriptions import text_told
from arrears.store import clock
from arrears.store.identity import is_live

router = Router(tags=["push"])
_Endpoint = Annotated[str, StringConstraints(min_length=1, max_length=1_500, pattern=r"^[!-~]+$")]
_Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_+/=-]+$")]
_SUBSCRIPTION: dict[str, JsonValue] = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/cX1:APA91b",
    "expirationTime": None,
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}
_EXAMPLES: list[JsonValue] = [{"person_ref": "C17", "subscription": _SUBSCRIPTION}]
_ENDED: list[JsonValue] = [{"person_ref": "C17", "endpoint": _SUBSCRIPTION["endpoint"]}]


class SubscriptionKeys(BaseModel):
    """The browser's public key and its secret, base64url."""

    p256dh: _Key
    auth: _Key


class BrowserSubscription(BaseModel):
    """What `PushSubscription.toJSON()` gives."""

    endpoint: _Endpoint
    expirationTime: Annotated[float, Field(ge=0, le=253_402_300_799_000)] | None = None  # noqa: N815 - as browsers name it
    keys: SubscriptionKeys


class Subscription(OfSomebody):
    """A browser's subscription, and the endpoint of the one whose place it takes."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _EXAMPLES})
    subscription: BrowserSubscription
    application_server_key: _Key | None = Field(
        None, description="The public key of ours that it was made with; without it, that of GET /push/key."
    )
    replaces: _Endpoint | None = Field(None, description="Of `pushsubscriptionchange`: the old endpoint.")


class SubscriptionKept(BaseModel):
    """`gone`: its push service does not know it any more; let the browser unsubscribe and subscribe anew."""

    contact_point: int
    state: Literal["active", "gone"]
    recorded_at: AwareDatetime


class Unsubscription(OfSomebody):
    """The endpoint of a subscription that has ended."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": _ENDED})
    endpoint: _Endpoint


class SubscriptionEnded(BaseModel):
    """`ended` is false when there was none, or it had ended before."""

    ended: bool


class PushKey(BaseModel):
    """The public key that browsers subscribe with, base64url."""

    application_server_key: str


@router.get(
    "/push/key",
    auth=None,
    response={200: PushKey, **PROBLEMS},
    operation_id="get_push_key",
    summary="The key that browsers subscribe with",
)
def key(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Hand out the public key for `applicationServerKey`. It is no secret."""
    return json_response({"application_server_key": _route().keys.public_keys[0]})


@router.post(
    "/push/subscriptions",
    auth=BearerToken("report"),
    response={200: SubscriptionKept, **PROBLEMS},
    operation_id="keep_push_subscription",
    summary="Keep a browser's subscription",
)
def keep(request: HttpRequest, told: Subscription) -> HttpResponse:
    """Keep a subscription of a person, in the place of an older one if one is named.

    The same again changes nothing, so a page may hand it over each time it is opened.
    """
    caller, keys = caller_of(request), _route().keys.public_keys
    values: dict[str, Any] = told.subscription.model_dump()
    values["applicationServerKey"] = told.application_server_key or keys[0]
    kept = subscribe(
        lender=caller.lender,
        person=told.person(caller.lender),
        subscription=text_told(values),
        replaces=told.replaces,
        server_keys=keys,
        actor=caller.actor,
        at=clock.now(),
    )
    return json_response(
        {"contact_point": kept.number, "state": kept.state, "recorded_at": kept.recorded_at.isoformat()}
    )


@router.post(
    "/push/unsubscriptions",
    auth=BearerToken("report"),
    response={200: SubscriptionEnded, **PROBLEMS},
    operation_id="end_push_subscription",
    summary="End a browser's subscription",
)
def end(request: HttpRequest, told: Unsubscription) -> HttpResponse:
    """End a person's subscription: nothing goes there any more, from now on."""
    caller = caller_of(request)
    ended = unsubscribe(
        lender=caller.lender,
        person=told.person(caller.lender),
        endpoint=told.endpoint,
        actor=caller.actor,
        at=clock.now(),
    )
    return json_response({"ended": ended})


def _route() -> PushRoute:
    """Raises NotPossible where no keys are set."""
    if not settings.ARREARS_PUSH_URL:
        raise NotPossible(
            "push.not_set",
            "Notifications are not set up here.",
            hint="Set ARREARS_PUSH_URL for this server.",
        )
    return read_push_route(settings.ARREARS_PUSH_URL, is_simulation=not is_live())
