"""Worlds in which no server can be reached, for whatever channel is opened in them.

`to(port, **changed)` opens the channel to a port of this machine.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial

from arrears.channels.base import Channel

World = Callable[[], AbstractContextManager[Channel]]
To = Callable[..., Channel]


def nobody_listens(to: To) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with socket.create_server(("127.0.0.1", 0)) as closed:
            port = closed.getsockname()[1]
        yield to(port)

    return opened


def connect_times_out(to: To) -> World:
    return partial(_silent_listener, to)


def unknown_host(to: To) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        yield to(1, host="no-such-host.invalid", is_simulation=False)

    return opened


@contextmanager
def _silent_listener(to: To) -> Iterator[Channel]:
    """A listener whose queue is full: connecting hangs, as it does behind a silent firewall."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(0)
    waiting: list[socket.socket] = []
    while _connects(port := listening.getsockname()[1], waiting):
        pass
    yield to(port)
    for each in (*waiting, listening):
        each.close()


def _connects(port: int, waiting: list[socket.socket]) -> bool:
    waiting.append(socket.socket())
    waiting[-1].settimeout(0.2)
    try:
        waiting[-1].connect(("127.0.0.1", port))
    except TimeoutError:
        return False
    return True
