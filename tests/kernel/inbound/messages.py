"""Messages with what they ask for, and how well they are understood."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from arrears.kernel.inbound.understanding import understand
from arrears.kernel.inbound.wishes import Certainty3, Understood, Wish
from arrears.locale.inbound import load_lexicon

FOLDER = Path(__file__).parent
REFUSALS = {
    Wish.STOP,
    Wish.STOP_ADDRESS,
    Wish.STOP_CHANNEL,
    Wish.STOP_THIRD_PERSON,
    Wish.NOT_ME,
    Wish.DECEASED,
    Wish.REPRESENTED,
    Wish.NO_CALLS_AT,
}


@dataclass(frozen=True)
class Message:
    language: str
    text: str
    wishes: frozenset[Wish]
    certainty: Certainty3

    @property
    def refuses(self) -> bool:
        return self.certainty is Certainty3.CLEAR and bool(self.wishes & REFUSALS)


@dataclass(frozen=True)
class Read:
    message: Message
    understood: Understood

    @property
    def is_right(self) -> bool:
        """The certainty, every wish, and no other wish that would be acted on at once."""
        clear = {each.wish for each in self.understood.found if each.certainty is Certainty3.CLEAR}
        stated = self.message.wishes <= set(self.understood.wishes)
        return (
            stated and self.understood.certainty is self.message.certainty and clear <= {*self.message.wishes}
        )

    @property
    def is_missed(self) -> bool:
        """A clear refusal of which nothing stops at all."""
        return self.message.refuses and self.understood.certainty is Certainty3.UNCLEAR

    @property
    def is_false_stop(self) -> bool:
        """A message that asks for no rest, and contact is stopped at once."""
        clear = {each.wish for each in self.understood.found if each.certainty is Certainty3.CLEAR}
        return not self.message.wishes & REFUSALS and bool(clear & REFUSALS)


def messages_of(name: str) -> Iterator[Message]:
    for told in tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["messages"]:
        wishes = frozenset(map(Wish, told["wishes"]))
        for text in told["texts"]:
            yield Message(told["language"], text, wishes, Certainty3(told["certainty"]))


def read(name: str) -> list[Read]:
    return [Read(each, understand(each.text, load_lexicon())) for each in messages_of(name)]
