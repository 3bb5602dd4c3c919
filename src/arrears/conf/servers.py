"""The servers that contacts are handed to, as the environment names them."""

from __future__ import annotations

from django.conf import settings

from arrears.channels.registry import Servers


def servers_set() -> Servers:
    """From Django's settings, which read the environment."""
    return Servers(
        smtp_url=settings.ARREARS_SMTP_URL,
        sms_url=settings.ARREARS_SMS_URL,
        print_url=settings.ARREARS_PRINT_URL,
        email_url=settings.ARREARS_EMAIL_URL,
    )
