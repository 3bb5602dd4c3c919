"""Delivers into the inbox that the borrower reads in the lender's app or portal."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set

from arrears.channels.base import Accepted, Channel, Cleared, Clock
from arrears.kernel.errors import ChannelError, ChannelUnavailable

Deliver = Callable[[Sequence[Cleared]], Set[int]]
"""Shows messages in their recipients' inboxes, all in one go, and returns once that is committed.

Returns the attempts that are shown; the others were settled by somebody else before. Raises
ChannelUnavailable when certainly none of them is shown, and ChannelUnsure when the connection
was lost while committing.
"""

AT_ONCE = 200


class InAppChannel(Channel):
    """The inbox is a table of the same database; `deliver` writes to it."""

    name = "in_app"
    provider = "store"
    per_second = 1_000
    is_in_store = True

    def __init__(self, now: Clock, deliver: Deliver) -> None:
        super().__init__(now)
        self._deliver = deliver

    def send_all(self, contacts: Sequence[Cleared]) -> Iterator[Accepted | ChannelError]:
        for first in range(0, len(contacts), AT_ONCE):
            yield from self._send_together(contacts[first : first + AT_ONCE])

    def check(self) -> None:
        """The store is there, or nobody could ask."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        if contact.attempt not in self._deliver([contact]):
            raise _settled()
        return Accepted(is_delivered=True)

    def _send_together(self, contacts: Sequence[Cleared]) -> list[Accepted | ChannelError]:
        now = self._now()
        in_time = [contact for contact in contacts if now < contact.send_before]
        try:
            shown = self._deliver(in_time)
        except ChannelError as error:
            return [error] * len(contacts)
        late = {contact.attempt for contact in contacts} - {contact.attempt for contact in in_time}
        return [self._answer(contact.attempt, shown, late) for contact in contacts]

    def _answer(self, attempt: int, shown: Set[int], late: Set[int]) -> Accepted | ChannelError:
        if attempt in shown:
            return Accepted(is_delivered=True)
        return self._too_late() if attempt in late else _settled()


def _settled() -> ChannelUnavailable:
    return ChannelUnavailable("in_app.settled", "The attempt was settled before it was delivered.")
