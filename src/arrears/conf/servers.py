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
        push_url=settings.ARREARS_PUSH_URL,
        signing_p12=settings.ARREARS_LETTER_SIGNING_P12,
        signing_passphrase=settings.ARREARS_LETTER_SIGNING_PASSPHRASE,
    )
