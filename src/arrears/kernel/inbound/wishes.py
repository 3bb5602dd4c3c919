"""What people ask of a lender when they write back, and how sure it is that they do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Wish(StrEnum):
    """A closed list, stored by its value; the first one of a message weighs most."""

    STOP = "stop"
    """No more contact by this sender at all."""
    STOP_ADDRESS = "stop_address"
    """Not this number or address."""
    STOP_CHANNEL = "stop_channel"
    """Not this medium; a `Found` says which in `subject`."""
    STOP_THIRD_PERSON = "stop_third_person"
    """Not my family, my colleagues, my employer."""
    NOT_ME = "not_me"
    """The number or address is somebody else's."""
    DECEASED = "deceased"
    """Whom the number or the account stands for has died."""
    REPRESENTED = "represented"
    """A lawyer acts for me."""
    NO_CALLS_AT = "no_calls_at"
    """Not at this time or place; a `Found` says which in `subject`."""
    DISPUTE = "dispute"
    """I do not owe this, or have paid it."""
    COMPLAINT = "complaint"
    """I complain about what you did."""
    HARDSHIP = "hardship"
    """I cannot pay as it stands."""
    WANTS_PERSON = "wants_person"
    """Somebody is to call me back or help."""
    RESUME = "resume"
    """Contact me again."""
    OTHER = "other"
    """None of these, or none that is sure enough to say."""


class Certainty3(StrEnum):
    """What may follow from a message at once."""

    CLEAR = "clear"
    """Applied at once."""
    HINT = "hint"
    """Contact by this way waits until a person has looked."""
    UNCLEAR = "unclear"
    """A person looks; nothing stops."""

    @property
    def strength(self) -> int:
        return (Certainty3.UNCLEAR, Certainty3.HINT, Certainty3.CLEAR).index(self)


@dataclass(frozen=True, slots=True)
class Found:
    """One entry of the lexicon that a message agrees with."""

    wish: Wish
    certainty: Certainty3
    entry: str
    words: str
    """The words that agreed, in their plain form."""
    subject: str = ""
    """A channel's name for `stop_channel` (call, sms, email); a time or place for `no_calls_at`."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a message says. `wishes` is never empty, the weightiest first; `because` names entries.

    `certainty` is that of the surest wish; `certainty_of` tells each one's own.
    """

    wishes: tuple[Wish, ...]
    certainty: Certainty3
    because: tuple[str, ...]
    found: tuple[Found, ...] = ()

    def certainty_of(self, wish: Wish) -> Certainty3:
        """How sure one wish is; unclear when the message does not state it."""
        strengths = [each.certainty for each in self.found if each.wish is wish]
        return max(strengths, key=lambda each: each.strength, default=Certainty3.UNCLEAR)
