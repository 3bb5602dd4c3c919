"""What of a message its writer wrote: without what he quotes, his signature, and our own instructions."""

from __future__ import annotations

import re
from dataclasses import dataclass

_READ_AT_MOST = 20_000
"""Characters of a message that are looked at: what a person asks of a lender is said before that."""

_QUOTED = re.compile(r"[ \t\u00a0\u3000]*[>＞|]")
_MARKS = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0f\ufeff]")


@dataclass(frozen=True, slots=True)
class Quoting:
    """How earlier messages and signatures begin, and how our own instructions are worded.

    All but `instructs` are matched at the start of a line. `begins` ends what the writer wrote; so do
    `senders` and `signs` below more than `headers`: a letter of his own has a head too;
    `instructs` is taken out wherever it stands; `ours` at the start of a line makes the line ours.
    """

    begins: tuple[re.Pattern[str], ...] = ()
    senders: tuple[re.Pattern[str], ...] = ()
    headers: tuple[re.Pattern[str], ...] = ()
    signs: tuple[re.Pattern[str], ...] = ()
    ours: tuple[re.Pattern[str], ...] = ()
    instructs: tuple[re.Pattern[str], ...] = ()


def own_words(text: str, quoting: Quoting) -> str:
    """The writer's own lines; empty when all is quoted.

    Who sends nothing but our instruction back follows it: then it is his.
    """
    lines = _MARKS.sub("", text[:_READ_AT_MOST]).splitlines()
    own = [line for line in _unended(lines, quoting) if not _QUOTED.match(line)]
    told = "\n".join([line for line in own if not _starts(line, quoting.ours)] or own)
    rest = told
    for pattern in quoting.instructs:
        rest = pattern.sub("\n", rest)
    return rest if re.search(r"\w", rest) else told


def _unended(lines: list[str], quoting: Quoting) -> list[str]:
    """Lines that come before the first earlier message, or after it where he writes below it."""
    kept: list[str] = []
    has_begun = False
    for number, line in enumerate(lines):
        if _starts(line, quoting.begins) or (has_begun and _starts(line, quoting.senders)):
            return kept + _unended(_below(lines[number + 1 :]), quoting)
        if has_begun and _starts(line, quoting.signs):
            return kept
        kept.append(line)
        has_begun |= bool(re.search(r"\w", line)) and not _starts(line, quoting.headers)
    return kept


def _below(lines: list[str]) -> list[str]:
    """What follows the quoted lines of an earlier message, where its lines are marked as quoted."""
    marked = [number for number, line in enumerate(lines) if _QUOTED.match(line)]
    return lines[marked[-1] + 1 :] if marked else []


def _starts(line: str, patterns: tuple[re.Pattern[str], ...]) -> bool:
    return any(pattern.match(line) for pattern in patterns)
