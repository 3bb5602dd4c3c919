"""How many parts a text message takes: what an operator charges for, and what a telephone joins.

3GPP TS 23.038 (the GSM 7-bit alphabet and its extension table) and TS 23.040 (concatenation).
"""

from __future__ import annotations

from math import ceil

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM = (160, 153)
_UCS2 = (70, 67)


def is_gsm(text: str) -> bool:
    """Whether every character has a place in the GSM 7-bit alphabet."""
    return set(text) <= _BASIC | _EXTENDED


def parts_of(text: str) -> int:
    """The parts that carry a text: one of 160 septets or 70 UTF-16 units, else several of 153 or 67.

    No escape sequence and no surrogate pair is cut in two, so a part may be one short.
    """
    single, joined = _GSM if is_gsm(text) else _UCS2
    units = _units(text)
    if sum(units) <= single:
        return 1
    if all(unit == 1 for unit in units):
        return ceil(len(units) / joined)
    parts, filled = 1, 0
    for unit in units:
        if filled + unit > joined:
            parts, filled = parts + 1, 0
        filled += unit
    return parts


def _units(text: str) -> list[int]:
    if is_gsm(text):
        return [2 if character in _EXTENDED else 1 for character in text]
    return [2 if ord(character) > 0xFFFF else 1 for character in text]
