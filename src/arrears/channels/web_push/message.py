"""What is said to a browser: what is shown to whoever looks, and what its page shows to who opens it.

    {"title": "Harbour Bank", "body": "You have a message. Open it to read it.", "lang": "en",
     "tag": "hP2…", "data": {"reference": "17", "code": "K7QM…", "text": "...", "url": "https://..."}}

A notification may stand on a locked screen, where anybody reads it. So `title` and `body`, all that is shown,
are the lender's name and words that no text of a notice changes. The notice is `data.text`. All of it
is encrypted for the one browser; its push service reads nothing.
"""

from __future__ import annotations

import hmac
import json

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from arrears.channels.base import Cleared
from arrears.kernel.errors import ChannelRefused
from arrears.kernel.push_subscriptions import PushSubscription, base64url, bytes_of
from arrears.locale.notifications import shown_of

MESSAGE_BYTES_MAX = 4_096
"""What every push service takes (RFC 8030, 7.2)."""

_RECORD_BYTES = 4_096
_TOPIC_LENGTH = 32  # the longest a topic may be (RFC 8030, 5.4)


def topic_of(contact: Cleared, subscription: PushSubscription) -> str:
    """What a later message takes the place of, so long as neither is shown; empty where nothing.

    Made with the browser's secret: a push service reads topics, and learns nothing by them.
    """
    if not contact.topic:
        return ""
    made = hmac.digest(bytes_of(subscription.auth), contact.topic.encode(), "sha256")
    return base64url(made)[:_TOPIC_LENGTH]


def payload_of(contact: Cleared, *, topic: str, url: str) -> bytes:
    """The message before it is encrypted."""
    told = {
        "title": contact.sender.name,
        "body": shown_of(contact.language),
        "lang": contact.language,
        "tag": topic or str(contact.attempt),
        "data": {
            "reference": str(contact.attempt),
            "code": contact.verification,
            "text": contact.body,
            **({"url": url} if url else {}),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def encrypted_for(subscription: PushSubscription, payload: bytes) -> bytes:
    """The body of the request (RFC 8291). Raises ChannelRefused when it is larger than may be sent."""
    body: bytes = http_ece.encrypt(
        payload,
        private_key=generate_private_key(SECP256R1()),
        dh=bytes_of(subscription.p256dh),
        auth_secret=bytes_of(subscription.auth),
        rs=_RECORD_BYTES,
        version="aes128gcm",
    )
    if len(body) > MESSAGE_BYTES_MAX:
        what = f"The message is larger than the {MESSAGE_BYTES_MAX:,} bytes that push services take."
        raise ChannelRefused("web_push.too_large", what, bytes=len(body), is_address_dead=False)
    return body
