"""On which line of a TOML file a value stands; the parser of the standard library does not say.

Only for files that the parser has read: no other is told apart from one that looks alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from arrears.rulepacks.mistakes import Steps

_PART = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEY = rf"{_PART}(?:\s*\.\s*{_PART})*"
_HEADER = re.compile(rf"\s*(\[\[?)\s*({_KEY})\s*\]")
_PAIR = re.compile(rf"\s*({_KEY})\s*=")
_PARTS = re.compile(_PART)
_LONG = r'''"""(?:[^\\]|\\.)*?"""|\'{3}.*?\'{3}'''
_SHORT = r"""'[^'\n]*'|"(?:[^"\\\n]|\\.)*\""""
_PIECE = re.compile(rf"{_LONG}|(?P<open>\"{{3}}|'{{3}}|[\[\]{{}}])|{_SHORT}|#[^\n]*", re.DOTALL)
"""A text of several lines or of one, a comment, or (`open`) a bracket or the quotes of a text without end."""


def lines_of(text: str) -> Mapping[Steps, int]:
    """Steps -> the line, from 1, of every table and of every key in one; what is within a value aside."""
    found: dict[Steps, int] = {}
    several: dict[Steps, int] = {}
    table: Steps = ()
    for line, statement in _statements(text):
        if header := _HEADER.match(statement):
            parts = _parts(header[2])
            if header[1] == "[[":
                list_ = (*_within(several, parts[:-1]), parts[-1])
                several[list_] = several.get(list_, -1) + 1
            table = _within(several, parts)
            found[table] = line
        elif pair := _PAIR.match(statement):
            found[(*table, *_parts(pair[1]))] = line
    return found


def line_at(lines: Mapping[Steps, int], steps: Steps) -> int | None:
    """The line of the value, or of the nearest around it that has one."""
    for length in range(len(steps), 0, -1):
        if steps[:length] in lines:
            return lines[steps[:length]]
    return None


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """(line on which it begins, the statement): a header, or a key with its whole value."""
    waiting, began = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        began = began if waiting else number
        waiting += f"{line}\n"
        if _is_whole(waiting):
            yield began, waiting
            waiting = ""


def _is_whole(statement: str) -> bool:
    """Whether no bracket and no text of several lines is open."""
    signs = [piece["open"] for piece in _PIECE.finditer(statement) if piece["open"]]
    depth = sum((sign in ("[", "{")) - (sign in ("]", "}")) for sign in signs)
    return depth <= 0 and not any(len(sign) > 1 for sign in signs)


def _parts(key: str) -> Steps:
    return tuple(part.strip("\"'") for part in _PARTS.findall(key))


def _within(several: Mapping[Steps, int], parts: Steps) -> Steps:
    """The way to a table: of those that there are several of on the way, the last is meant."""
    steps: Steps = ()
    for part in parts:
        steps = (*steps, part)
        steps = (*steps, several[steps]) if steps in several else steps
    return steps
