"""`arrears receive-mail`: the mail server that bounces, complaints and requests to stop come back to."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from arrears.cli.django import needs_database
from arrears.conf.logs import logs_as_json, say

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from arrears.channels.smtp.receiver import Receiver

HOST, PORT = "127.0.0.1", 10_026
ACTOR = "program:receive-mail"
THREADS = 4
logger = logging.getLogger("arrears.mail")


@click.command("receive-mail")
@click.option("--host", default=HOST, show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True)
@needs_database
@logs_as_json
def receive_mail(host: str, port: int) -> None:
    """Take what comes back by mail, until it is interrupted: each is answered for once it is stored.

    Let your mail server relay the domain of ARREARS_SMTP_URL's `bounces` to it, over a network that
    nobody else is on. The next `arrears send` or `arrears sweep` understands what was stored.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(THREADS) as executor, suppress(KeyboardInterrupt):
        asyncio.run(_serve(receiver_of_this_database(executor), host, port))


def receiver_of_this_database(executor: Executor) -> Receiver:
    """Takes what carries a mark of this database, each mail on a connection of its own."""
    from django.db import connections

    from arrears.actions import mail
    from arrears.channels.smtp.receiver import Receiver
    from arrears.store.clock import now

    marks = mail.marks_of_this_database()

    def take(sender: str, recipients: list[str], content: bytes) -> bool:
        try:
            is_taken = mail.receive_mail(mail.Incoming(sender, recipients, content), actor=ACTOR, at=now())
        finally:
            connections.close_all()
        logger.info("mail", extra={"facts": {"is_taken": is_taken, "bytes": len(content)}})
        return is_taken

    return Receiver(lambda address: mail.is_known_address(address, marks), take, executor)


async def _serve(receiver: Receiver, host: str, port: int) -> None:
    from arrears.actions.mail import MAIL_MAX
    from arrears.channels.smtp.receiver import listen

    server = await listen(receiver, host=host, port=port, size_max=MAIL_MAX)
    taken_at = server.sockets[0].getsockname()[1]
    say("serving", f"Mail is taken at {host} port {taken_at}. Ctrl-C ends it.", host=host, port=taken_at)
    async with server:
        await server.serve_forever()
