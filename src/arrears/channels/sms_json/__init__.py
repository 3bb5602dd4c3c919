"""Text messages through a hosted provider: JSON over HTTP with a bearer token, signed webhooks back."""

from __future__ import annotations

from arrears.channels.sms_json.channel import JsonSmsChannel
from arrears.channels.sms_json.route import read_provider

__all__ = ["JsonSmsChannel", "read_provider"]
