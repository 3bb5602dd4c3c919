"""Delivers into the inbox that the borrower reads in the lender's app or portal."""

from __future__ import annotations

from collections.abc import Callable

from arrears.channels.base import Accepted, Channel, Cleared, Clock

Deliver = Callable[[Cleared], None]
"""Stores one message in the recipient's inbox, once however often it is called.

It returns after the message is committed, raises ChannelUnavailable when it certainly stored
nothing, and ChannelUnsure when the connection was lost while committing.
"""


class InAppChannel(Channel):
    """The inbox is a table of the same database; `deliver` writes to it."""

    name = "in_app"
    per_second = 400

    def __init__(self, now: Clock, deliver: Deliver) -> None:
        super().__init__(now)
        self._deliver = deliver

    def close(self) -> None:
        """Nothing is kept open."""

    def _hand_over(self, contact: Cleared) -> Accepted:
        self._deliver(contact)
        return Accepted(is_delivered=True)
