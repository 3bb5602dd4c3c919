"""Delivers into the inbox that the borrower reads in the lender's app or portal."""

from __future__ import annotations

from collections.abc import Callable

from arrears.channels.base import Accepted, Channel, Cleared, Clock

Deliver = Callable[[Cleared], None]
"""Shows one message in the recipient's inbox; it returns after that is committed.

Raises ChannelUnavailable when the message is certainly not shown, and ChannelUnsure when the
connection was lost while committing.
"""


class InAppChannel(Channel):
    """The inbox is a table of the same database; `deliver` writes to it."""

    name = "in_app"
    provider = "store"
    per_second = 400
    is_in_store = True

    def __init__(self, now: Clock, deliver: Deliver) -> None:
        super().__init__(now)
        self._deliver = deliver

    def check(self) -> None:
        """The store is there, or nobody could ask."""

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        self._deliver(contact)
        return Accepted(is_delivered=True)
