"""Every channel there is, by the name that plans and decisions use."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from arrears.channels.base import Channel, Clock, Reported
from arrears.channels.hosted.events import read_event
from arrears.channels.hosted.providers import PROVIDER as HOSTED
from arrears.channels.hosted.route import SETTING as EMAIL_URL
from arrears.channels.hosted.route import read_hosted_route
from arrears.channels.in_app import InAppChannel
from arrears.channels.in_app.channel import Deliver
from arrears.channels.in_app.reads import read_inbox_report
from arrears.channels.kannel import KannelChannel, read_gateway
from arrears.channels.kannel.reports import read_report as read_sms_report
from arrears.channels.kannel.route import SETTING as SMS_URL
from arrears.channels.letter import LetterChannel, read_print_route
from arrears.channels.letter.channel import settle_handed_over
from arrears.channels.letter.events import read_letter_report
from arrears.channels.letter.house import PrintHouse
from arrears.channels.letter.route import SETTING as PRINT_URL
from arrears.channels.marks import Marks
from arrears.channels.simulated import SimulatedCall, SimulatedLetter, SimulatedPush, SimulatedSms
from arrears.channels.sms_json import JsonSmsChannel, read_provider
from arrears.channels.sms_json.route import is_hosted
from arrears.channels.sms_json.webhooks import read_report as read_hosted_sms_report
from arrears.channels.smtp import SmtpChannel, read_route
from arrears.channels.smtp.reports import read_report
from arrears.channels.smtp.route import SETTING as SMTP_URL
from arrears.channels.web_push import WebPushChannel, read_push_route
from arrears.channels.web_push.keys import SETTING as PUSH_URL
from arrears.kernel.errors import ChannelUnavailable, Misconfigured

if TYPE_CHECKING:
    from arrears.channels.letter.signing import LetterSigner


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses of the servers that contacts are handed to; empty where none is set.

    `signing_p12` is the file with the key that signs lawyer's letters.
    """

    smtp_url: str = ""
    sms_url: str = ""
    print_url: str = ""
    email_url: str = ""
    push_url: str = ""
    signing_p12: str = ""
    signing_passphrase: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What channels are given from outside: the clock, the inbox, the servers, the marks of this database."""

    now: Clock
    deliver_in_app: Deliver
    servers: Servers
    is_simulation: bool
    marks: Marks


def _in_app(around: Surroundings) -> Channel:
    return InAppChannel(around.now, around.deliver_in_app)


def _email(around: Surroundings) -> Channel:
    """By a mail server of the lender's, or by a provider; which of two is not guessed."""
    url, hosted = around.servers.smtp_url, around.servers.email_url
    if url and hosted:
        raise Misconfigured(
            "setting.email_twice",
            f"E-mail can go one way only, and both {SMTP_URL} and {EMAIL_URL} are set.",
            hint="Unset the one that is not to be used.",
            setting=EMAIL_URL,
        )
    if hosted:
        route = read_hosted_route(hosted, is_simulation=around.is_simulation)
        kind: type[Channel] = import_module("arrears.channels.hosted.channel").HostedChannel
        return kind(around.now, route, around.marks, is_simulation=around.is_simulation)  # type: ignore[call-arg]
    if not url:
        raise Misconfigured(
            "setting.smtp_url_missing",
            f"E-mail is to be sent, but no mail server is set ({SMTP_URL}).",
            hint="Set it to smtp://host:port; python -m arrears.channels.smtp.sink starts a harmless one.",
            setting=SMTP_URL,
        )
    return SmtpChannel(around.now, read_route(url, is_simulation=around.is_simulation), around.marks)


def _sms(around: Surroundings) -> Channel:
    """A simulation that has no gateway carries its text messages nowhere."""
    url = around.servers.sms_url
    if is_hosted(url):
        provider = read_provider(url, is_simulation=around.is_simulation)
        return JsonSmsChannel(around.now, provider, is_simulation=around.is_simulation)
    if url:
        gateway = read_gateway(url, is_simulation=around.is_simulation)
        return KannelChannel(around.now, gateway, is_simulation=around.is_simulation)
    if around.is_simulation:
        return SimulatedSms(around.now)
    raise Misconfigured(
        "setting.sms_url_missing",
        f"Text messages are to be sent, but no gateway is set ({SMS_URL}).",
        hint="Set it to kannel://user:password@host:13013/cgi-bin/sendsms?sender=NUMBER.",
        setting=SMS_URL,
    )


def _letter(around: Surroundings) -> Channel:
    """A simulation that has no folder carries its letters nowhere."""
    url = around.servers.print_url
    if url:
        route = read_print_route(url, is_simulation=around.is_simulation)
        has_key = bool(around.servers.signing_p12)
        return LetterChannel(around.now, route, signer_set(around.servers) if has_key else None)
    if around.is_simulation:
        return SimulatedLetter(around.now)
    raise Misconfigured(
        "setting.print_url_missing",
        f"Letters are to be printed, but no print house is set ({PRINT_URL}).",
        hint="Set it to folder:///PATH, from which the print house takes its batches.",
        setting=PRINT_URL,
    )


def _push(around: Surroundings) -> Channel:
    """A simulation that has no keys carries its notifications nowhere."""
    url = around.servers.push_url
    if url:
        return WebPushChannel(around.now, read_push_route(url, is_simulation=around.is_simulation))
    if around.is_simulation:
        return SimulatedPush(around.now)
    raise Misconfigured(
        "setting.push_url_missing",
        f"Notifications are to be sent to browsers, but no keys are set ({PUSH_URL}).",
        hint="Make them by: arrears push keys FILE; then set it to webpush:///FILE?contact=mailto:ADDRESS.",
        setting=PUSH_URL,
    )


def signer_set(servers: Servers) -> LetterSigner:
    """What signs lawyer's letters here. Raises Misconfigured when there is nothing that could.

    What signs is read only then: it takes longer to load than all the other channels.
    """
    signing = import_module("arrears.channels.letter.signing")
    signer: LetterSigner = signing.read_signer(servers.signing_p12, servers.signing_passphrase)
    return signer


def _simulated(kind: type[Channel]) -> Callable[[Surroundings], Channel]:
    def opened(around: Surroundings) -> Channel:
        assert around.is_simulation, (kind.name, "exists in a simulation only")
        return kind(around.now)

    return opened


CHANNELS: Mapping[str, Callable[[Surroundings], Channel]] = {
    InAppChannel.name: _in_app,
    SmtpChannel.name: _email,
    KannelChannel.name: _sms,
    LetterChannel.name: _letter,
    WebPushChannel.name: _push,
}

SIMULATED: Mapping[str, Callable[[Surroundings], Channel]] = {
    kind.name: _simulated(kind) for kind in (SimulatedCall,)
}
"""Channels of a simulation beside those that are real."""


IN_STORE = frozenset(
    channel.name
    for channel in (InAppChannel, SmtpChannel, KannelChannel, LetterChannel, WebPushChannel)
    if channel.is_in_store
)
"""Channels whose messages exist only through the state of their attempts."""

RECEIPT_READERS: Mapping[str, Callable[[bytes, Marks], Reported | None]] = {
    SmtpChannel.provider: read_report,
    JsonSmsChannel.provider: lambda content, _marks: read_hosted_sms_report(content),  # it came signed
    HOSTED: read_event,
    InAppChannel.provider: lambda content, _marks: read_inbox_report(content),  # the lender's app told it
    KannelChannel.provider: lambda content, _marks: read_sms_report(content),  # it came with its mark
    LetterChannel.provider: lambda content, _marks: read_letter_report(content),  # staff brought it
}
"""Per provider: what a receipt's content says, None when it cannot be read."""


def open_channel(name: str, around: Surroundings) -> Channel:
    """A channel ready for one batch; close it afterwards (`with`).

    Raises Misconfigured when its server is not set or not allowed here, BadInput when the
    setting cannot be read. A name that is not in `channels_of` is the caller's mistake.
    """
    return (CHANNELS.get(name) or SIMULATED[name])(around)


def channels_of(*, is_simulation: bool, servers: Servers) -> tuple[str, ...]:
    """The names of the channels that a database of this kind sends through.

    A live database without a print house leaves its letters to people, as tasks; and one without keys its
    notifications to another system.
    """
    if is_simulation:
        return (*CHANNELS, *SIMULATED)
    set_up = {LetterChannel.name: servers.print_url, WebPushChannel.name: servers.push_url}
    by_hand = {name for name, url in set_up.items() if not url}
    return tuple(name for name in CHANNELS if name not in by_hand)


def find_handed_over(attempts: Collection[int], servers: Servers, *, is_simulation: bool) -> frozenset[int]:
    """Which of these letters, whose sender is gone, the print house has; the others it never gets.

    Raises ChannelUnavailable when nobody can say.
    """
    if not servers.print_url:
        raise ChannelUnavailable("print.no_folder", "No print house is set.")
    route = read_print_route(servers.print_url, is_simulation=is_simulation)
    return settle_handed_over(PrintHouse(route.folder), attempts)
