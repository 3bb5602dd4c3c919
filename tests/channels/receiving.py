"""The mail server that takes what comes back, in a thread of the test, on its database."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from arrears.actions.mail import MAIL_MAX
from arrears.channels.smtp.receiver import Receiver, listen
from arrears.cli.receive_mail import receiver_of_this_database


@contextmanager
def a_receiver(port: int) -> Iterator[Receiver]:
    """Listens on `port` while the block runs; the database has to be declared by then."""
    loop = asyncio.new_event_loop()
    with ThreadPoolExecutor(1) as executor:
        receiver = receiver_of_this_database(executor)
        server = loop.run_until_complete(listen(receiver, host="127.0.0.1", port=port, size_max=MAIL_MAX))
        thread = threading.Thread(target=loop.run_forever)
        thread.start()
        try:
            yield receiver
        finally:
            loop.call_soon_threadsafe(_stop, server, loop)
            thread.join()
            loop.close()


def _stop(server: asyncio.Server, loop: asyncio.AbstractEventLoop) -> None:
    server.close()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.call_soon(loop.stop)
