"""Which telephone program dials for the agent: ARREARS_DIALER_URL, checked before use."""

from __future__ import annotations

import re
from dataclasses import dataclass

from arrears.channels.server_urls import UrlSetting, is_loopback
from arrears.kernel.errors import Misconfigured

SETTING = "ARREARS_DIALER_URL"
_URL = UrlSetting(
    SETTING,
    code="setting.dialer_url",
    noun="a telephone program",
    example="baresip://127.0.0.1:4444?to=sip:{number}@gateway.example",
    ports={"baresip": 4444},
    options=("to", "ring_seconds", "connect_seconds", "sink"),
)
_TO = re.compile(r"sips?:[^\s\r\n{}]*\{number\}[^\s\r\n{}]*")
_NUMBER = re.compile(r"[+\d]")


@dataclass(frozen=True, slots=True)
class Dialer:
    """A baresip with its module ctrl_tcp, and how it reaches numbers.

    to               the SIP address of a number, with {number} where its digits stand
    ring_seconds     how long it may ring
    connect_seconds  longest wait for baresip to take a command
    is_sink          the operator says that no telephone is reached through it
    """

    host: str
    port: int
    to: str
    ring_seconds: float = 45.0
    connect_seconds: float = 5.0
    is_sink: bool = False

    def uri_of(self, number: str) -> str:
        """What is dialled to reach a number."""
        return self.to.replace("{number}", "".join(_NUMBER.findall(number)))


def read_dialer(url: str, *, is_simulation: bool) -> Dialer:
    """The dialer written in `url`: baresip://host[:port]?to=sip:{number}@gateway[&ring_seconds=45].

    Raises BadInput when it cannot be read, and Misconfigured where a simulation could reach telephones
    or a live database could not. Its commands have no password, so it is on this machine.
    """
    parts, port = _URL.split(url)
    options = _URL.options_of(parts)
    dialer = Dialer(
        host=parts.hostname or "",
        port=port,
        to=options.get("to", ""),
        ring_seconds=_URL.seconds(options, "ring_seconds", 45.0),
        connect_seconds=_URL.seconds(options, "connect_seconds", 5.0),
        is_sink=_URL.is_yes(options, "sink"),
    )
    if not is_loopback(dialer.host):
        raise _URL.bad("it is not on this machine, and takes commands from whoever reaches it")
    if not _TO.fullmatch(dialer.to):
        raise _URL.bad("to is no SIP address with {number} in it")
    if dialer.is_sink is not is_simulation:
        said, kind = ("is", "live") if dialer.is_sink else ("is not", "a simulation")
        raise Misconfigured(
            "dialer.sink" if dialer.is_sink else "dialer.not_a_sink",
            f"This database is {kind}, and {SETTING} names a dialer that {said} said to be a sink.",
            hint="sink=yes says that no telephone is reached through it; a simulation uses no other.",
            setting=SETTING,
        )
    return dialer
