"""Small drawings for a terminal: stacked bars of whole numbers."""

from __future__ import annotations

from collections.abc import Sequence

_GLYPHS = "█▓▒░·"


def stacked_bars(rows: Sequence[tuple[str, Sequence[int]]], *, parts: Sequence[str], width: int) -> list[str]:
    """One line per row, its label first, and a legend last.

    `parts` names the numbers of each row, at most five. The longest bar takes `width` characters; a number
    that is not zero takes at least one, so that what is rare is still seen.
    """
    assert len(parts) <= len(_GLYPHS), parts
    longest = max((sum(numbers) for _, numbers in rows), default=0) or 1
    lines = []
    for label, numbers in rows:
        bar = "".join(
            glyph * (max(1, round(number * width / longest)) if number else 0)
            for glyph, number in zip(_GLYPHS, numbers, strict=False)
        )
        lines.append(f"{label} {bar} {sum(numbers):,}")
    legend = "   ".join(f"{glyph} {part}" for glyph, part in zip(_GLYPHS, parts, strict=False))
    return [*lines, f"{' ' * max((len(label) for label, _ in rows), default=0)} {legend}"]
