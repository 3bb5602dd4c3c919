"""A mail server for what comes back: it answers 250 only when `take` has stored the mail.

A mail system in front of it (postfix, say) takes mail from the world and relays the domain for
bounces to it. It knows no mailbox but those that `is_known` says, keeps nothing itself, and asks
the sender to come again whenever the store cannot be used: a report is never lost by an answer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Executor

from aiosmtpd.smtp import SMTP, Envelope, Session

_LOG = logging.getLogger("arrears.mail")
_TAKEN = "250 2.0.0 stored"
_NOT_OURS = "550 5.1.1 no such mailbox here"
_NOT_WANTED = "550 5.7.1 nothing that is taken here"
_LATER = "451 4.3.0 cannot be stored now, try again"

IsKnown = Callable[[str], bool]
Take = Callable[[str, list[str], bytes], bool]
"""(envelope sender, recipients, content) -> whether it was taken; what it raises means: not now."""


class Receiver:
    """The answers to one mail after another, in the form aiosmtpd asks for them."""

    def __init__(self, is_known: IsKnown, take: Take, executor: Executor) -> None:
        self._is_known = is_known
        self._take = take
        self._executor = executor

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if not self._is_known(address):
            return _NOT_OURS
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.original_content
        assert isinstance(content, bytes), type(content)
        loop = asyncio.get_running_loop()
        told = (envelope.mail_from or "", list(envelope.rcpt_tos), content)
        try:
            is_taken = await loop.run_in_executor(self._executor, self._take, *told)
        except Exception as error:  # noqa: BLE001 - whatever it was, the mail is not stored
            _LOG.error("%s while storing a mail", type(error).__name__)
            return _LATER
        return _TAKEN if is_taken else _NOT_WANTED


async def listen(receiver: Receiver, *, host: str, port: int, size_max: int) -> asyncio.Server:
    """Accept connections from now on; the server is the caller's to close."""
    loop = asyncio.get_running_loop()
    return await loop.create_server(
        lambda: SMTP(
            receiver,
            hostname="localhost",
            ident="Arrears",
            data_size_limit=size_max,
            enable_SMTPUTF8=True,
            loop=loop,
        ),
        host=host,
        port=port,
    )
