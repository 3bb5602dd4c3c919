"""Providers of e-mail that can be used: what django-anymail calls their parts.

To add one: a row here, and its situations in `tests/channels/test_conformance.py`. Its reports must
come as JSON, with a signature or a password that django-anymail checks, and carry our metadata.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CHANNEL, PROVIDER = "email", "anymail"
"""The channel that they carry, and whom its receipts are from, whichever of them it is."""

MARK, USE = "arrears", "hosted"
"""The name under which our mark goes with a message and comes back in reports, and what it is for."""


@dataclass(frozen=True, slots=True)
class Provider:
    """One provider.

    backend, webhook  names below `anymail`
    key               the backend's option for the key of our account
    checked_by        the webhook's option by which reports are checked
    domain            the backend's option for the sending domain, empty where there is none
    """

    backend: str
    webhook: str
    key: str
    checked_by: str
    domain: str = ""


PROVIDERS: Mapping[str, Provider] = {
    "mailgun": Provider(
        backend="backends.mailgun.EmailBackend",
        webhook="webhooks.mailgun.MailgunTrackingWebhookView",
        key="api_key",
        checked_by="webhook_signing_key",
        domain="sender_domain",
    ),
    "postmark": Provider(
        backend="backends.postmark.EmailBackend",
        webhook="webhooks.postmark.PostmarkTrackingWebhookView",
        key="server_token",
        checked_by="webhook_secret",
    ),
}
