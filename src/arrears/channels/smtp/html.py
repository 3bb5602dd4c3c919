"""The text of a message once more as HTML: the same words, larger, and nothing that a text has not.

No picture, no style sheet, no link and nothing from elsewhere: opening it tells nobody anything.
The language is named, so that a screen reader speaks it and Chinese is shown in its own glyphs.
"""

from __future__ import annotations

import re
from html import escape

_PARAGRAPHS = re.compile(r"\n\s*\n")
_STYLE = (
    "font: 1rem/1.6 sans-serif; max-width: 40em; margin: 1em auto; padding: 0 1em; overflow-wrap: anywhere"
)


def html_of(text: str, *, title: str, language: str) -> str:
    """The whole document; `text` has paragraphs with empty lines between them."""
    paragraphs = [each.strip("\n") for each in _PARAGRAPHS.split(text) if each.strip()]
    body = "\n".join(f"<p>{_lines(each)}</p>" for each in paragraphs)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n</head>\n"
        f'<body style="{_STYLE}">\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _lines(paragraph: str) -> str:
    return "<br>\n".join(escape(line) for line in paragraph.split("\n"))
