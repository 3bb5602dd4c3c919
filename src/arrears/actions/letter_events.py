"""Takes in what the print house and the post report of letters: all rows of a file, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from arrears.actions.receipts import settle_receipts, store_receipts
from arrears.channels.letter.channel import PROVIDER
from arrears.channels.letter.events import LetterEvent, read_letter_events
from arrears.kernel.errors import BadInput
from arrears.kernel.vocabulary import Channel, name_of
from arrears.store.models import Attempt

_LETTER = name_of(Channel.LETTER)
_NEVER_LEFT = ("reserved", "not_sent", "refused_by_provider")


def take_in_events(content: bytes, *, file: str, actor: str, at: datetime) -> Counter[str]:
    """Keep a receipt of each row, and settle them: how many ended in each state of `RECEIPT_STATES`.

    A row that was taken in before changes nothing, so a file may be taken in again. Raises BadInput,
    with nothing stored, for a file that cannot be read and for a row about a letter that the print
    house never had or that has not happened yet.
    """
    events = read_letter_events(content, file=file)
    _check(events, file, at)
    contents = [event.content() for event in events]
    store_receipts(channel=_LETTER, provider=PROVIDER, contents=contents, at=at)
    settled: Counter[str] = Counter()
    while found := settle_receipts(actor=actor, at=at):
        settled += found
    return settled


def _check(events: Sequence[LetterEvent], file: str, at: datetime) -> None:
    """Every row is about a letter of ours that left, and about the past."""
    wanted = {event.attempt for event in events}
    rows = Attempt.objects.filter(pk__in=wanted, origin="gate", channel=_LETTER)
    states = dict(rows.values_list("id", "state"))
    for line, event in enumerate(events, 2):
        if event.attempt not in states:
            raise _bad(file, line, f"there is no letter {event.attempt}")
        if states[event.attempt] in _NEVER_LEFT:
            raise _bad(file, line, f"letter {event.attempt} was never handed over")
        if datetime.fromisoformat(event.at) > at:
            raise _bad(file, line, "at lies in the future")


def _bad(file: str, line: int, why: str) -> BadInput:
    return BadInput(
        "letters.events",
        f"{file}, row {line}: {why}.",
        hint="Nothing of the file was stored.",
        file=file,
        row=line,
    )
