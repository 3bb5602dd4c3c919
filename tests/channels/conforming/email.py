"""E-mail over SMTP, where the final dot is the moment that decides; and by providers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from arrears.actions.mail import marks_of_this_database
from arrears.channels.base import Channel
from arrears.channels.smtp.marked import BOUNCE, marked_address
from arrears.kernel.errors import ChannelRefused, ChannelUnavailable, ChannelUnsure
from tests.channels.builders import an_email_channel
from tests.channels.conforming.hosted_email import HOSTED
from tests.channels.conforming.table import Conforming, Failing, Receipts
from tests.channels.conforming.worlds import World, connect_times_out, nobody_listens, unknown_host
from tests.channels.scripted_server import GONE, HANG, scripted_server
from tests.channels.test_smtp_reports import a_report

UNREADABLE = b"?!\r\n"
TOO_LONG = b"2" * 9000 + b"\r\n"


def answering(**answers: bytes | None) -> World:
    @contextmanager
    def opened() -> Iterator[Channel]:
        with scripted_server(**answers) as server, an_email_channel(server.port) as channel:
            yield channel

    return opened


@contextmanager
def untouched() -> Iterator[tuple[Channel, Callable[[], int]]]:
    with scripted_server() as server:
        yield an_email_channel(server.port), lambda: server.connections


def report(attempt: int, evidence: str) -> bytes:
    action, status = {"delivered": ("delivered", "2.0.0"), "returned": ("failed", "5.1.1")}[evidence]
    to = marked_address(BOUNCE, attempt, domain="bounces.example", marks=marks_of_this_database())
    return a_report(to=to, action=action, status=status)


SMTP = Conforming(
    failures={
        "connect error": Failing(nobody_listens(an_email_channel), ChannelUnavailable),
        "connect time-out": Failing(connect_times_out(an_email_channel), ChannelUnavailable),
        "unknown host": Failing(unknown_host(an_email_channel), ChannelUnavailable),
        "no greeting": Failing(answering(greeting=HANG), ChannelUnavailable),
        "greeting 4xx": Failing(answering(greeting=b"421 busy\r\n"), ChannelUnavailable),
        "greeting 5xx": Failing(answering(greeting=b"554 no service\r\n"), ChannelUnavailable),
        "greeting unreadable": Failing(answering(greeting=UNREADABLE), ChannelUnavailable),
        "read time-out before the message": Failing(answering(RCPT=HANG), ChannelUnavailable),
        "lost before the message": Failing(answering(DATA=GONE), ChannelUnavailable),
        "too many (429)": Failing(answering(MAIL=b"451 4.7.1 too many, later\r\n"), ChannelUnavailable),
        "4xx to RCPT": Failing(answering(RCPT=b"450 greylisted\r\n"), ChannelUnavailable),
        "4xx to DATA": Failing(answering(DATA=b"451 later\r\n"), ChannelUnavailable),
        "5xx to MAIL": Failing(answering(MAIL=b"553 not from you\r\n"), ChannelRefused),
        "5xx to RCPT": Failing(answering(RCPT=b"550 5.1.1 nobody here\r\n"), ChannelRefused),
        "5xx to DATA": Failing(answering(DATA=b"554 no\r\n"), ChannelRefused),
        "unreadable before the message": Failing(answering(RCPT=UNREADABLE), ChannelUnavailable),
        "too long before the message": Failing(answering(RCPT=TOO_LONG), ChannelUnavailable),
        "read time-out": Failing(answering(DOT=HANG), ChannelUnsure),
        "lost after the message": Failing(answering(DOT=GONE), ChannelUnsure),
        "failing (500)": Failing(answering(DOT=b"451 later\r\n"), ChannelUnsure),
        "refused (400)": Failing(answering(DOT=b"554 5.7.1 spam\r\n"), ChannelRefused),
        "unreadable success": Failing(answering(DOT=UNREADABLE), ChannelUnsure),
        "too long after the message": Failing(answering(DOT=TOO_LONG), ChannelUnsure),
        "half an answer after the message": Failing(answering(DOT=b"250-taken\r\n"), ChannelUnsure),
    },
    receipts=Receipts("smtp", report),
    untouched=untouched,
)

CARRIERS = {"smtp": SMTP, "anymail": HOSTED}
