"""In which alphabet a text message is sent, and in how many parts (3GPP TS 23.038 and 23.040).

A text of the GSM 7-bit alphabet with its extension table is sent in it, any other as UTF-16.
"""

from __future__ import annotations

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM, _UNICODE = (160, 153), (70, 67)
"""Places in a text of one part, and in each part of several."""


def is_gsm(text: str) -> bool:
    """Whether every character has a place in the GSM 7-bit alphabet."""
    return set(text) <= _BASIC | _EXTENDED


def parts_of(text: str) -> int:
    """How many parts a text is sent in: operators charge for each. A character is never cut in two."""
    if is_gsm(text):
        alone, each = _GSM
        widths = [2 if char in _EXTENDED else 1 for char in text]
    else:
        alone, each = _UNICODE
        widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    if sum(widths) <= alone:
        return 1
    parts, room = 1, each
    for width in widths:
        if width > room:
            parts, room = parts + 1, each
        room -= width
    return parts
