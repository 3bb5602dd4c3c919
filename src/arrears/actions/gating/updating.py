"""Asking for a current address in what is sent anyway, when one on file does not reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from arrears.actions.gating.claims import Claim
from arrears.actions.gating.wording import Worded
from arrears.channels.text_parts import parts_of
from arrears.kernel.vocabulary import PointKind, Purpose, name_of
from arrears.locale.notices import Text
from arrears.locale.outdated import said_of_outdated

_PARTS_MAX = 3
_ONE_LINE = ("sms", "push")
OutOfDate = Mapping[int, tuple[PointKind, ...]]
"""Kinds of addresses of a person that do not reach, by person."""


def with_request(worded: Worded, claims: Sequence[Claim], outdated: OutOfDate, ask_through: str) -> Worded:
    """The text with the request to give a current address, to whoever has one that does not reach.

    A notice that the law requires says what the law requires and no more. A text message may
    need one part more for it than the notice, which has two; one that needs more goes without it.
    """
    first = claims[0]
    kinds = outdated.get(first.person, ())
    if not kinds or first.purpose != name_of(Purpose.COLLECT):
        return worded
    names = [name_of(kind) for kind in kinds]
    asked = said_of_outdated(names, first.channel, ask_through, worded.language)
    between = " " if first.channel in _ONE_LINE else "\n\n"
    body = f"{worded.text.body}{between}{asked}"
    if first.channel in _ONE_LINE and parts_of(body) > _PARTS_MAX:
        return worded
    return replace(worded, text=Text(worded.text.subject, body))
