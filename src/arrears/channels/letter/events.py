"""What the print house and the post say became of letters: a file of rows, and a receipt for each.

A CSV file with a header (UTF-8, commas): `attempt,event,at,reason`.

    posted          the post has it: no more than that the print house took it
    delivered       proof of delivery: a registered letter was handed to somebody
    undeliverable   it could not be delivered, and says nothing of the address (refused, not called for)
    returned        it came back: nobody can be reached at this address
    destroyed       the print house could not print or post it
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from types import MappingProxyType

from arrears.channels.base import Reported
from arrears.kernel.errors import BadInput

COLUMNS = ("attempt", "event", "at", "reason")
_EVIDENCE = MappingProxyType(
    {
        "posted": "accepted",
        "delivered": "delivered",
        "undeliverable": "undelivered",
        "returned": "returned",
        "destroyed": "undelivered",
    }
)
_NEEDS_REASON = frozenset({"undeliverable", "returned", "destroyed"})
_REASON_MAX = 60


@dataclass(frozen=True, slots=True)
class LetterEvent:
    """One row: what became of one letter. `at` is written with its offset from UTC."""

    attempt: int
    event: str
    at: str
    reason: str

    def content(self) -> bytes:
        """The receipt that is kept of it, the same for the same row."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True).encode()


def read_letter_report(content: bytes) -> Reported | None:
    """What a kept receipt says; None when it is none."""
    try:
        told = json.loads(content)
        event = LetterEvent(**told)
    except (ValueError, TypeError):
        return None
    if event.event not in _EVIDENCE:
        return None
    evidence = _EVIDENCE[event.event]
    code = f"{event.event} {event.reason}" if evidence == "undelivered" else event.reason
    return Reported(event.attempt, evidence, code[:_REASON_MAX], is_address_dead=event.event == "returned")


def read_letter_events(content: bytes, *, file: str) -> list[LetterEvent]:
    """The rows of a file. Raises BadInput naming the file, the row and the column that is wrong.

    Rows are counted as lines of the file, the header being the first.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _bad(file, 1, "is not UTF-8") from None
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(rows, [])
        if tuple(header) != COLUMNS:
            raise _bad(file, 1, f"must be the header {','.join(COLUMNS)}")
        return list(_unrepeated(rows, file))
    except csv.Error as error:
        raise _bad(file, rows.line_num, f"is not CSV: {error}") from None


def _unrepeated(rows: Iterator[list[str]], file: str) -> Iterator[LetterEvent]:
    seen: dict[tuple[int, str], int] = {}
    for row in rows:
        line = rows.line_num  # type: ignore[attr-defined] # of a csv.reader
        event = _event(row, file, line)
        first = seen.setdefault((event.attempt, event.event), line)
        if first != line:
            raise _bad(file, line, f"says of letter {event.attempt} what row {first} says already")
        yield event


def _event(row: list[str], file: str, line: int) -> LetterEvent:
    if len(row) != len(COLUMNS):
        raise _bad(file, line, f"has {len(row)} columns instead of {len(COLUMNS)}")
    attempt, event, at, reason = (cell.strip() for cell in row)
    if not (attempt.isascii() and attempt.isdecimal() and len(attempt) < 19):
        raise _bad(file, line, "attempt is not the number of a letter")
    if event not in _EVIDENCE:
        raise _bad(file, line, f"event is none of {', '.join(_EVIDENCE)}")
    if event in _NEEDS_REASON and not reason:
        raise _bad(file, line, f"reason is empty, and {event} needs one")
    if not reason.isprintable() or len(reason) > _REASON_MAX:
        raise _bad(file, line, f"reason is longer than {_REASON_MAX} characters or not printable")
    return LetterEvent(int(attempt), event, _instant(at, file, line), reason)


def _instant(text: str, file: str, line: int) -> str:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise _bad(file, line, "at is no instant such as 2026-06-01T09:00+08:00") from None
    if at.tzinfo is None:
        raise _bad(file, line, "at has no offset from UTC, such as 2026-06-01T09:00+08:00 has")
    return at.isoformat()


def _bad(file: str, line: int, why: str) -> BadInput:
    return BadInput(
        "letters.events",
        f"{file}, row {line}: {why}.",
        hint="Nothing of the file was stored.",
        file=file,
        row=line,
    )
