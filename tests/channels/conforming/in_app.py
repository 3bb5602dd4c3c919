"""The inbox: a table of the same database, so that only the store can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arrears.channels.base import Channel
from arrears.channels.in_app import InAppChannel
from arrears.kernel.errors import ChannelError, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import NOW
from tests.channels.conforming.table import CannotHappen, Conforming, Failing
from tests.channels.conforming.worlds import World

NO_SERVER = CannotHappen("no server is asked, so there is no answer to misread and nobody who could refuse")


def failing(error: ChannelError) -> World:
    def deliver(_contacts: object) -> frozenset[int]:
        raise error

    @contextmanager
    def opened() -> Iterator[Channel]:
        yield InAppChannel(lambda: NOW, deliver)

    return opened


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    shown: list[object] = []

    def deliver(contacts: object) -> frozenset[int]:
        shown.append(contacts)
        return frozenset()

    yield InAppChannel(lambda: NOW, deliver), lambda: len(shown)


STORE = Conforming(
    failures={
        "connect error": Failing(
            failing(ChannelUnavailable("in_app.store", "The store is away.")), ChannelUnavailable
        ),
        "connect time-out": CannotHappen("the connection is the one that the contact was read from"),
        "read time-out": Failing(
            failing(ChannelUnsure("in_app.commit", "The store went away while committing.")), ChannelUnsure
        ),
        "too many (429)": NO_SERVER,
        "failing (500)": NO_SERVER,
        "refused (400)": NO_SERVER,
        "unreadable success": NO_SERVER,
    },
    receipts=CannotHappen("showing a message is delivering it; nothing is reported later"),
    untouched=untouched,
)

CARRIERS = {"store": STORE}
