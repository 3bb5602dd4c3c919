"""Our own HTTP server, as `arrears serve` starts it, on a free port of this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import waitress
from django.db import connections

from arrears.conf.wsgi import application


@contextmanager
def own_server() -> Iterator[str]:
    """Its address, while it runs."""
    server = waitress.create_server(_answer, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.trigger.pull_trigger(lambda: _close(server))
        thread.join()


def _close(server) -> None:
    """Called in the server's thread: whoever keeps a connection open would keep it running."""
    for connection in list(server.active_channels.values()):
        connection.handle_close()
    server.close()


def _answer(environ, start_response):
    """The application; its thread lets go of the test's database after each answer."""
    try:
        return list(application(environ, start_response))
    finally:
        connections.close_all()
