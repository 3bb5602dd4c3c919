"""What every channel has to show: the failures that each must give a meaning, and its receipts.

A channel named NAME in the registry has its rows in `tests/channels/conforming/NAME.py`:

    CARRIERS = {"the protocol or provider": Conforming(failures=..., receipts=..., ...)}

A situation that cannot occur there is `CannotHappen("why")`; none is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from arrears.channels.base import Channel
from arrears.kernel.errors import ChannelError

EVERYWHERE = (
    "connect error",
    "connect time-out",
    "read time-out",
    "too many (429)",
    "failing (500)",
    "refused (400)",
    "unreadable success",
)
"""Failures that every channel is tried with, by what they are over HTTP; each may have more of its own."""


@dataclass(frozen=True)
class Failing:
    """A world that fails, opened as a channel in it; and what the failure means for the attempt."""

    opened: Callable[[], AbstractContextManager[Channel]]
    means: type[ChannelError]


@dataclass(frozen=True)
class CannotHappen:
    why: str


@dataclass(frozen=True)
class Receipts:
    """How a provider reports: `report(attempt, evidence)` is the content of one of its receipts.

    `reached` and `failed` are the evidence of an arrival, and of a failure told later.
    """

    provider: str
    report: Callable[[int, str], bytes]
    reached: str = "delivered"
    failed: str = "returned"


@dataclass(frozen=True)
class Conforming:
    """One way in which a channel's contacts are carried.

    failures   EVERYWHERE's situations, and its own
    receipts   None is no answer: CannotHappen says why nothing is reported
    untouched  a channel, and how often anything outside it was touched so far
    contact    what a contact of this channel has, beside the usual
    """

    failures: Mapping[str, Failing | CannotHappen]
    receipts: Receipts | CannotHappen
    untouched: Callable[[], AbstractContextManager[tuple[Channel, Callable[[], int]]]]
    contact: Mapping[str, Any] = field(default_factory=dict)


def carriers_of(channel: str) -> Mapping[str, Conforming]:
    """The rows of a channel; none when nobody wrote them."""
    module = f"tests.channels.conforming.{channel}"
    carriers: Mapping[str, Conforming] = import_module(module).CARRIERS if find_spec(module) else {}
    return carriers
