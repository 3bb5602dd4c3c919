"""What follows from a message that was understood: what is switched off, held, and left to a person.

A channel is its word, None every channel.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

from arrears.kernel.inbound.wishes import Certainty3, Found, Understood, Wish
from arrears.kernel.vocabulary import Channel, name_of

Channels = tuple[str | None, ...]
_CHANNELS = frozenset(map(name_of, Channel))
_CALL = "call"
_WORK = "work"
_KEYWORDS = (".keyword", ".code")
_NOTHING_STOPS = (Wish.RESUME, Wish.OTHER)


class Standing(Enum):
    """What the writer is to the lender."""

    DEBTOR = "debtor"
    """He owes the debt, and the number or address is on file as his."""
    THIRD_PERSON = "third_person"
    """He is on file and owes nothing."""
    HOLDER = "holder"
    """Nobody knows who he is: he holds the number or address."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What one message asks for, of one writer.

    person_off, value_off  channels switched off for the person, and for the number or address
    pauses                 channels that wait, for both, until a person has looked
    is_wrong_number        the number does not reach the person it stands for
    not_at_work            calls at work do not suit him, at no hour
    is_death               whoever the number or the loans stand for is said to have died
    third_persons_off      the third persons on file of his loans are not contacted
    holds, requests        reasons of holds on him; kinds of requests of his
    lifts                  what earlier messages from there have switched off is switched on
    needs_person           somebody has to look
    """

    person_off: Channels = ()
    value_off: Channels = ()
    pauses: Channels = ()
    is_wrong_number: bool = False
    not_at_work: bool = False
    is_death: bool = False
    third_persons_off: bool = False
    holds: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    lifts: bool = False
    needs_person: bool = False

    def __or__(self, other: Consequences) -> Consequences:
        both: dict[str, Any] = {}
        for each in fields(self):
            mine, others = getattr(self, each.name), getattr(other, each.name)
            is_flag = isinstance(mine, bool)
            both[each.name] = mine or others if is_flag else tuple(dict.fromkeys(mine + others))
        return Consequences(**both)

    @property
    def stops_contact(self) -> bool:
        """Whether it is a refusal."""
        return bool(self.person_off or self.value_off)

    def switches_off(self, channel: str) -> bool:
        """Whether it is a refusal of this channel."""
        return bool({channel, None} & {*self.person_off, *self.value_off})


def consequences_of(understood: Understood, *, channel: str, standing: Standing) -> Consequences:
    """What follows from what was understood of a message that came by `channel`.

    A wish that is clear is done; one that is a hint lets this channel wait. A refusal beside a wish to
    be contacted again is a refusal.
    """
    all_ = Consequences(needs_person=understood.certainty is Certainty3.UNCLEAR)
    for wish in understood.wishes:
        certainty = understood.certainty_of(wish)
        found = [each for each in understood.found if each.wish is wish and each.certainty is certainty]
        all_ |= _of_wish(wish, certainty, found, channel, standing)
    if all_.lifts and (all_.stops_contact or all_.pauses):
        return all_ | Consequences(needs_person=True)
    return all_


def _of_wish(
    wish: Wish, certainty: Certainty3, found: list[Found], channel: str, standing: Standing
) -> Consequences:
    if certainty is not Certainty3.CLEAR:
        is_doubtful = certainty is Certainty3.HINT and wish not in _NOTHING_STOPS
        return Consequences(pauses=(channel,) if is_doubtful else (), needs_person=True)
    if wish in _REFUSALS and standing is not Standing.DEBTOR:
        return Consequences(person_off=(None,), value_off=(None,))
    subjects = tuple(sorted({each.subject for each in found} - {""}))
    if wish is Wish.STOP:
        # the bare word of a service ("STOP", "TD") is about such messages, a sentence about all contact
        is_keyword = all(each.entry.endswith(_KEYWORDS) for each in found)
        return _off((channel,) if is_keyword else (None,))
    if wish is Wish.STOP_CHANNEL:
        return _off(tuple(each for each in subjects if each in _CHANNELS) or (channel,))
    if wish is Wish.NO_CALLS_AT and subjects == (_WORK,):
        return Consequences(not_at_work=True)
    return _ALWAYS[wish]


def _off(channels: Channels) -> Consequences:
    return Consequences(person_off=channels, value_off=channels)


_REFUSALS = (Wish.STOP, Wish.STOP_CHANNEL, Wish.STOP_THIRD_PERSON)
_ALWAYS = {
    Wish.STOP_ADDRESS: Consequences(value_off=(None,)),
    Wish.STOP_THIRD_PERSON: Consequences(third_persons_off=True),
    Wish.NOT_ME: Consequences(value_off=(None,), is_wrong_number=True),
    Wish.DECEASED: Consequences(pauses=(None,), is_death=True, needs_person=True),
    Wish.NO_CALLS_AT: Consequences(pauses=(_CALL,), needs_person=True),
    Wish.REPRESENTED: Consequences(holds=("represented",), needs_person=True),
    Wish.DISPUTE: Consequences(holds=("dispute",), requests=("dispute",), needs_person=True),
    Wish.COMPLAINT: Consequences(requests=("complaint",), needs_person=True),
    Wish.HARDSHIP: Consequences(requests=("hardship",), needs_person=True),
    Wish.WANTS_PERSON: Consequences(requests=("call_back",), needs_person=True),
    Wish.RESUME: Consequences(lifts=True),
    Wish.OTHER: Consequences(needs_person=True),
}
"""What a clear wish leads to, whoever states it and by which channel."""
