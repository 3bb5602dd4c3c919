"""Where e-mail is handed over if a provider carries it: ARREARS_EMAIL_URL, checked before use."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from arrears.channels.hosted.providers import PROVIDERS
from arrears.channels.server_urls import UrlSetting, is_loopback
from arrears.channels.smtp.message import WaysBack
from arrears.channels.smtp.route import is_domain, is_public

SETTING = "ARREARS_EMAIL_URL"
_SCHEME = "anymail+"
_URL = UrlSetting(
    SETTING,
    code="setting.email_url",
    noun="a provider of e-mail",
    example="anymail+mailgun://KEY@api.mailgun.net/v3?domain=mail.bank.example&secret=SIGNING-KEY"
    "&bounces=back.bank.example",
    ports={f"{_SCHEME}{name}": 443 for name in PROVIDERS},
    options=(
        *("domain", "secret", "bounces", "unsubscribe", "replies", "per_domain", "sink"),
        *("connect_seconds", "answer_seconds"),
    ),
)


@dataclass(frozen=True, slots=True)
class HostedRoute:
    """A provider and how to speak to it.

    name      of the provider, in `PROVIDERS`
    key       of our account there
    secret    by which its reports are checked; empty: none are taken
    domain    that mail is sent from there; empty: that of the sender's address
    back      what the addresses of a message that have our mark are made of
    is_sink   the operator says that nothing is delivered
    """

    name: str
    host: str
    port: int
    path: str
    back: WaysBack
    key: str = field(repr=False)
    secret: str = field(default="", repr=False)
    domain: str = ""
    per_domain: int | None = None
    is_sink: bool = False
    connect_seconds: float = 10.0
    answer_seconds: float = 30.0

    @property
    def api_url(self) -> str:
        """Without TLS to this machine only, where it is not read on the way."""
        scheme = "http" if is_loopback(self.host) else "https"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{host}:{self.port}{self.path}/"


def read_hosted_route(url: str, *, is_simulation: bool) -> HostedRoute:
    """The route written in `url`: anymail+PROVIDER://KEY@host[:port]/path?secret=..&bounces=..

    Raises BadInput when it cannot be read, and Misconfigured when a simulation names a provider that
    is not on this machine or not said to be a sink, or a live database one that is.
    """
    parts, port = _URL.split(url)
    options = _URL.options_of(parts)
    unsubscribe = options.get("unsubscribe", "").rstrip("/")
    back = WaysBack(options.get("bounces", ""), unsubscribe, _URL.is_yes(options, "replies"))
    route = HostedRoute(
        name=parts.scheme.removeprefix(_SCHEME),
        host=parts.hostname or "",
        port=port,
        path=parts.path.rstrip("/"),
        back=back,
        key=unquote(parts.username or ""),
        secret=options.get("secret", ""),
        domain=options.get("domain", ""),
        per_domain=_URL.whole(options, "per_domain"),
        is_sink=_URL.is_yes(options, "sink"),
        connect_seconds=_URL.seconds(options, "connect_seconds", 10.0),
        answer_seconds=_URL.seconds(options, "answer_seconds", 30.0),
    )
    return _checked(route, is_simulation=is_simulation)


def _checked(route: HostedRoute, *, is_simulation: bool) -> HostedRoute:
    if not route.key:
        raise _URL.bad("it names no key of the account")
    if not is_domain(route.back.domain):
        raise _URL.bad("bounces is not a domain name")
    if route.domain and not (PROVIDERS[route.name].domain and is_domain(route.domain)):
        raise _URL.bad("domain is not a domain name, or this provider needs none")
    if route.back.unsubscribe and not is_public(route.back.unsubscribe):
        raise _URL.bad("unsubscribe is not the address of an HTTPS server")
    _URL.check_sink(route.host, is_sink=route.is_sink, is_simulation=is_simulation, code="hosted")
    return route
