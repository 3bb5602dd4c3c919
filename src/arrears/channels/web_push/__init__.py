"""Notifications to browsers by Web Push: encrypted for one browser, signed with a key of the lender's."""

from arrears.channels.web_push.channel import WebPushChannel
from arrears.channels.web_push.route import PushRoute, read_push_route

__all__ = ["PushRoute", "WebPushChannel", "read_push_route"]
