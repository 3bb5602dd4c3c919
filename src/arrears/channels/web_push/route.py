"""How notifications are sent: ARREARS_PUSH_URL, checked before use.

There is no server to name: each browser names its own push service when it subscribes. So that nobody can
make us speak to a server of his choice, the route says which hosts there may be.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from arrears.channels.server_urls import UrlSetting, is_loopback
from arrears.channels.web_push.keys import SETTING, PushKeys, read_keys

PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.notify.windows.com",
    "*.push.apple.com",
)
"""The push services of the browsers that most people have, as their makers name them."""

REFERENCE = "{reference}"
_HOST = re.compile(r"(\*\.)?([a-z0-9-]+\.)+[a-z0-9-]+")
_CONTACT = re.compile(r"mailto:[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+|https://[\w.-]+\.[\w-]+")
_URL = UrlSetting(
    SETTING,
    code="setting.push_url",
    noun="the keys of notifications",
    example="webpush:///etc/arrears/push.pem?contact=mailto:push@bank.example",
    ports={"webpush": 443},
    options=("contact", "hosts", "page", "sink", "connect_seconds", "answer_seconds"),
)


@dataclass(frozen=True, slots=True)
class PushRoute:
    """The keys, and where may be sent to.

    contact  how the push services reach the lender's staff: mailto: or https:
    hosts    names of push services, `*.` before one for all below it
    page     where a notification leads, `{reference}` standing for the number of the contact; or nothing
    is_sink  messages go to a push service on this machine, which shows them to nobody
    """

    keys: PushKeys = field(repr=False)
    contact: str
    hosts: tuple[str, ...] = PUSH_HOSTS
    page: str = ""
    is_sink: bool = False
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0

    def may_reach(self, where: SplitResult) -> bool:
        """Whether a message may be handed over to the push service at this address."""
        host = where.hostname or ""
        if self.is_sink:
            return is_loopback(host)
        is_plain = where.scheme == "https" and where.port in (None, 443)
        return is_plain and any(_is_under(host, each) for each in self.hosts)


def read_push_route(url: str, *, is_simulation: bool) -> PushRoute:
    """The route written in `url`: webpush:///path/of/keys.pem?contact=mailto:..&hosts=..

    Raises BadInput when it cannot be read, and Misconfigured when the keys cannot, when a simulation is
    not said to send to a sink on this machine, or a live database is.
    """
    parts = urlsplit(url.strip())
    if parts.scheme != "webpush" or parts.netloc or not parts.path.startswith("/"):
        raise _URL.bad("it is not webpush:/// and the path of the file with the keys")
    options = _options(parts)
    is_sink = _URL.is_yes(options, "sink")
    _URL.check_sink("localhost", is_sink=is_sink, is_simulation=is_simulation, code="web_push")
    return PushRoute(
        keys=read_keys(Path(unquote(parts.path))),
        contact=_contact(options),
        hosts=_hosts(options),
        page=_page(options),
        is_sink=is_sink,
        connect_seconds=_URL.seconds(options, "connect_seconds", 10.0),
        answer_seconds=_URL.seconds(options, "answer_seconds", 30.0),
    )


def _options(parts: SplitResult) -> dict[str, str]:
    options = _URL.options_of(parts)
    if len(parse_qsl(parts.query)) != len(options):
        raise _URL.bad("it has an option twice")
    return options


def _contact(options: Mapping[str, str]) -> str:
    contact = options.get("contact", "")
    if not _CONTACT.fullmatch(contact):
        raise _URL.bad("contact is neither mailto: and an address nor https:// and a host")
    return contact


def _hosts(options: Mapping[str, str]) -> tuple[str, ...]:
    text = options.get("hosts")
    hosts = PUSH_HOSTS if text is None else tuple(text.lower().split(","))
    for host in hosts:
        if not _HOST.fullmatch(host) or is_loopback(host) or host.rpartition(".")[2].isdecimal():
            raise _URL.bad("hosts are not names such as push.example,*.push.example")
    return hosts


def _page(options: Mapping[str, str]) -> str:
    page = options.get("page", "")
    parts = urlsplit(page)
    if page and not (parts.scheme == "https" and parts.hostname and page.isprintable()):
        raise _URL.bad("page is not an address that begins with https://")
    return page


def _is_under(host: str, allowed: str) -> bool:
    """`*.x` are the names below x, and not x."""
    return host.endswith(allowed[1:]) if allowed.startswith("*.") else host == allowed
