"""What every channel takes, gives back and promises.

A channel is handed a `Cleared` contact, which only the gate makes, and answers in one of four
ways: it returns `Accepted`, or it raises one of the three channel errors. It never retries.

    ChannelRefused       the provider said no, and would say it again
    ChannelUnavailable   certainly nothing was accepted: safe to decide again
    ChannelUnsure        it may have arrived: counts, and is never blindly repeated

An unavailable provider that only wants less at a time says so by the fact `pause_seconds`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import TracebackType
from typing import ClassVar, Self

from arrears.channels.prices import Price
from arrears.kernel.errors import ChannelError, ChannelUnavailable
from arrears.kernel.vocabulary import NetworkResult

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Sender:
    """Who speaks: the institution's name first, and where answers go.

    `address` is the channel's own form of an address (an e-mail address for e-mail, empty for
    the app's inbox).
    """

    name: str
    address: str = ""
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """What a letter needs besides: for whom it is, where that is, who sends it from where, and its day.

    country       where the address is, as far as its contact point says; else the sender's
    from_country  the sender's (ISO 3166-1, as `country`)
    return_line   the sender's postal address; empty when it has none on file
    on            the day the letter bears: that of the sender's business day
    """

    notice: str
    recipient: str = field(repr=False)
    country: str
    from_country: str
    return_line: str
    ask_through: str
    check_through: str
    on: date


@dataclass(frozen=True, slots=True)
class Cleared:
    """A contact that the gate decided and reserved; holding one is the permission to send it.

    attempt       our id of this try; it travels with the message and comes back in receipts
    channel       name of the channel it was decided for
    address       the contact point's value; never shown in a log
    body          plain text, exactly as it is kept
    language      BCP 47 tag of the text
    send_before   the first byte leaves before this instant or not at all (aware UTC)
    verification  the code by which the recipient can check that the message is genuine
    paper         for a letter: what stands on it besides
    topic         kind of notice and loans: a later one with the same may take its place where it still waits
    """

    attempt: int
    channel: str
    address: str = field(repr=False)
    subject: str = field(repr=False)
    body: str = field(repr=False)
    language: str
    send_before: datetime
    sender: Sender
    verification: str = field(repr=False)
    paper: Paper | None = None
    topic: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took responsibility for the message.

    `provider_ref` is its own name for it, empty when it gave none; `is_delivered` when taking
    it and delivering it are the same act; `network_result` is how a call ended, for a channel
    that knows it by then.
    """

    provider_ref: str = ""
    is_delivered: bool = False
    network_result: NetworkResult | None = None


@dataclass(frozen=True, slots=True)
class Reported:
    """What a receipt says about one attempt of ours; None when it names none.

    `evidence` is accepted, delivered, undelivered, returned or complained, and of the inbox read. `code`
    is the provider's own word for it, `is_address_dead` whether it says that nobody can be reached there.
    """

    attempt: int | None
    evidence: str
    code: str = ""
    is_address_dead: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote to us, as a provider hands it over.

    `sender` is his address and `recipient` ours, in the provider's form; `provider_ref` its number of the
    message, by which a second delivery is known for one, empty when it gives none.
    """

    sender: str = field(repr=False)
    recipient: str
    text: str = field(repr=False)
    provider_ref: str = ""


class Channel(ABC):
    """One way to reach people, open for one batch: a connection is kept between contacts.

    `provider` is who its receipts are from; `per_second` what that provider takes in a second,
    roughly: the sender marks five seconds of it as handing over at a time. `most_per_second` is what
    it may be given by all senders together, None where nobody has said. `is_in_store` when a message
    exists only through the state of its attempt, so that none can have arrived unknown.
    `is_together` when contacts given together are handed over together: once the first is asked
    for, nothing certain is known of the others until they have answered.
    """

    name: ClassVar[str]
    provider: ClassVar[str]
    per_second: ClassVar[int]
    most_per_second: int | None = None
    is_in_store: ClassVar[bool] = False
    is_together: ClassVar[bool] = False

    @property
    def price_of_part(self) -> Price | None:
        """What the provider charges for one part of a message; None where nobody has said."""
        return None

    def parts_of(self, contact: Cleared) -> int:  # noqa: ARG002
        """How many parts the provider charges for; 0 where it does not charge by them."""
        return 0

    def __init__(self, now: Clock) -> None:
        self._now = now

    def send(self, contact: Cleared) -> Accepted:
        """Hand over one contact, or raise one of the three channel errors.

        Raises ChannelUnavailable, without touching the network, when `send_before` has come.
        """
        assert contact.channel == self.name, (contact.channel, self.name)
        if not self._is_in_time(contact):
            raise self._too_late()
        return self._hand_over(contact)

    def send_all(self, contacts: Sequence[Cleared]) -> Iterator[Accepted | ChannelError]:
        """Hand over one contact after another: the answer of each, in order, before the next is begun.

        A channel that is in the store may take many at once.
        """
        for contact in contacts:
            try:
                answer: Accepted | ChannelError = self.send(contact)
            except ChannelError as error:
                answer = error
            yield answer

    def with_room(self, contacts: Sequence[Cleared]) -> Sequence[Cleared]:
        """Those that may be handed over now, in order: asked before they are marked as handing over.

        The others are asked for again a little later. Must not wait.
        """
        return contacts

    @abstractmethod
    def check(self) -> None:
        """Raise ChannelUnavailable when nothing could be handed over now; says nothing to anybody."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the connection, if there is one. Must not raise: what was accepted stays accepted."""

    @abstractmethod
    def _hand_over(self, contact: Cleared) -> Accepted:
        """Called once per contact, in time. Must not retry, sleep or write to the database.

        A channel that has to wait before its first byte (to connect, say) asks
        `_is_in_time` again afterwards.
        """

    def _is_in_time(self, contact: Cleared) -> bool:
        return self._now() < contact.send_before

    def _too_late(self) -> ChannelUnavailable:
        return ChannelUnavailable("channel.too_late", "The time in which it was permitted has passed.")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
