"""What channels that ask over HTTP share: how a provider says that it wants less at a time."""

from __future__ import annotations

from http.client import HTTPResponse

PAUSE_MAX_SECONDS = 30
_USUAL_SECONDS = 1


def pause_seconds(response: HTTPResponse) -> int:
    """For how long a provider that has had too much wants nothing more, by its `Retry-After`."""
    text = (response.getheader("Retry-After") or "").strip()
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        return _USUAL_SECONDS
    return min(max(int(text), _USUAL_SECONDS), PAUSE_MAX_SECONDS)
