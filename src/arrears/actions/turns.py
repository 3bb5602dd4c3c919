"""Turns: what a provider may be given in a second holds over all senders together.

A provider's time is given away in turns of a fifth of a second, one after another, by one row that
every sender moves on. Who takes a turn waits until it begins, and hands over at most as many contacts
as belong to it. It is the database's real time, in a simulation too.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection

from arrears.channels.base import Channel

TURNS_A_SECOND = 5
Wait = Callable[[float], None]
"""Sleeps for so many seconds."""


class Turns:
    """One sender's turns at a provider; `wait` is how it waits for anything."""

    def __init__(self, channel: Channel, wait: Wait) -> None:
        self.wait = wait
        self._channel, self._left = channel, 0

    def keep(self) -> None:
        """Called before each contact: returns when it may begin."""
        most = self._channel.most_per_second
        if most is None:
            return
        if self._left == 0:
            self._left = max(1, most // TURNS_A_SECOND)
            seconds = take_turn(self._channel, self._left / most)
            if seconds > 0:
                self.wait(seconds)
        self._left -= 1


def take_turn(channel: Channel, seconds: float) -> float:
    """Take the provider's next time, so long; how many seconds until it begins."""
    of, provider = channel.name, channel.provider
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, {"channel": of, "provider": provider, "seconds": seconds})
        return float(cursor.fetchone()[0])


_TAKE = """
INSERT INTO provider_state AS its (channel, provider, failures, opens, free_at)
VALUES (%(channel)s, %(provider)s, 0, 0, clock_timestamp() + make_interval(secs => %(seconds)s))
    ON CONFLICT (channel, provider) DO UPDATE
   SET free_at = greatest(its.free_at, clock_timestamp()) + make_interval(secs => %(seconds)s)
RETURNING greatest(0, extract(epoch FROM its.free_at - clock_timestamp()) - %(seconds)s)
"""
