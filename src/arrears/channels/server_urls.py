"""Settings that name a server: `scheme://user:password@host:port/path?option=value`, read and checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, parse_qsl, urlsplit

from arrears.channels.prices import Price, read_price
from arrears.kernel.errors import BadInput, Misconfigured


def is_loopback(host: str) -> bool:
    """Whether this name or address can only mean this machine: a simulation speaks to no other."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.split("%", maxsplit=1)[0]).is_loopback
    except ValueError:
        return False


def is_public_address(address: str) -> bool:
    """Whether this is an address of the public network: no machine, network or metadata service of ours."""
    try:
        parsed = ip_address(address.split("%", maxsplit=1)[0])
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast


@dataclass(frozen=True, slots=True)
class UrlSetting:
    """A setting of this kind: its name, the error code of a bad one, what it names, and an example.

    ports    scheme -> usual port
    options  names that may follow the question mark
    """

    name: str
    code: str
    noun: str
    example: str
    ports: Mapping[str, int]
    options: Collection[str]

    def split(self, url: str) -> tuple[SplitResult, int]:
        """Its parts and its port. Raises BadInput when it cannot be read."""
        try:
            parts = urlsplit(url.strip())
            port = parts.port
        except ValueError:
            raise self.bad("its host or port cannot be read") from None
        if parts.scheme not in self.ports:
            known = [f"{scheme}://" for scheme in self.ports]
            raise self.bad(f"it begins with neither {' nor '.join(known)}")
        if not parts.hostname:
            raise self.bad("it names no host")
        if port == 0:
            raise self.bad("port 0 is no port to connect to")
        return parts, port or self.ports[parts.scheme]

    def options_of(self, parts: SplitResult) -> dict[str, str]:
        """What follows the question mark. Raises BadInput for an option that is not known."""
        try:
            options = dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))
        except ValueError:
            raise self.bad("what follows the question mark is not name=value") from None
        unknown = sorted(set(options) - set(self.options))
        if unknown:
            raise self.bad(f"it has an option that is not known: {unknown[0]}")
        return options

    def seconds(self, options: Mapping[str, str], name: str, default: float) -> float:
        """An option that is a number of seconds above 0 and below 1,000."""
        text = options.get(name)
        if text is None:
            return default
        if not re.fullmatch(r"\d{1,3}(\.\d{1,3})?", text) or float(text) <= 0:
            raise self.bad(f"{name} is not a number of seconds")
        return float(text)

    def whole(self, options: Mapping[str, str], name: str) -> int | None:
        """An option that is a whole number from 1 to 9,999; None when it is left out."""
        text = options.get(name)
        if text is None:
            return None
        if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
            raise self.bad(f"{name} is not a whole number from 1 to 9,999")
        return int(text)

    def price(self, options: Mapping[str, str], name: str) -> Price | None:
        """An option that is an amount and its currency, 0.045USD; None when it is left out."""
        text = options.get(name)
        price = None if text is None else read_price(text)
        if text is not None and price is None:
            raise self.bad(f"{name} is not an amount with its currency, as 0.045USD")
        return price

    def is_yes(self, options: Mapping[str, str], name: str) -> bool:
        """An option that is yes, or no, which it is when it is left out."""
        text = options.get(name, "no")
        if text not in ("yes", "no"):
            raise self.bad(f"{name} is neither yes nor no")
        return text == "yes"

    def check_sink(self, host: str, *, is_sink: bool, is_simulation: bool, code: str) -> None:
        """A simulation hands over only to a sink on this machine, a live database never to one.

        `code` begins the codes of the errors. Raises Misconfigured.
        """
        if is_simulation and not (is_sink and is_loopback(host)):
            raise Misconfigured(
                f"{code}.not_a_sink",
                f"This database is a simulation, and {self.name} names {self.noun} that may reach people.",
                hint="Only one on this machine that delivers nothing may be used: add sink=yes.",
                setting=self.name,
            )
        if is_sink and not is_simulation:
            raise Misconfigured(
                f"{code}.sink",
                f"The database is live, and {self.name} names {self.noun} that is said to be a sink.",
                hint="Leave out sink=yes if it reaches people.",
                setting=self.name,
            )

    def bad(self, reason: str) -> BadInput:
        return BadInput(
            self.code,
            f"{self.name} is not the address of {self.noun}: {reason}.",
            hint=f"Write {self.example} (with %40 for an @ in a password).",
            setting=self.name,
        )
